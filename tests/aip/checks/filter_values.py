"""What filters compare with, by the type of the field: AIP-160."""

from __future__ import annotations

from ..fields import find, nested, repeated, text_map
from ..trial import Trial
from . import check
from .filter_operators import Filtered
from .order import moment


@check
async def filter_takes_booleans(t: Trial) -> None:
    """AIP-160: booleans are compared with `true` and `false`."""
    f = find(t, "bool").path
    rows = await Filtered.of(t, 2, **{f: [True, False]})
    await rows.expect(f"{f} = true", 0)
    await rows.expect(f"{f} = false", 1)
    await rows.expect(f"{f} != true", 1)


@check
async def filter_takes_enums(t: Trial) -> None:
    """AIP-160: enums are compared with the names of their values."""
    f = find(t, "enum")
    values = [(value.name, value.number) for value in f.descriptor.enum_type.values][-2:]
    rows = await Filtered.of(t, 2, **{f.path: [number for _, number in values]})
    await rows.expect(f"{f.path} = {values[0][0]}", 0)
    await rows.expect(f'{f.path} = "{values[1][0]}"', 1)
    await rows.expect(f"{f.path} != {values[0][0]}", 1)


@check
async def filter_takes_floats(t: Trial) -> None:
    """AIP-160: floats are compared with decimals and exponents."""
    f = find(t, "float").path
    rows = await Filtered.of(t, 3, **{f: [0.25, 2500.0, -1.5]})
    await rows.expect(f"{f} = 0.25", 0)
    await rows.expect(f"{f} > 2.4e3", 1)
    await rows.expect(f"{f} < 1", 0, 2)
    await rows.expect(f"{f} = -1.5", 2)


@check
async def filter_takes_timestamps(t: Trial) -> None:
    """AIP-160: timestamps are compared with RFC 3339 texts, offsets and fractions of seconds included."""
    f = find(t, "timestamp").path
    times = [
        moment(t, 1_577_836_800),
        moment(t, 1_577_840_400, 500_000_000),
    ]  # 2020-01-01, 00:00 and 01:00:00.5
    rows = await Filtered.of(t, 2, **{f: times})
    await rows.expect(f'{f} = "2020-01-01T00:00:00Z"', 0)
    await rows.expect(f'{f} > "2020-01-01T00:00:00Z"', 1)
    await rows.expect(f'{f} = "2019-12-31T20:00:00.5-05:00"', 1)
    await rows.expect(f'{f} <= "2020-01-01T02:00:00+02:00"', 0)


@check
async def filter_takes_durations(t: Trial) -> None:
    """AIP-160: durations are compared with seconds and an `s`."""
    f = find(t, "duration")
    kind = t.subject.contract.message_class(f.descriptor.message_type)
    lengths = [kind(seconds=20), kind(seconds=1, nanos=200_000_000), kind(seconds=100)]
    rows = await Filtered.of(t, 3, **{f.path: lengths})
    await rows.expect(f"{f.path} = 20s", 0)
    await rows.expect(f"{f.path} = 1.2s", 1)
    await rows.expect(f"{f.path} > 9s", 0, 2)


@check
async def filter_traverses_messages(t: Trial) -> None:
    """AIP-160: `.` leads into a message."""
    f = nested(t, "text").path
    rows = await Filtered.of(t, 3, **{f: ["red", "blue", "rose"]})
    await rows.expect(f'{f} = "blue"', 1)
    await rows.expect(f'{f} = "r*"', 0, 2)


@check
async def filter_compares_nested_numbers(t: Trial) -> None:
    """AIP-160: a number inside a message is compared as a number."""
    f = nested(t, "integer").path
    rows = await Filtered.of(t, 3, **{f: [9, 10, 100]})
    await rows.expect(f"{f} > 9", 1, 2)
    await rows.expect(f"{f} = 10", 1)


