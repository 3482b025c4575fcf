"""The operators of filters: AIP-160."""

from __future__ import annotations

from typing import Any

from ..fields import find
from ..trial import Trial
from . import check


class Filtered:
    """New resources and the lists of them that filters let through, as places."""

    def __init__(self, t: Trial, parent: str, made: list[Any]) -> None:
        self.t = t
        self.parent, self._made = parent, made

    @classmethod
    async def of(cls, t: Trial, count: int, **values: Any) -> Filtered:
        t.needs("list", "filter")
        return cls(t, *await t.family(count, **values))

    async def places(self, filter: str) -> list[int]:
        return sorted(self.t.mine(await self.t.walk(self.parent, filter=filter), self._made))

    async def expect(self, filter: str, *expected: int) -> None:
        found = await self.places(filter)
        self.t.true(found == sorted(expected), f"{filter} lists {found}, not {sorted(expected)}")


@check
async def filter_compares_numbers(t: Trial) -> None:
    """AIP-160: `=`, `!=`, `<`, `<=`, `>`, `>=` compare numbers as numbers."""
    f = find(t, "integer").path
    rows = await Filtered.of(t, 4, **{f: [9, 10, 100, 0]})
    for text, expected in {
        f"{f} = 10": [1],
        f"{f} != 10": [0, 2, 3],
        f"{f} < 10": [0, 3],
        f"{f} <= 10": [0, 1, 3],
        f"{f} > 9": [1, 2],
        f"{f} >= 10": [1, 2],
        f"{f}>=100": [2],
        f"{f} = 0": [3],
        f"{f} > -1": [0, 1, 2, 3],
    }.items():
        await rows.expect(text, *expected)


@check
async def filter_compares_text(t: Trial) -> None:
    """AIP-160: `=` and `!=` compare text exactly, `<` and `>` by its order; quotes are `'`, `"` or none."""
    f = find(t, "text").path
    rows = await Filtered.of(t, 4, **{f: ["apple", "Apple", "banana", "two words"]})
    for text, expected in {
        f'{f} = "apple"': [0],
        f"{f} = 'apple'": [0],
        f"{f} = apple": [0],
        f'{f} = "two words"': [3],
        f'{f} != "apple"': [1, 2, 3],
        f'{f} > "b"': [2, 3],
        f'{f} <= "banana"': [0, 1, 2],
        f'{f} = "appl"': [],
    }.items():
        await rows.expect(text, *expected)


@check
async def filter_combines_with_and(t: Trial) -> None:
    """AIP-160: AND is true where all its parts are."""
    number, text = find(t, "integer").path, find(t, "text").path
    rows = await Filtered.of(t, 3, **{number: [1, 1, 2], text: ["a", "b", "a"]})
    await rows.expect(f'{number} = 1 AND {text} = "a"', 0)
    await rows.expect(f'{number} = 1 AND {text} = "a" AND {number} = 2')


@check
async def filter_combines_with_or(t: Trial) -> None:
    """AIP-160: OR is true where any of its parts is."""
    number, text = find(t, "integer").path, find(t, "text").path
    rows = await Filtered.of(t, 3, **{number: [1, 2, 3], text: ["a", "b", "c"]})
    await rows.expect(f'{number} = 1 OR {text} = "c"', 0, 2)
    await rows.expect(f"{number} = 1 OR {number} = 2 OR {number} = 3", 0, 1, 2)


@check
async def filter_negates(t: Trial) -> None:
    """AIP-160: NOT and `-` are true where what follows is not."""
    number, text = find(t, "integer").path, find(t, "text").path
    rows = await Filtered.of(t, 3, **{number: [1, 2, 3], text: ["a", "b", "c"]})
    await rows.expect(f"NOT {number} = 1", 1, 2)
    await rows.expect(f"-{number} = 1", 1, 2)
    await rows.expect(f'NOT ({number} = 1 OR {text} = "b")', 2)
    await rows.expect(f'NOT {number} = 1 AND {text} = "b"', 1)


@check
async def filter_binds_or_before_and(t: Trial) -> None:
    """AIP-160: OR has precedence over AND: `a AND b OR c` is `a AND (b OR c)`."""
    number, text = find(t, "integer").path, find(t, "text").path
    rows = await Filtered.of(t, 4, **{number: [1, 1, 2, 1], text: ["a", "b", "b", "c"]})
    await rows.expect(f'{number} = 1 AND {text} = "a" OR {text} = "b"', 0, 1)
    await rows.expect(f'{text} = "b" OR {text} = "c" AND {number} = 1', 1, 3)


