"""Which lines of two texts are the same, by a patience diff, and which changes of two sides meet."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

Pair = tuple[int, int]
Gap = tuple[int, int, int, int]

_MAX_EQUAL_PAIRS = 250_000
"""Above it a stretch of lines that all repeat is taken as replaced: SequenceMatcher is cubic on these."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Base lines `start:stop` became the other side's lines `low:high`, which hold `lines`. Counted from 0."""

    start: int
    stop: int
    low: int
    high: int
    lines: tuple[str, ...]

    @property
    def inserts(self) -> bool:
        return self.start == self.stop

    @property
    def growth(self) -> int:
        """Lines gained; 0 for a line in the place of each line."""
        return len(self.lines) - (self.stop - self.start)


def hunks(base: Sequence[str], other: Sequence[str]) -> list[Hunk]:
    """The differences, in order; two of them always have an equal line between them.

    Where an insertion could stand in several places (a block of a repeated pattern), it stands in the last.
    """
    found: list[Hunk] = []
    start = low = 0
    for at, there in [*sorted(_pairs(base, other)), (len(base), len(other))]:
        if (start, low) != (at, there):
            found.append(Hunk(start, at, low, there, tuple(other[low:there])))
        start, low = at + 1, there + 1
    return found


def regions(mine: list[Hunk], theirs: list[Hunk]) -> Iterator[tuple[list[Hunk], list[Hunk]]]:
    """Both sides' hunks from top to bottom, those that meet together."""
    queue = sorted(
        [(hunk.start, hunk.stop, side, hunk) for side, found in enumerate((mine, theirs)) for hunk in found],
        key=lambda entry: entry[:3],
    )
    region: tuple[list[Hunk], list[Hunk]] = ([], [])
    for _, _, side, hunk in queue:
        across = region[1 - side]
        if (region[0] or region[1]) and not (across and _meet(across[-1], hunk)):
            yield region
            region = ([], [])
        region[side].append(hunk)
    if region[0] or region[1]:
        yield region


def _meet(one: Hunk, two: Hunk) -> bool:
    """Whether two sides' hunks have to be looked at together.

    They do where they share base lines. Hunks side by side are apart, except where a line would then stand twice, both
    insert, or one inserts beside lines of which the other leaves more or fewer: the insertion may belong to these.
    """
    if one.start < two.stop and two.start < one.stop:
        return True
    if one.stop != two.start and two.stop != one.start:
        return False
    if any(says_something(line) for line in set(one.lines) & set(two.lines)):
        return True
    if one.inserts or two.inserts:
        return (one.inserts and two.inserts) or bool((two if one.inserts else one).growth)
    return False


def says_something(line: str) -> bool:
    """A line that marks a place; brackets and rulers stand everywhere."""
    return any(char.isalnum() for char in line)


def _pairs(base: Sequence[str], other: Sequence[str]) -> list[Pair]:
    found: list[Pair] = []
    gaps: list[Gap] = [(0, len(base), 0, len(other))]
    while gaps:
        start, stop, low, high = gaps.pop()
        while start < stop and low < high and base[start] == other[low]:
            found.append((start, low))
            start, low = start + 1, low + 1
        while start < stop and low < high and base[stop - 1] == other[high - 1]:
            stop, high = stop - 1, high - 1
            found.append((stop, high))
        if start == stop or low == high:
            continue
        inner = [(start + i, low + j) for i, j in _anchors(base[start:stop], other[low:high])]
        found += inner
        if inner:
            edges = [(start - 1, low - 1), *inner, (stop, high)]
            gaps += [(i + 1, k, j + 1, m) for (i, j), (k, m) in pairwise(edges)]
        elif stop - start == high - low:
            same = (n for n in range(stop - start) if base[start + n] == other[low + n])
            found += ((start + n, low + n) for n in same)
    return found


def _anchors(base: Sequence[str], other: Sequence[str]) -> list[Pair]:
    """Pairs that surely belong together: lines that stand once in each, else blocks that hold a telling line."""
    left, right = Counter(base), Counter(other)
    shared = {line for line in left.keys() & right.keys() if says_something(line)}
    once = {line for line in shared if left[line] == right[line] == 1}
    if once:
        place = {line: n for n, line in enumerate(other) if line in once}
        return _rising([(n, place[line]) for n, line in enumerate(base) if line in once])
    if not shared or sum(left[line] * right[line] for line in shared) > _MAX_EQUAL_PAIRS:
        return []
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return [
        (i + n, j + n)
        for i, j, size in blocks
        if any(line in shared for line in base[i : i + size])
        for n in range(size)
    ]


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest run of `pairs` (first members rise) whose second members rise too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for n, (_, there) in enumerate(pairs):
        at = bisect_left(ends, there)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [there]
        last[at : at + 1] = [n]
    found: list[Pair] = []
    n = last[-1] if last else -1
    while n >= 0:
        found.append(pairs[n])
        n = before[n]
    return found[::-1]
