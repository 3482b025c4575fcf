"""Splices into one display of the user's: entries that come, go and change."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from scaffolder.merge.edits import Splice
from scaffolder.merge.source import plain
from scaffolder.targets.python.merging.entries import Display, Entry, code, ends
from scaffolder.targets.python.merging.pieces import PythonPiece

_REST_OF_LINE = re.compile(r"[ \t]*(#[^\r\n]*)?(\r\n|\r|\n)")


class DisplayEdits:
    """Edits of `display` in `piece`, whose entries are `here`; new entries are cut out of `source`."""

    def __init__(
        self, piece: PythonPiece, display: Display, here: Sequence[Entry], source: PythonPiece
    ) -> None:
        self.piece, self.display, self.here, self.source = piece, display, here, source
        self.opening, self.closing = ends(piece, display)
        self.gone: list[Entry] = []
        self.found: list[Splice] = []
        self.result = Counter(entry.key + entry.value for entry in here)

    def is_regular(self) -> bool:
        """Whether between the entries there is nothing but commas, and enough of them are left for its kind."""
        text = self.piece.text
        cuts = [
            self.opening,
            *(place for entry in self.here for place in (entry.start, entry.end)),
            self.closing,
        ]
        gaps = [code(text[start:end]) for start, end in zip(cuts[::2], cuts[1::2], strict=True)]
        inner = gaps[1:-1] if self.here else []
        tail = gaps[-1] if self.here else ""
        left = sum(self.result.values())
        if isinstance(self.display, ast.Tuple) and left < 2 and left != len(self.here):
            return False
        if isinstance(self.display, ast.Set) and not left:
            return False
        return not gaps[0] and all(gap == "," for gap in inner) and tail in ("", ",")

    def splices(self) -> tuple[list[Splice], Counter[str]]:
        """The splices, and what the display then holds."""
        survivors = [entry for entry in self.here if entry not in self.gone]
        removed = [self._removal(entry, survivors) for entry in self.gone]
        return [*removed, *self.found], +self.result

    def remove(self, entry: Entry) -> None:
        self.gone.append(entry)
        self.result[entry.key + entry.value] -= 1

    def update(self, there: Entry, entry: Entry) -> None:
        self.found.append((there.start, there.end, self._text(entry, there.start)))
        self.result[there.key + there.value] -= 1
        self.result[entry.key + entry.value] += 1

    def add(self, new: Sequence[Entry], order: Sequence[str]) -> None:
        """Behind the last elder entry that is there and stays."""
        heres = [entry.key for entry in self.here if entry not in self.gone]
        groups: dict[str, list[Entry]] = {}
        for entry in new:
            elders = set(order[: order.index(entry.key)])
            anchor = next((key for key in reversed(heres) if key in elders), "")
            groups.setdefault(anchor, []).append(entry)
            self.result[entry.key + entry.value] += 1
        for anchor, entries in groups.items():
            at = next((index for index, entry in enumerate(self.here) if entry.key == anchor), -1)
            self.found += self._insertion(at, entries)

    def _insertion(self, index: int, entries: Sequence[Entry]) -> list[Splice]:
        if self.here and self._on_own_lines():
            return self._lines(index, entries)
        texts = [self._text(entry, self.opening) for entry in entries]
        if index >= 0:
            end = self.here[index].end
            return [(end, end, "".join(f", {text}" for text in texts))]
        joined = ", ".join(texts) + ("," if isinstance(self.display, ast.Tuple) and len(texts) == 1 else "")
        if self.here:
            joined = "".join(f"{text}, " for text in texts)
        first = self.here[0].start if self.here else self.opening
        return [(first, first, joined)]

    def _on_own_lines(self) -> bool:
        text = self.piece.text
        return all(not text[self._line_start(entry.start) : entry.start].strip() for entry in self.here)

    def _lines(self, index: int, entries: Sequence[Entry]) -> list[Splice]:
        """Whole lines under an entry, which gets its comma if it was the last one and had none."""
        text = self.piece.text
        neighbour = self.here[max(index, 0)]
        indent = text[self._line_start(neighbour.start) : neighbour.start]
        block = "".join(f"{indent}{self._text(entry, neighbour.start)},\n" for entry in entries)
        place = neighbour.end if index >= 0 else self.opening
        stop = self.here[index + 1].start if index + 1 < len(self.here) else self.closing
        comma = re.compile(r"\s*,").match(text, place, stop) if index >= 0 else None
        rest = _REST_OF_LINE.match(text, comma.end() if comma else place)
        needs_comma = [(place, place, ",")] if index >= 0 and "," not in code(text[place:stop]) else []
        if rest and rest.end() <= stop:
            return [*needs_comma, (rest.end(), rest.end(), block)]
        if index < 0:
            return [(neighbour.start, neighbour.start, block[len(indent) :].rstrip("\n") + " ")]
        if comma:
            return [(comma.end(), comma.end(), "\n" + block.rstrip("\n"))]
        return [(place, place, ",\n" + block.rstrip("\n,"))]

    def _removal(self, entry: Entry, survivors: Sequence[Entry]) -> Splice:
        """An entry with its comma, and with its line if it stands alone there; a comment beside it stays."""
        text = self.piece.text
        index = self.here.index(entry)
        stop = self.here[index + 1].start if index + 1 < len(self.here) else self.closing
        comma = re.compile(r"\s*,").match(text, entry.end, stop)
        end = comma.end() if comma else entry.end
        line = self._line_start(entry.start)
        rest = _REST_OF_LINE.match(text, end)
        if not text[line : entry.start].strip() and rest and rest.end() <= stop and (comma or not survivors):
            return (entry.start, rest.start(1), "") if rest[1] else (line, rest.end(), "")
        if not comma and survivors and survivors[-1].end <= entry.start:
            before = self.here[index - 1] if index else survivors[-1]
            return before.end, entry.end, ""
        if comma and index + 1 < len(self.here) and "\n" not in text[end:stop]:
            return entry.start, stop, ""
        return entry.start, end, ""

    def _line_start(self, offset: int) -> int:
        return self.piece.line_starts[bisect_right(self.piece.line_starts, offset) - 1]

    def _text(self, entry: Entry, at: int) -> str:
        """An incoming entry; further lines of it are indented like the place that it comes to."""
        text = plain(self.source.text[entry.start : entry.end])
        if "\n" not in text or entry.has_long_string:
            return text
        before = self.source.text[: entry.start].rpartition("\n")[2]
        old = before[: len(before) - len(before.lstrip())]
        here = self.piece.text[self._line_start(at) :]
        new = here[: len(here) - len(here.lstrip())]
        head, *rest = text.split("\n")
        return "\n".join([head, *(new + line[len(old) :] if line.startswith(old) else line for line in rest)])
