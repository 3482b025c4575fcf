"""Three-way merge by line, for all that is not Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TypeVar

from scaffolder.merge.align import Hunk, hunks, regions
from scaffolder.merge.reasons import SETTLED
from scaffolder.merge.result import Choices, Conflict, Detail, Did, Merged
from scaffolder.merge.text import BOM, Line, Text, assembled, joined, key, place, same, split

_MAX_PASSES = 8
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Spot:
    """A conflict, and where current's lines of it stand: `start:stop` of the merged lines, counted from 0."""

    conflict: Conflict
    start: int
    stop: int
    base: list[Line]
    incoming: list[Line]


@dataclass(slots=True)
class _Pass:
    """One pass over the three texts; `text` and `next_base` grow from top to bottom."""

    base: list[Line]
    current: list[Line]
    incoming: list[Line]
    end: str
    settled: Callable[[Conflict], bool]
    text: list[Line] = field(default_factory=list)
    next_base: list[Line] = field(default_factory=list)
    spots: list[_Spot] = field(default_factory=list)
    kept: list[Detail] = field(default_factory=list)

    def run(self) -> _Pass:
        keys = [[key(line) for line in lines] for lines in (self.base, self.current, self.incoming)]
        at = low = new = 0
        for mine, theirs in regions(hunks(keys[0], keys[1]), hunks(keys[0], keys[2])):
            start = min(hunk.start for hunk in (*mine, *theirs))
            stop = max(hunk.stop for hunk in (*mine, *theirs))
            self._unchanged(slice(at, start), low, new)
            low, new = low + start - at, new + start - at
            high = mine[-1].high + stop - mine[-1].stop if mine else low + stop - start
            newer = theirs[-1].high + stop - theirs[-1].stop if theirs else new + stop - start
            self._region(
                self.base[start:stop], self.current[low:high], self.incoming[new:newer], mine, theirs
            )
            at, low, new = stop, high, newer
        self._unchanged(slice(at, len(self.base)), low, new)
        return self

    def _unchanged(self, span: slice, low: int, new: int) -> None:
        """Lines equal but for white space at their ends, which the tool changes only where the user did not."""
        for n, old in enumerate(self.base[span]):
            current, incoming = self.current[low + n], self.incoming[new + n]
            self.text.append(Line(incoming.body, current.end) if current.body == old.body else current)
            self.next_base.append(incoming)

    def _region(
        self,
        base: list[Line],
        current: list[Line],
        incoming: list[Line],
        mine: Sequence[Hunk],
        theirs: Sequence[Hunk],
    ) -> None:
        if not mine:
            taken = [Line(line.body, self.end) for line in incoming]
        elif not theirs or same(current, incoming):
            taken = current
        elif not base and (longer := self._longer(current, incoming)) is not None:
            taken = longer
        else:
            self._conflict(base, current, incoming)
            return
        self.text += taken
        self.next_base += incoming

    def _longer(self, current: list[Line], incoming: list[Line]) -> list[Line] | None:
        """Of two insertions at one place, the one that holds the other as a block; current's lines keep their bytes."""
        if place(incoming, current) is not None:
            return current
        at = place(current, incoming)
        if at is None:
            return None
        around = [Line(line.body, self.end) for line in incoming]
        return [*around[:at], *current, *around[at + len(current) :]]

    def _conflict(self, base: list[Line], current: list[Line], incoming: list[Line]) -> None:
        line = len(self.text) + 1
        name = _name(base, incoming)
        again = sum(spot.conflict.name.split(" (")[0] == name for spot in self.spots) + 1
        conflict = Conflict(
            name if again == 1 else f"{name} ({again})",
            joined(base),
            joined(current),
            joined(incoming),
            line,
            _reason(base, current, incoming),
        )
        start = len(self.text)
        self.text += current
        if self.settled(conflict):
            self.kept.append(Detail(Did.KEPT, conflict.name, line if current else 0, SETTLED))
            self.next_base += incoming
        else:
            self.spots.append(_Spot(conflict, start, len(self.text), base, incoming))
            self.next_base += base


def merge_lines(
    base: str | None, current: str, incoming: str, choices: Choices | None = None, *, markers: bool = False
) -> Merged:
    """Merge the tool's change from `base` to `incoming` into the user's `current`.

    Lines are compared without their ends and trailing white space; current's bytes stay outside of lines that the tool
    changed. A conflict leaves current's lines in the text and base's lines in the next base; with `markers`, git's
    diff3 markers around all three stand in the text instead. Without a `base` (it was lost), current stands.
    """
    settled = (choices or Choices()).settled
    now, new = Text.of(current), Text.of(incoming)
    if base is None:
        return _without_base(now, new, current, incoming)
    old = Text.of(base)
    end = now.end or new.end or "\n"
    done, kept = _until_stable(old, now, new, end, settled)
    marked = done.spots if markers else []
    conflicts = [
        replace(spot.conflict, line=spot.conflict.line + sum(map(_extra, marked[:n])))
        for n, spot in enumerate(done.spots)
    ]
    details = _changes(now.lines, done.text, marked)
    details += [replace(detail, line=_shifted(detail.line, marked)) for detail in kept]
    details += [Detail(Did.CONFLICT, found.name, found.line, found.reason) for found in conflicts]
    bom = _three_way(old.bom, now.bom, new.bom)
    closed = _three_way(old.closed, now.closed, new.closed) or bool(marked)
    text = assembled(bom, _marked(done.text, marked, end), closed, end)
    if text != current and not details:
        details.append(Detail(Did.UPDATED, "file", reason="its byte order mark or the end of its last line"))
    return Merged(
        text,
        assembled(new.bom, done.next_base, new.closed, new.end or "\n"),
        tuple(sorted(details, key=lambda detail: detail.line)),
        tuple(conflicts),
    )


