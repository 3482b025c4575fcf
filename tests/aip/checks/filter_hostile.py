"""Filters that are wrong, or meant to do harm: AIP-160, 193."""

from __future__ import annotations

from ..fields import find, nested, repeated
from ..trial import Trial
from . import check
from .filter_operators import Filtered


async def refuse(t: Trial, *filters: str) -> None:
    """Each of these filters is INVALID_ARGUMENT, and `filter` is what BadRequest names."""
    t.needs("list", "filter")
    parent = await t.parent()
    for text in filters:
        answer = await t.call("list", **t.listing(parent, filter=text))
        t.refused(answer, "INVALID_ARGUMENT", field="filter")


@check
async def filter_refuses_values_of_another_type_for_numbers(t: Trial) -> None:
    """AIP-160: a number compared with what is none is INVALID_ARGUMENT."""
    f = find(t, "integer").path
    await refuse(
        t, f'{f} = "many"', f"{f} > many", f"{f} = true", f"{f} = 1.5x", f'{f} = "2020-01-01T00:00:00Z"'
    )


@check
async def filter_refuses_values_of_another_type_for_times(t: Trial) -> None:
    """AIP-160: a timestamp compared with what is none is INVALID_ARGUMENT."""
    f = find(t, "timestamp").path
    await refuse(t, f'{f} > "yesterday"', f"{f} = true", f'{f} > "2020-13-01T00:00:00Z"', f'{f} > ""')


@check
async def filter_refuses_values_of_another_type_for_booleans(t: Trial) -> None:
    """AIP-160: a boolean compared with anything but true and false is INVALID_ARGUMENT."""
    f = find(t, "bool").path
    await refuse(t, f"{f} = maybe", f"{f} = 2", f'{f} = "yes"')


@check
async def filter_refuses_unknown_enum_values(t: Trial) -> None:
    """AIP-160: an enum compared with a name that it has not is INVALID_ARGUMENT; names are case-sensitive."""
    f = find(t, "enum")
    name = f.descriptor.enum_type.values[-1].name
    await refuse(t, f"{f.path} = NO_SUCH_VALUE", f"{f.path} = {name.lower()}")


@check
async def filter_refuses_unknown_fields(t: Trial) -> None:
    """AIP-160: a field that is not there is INVALID_ARGUMENT, inside a message too."""
    await refuse(
        t, "no_such_field = 1", "no.such.field = 1", f'{t.subject.identity}.inner = "x"', "_sa_registry = 1"
    )
    inner = nested(t, "text").path.partition(".")[0]
    await refuse(t, f'{inner}.no_such_field = "x"')


@check
async def filter_refuses_what_is_unbalanced(t: Trial) -> None:
    """AIP-160: parentheses and quotes that do not match are INVALID_ARGUMENT."""
    f = find(t, "text").path
    await refuse(t, f'({f} = "a"', f'{f} = "a")', f'(({f} = "a")', ")", "(", f'{f} = "a', f"{f} = 'a", "()")


@check
async def filter_refuses_what_is_incomplete(t: Trial) -> None:
    """AIP-160: operators without their operands are INVALID_ARGUMENT."""
    f = find(t, "text").path
    await refuse(
        t, f"{f} =", '= "a"', f'{f} = "a" AND', f'OR {f} = "a"', "NOT", f'{f} = = "a"', f"{f}.", f'{f} == "a"'
    )


@check
async def filter_refuses_to_traverse_lists(t: Trial) -> None:
    """AIP-160: `.` does not lead through a repeated field, except for `:`, and an element has no place."""
    outer, inner = repeated(t, "message").path.split(".")
    await refuse(t, f'{outer}.{inner} = "x"', f'{outer}.0.{inner} = "x"', f'{outer}[0].{inner} = "x"')


@check
async def filter_refuses_unknown_functions(t: Trial) -> None:
    """AIP-160: a function that the service does not know is INVALID_ARGUMENT."""
    await refuse(t, "no_such_function(1)", 'lower(name) = "x"', "pg_sleep(10)")