@check
async def filter_heeds_parentheses(t: Trial) -> None:
    """AIP-160: parentheses bind before all else, however many."""
    number, text = find(t, "integer").path, find(t, "text").path
    rows = await Filtered.of(t, 3, **{number: [1, 1, 2], text: ["a", "b", "b"]})
    await rows.expect(f'({number} = 1 AND {text} = "a") OR {text} = "b"', 0, 1, 2)
    await rows.expect(f'(({number} = 1)) AND ((({text} = "b")))', 1)


@check
async def filter_joins_by_space(t: Trial) -> None:
    """AIP-160: restrictions side by side are joined as by AND."""
    number, text = find(t, "integer").path, find(t, "text").path
    rows = await Filtered.of(t, 3, **{number: [1, 1, 2], text: ["a", "b", "a"]})
    await rows.expect(f'{number} = 1 {text} = "a"', 0)


@check
async def filter_has_wildcards(t: Trial) -> None:
    """AIP-160: `*` in a text that is compared for equality stands for any characters."""
    f = find(t, "text").path
    rows = await Filtered.of(t, 4, **{f: ["red book", "red bike", "blue book", "red"]})
    await rows.expect(f'{f} = "red*"', 0, 1, 3)
    await rows.expect(f'{f} = "*book"', 0, 2)
    await rows.expect(f'{f} = "*"', 0, 1, 2, 3)
    await rows.expect(f'{f} != "red*"', 2)


@check
async def filter_defines_wildcards_inside(t: Trial) -> None:
    """AIP-160: a `*` inside a text is a wildcard as well, or INVALID_ARGUMENT where a service has that limit."""
    f = find(t, "text").path
    rows = await Filtered.of(t, 3, **{f: ["red book", "red bike", "r*k"]})
    answer = await t.call("list", **t.listing(rows.parent, filter=f'{f} = "r*k"'))
    if answer.code == "OK":
        await rows.expect(f'{f} = "r*k"', 0, 2)
    else:
        t.refused(answer, "INVALID_ARGUMENT", field="filter")


@check
async def filter_wildcards_are_no_sql(t: Trial) -> None:
    """AIP-160: what SQL's LIKE or a glob take for wildcards is itself, beside a `*` too."""
    f = find(t, "text").path
    rows = await Filtered.of(t, 5, **{f: ["50% off", "505 off", "a_b", "axb", "[ab] c\\d"]})
    await rows.expect(f'{f} = "50% off"', 0)
    await rows.expect(f'{f} = "50%*"', 0)
    await rows.expect(f'{f} = "a_*"', 2)
    await rows.expect(f'{f} = "*_b"', 2)
    await rows.expect(f'{f} = "[ab]*"', 4)
    await rows.expect(f'{f} = "*c\\\\d"', 4)


@check
async def filter_wildcards_heed_case_as_equality_does(t: Trial) -> None:
    """AIP-160: text with a `*` tells upper and lower case apart exactly if text without one does."""
    f = find(t, "text").path
    rows = await Filtered.of(t, 2, **{f: ["Straw", "straw"]})
    exact, pattern = await rows.places(f'{f} = "straw"'), await rows.places(f'{f} = "str*"')
    t.true(exact == pattern, f"= lists {exact}, the wildcard {pattern}")


@check
async def filter_may_be_blank(t: Trial) -> None:
    """AIP-160: an empty filter, or one of spaces, lets everything through."""
    rows = await Filtered.of(t, 2)
    await rows.expect("", 0, 1)
    await rows.expect("   ", 0, 1)


@check
async def filter_works_with_pages(t: Trial) -> None:
    """AIP-160, 158: pages of a filtered list have what the filter lets through, each exactly once."""
    t.needs("list", "filter", "page_size", "page_token")
    number = find(t, "integer").path
    parent, made = await t.family(7, **{number: [1, 2, 1, 1, 2, 1, 1]})
    size = 2 if t.subject.has_parent else 1000
    found = sorted(t.mine(await t.walk(parent, filter=f"{number} = 1", page_size=size), made))
    t.true(found == [0, 2, 3, 5, 6], f"the pages visit {found}")


@check
async def filter_not_is_the_complement(t: Trial) -> None:
    """AIP-160: what a filter does not let through, NOT lets through, also where a field is not set."""
    t.needs("list", "filter")
    field = find(t, "timestamp").path
    times: list[Any] = [None, *(_moment(t, seconds) for seconds in (0, 1_000_000_000))]
    rows = await Filtered.of(t, 3, **{field: times})
    for text in (f'{field} > "2001-01-01T00:00:00Z"', f'{field} = "1970-01-01T00:00:00Z"', f"{field}:*"):
        some, rest = await rows.places(text), await rows.places(f"NOT ({text})")
        t.true(sorted(some + rest) == [0, 1, 2], f"{text} lists {some}, NOT lists {rest} of 3")


def _moment(t: Trial, seconds: int) -> Any:
    from .order import moment

    return moment(t, seconds)