def has_markers(text: str) -> bool:
    """Whether git left a conflict in the text: `<<<<<<< ` and, further down, `=======` and `>>>>>>> `."""
    wanted = iter((re.compile("<{7} "), re.compile("={7}$"), re.compile(">{7} ")))
    search = next(wanted)
    for line in split(text.removeprefix(BOM)):
        if search.match(line.body):
            following = next(wanted, None)
            if following is None:
                return True
            search = following
    return False


def _without_base(now: Text, new: Text, current: str, incoming: str) -> Merged:
    if same(now.lines, new.lines):
        return Merged(current, incoming)
    reason = "differs from what is generated now; the baseline is lost"
    return Merged(current, incoming, (Detail(Did.KEPT, "file", reason=reason),))


def _until_stable(
    old: Text, now: Text, new: Text, end: str, settled: Callable[[Conflict], bool]
) -> tuple[_Pass, list[Detail]]:
    """Merge until another run would change nothing: with lines taken over, what is left may align in another way.

    Without conflicts the next base is `incoming`, and there is nothing left to align.
    """
    base, current = old.lines, now.lines
    kept: list[Detail] = []
    for _ in range(_MAX_PASSES):
        done = _Pass(base, current, new.lines, end, settled).run()
        kept += done.kept
        if not done.spots or (done.text == current and done.next_base == base):
            return done, kept
        base, current = done.next_base, done.text
    whole = _Pass(old.lines, now.lines, new.lines, end, settled)
    whole._conflict(old.lines, now.lines, new.lines)
    return whole, whole.kept


def _changes(current: list[Line], text: list[Line], marked: Sequence[_Spot]) -> list[Detail]:
    """What the tool changed in the user's file: the only differences between `current` and the merged lines."""
    details = []
    for hunk in hunks([line.body for line in current], [line.body for line in text]):
        first, last = (_shifted(line, marked) for line in (hunk.low + 1, hunk.high))
        if hunk.low == hunk.high:
            number = hunk.stop - hunk.start
            where = f"after line {last}" if hunk.low else "at the top"
            details.append(Detail(Did.REMOVED, f"{number} line{'s' if number > 1 else ''} {where}"))
            continue
        did = Did.ADDED if hunk.inserts else Did.UPDATED
        details.append(Detail(did, f"line {first}" if first == last else f"lines {first}-{last}", first))
    return details


def _marked(text: list[Line], spots: Sequence[_Spot], end: str) -> list[Line]:
    """The merged lines with git's markers around all sides of each conflict."""
    lines: list[Line] = []
    at = 0
    for spot in spots:
        sides = (text[spot.start : spot.stop], spot.base, spot.incoming)
        lines += text[at : spot.start]
        for head, side in zip(("<<<<<<< yours", "||||||| base", "======="), sides, strict=True):
            lines += [Line(head, end), *(Line(line.body, line.end and end) for line in side)]
        lines.append(Line(">>>>>>> generated", end))
        at = spot.stop
    return lines + text[at:]


def _extra(spot: _Spot) -> int:
    """How many lines the markers of a conflict take up beyond current's own."""
    return len(spot.base) + len(spot.incoming) + 4


def _shifted(line: int, marked: Sequence[_Spot]) -> int:
    """Where a merged line that is in no conflict stands once the conflicts above it are marked; 0 stays 0."""
    return line + sum(_extra(spot) for spot in marked if spot.stop < line)


def _three_way(base: T, current: T, incoming: T) -> T:
    return incoming if current == base else current


def _name(base: Sequence[Line], incoming: Sequence[Line]) -> str:
    """Made of the tool's two sides only: it stays the same while the user works on theirs."""
    sides = "\0".join("\n".join(map(key, lines)) for lines in (base, incoming))
    return "lines " + sha256(sides.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _reason(base: Sequence[Line], current: Sequence[Line], incoming: Sequence[Line]) -> str:
    if not base:
        return "you and the generator added different lines here"
    if not current:
        return "you deleted lines that are now generated differently"
    if not incoming:
        return "you changed lines that are no longer generated"
    return "you changed lines that are now generated differently"