@check
async def filter_is_no_sql(t: Trial) -> None:
    """AIP-160: SQL in a value is text, and finds what has that text."""
    f = find(t, "text").path
    texts = ["x' OR '1'='1", "'; DROP TABLE books; --", 'say "hi"', "back\\slash", "100%", "$1 :name ? %s"]
    rows = await Filtered.of(t, len(texts), **{f: texts})
    for place, text in enumerate(texts):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        await rows.expect(f'{f} = "{escaped}"', place)
    await rows.expect("", *range(len(texts)))


@check
async def filter_defines_numbers_out_of_range(t: Trial) -> None:
    """AIP-160: a number that no field can hold finds nothing, or is INVALID_ARGUMENT."""
    f = find(t, "integer").path
    t.needs("list", "filter")
    parent, made = await t.family(1, **{f: [5]})
    for text in (f"{f} = 99999999999999999999999", f"{f} = 1e400", f"{f} = -9223372036854775809"):
        answer = await t.call("list", **t.listing(parent, filter=text))
        if answer.code == "OK":
            t.true(not t.mine(getattr(answer.message, t.subject.items("list")), made), f"{text} finds 5")
        else:
            t.refused(answer, "INVALID_ARGUMENT")


@check
async def filter_stands_deep_nesting(t: Trial) -> None:
    """AIP-160: deeply nested filters answer at once, with OK or INVALID_ARGUMENT."""
    t.needs("list", "filter")
    t.compared = False  # where a URL ends is HTTP's own matter
    f = find(t, "integer").path
    parent = await t.parent()
    for depth in (50, 1000, 3000):
        for text in (
            f"{'(' * depth}{f} = 1{')' * depth}",
            f"{'NOT (' * depth}{f} = 1{')' * depth}",
            "(" * depth,
        ):
            answer = await t.call("list", **t.listing(parent, filter=text))
            t.true(
                answer.code in ("OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"),
                f"{depth} deep: {answer.code}",
            )
            t.quick(answer)


@check
async def filter_stands_length(t: Trial) -> None:
    """AIP-160: filters of 10 KB and more answer at once, with OK or INVALID_ARGUMENT."""
    t.needs("list", "filter")
    t.compared = False
    f, text = find(t, "integer").path, find(t, "text").path
    parent = await t.parent()
    for long in (
        " OR ".join(f"{f} = {number}" for number in range(1000)),
        " AND ".join([f"{f} = 1"] * 1000),
        f'{text} = "{"x" * 10_000}"',
        f'{text} = "{"*a" * 3000}*"',
        "-" * 10_000,
        "a" * 10_000,
    ):
        answer = await t.call("list", **t.listing(parent, filter=long))
        t.true(
            answer.code in ("OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"), f"{long[:40]}…: {answer.code}"
        )
        t.quick(answer)


@check
async def filter_wildcards_answer_at_once(t: Trial) -> None:
    """AIP-160: many wildcards against a text that nearly matches take no exponential time."""
    t.needs("list", "filter")
    field = find(t, "text")
    parent, _ = await t.family(1, **{field.path: ["a" * 400]})
    pattern = "*a" * 30 + "*b"
    answer = await t.call("list", **t.listing(parent, filter=f'{field.path} = "{pattern}"'))
    t.true(answer.code in ("OK", "INVALID_ARGUMENT"), f"{answer.code}")
    t.quick(answer)


@check
async def filter_defines_odd_characters(t: Trial) -> None:
    """AIP-160: any characters are an answer or INVALID_ARGUMENT, never a failure."""
    t.needs("list", "filter")
    f = find(t, "text").path
    parent = await t.parent()
    odd = (
        "\0",
        "ü = 1",
        "\U0001f4da",
        "\\",
        '"',
        "'",
        "`",
        ";",
        f'{f} = "\0"',
        "a:b:c",
        "#",
        "//",
        f'{f} = "\\u0000"',
        "1",
        "*",
        "a.b.c",
        '"x"',
        "x y z",
    )
    for text in odd:
        answer = await t.call("list", **t.listing(parent, filter=text))
        t.true(answer.code in ("OK", "INVALID_ARGUMENT"), f"{text!r}: {answer.code}")