@check
async def filter_traverses_maps(t: Trial) -> None:
    """AIP-160: `.` leads to the value of a map's key; a key that is not there equals nothing."""
    f = text_map(t).path
    rows = await Filtered.of(
        t, 3, **{f: [{"color": "red"}, {"color": "blue", "size": "xl"}, {"size": "red"}]}
    )
    await rows.expect(f'{f}.color = "red"', 0)
    await rows.expect(f'{f}.color = "red" OR {f}.size = "red"', 0, 2)


@check
async def filter_asks_what_a_map_has(t: Trial) -> None:
    """AIP-160: `map:key`, `map.key:*` and `map.key:value` ask for a key, and for its value."""
    f = text_map(t).path
    rows = await Filtered.of(
        t, 3, **{f: [{"color": "red"}, {"color": "blue", "size": "xl"}, {"size": "red"}]}
    )
    await rows.expect(f"{f}:color", 0, 1)
    await rows.expect(f"{f}.size:*", 1, 2)
    await rows.expect(f"{f}.color:red", 0)
    await rows.expect(f"NOT {f}:color", 2)


@check
async def filter_quotes_keys_of_maps(t: Trial) -> None:
    """AIP-160: a key with characters of the grammar is quoted."""
    f = text_map(t).path
    rows = await Filtered.of(t, 2, **{f: [{"my key": "a", "x.y": "c"}, {"my": "a", "x": "c"}]})
    await rows.expect(f'{f}:"my key"', 0)
    await rows.expect(f'{f}."my key" = "a"', 0)
    await rows.expect(f'{f}."x.y" = "c"', 0)


@check
async def filter_asks_what_a_list_has(t: Trial) -> None:
    """AIP-160: `list:value` is true where one of the elements is the value."""
    f = repeated(t, "text").path
    rows = await Filtered.of(t, 4, **{f: [["red", "blue"], ["blue"], ["dark red"], []]})
    await rows.expect(f'{f}:"red"', 0)
    await rows.expect(f"{f}:blue", 0, 1)
    await rows.expect(f"NOT {f}:blue", 2, 3)


@check
async def filter_asks_what_a_list_of_messages_has(t: Trial) -> None:
    """AIP-160: `list.field:value` is true where an element's field is the value."""
    f = repeated(t, "message")
    outer, inner = f.path.split(".")
    kind = t.subject.contract.message_class(f.descriptor.message_type)
    given = [[kind(**{inner: text}) for text in texts] for texts in (["Ann", "Bob"], ["Bobby"], [])]
    rows = await Filtered.of(t, 3, **{outer: given})
    await rows.expect(f'{f.path}:"Ann"', 0)
    await rows.expect(f"{f.path}:Bob", 0)


@check
async def filter_asks_what_is_there(t: Trial) -> None:
    """AIP-160: `field:*` is true where a message or a text is not empty."""
    text, time = find(t, "text", last=True).path, find(t, "timestamp").path
    rows = await Filtered.of(t, 2, **{text: ["x", "y"], time: [moment(t, 1_000_000), None]})
    await rows.expect(f"{time}:*", 0)
    await rows.expect(f"{text}:*", 0, 1)
    await rows.expect(f"NOT {time}:*", 1)


@check
async def filter_finds_optional_fields(t: Trial) -> None:
    """AIP-160, 149: an optional field is compared by its value; one that is not set equals none."""
    f = find(t, "integer", presence=True).path
    rows = await Filtered.of(t, 3, **{f: [0, 7, None]})
    await rows.expect(f"{f} = 7", 1)
    await rows.expect(f"{f} = 0", 0)
    await rows.expect(f"{f} < 8", 0, 1)
    await rows.expect(f"NOT {f} = 7", 0, 2)


@check
async def filter_finds_by_server_fields(t: Trial) -> None:
    """AIP-160: fields that the server sets can be asked for as well."""
    t.needs_field("create_time")
    rows = await Filtered.of(t, 2)
    await rows.expect('create_time > "2020-01-01T00:00:00Z"', 0, 1)
    await rows.expect('create_time > "2999-01-01T00:00:00Z"')
