"""The kit's JSON codec against json_format: the same result and the same acceptance, but for the codec's own table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from kit.errors import InvalidArgumentError
from kit.protojson import codec
from kit.protojson import decode as json_decode
from kit.protojson import encode as json_encode
from tests.fuzz.json_contracts import contract
from tests.fuzz.json_documents import changed, document_of, text_of
from tests.fuzz.json_messages import random_message

DOCUMENTS = 40
MAX_TEXT = 700

# What the codec refuses and json_format takes: the rows of its own table.
DEVIATIONS = re.compile(
    r"not valid JSON: -?(NaN|Infinity) is to be written as a string"
    r"|out of the range of (double|\w+\.[\w.]+): .*"  # of a Value, of an enum
    r'|expected an object, not (an array|".*)'
    r'|given twice, as ".*" too'
    r"|not a valid (double|float|\w+\.[\w.]+): (true|false)"
    r"|not a valid \w+\.[\w.]+: -?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?"  # a fraction, for an enum
    r'|not a time in RFC 3339: ".*',
    re.DOTALL,
)
# What json_format fails at, and the codec takes: null for a repeated Value or NullValue.
NULL_CRASH = re.compile(
    r"AttributeError: (Assignment not allowed to map, or repeated|'.*' object has no attribute 'null_value')"
)


def check(random: Random) -> None:
    """One contract, some messages of it, and some documents for each."""
    straight = json_encode.MANY_FIELDS
    try:
        json_encode.MANY_FIELDS = random.choice((0, straight))  # the two ways to write a type
        for kind in contract(random).kinds:
            check_type(random, kind, DOCUMENTS)
    finally:
        json_encode.MANY_FIELDS = straight
        forget()


def check_type(random: Random, kind: type[Message], documents: int) -> None:
    """A random message of the class and that many documents."""
    message = random_message(random, kind)
    written = check_encoding(message)
    for _ in range(documents):
        if written is None or random.random() < 0.1:
            written = check_encoding(random_message(random, kind))
        document = document_of({} if written is None else json.loads(json.dumps(written)))
        for _ in range(random.choice((0, 1, 1, 1, 2, 4))):
            document = changed(random, document, kind)
        before = random_message(random, kind) if random.random() < 0.3 else kind()
        check_decoding(text_of(random, document), before, ignore_unknown=random.random() < 0.4)


def check_encoding(message: Message) -> Any:
    """Both ways of writing it are json_format's; None where neither can."""
    expected: list[Any] = []
    refused = _error(lambda: expected.append(json_format.MessageToDict(message)))
    try:
        value = codec.to_value(message)
    except ValueError as error:
        assert refused, f"{error}, and json_format writes {expected!s:.{MAX_TEXT}}"
        return None
    assert not refused, f"{value!s:.{MAX_TEXT}}, and json_format says: {refused}"
    assert json.dumps(value) == json.dumps(expected[0])  # and so the order of the fields
    assert canonical(json.loads(codec.encode(message))) == canonical(expected[0])
    return expected[0]


def check_decoding(text: bytes, before: Message, *, ignore_unknown: bool) -> str:
    """Both take the document, with the same message as the result, or neither does. The codec's error, "" for none."""
    theirs, ours = _copy(before), _copy(before)
    refused = _error(lambda: json_format.Parse(text, theirs, ignore_unknown_fields=ignore_unknown))
    said = f"{text[:MAX_TEXT]!r}, unknown fields {'ignored' if ignore_unknown else 'refused'}"
    try:
        codec.decode(text, ours, ignore_unknown=ignore_unknown)
    except InvalidArgumentError as error:
        (violation,) = error.violations
        assert (
            len(error.message) < MAX_TEXT and error.message == f"{violation.field}: {violation.description}"
        )
        assert refused or DEVIATIONS.fullmatch(violation.description), f"{said}\nrefused: {error.message}"
        return violation.description
    assert not refused or NULL_CRASH.search(refused), f"{said}\ntaken, and json_format says: {refused}"
    if refused:
        return ""
    assert _bytes(ours) == _bytes(theirs), f"{said}\n{ours}\njson_format has\n{theirs}"
    return ""


def forget() -> None:
    """Drops what the codec keeps for each class; a contract of a test is gone after it."""
    json_encode.WRITERS.clear()
    for ignore_unknown in (True, False):
        json_decode.readers(ignore_unknown=ignore_unknown).clear()
    for cached in (json_encode.field_writer, json_encode.extension_writer, json_decode.field_setter):
        cached.cache_clear()


def canonical(value: Any) -> str:
    """A JSON value with sorted keys and numbers in one notation."""
    return json.dumps(value, sort_keys=True)


def _error(act: Callable[[], object]) -> str:
    """What went wrong, of whatever kind: json_format lets its conversions' errors through."""
    try:
        act()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _copy(message: Message) -> Message:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy


def _bytes(message: Message) -> bytes:
    """Comparable where NaN is not equal to itself."""
    return message.SerializePartialToString(deterministic=True)
