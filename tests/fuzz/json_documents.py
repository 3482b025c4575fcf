"""Random JSON documents: a message's own, changed in places, with what JSON's grammar and others' parsers allow."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from google.protobuf.message import Message

from tests.fuzz.json_contracts import fields_of


class Raw(str):
    """A token as it is to be written."""


class Pairs(list[tuple[str, Any]]):
    """An object, whose keys may repeat."""


NUMBERS = (
    *(
        "0",
        "-0",
        "1",
        "-1",
        "1.0",
        "-0.0",
        "1.5",
        "1e2",
        "1E+2",
        "1e-2",
        "1e400",
        "-1e400",
        "3.5e38",
        "-3.5e38",
    ),
    *("3.4028235e38", "3.4028236e38", "2147483647", "2147483648", "-2147483649", "4294967295", "4294967296"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551615"),
    *(
        "18446744073709551616",
        "9007199254740993",
        "1e18",
        "1.7976931348623157e308",
        "123456789012345678901234567890",
    ),
    *("1" + "0" * 400, "1" * 5000, "0.1", "100000.000", "7", "1000"),
)
TOKENS = (
    "null",
    "true",
    "false",
    "[]",
    "{}",
    '""',
    "NaN",
    "Infinity",
    "-Infinity",
    "01",
    "+1",
    "'a'",
    "nul",
    "",
)
STRINGS = (
    *("", " ", "a", "1", " 1", "1 ", "01", "1.0", "1e3", "1.5", "1_000", "+1", "-0", "\t1", "0x1", "١", "1" * 5000),
    *("NaN", "Infinity", "-Infinity", "nan", "inf", "INF", "infinity", "1e400", "-1e400", "3.5e38", "true", "false"),
    *("True", "null", "YQ==", "YQ", "YQ=", "Y", "-_8", "+/8=", "!!!", "a b", "YWI\n", "ü", "😀", "\ud800", "\udc00x"),
    *("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.1Z", "2020-01-01T00:00:00.123456789Z", "2020-01-01T00:00:00+01:30"),
    *("2020-01-01T00:00:00.1234567890Z", "2020-1-1T0:0:0Z", "2020-01-01t00:00:00z", "2020-01-01T00:00:60Z"),
    *("2020-02-30T00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01 00:00:00Z", "2020-01-01T00:00:00"),
    *("0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59-00:01"),
    *("0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2020-01-01T00:00:00-08:00", "2020-01-01T00:00:00+24:00"),
    *("2020-01-01T00:00:00+0800", "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00.5e-3Z", "٢٠٢٠-01-01T00:00:00Z"),
    *("2020-W01-1T00:00:00Z", "1.5e999s", "0.9999999999s", "1e2s", " 1s"),
    *("1s", "-1s", "1.5s", "-0.5s", "0.000000001s", "1.1234567899s", ".5s", "1.s", "1", "s", "1_0s", "+1s"),
    *("315576000000s", "315576000001s", "-315576000000.999999999s", "-0s", "--1s", "٣s", "1.-5s"),
    *("a,b", "aB.cD", "a_b", "A", ",", "a,,b", "ÀB", "fooBar"),
    *("E0_V0", "E0_V1", "E0_alias", "E1_V0", "NULL_VALUE", "e0_v0", "0", "7", "1000", "2147483648", "-2147483649"),
    *("type.googleapis.com/google.protobuf.Duration", "google.protobuf.Empty", "type.googleapis.com/no.Such"),
    *("google.protobuf.Value", "google.rpc.ErrorInfo", "google.protobuf.StringValue", "google.protobuf.Any"),
)  # fmt: skip
KEYS = (
    *(
        "",
        "a",
        "@type",
        "value",
        "\ud800",
        "[fuzz.nope]",
        "[]",
        "[x]\n",
        "true",
        "false",
        "1",
        "01",
        "-1",
        "1.0",
        " 1",
    ),
    *("unknown", "seconds", "nanos", "paths", "fields", "values", "structValue", "type_url", "😀", "x" * 400),
)


def document_of(value: Any) -> Any:
    """A parsed document as one that can be changed."""
    if isinstance(value, dict):
        return Pairs((key, document_of(item)) for key, item in value.items())
    return [document_of(item) for item in value] if isinstance(value, list) else value


def changed(random: Random, document: Any, kind: type[Message]) -> Any:
    """The document with one place changed."""
    places = list(_places(document))
    if not places or random.random() < 0.03:
        return anything(random)
    parent, index = random.choice(places)
    inside = parent[index][1] if isinstance(parent, Pairs) else parent[index]
    _change(random, parent, index, inside, kind)
    return document


def _change(random: Random, parent: Any, index: int, inside: Any, kind: type[Message]) -> None:
    chance = random.random()
    target = inside if isinstance(inside, Pairs) else parent if isinstance(parent, Pairs) else None
    if chance < 0.45 or target is None:
        _put(parent, index, anything(random))
    elif chance < 0.55:
        del parent[index]
    elif chance < 0.65 and isinstance(parent, Pairs):
        parent[index] = (_key(random, kind), parent[index][1])
    elif chance < 0.75 and isinstance(parent, Pairs):
        parent.append(
            (_other_name(parent[index][0], kind), anything(random) if random.random() < 0.5 else inside)
        )
    elif chance < 0.9:
        target.insert(random.randint(0, len(target)), (_key(random, kind), anything(random)))
    elif chance < 0.95:
        random.shuffle(target)
    else:
        _put(parent, index, [inside])


def _put(parent: Any, index: int, value: Any) -> None:
    parent[index] = (parent[index][0], value) if isinstance(parent, Pairs) else value


def _key(random: Random, kind: type[Message]) -> str:
    fields = list(fields_of(kind))
    if fields and random.random() < 0.7:
        field = random.choice(fields)
        if field.is_extension:
            return f"[{field.full_name}{random.choice(('', '', '.more'))}]"
        return str(random.choice((field.name, field.json_name)))
    return random.choice(KEYS)


def _other_name(name: str, kind: type[Message]) -> str:
    for field in fields_of(kind):
        if name in (field.name, field.json_name):
            return str(field.name if name == field.json_name else field.json_name)
    return name


def _places(document: Any) -> Any:
    if isinstance(document, list):
        for index, item in enumerate(document):
            yield document, index
            yield from _places(item[1] if isinstance(document, Pairs) else item)


def anything(random: Random, depth: int = 0) -> Any:
    """Any value, of any kind."""
    chance = random.random()
    if chance < 0.3:
        return Raw(random.choice(NUMBERS))
    if chance < 0.45:
        return Raw(random.choice(TOKENS[:6] if random.random() < 0.8 else TOKENS))
    if chance < 0.8 or depth > 3:
        return random.choice(STRINGS)
    if chance < 0.9:
        return [anything(random, depth + 1) for _ in range(random.randint(0, 3))]
    return Pairs((random.choice(KEYS), anything(random, depth + 1)) for _ in range(random.randint(0, 3)))


def text_of(random: Random, document: Any) -> bytes:
    """The document as text, compact or not, sometimes with a broken byte."""
    comma, colon = random.choice(((",", ":"), (",", ":"), (", ", ": "), (" ,\n", " :\t")))
    ascii_only = random.random() < 0.3

    def write(node: Any) -> str:
        if isinstance(node, Raw):
            return str(node)
        if isinstance(node, Pairs):
            return "{" + comma.join(f"{write(key)}{colon}{write(item)}" for key, item in node) + "}"
        if isinstance(node, list):
            return "[" + comma.join(map(write, node)) + "]"
        escaped = isinstance(node, str) and any("\ud800" <= letter <= "\udfff" for letter in node)
        return json.dumps(node, ensure_ascii=ascii_only or escaped)

    text = write(document).encode()
    chance = random.random()
    if chance < 0.02:
        return b"\xef\xbb\xbf" + text
    if chance < 0.06 and text:
        at = random.randrange(len(text))
        return (
            text[:at] + random.choice((b"", b"\xff", b",", b"}", b'"', b"\\", b"\0", b" ")) + text[at + 1 :]
        )
    return text
