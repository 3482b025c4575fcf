"""The JSON codec, against json_format and against the rows of its own table."""

from __future__ import annotations

import json
import linecache
import math
import os
import subprocess
import sys
import time
import traceback
from random import Random
from typing import Any

import pytest
from google.protobuf import any_pb2, descriptor_pb2, json_format, struct_pb2, timestamp_pb2, wrappers_pb2
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kit.errors import InvalidArgumentError
from kit.protojson import codec
from kit.protojson import encode as json_encode
from tests.fuzz import json_bodies
from tests.fuzz.json_contracts import contract
from tests.fuzz.json_documents import NUMBERS, STRINGS, TOKENS, Raw, text_of
from tests.fuzz.json_messages import random_message
from tests.kit.shop import Item, compile_messages

EXAMPLES = int(os.environ.get("SCAFFOLD_EXAMPLES", "150"))
MESSAGES = compile_messages("json/v1/every.proto")
LEGACY = compile_messages("json/v1/legacy.proto")
Every, Legacy, Methods = MESSAGES["Every"], LEGACY["Legacy"], LEGACY["Methods"]

many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def refusal(text: str | bytes, kind: Any = Every, **options: Any) -> str:
    """What decoding says about a document that it refuses."""
    with pytest.raises(InvalidArgumentError) as caught:
        codec.decode(text.encode() if isinstance(text, str) else text, kind(), **options)
    (violation,) = caught.value.violations
    assert caught.value.message == f"{violation.field}: {violation.description}"
    return caught.value.message


def taken(text: str | bytes, kind: Any = Every, **options: Any) -> Any:
    message = kind()
    codec.decode(text.encode() if isinstance(text, str) else text, message, **options)
    return message


def accepts(text: str, kind: Any = Every) -> bool:
    """Whether json_format takes the document."""
    try:
        json_format.Parse(text, kind())
    except json_format.ParseError:
        return False
    return True


# Against the oracle


@many
@example(4)  # rounds in which they once differed
@example(39)
@example(101051)
@given(st.integers(0, 2**64))
def test_random_contracts_have_the_same_json_as_by_json_format(seed: int) -> None:
    random = Random(seed)
    try:
        for kind in contract(random).kinds:
            json_bodies.check_type(random, kind, documents=8)
    finally:
        json_bodies.forget()


@many
@given(st.integers(0, 2**64))
def test_any_message_of_every_kind_of_field_is_written_as_by_json_format(seed: int) -> None:
    random = Random(seed)
    for kind in (Every, Legacy):
        json_bodies.check_encoding(random_message(random, kind))


@pytest.mark.parametrize("field", [field.name for field in Every.DESCRIPTOR.fields])
@pytest.mark.parametrize("ignore_unknown", [False, True])
def test_every_value_in_every_field_is_taken_or_refused_as_by_json_format(
    field: str, ignore_unknown: bool
) -> None:
    random = Random(0)
    values: list[Any] = [Raw(text) for text in (*NUMBERS, *TOKENS)] + list(STRINGS)
    for value in values:
        for text in (
            value,
            [value],
            {"1": value},
            {"a": value},
            {"true": value},
            {"@type": value, "value": value},
        ):
            document = (
                json.dumps(Every.DESCRIPTOR.fields_by_name[field].json_name) + ":" + _text(random, text)
            )
            json_bodies.check_decoding(
                b"{" + document.encode("utf-8", "surrogatepass") + b"}",
                Every(),
                ignore_unknown=ignore_unknown,
            )


@pytest.mark.parametrize("field", [field.name for field in Every.DESCRIPTOR.fields if field.message_type])
def test_every_key_of_every_map_is_taken_or_refused_as_by_json_format(field: str) -> None:
    for key in (*STRINGS, *NUMBERS, "unknown", "every"):
        for value in ("1", '"1"', "{}", "null", '"COLOR_RED"', '"NOPE"'):
            text = f'{{"{Every.DESCRIPTOR.fields_by_name[field].json_name}": {{{json.dumps(key)}: {value}}}}}'
            json_bodies.check_decoding(text.encode(), Every(), ignore_unknown=key[:1] == "1")


@many
@given(st.integers(0, 2**64))
def test_one_field_is_read_and_written_as_the_message_has_it(seed: int) -> None:
    random = Random(seed)
    try:
        for kind in contract(random).kinds:
            _check_fields(random, kind)
    finally:
        json_bodies.forget()


def _check_fields(random: Random, kind: Any) -> None:
    message = random_message(random, kind)
    try:
        whole = codec.to_value(message)
        defaults = json_format.MessageToDict(kind(), always_print_fields_with_no_presence=True)
    except (ValueError, json_format.Error):
        return
    names = [field.json_name for field in kind.DESCRIPTOR.fields]
    for field in kind.DESCRIPTOR.fields:
        if names.count(field.json_name) > 1:
            continue
        value = codec.field_value(message, field.name)
        assert value == whole.get(field.json_name, defaults.get(field.json_name))
        ours, theirs = kind(), kind()
        try:
            json_format.ParseDict({field.json_name: value}, theirs)
        except json_format.ParseError:  # a map of nulls, for instance, is not read as it is written
            with pytest.raises(InvalidArgumentError):
                codec.merge_field(value, ours, field.name)
            continue
        codec.merge_field(value, ours, field.name)
        assert ours.SerializePartialToString(deterministic=True) == theirs.SerializePartialToString(
            deterministic=True
        )


@many
@given(st.integers(0, 2**64))
def test_the_place_of_a_wrong_value_is_told(seed: int) -> None:
    random = Random(seed)
    message = random_message(random, Every)
    try:
        document = codec.to_value(message)
        codec.merge(document, Every())
    except (
        ValueError,
        InvalidArgumentError,
    ):  # an array of nulls, for instance, is not read as it is written
        return
    places = list(_scalars(Every.DESCRIPTOR, document, ""))
    if places:
        holder, key, path = random.choice(places)
        holder[key] = {"poison": 1}
        with pytest.raises(InvalidArgumentError) as caught:
            codec.merge(document, Every())
        assert caught.value.violations[0].field == path


def _scalars(descriptor: Any, document: Any, above: str) -> Any:
    """The places of a document that hold scalars: holder, key or index, path."""
    by_json_name = {field.json_name: field for field in descriptor.fields}
    for name, value in document.items():
        field = by_json_name[name]
        path = f"{above}{field.name}"
        inside = field.message_type
        if inside is not None and inside.GetOptions().map_entry:
            inside = inside.fields_by_name["value"].message_type
            found = [(value, key, f"{path}[{json.dumps(key, ensure_ascii=False)}]") for key in value]
        elif field.is_repeated:
            found = [(value, index, f"{path}[{index}]") for index in range(len(value))]
        else:
            found = [(document, name, path)]
        for holder, key, place in found:
            if inside is None:
                yield holder, key, place
            elif inside is Every.DESCRIPTOR:
                yield from _scalars(inside, holder[key], f"{place}.")


def _text(random: Random, value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_text(random, item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_text(random, item) for item in value) + "]"
    return str(value) if isinstance(value, Raw) else json.dumps(value)


# Where it differs: the codec's own table


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_json_does_not_have_are_refused(text: str) -> None:
    assert accepts(f'{{"value": {text}}}')
    assert refusal(f'{{"value": {text}}}') == f"body: not valid JSON: {text} is to be written as a string"
    assert refusal(f'{{"unknown": {text}}}', ignore_unknown=True).startswith("body: not valid JSON")


@pytest.mark.parametrize(
    "place", ['"value": {}', '"struct": {{"a": {}}}', '"list": [{}]', '"valueMap": {{"a": {}}}']
)
def test_a_value_takes_no_number_that_a_double_cannot_hold(place: str) -> None:
    assert accepts("{" + place.format("1e400") + "}")
    assert "out of the range of double: Infinity" in refusal("{" + place.format("1e400") + "}")
    assert "out of the range of double: a number of many digits" in refusal(
        "{" + place.format("1" + "0" * 400) + "}"
    )


@pytest.mark.parametrize("empty", ["[]", '""'])
def test_an_empty_array_or_string_is_no_message(empty: str) -> None:
    for text, path in (
        (empty, "body"),
        (f'{{"every": {empty}}}', "every"),
        (f'{{"empty": {empty}}}', "empty"),
    ):
        assert accepts(text)
        assert refusal(text).startswith(f"{path}: expected an object, not ")
        assert refusal(text, ignore_unknown=True).startswith(f"{path}: expected an object, not ")


def test_a_field_under_both_of_its_names_is_given_twice() -> None:
    text = '{"int32_field": 1, "int32Field": 2}'
    assert accepts(text)
    assert refusal(text) == 'int32_field: given twice, as "int32Field" too'
    assert refusal('{"every": {"a": 1}, "every_": 1}').startswith("every.a: no such field")


@pytest.mark.parametrize("field", ["floatField", "doubleField", "color", "nullField", "doubleValue"])
@pytest.mark.parametrize("value", ["true", "false"])
def test_a_boolean_is_no_number(field: str, value: str) -> None:
    text = f'{{"{field}": {value}}}'
    assert accepts(text)
    assert f"not a valid {'google' if field == 'nullField' else ''}" in refusal(text)


@pytest.mark.parametrize("number", [2**32, 2**32 + 1, -(2**32)])
def test_the_number_of_an_enum_is_not_cut_to_32_bits(number: int) -> None:
    assert accepts(f'{{"color": {number}}}')
    assert refusal(f'{{"color": {number}}}') == f"color: out of the range of json.v1.Color: {number}"


@pytest.mark.parametrize(
    "text",
    [
        *("1970-1-01T00:00:00Z", "1970-01-1T00:00:00Z", "1970-01-01T0:0:0Z", "1970-01-01T00:00:00+24:00"),
        *(
            "1970-01-01T00:00:00+00:60",
            "1970-01-01T00:00:00.5e-3Z",
            "1970-01-01T00:00:00.Z",
            "197٠-01-01T00:00:00Z",
        ),
        *("1970-01-01T00:00:00+1:00", "1970-01-01T00:00:00.1_0Z"),
    ],
)
def test_a_timestamp_is_rfc_3339(text: str) -> None:
    assert accepts(json.dumps(text), timestamp_pb2.Timestamp)
    assert refusal(json.dumps({"time": text}, ensure_ascii=False)) == (
        f"time: not a time in RFC 3339: {json.dumps(text, ensure_ascii=False)}"
    )


def test_a_field_may_be_called_as_a_oneof() -> None:
    text = '{"first": "a", "choice": "b"}'
    assert not accepts(text, Legacy)
    assert taken(text, Legacy) == Legacy(first="a", like_oneof="b")


def test_null_empties_a_repeated_field_of_nulls() -> None:
    assert not accepts('{"nullList": null}') and not accepts('{"valueList": null}')
    assert taken('{"nullList": null, "valueList": null}') == Every()


# What protobuf's conformance suite asks for (conformance/binary_json_conformance_suite.cc)

CONFORMANCE_TAKEN = [
    ('{"int32Field": 100000.000}', {"int32_field": 100000}),
    ('{"int32Field": 1e5}', {"int32_field": 100000}),
    ('{"int32Field": 2.147483647e9}', {"int32_field": 2147483647}),
    ('{"uint32Field": 4.294967295e9}', {"uint32_field": 4294967295}),
    ('{"int32Field": "2147483647"}', {"int32_field": 2147483647}),
    ('{"int32Field": "-2147483648"}', {"int32_field": -2147483648}),
    ('{"int32Field": "1e5"}', {"int32_field": 100000}),
    ('{"int32_field": 1}', {"int32_field": 1}),
    ('{"\\u0069nt32Field": 1}', {"int32_field": 1}),
    ('{"$odd-name": "a"}', {"renamed": "a"}),
    ('{"renamed": "a"}', {"renamed": "a"}),
    ('{"int64Field": 1}', {"int64_field": 1}),
    ('{"int64Field": "9223372036854775807"}', {"int64_field": 9223372036854775807}),
    ('{"uint64Field": 18446744073709551615}', {"uint64_field": 18446744073709551615}),
    ('{"floatField": "Infinity"}', {"float_field": math.inf}),
    ('{"doubleField": "-Infinity"}', {"double_field": -math.inf}),
    ('{"doubleField": "2.22507e-308"}', {"double_field": 2.22507e-308}),
    ('{"floatField": 3.402823e+38}', {"float_field": 3.402823e38}),
    ('{"color": "COLOR_SCARLET"}', {"color": 1}),
    ('{"color": 123}', {"color": 123}),
    ('{"bytesField": "-_"}', {"bytes_field": b"\xfb"}),
    ('{"bytesField": "AQI="}', {"bytes_field": b"\x01\x02"}),
    ('{"stringField": "\\ud83d\\ude01"}', {"string_field": "😁"}),
    ('{"stringField": "\\\\\\/\\"\\b\\f\\n\\r\\t"}', {"string_field": '\\/"\b\f\n\r\t'}),
    ('{"first": null, "second": "1"}', {"second": 1}),
    ('{"fourth": null}', {"fourth": 0}),
    ('{"fourth": "NULL_VALUE"}', {"fourth": 0}),
    ('{"int32List": null, "labels": null, "everyList": null}', {}),
    ('{"any": {}}', {"any": any_pb2.Any()}),
    ('{"any": null}', {}),
    ('{"boolValue": false}', {"bool_value": wrappers_pb2.BoolValue()}),
    ('{"int64Value": null}', {}),
    ('{"value": null}', {"value": struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)}),
    (
        '{"time": "1970-01-01T00:00:01.010000000Z"}',
        {"time": timestamp_pb2.Timestamp(seconds=1, nanos=10_000_000)},
    ),
    ('{"time": "1969-12-31T16:00:00-08:00"}', {"time": timestamp_pb2.Timestamp()}),
    ('{"time": "0001-01-01T00:00:00Z"}', {"time": timestamp_pb2.Timestamp(seconds=-62135596800)}),
    ('{"byInt32": {"01": 1}, "byInt64": {"1": 1, "01": 2}}', {"by_int32": {1: 1}, "by_int64": {1: 2}}),
]


@pytest.mark.parametrize(("text", "fields"), CONFORMANCE_TAKEN)
def test_the_conformance_suite_s_valid_documents_are_taken(text: str, fields: dict[str, Any]) -> None:
    assert taken(text) == Every(**fields)
    assert taken(text, ignore_unknown=True) == Every(**fields)


CONFORMANCE_REFUSED = [
    *("null", "[1]", "3", '"x"', "{fieldname1: 1}", '{"int32Field":1,}', '{"int32Field": 1 "int64Field": 2}'),
    *('{"int32Field": 2147483648}', '{"int32Field": -2147483649}', '{"uint32Field": 4294967296}'),
    *('{"int64Field": "9223372036854775808"}', '{"uint64Field": "18446744073709551616"}'),
    *(
        '{"uint64Field": "1e536870000"}',
        '{"uint32Field": -1}',
        '{"int32Field": 0.5}',
        '{"int64Field": "0.5"}',
    ),
    *(
        '{"int32Field": true}',
        '{"int32Field": "12abc"}',
        '{"int32Field": "12 34"}',
        '{"int32Field": "12,34"}',
    ),
    *('{"int32Field": "12谷歌34"}', '{"int32Field": ""}', '{"int32Field": " 1"}', '{"int32Field": "1 "}'),
    *('{"int32Field": +1}', '{"int32Field": 01}', '{"int32Field": -01}', '{"int32Field": "3x3"}'),
    *('{"boolField": 0}', '{"boolField": "true"}', '{"boolField": True}', '{"boolField": FALSE}'),
    *(
        '{"floatField": NaN}',
        '{"floatField": -Infinity}',
        '{"floatField": 3.502823e+38}',
        '{"floatField": ""}',
    ),
    *(
        '{"doubleField": 1.89769e+308}',
        '{"doubleField": "12 34"}',
        '{"doubleField": true}',
        '{"floatField": false}',
    ),
    *('{"color": FOO}', '{"color": ["COLOR_RED"]}', '{"color": [2]}', '{"color": true}', '{"color": "NOPE"}'),
    *('{"colorList": ["NOPE"]}', '{"byBool": {"true": "NOPE"}}', '{"optionalColor": "NOPE"}'),
    *(
        '{"stringField": "\\U8C37"}',
        '{"stringField": "\\uXXXX"}',
        '{"stringField": "\\u8C3"}',
        '{"stringField": 1}',
    ),
    *('{"stringField": "\\ud800"}', '{"stringField": "\\udc00"}', '{"stringField": "\\ude01\\ud83d"}'),
    *(
        '{"byInt32": {1: 2}}',
        '{"byBool": {true: true}}',
        '{"byInt32": {null: 1}}',
        '{"byInt32": {"0": null}}',
    ),
    *(
        '{"int32List": [1, false]}',
        '{"int32List": [1, "name"]}',
        '{"int32List": [{"a": 4}]}',
        '{"int32List": 1}',
    ),
    *('{"stringList": ["1", 2]}', '{"everyList": [{}, 2]}', '{"everyList": {}}', '{"int32List": [1,]}'),
    *('{"int32List": [1, null]}', '{"everyList": [{}, null]}', '{"first": "a", "second": 1}'),
    *(
        '{"duration": "1"}',
        '{"duration": "-315576000001.000000000s"}',
        '{"duration": "315576000001.000000000s"}',
    ),
    *(
        f'{{"time": "{time}"}}'
        for time in (
            *("0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "0001-01-01T00:00:00", "0001-01-01 00:00:00Z"),
            *(
                "0001-01-01T00:00:00z",
                "0001-01-01t00:00:00Z",
                "1970-01-01T08:00:01+0800",
                "1970-13-01T00:00:00Z",
            ),
            *("1970-00-01T00:00:00Z", "1970-01-32T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-01T24:00:00Z"),
            *(
                "1970-01-01T00:60:00Z",
                "1970-01-01T00:00:60Z",
                "1970-01-01T00:00:00+24:00",
                "1970-1-01T00:00:00Z",
            ),
            *("0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "1970-01-01T00:00:00.1234567890Z"),
            "1970-01-01T00:00:00.a23456789Z",
        )
    ),
    *(
        '{"mask": "foo_bar"}',
        '{"any": {"@type": "", "value": ""}}',
        '{"any": {"@type": "not_a_url", "value": ""}}',
    ),
    *(
        '{"any": {"value": 1}}',
        '{"int32Field": 1, "int32Field": 2}',
        '{"every": {}, "every": {}}',
        '{"unknown": 1}',
    ),
]


@pytest.mark.parametrize("text", CONFORMANCE_REFUSED)
def test_the_conformance_suite_s_invalid_documents_are_refused(text: str) -> None:
    assert len(refusal(text)) < 400


def test_unknown_things_are_ignored_where_asked() -> None:
    text = '{"unknown": {"a": [1]}, "color": "NOPE", "colorList": ["NOPE", "COLOR_RED"], "byBool": {"true": "NOPE"}}'
    before = Every(color=1)
    codec.decode(text.encode(), before, ignore_unknown=True)
    assert before == Every(color=1, color_list=[1])


# Errors


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"int32Field": 3.5}', "int32_field: not a valid int32: 3.5"),
        ('{"int32Field": 4000000000}', "int32_field: out of the range of int32: 4000000000"),
        ('{"nope": 1}', "nope: no such field in json.v1.Every"),
        (
            '{"every": {"everyList": [{}, {"nope": 1}]}}',
            "every.every_list[1].nope: no such field in json.v1.Every",
        ),
        ('{"labels": {"a": 1}}', 'labels["a"]: not a valid string: 1'),
        ('{"byInt32": {"x": 1}}', 'by_int32["x"]: not a valid int32: "x"'),
        (
            '{"everyMap": {"a \\"b\\"": {"time": 5}}}',
            'every_map["a \\"b\\""].time: not a time in RFC 3339: 5',
        ),
        ('{"int32List": [1, 2, "x"]}', 'int32_list[2]: not a valid int32: "x"'),
        ('{"int32List": {}}', "int32_list: expected an array, not an object"),
        ('{"everyList": [null]}', "every_list[0]: null cannot be an item"),
        ('{"first": "a", "third": {}}', "third: another field of the oneof 'choice' is set already"),
        (
            '{"struct": {"a": [1, {"\\ud800": 1}]}}',
            'struct["a"][1]["\\ud800"]: not valid Unicode: half of a surrogate pair',
        ),
        ('{"labels": {"\\ud800": "a"}}', 'labels["\\ud800"]: not valid Unicode: half of a surrogate pair'),
        ('{"any": {"value": 1}}', 'any: expected the type of the message as "@type"'),
        ('{"any": {"@type": "no.Such"}}', 'any.@type: unknown message type: "no.Such"'),
        (
            '{"any": {"@type": "google.protobuf.Duration"}}',
            'any: expected "value", in which this type is given',
        ),
        (
            '{"any": {"@type": "google.protobuf.Duration", "value": 1}}',
            "any.value: not a valid duration: 1",
        ),
        ('{"a": {"b": 1, "b": 2}}', 'body: duplicate key "b"'),
        ("{", "body: not valid JSON: Expecting property name enclosed in double quotes in line 1, column 2"),
        (b"\xff", "body: not valid JSON: not UTF-8"),
        (
            b"\xef\xbb\xbf{}",
            "body: not valid JSON: Unexpected UTF-8 BOM (decode using utf-8-sig) in line 1, column 1",
        ),
        ("", "body: not valid JSON: Expecting value in line 1, column 1"),
        ("[" * 100_000, "body: not valid JSON: nested too deeply"),
        ('{"int32Field": ' + "1" * 5000 + "}", "body: not valid JSON: a number of too many digits"),
        ('{"unknown": true} {}', "body: not valid JSON: Extra data in line 1, column 19"),
    ],
)
def test_an_error_says_where_and_what(text: str | bytes, said: str) -> None:
    assert refusal(text) == said


def test_an_error_is_short_however_long_the_document_s_words_are() -> None:
    long = "x" * 100_000
    for document in (
        {long: 1},
        {"int32Field": long},
        {"labels": {long: 1}},
        {"every": {long: {long: 1}}},
        {"everyMap": {long: {"everyMap": {long: {"everyMap": {long: {"nope": 1}}}}}}},
        {"any": {"@type": long}},
        {"time": long},
        {"int32Field": 10**4000},
    ):
        assert len(refusal(json.dumps(document))) < 500
    assert len(refusal('{"' + long + '": 1, "' + long + '": 1}')) < 300


def test_messages_may_be_nested_as_deep_as_in_json_format() -> None:
    def nested(key: str, levels: int, inner: str) -> str:
        return f'{{"{key}": ' * levels + inner + "}" * levels

    for deepest in (98, 99, 100, 101, 300):
        for text in (
            nested("every", deepest, "{}"),
            nested("every", deepest, '{"time": "1970-01-01T00:00:00Z"}'),
        ):
            assert json_bodies.check_decoding(text.encode(), Every(), ignore_unknown=False) == (
                "" if accepts(text) else "nested deeper than 100 messages"
            )
    for levels in (30, 32, 33, 48, 49, 50, 60):
        text = f'{{"value": {"[" * levels + "]" * levels}, "struct": {nested("a", levels, "1")}}}'
        json_bodies.check_decoding(text.encode(), Every(), ignore_unknown=False)
    for levels in (97, 98, 99, 100):
        any_ = '{"@type": "google.protobuf.Any", "value": ' * levels + "{}" + "}" * levels
        json_bodies.check_decoding(f'{{"any": {any_}}}'.encode(), Every(), ignore_unknown=False)


def test_a_duplicate_among_many_keys_is_found_in_no_time() -> None:
    keys = ",".join(f'"{number}":1' for number in range(100_000))
    start = time.process_time()
    assert refusal(f'{{"labels": {{{keys}, "99999": 2}}}}') == 'body: duplicate key "99999"'
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "text",
    [
        *(
            '{"a":1,"a":1}',
            '{"a":{"b":1,"b":1}}',
            '[{"a":1,"a":1}]',
            '{"a": 1, "\\u0061": 2}',
            '{"a":1,"a":2}',
        ),
        '{"x":"\\u003a","x":"::"}',
    ],
)
def test_a_key_is_given_once_at_any_depth(text: str) -> None:
    assert "duplicate key" in refusal(text, struct_pb2.Struct if text[0] == "{" else struct_pb2.ListValue)


@pytest.mark.parametrize("number", [2**53 + 1, 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**30])
def test_numbers_are_exact_whatever_their_size(number: int) -> None:
    assert codec.parse(f'{{"a":{number}}}'.encode()) == {"a": number}
    assert codec.parse(f"[{number}]".encode()) == [number]


# Messages


def test_an_unset_field_is_not_written_and_one_with_presence_is() -> None:
    assert codec.encode(Every()) == b"{}"
    assert codec.encode(Every(optional_int32=0, first="")) == b'{"optionalInt32":0,"first":""}'
    assert codec.encode(Legacy(number=7)) == b'{"number":7}'


def test_a_type_of_many_fields_is_written_from_those_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two ways to write a type give the same, whichever is the faster one for it."""
    for many in (0, 1000):
        monkeypatch.setattr(json_encode, "MANY_FIELDS", many)
        json_encode.WRITERS.clear()
        for seed in range(50):
            json_bodies.check_encoding(random_message(Random(seed), Every))
    json_encode.WRITERS.clear()


def test_minus_zero_is_not_zero() -> None:
    assert (
        codec.encode(Every(double_field=-0.0, float_field=-0.0)) == b'{"floatField":-0.0,"doubleField":-0.0}'
    )
    assert math.copysign(1, taken('{"doubleField": -0.0}').double_field) == -1


def test_a_float_is_the_shortest_that_is_read_as_the_same() -> None:
    message = Every(float_list=[0.1, 16777217.0, 3.4028234663852886e38, 1e-45, 1 / 3, math.nan, -math.inf])
    assert codec.to_value(message) == json_format.MessageToDict(message)
    assert codec.encode(Every(float_field=0.1)) == b'{"floatField":0.1}'


def test_fields_are_in_the_order_of_their_numbers() -> None:
    message = Legacy(id="a", pair=Legacy.Pair(left="x"))
    message.Extensions[LEGACY.extensions["several"]].append("b") if hasattr(LEGACY, "extensions") else None
    assert list(codec.to_value(message)) == list(json_format.MessageToDict(message))


def test_what_a_message_cannot_be_in_json_is_a_value_error() -> None:
    for message in (
        Every(time=timestamp_pb2.Timestamp(seconds=253402300800)),
        Every(value=struct_pb2.Value(number_value=math.nan)),
        Every(any=any_pb2.Any(type_url="no.Such")),
        Every(any=any_pb2.Any(type_url="google.protobuf.Duration", value=b"\xff")),
    ):
        with pytest.raises(ValueError, match=r"Timestamp|Value|Any"):
            codec.encode(message)


def test_extensions_are_named_in_brackets() -> None:
    message = taken(
        '{"id": "a", "[json.v1.single]": "5", "[json.v1.Other.inside]": "b", "[json.v1.several]": ["c"]}',
        Legacy,
    )
    assert json.loads(json_format.MessageToJson(message)) == codec.to_value(message)
    assert list(codec.to_value(message)) == [
        "id",
        "[json.v1.single]",
        "[json.v1.several]",
        "[json.v1.Other.inside]",
    ]
    assert refusal('{"[json.v1.foreign]": "x"}', Legacy).startswith(
        "[json.v1.foreign]: an extension of another message"
    )
    assert refusal('{"[json.v1.nope]": "x"}', Legacy) == "[json.v1.nope]: no such field in json.v1.Legacy"
    assert refusal('{"[json.v1.nope]": "x"}', ignore_unknown=True).endswith("json.v1.Every has no extensions")


@pytest.mark.parametrize("value", ["3", '"3"', "-1", '"CLOSED_THREE"'])
def test_a_closed_enum_takes_its_own_numbers_only(value: str) -> None:
    for text in (
        f'{{"closed": {value}}}',
        f'{{"closedList": [{value}]}}',
        f'{{"closedMap": {{"a": {value}}}}}',
    ):
        assert not accepts(text, Legacy)
        assert "not a valid json.v1.Closed" in refusal(text, Legacy)


def test_a_required_field_may_be_missing_except_in_an_any() -> None:
    assert taken("{}", Legacy) == Legacy()
    text = '{"any": {"@type": "type.googleapis.com/google.protobuf.UninterpretedOption.NamePart"}}'
    assert descriptor_pb2.UninterpretedOption.NamePart.DESCRIPTOR.full_name in text and not accepts(text)
    assert refusal(text) == "any: required fields of google.protobuf.UninterpretedOption.NamePart are missing"


def test_fields_may_have_the_names_of_a_message_s_methods() -> None:
    text = (
        '{"HasField":"a","ListFields":["b"],"WhichOneof":{"HasField":"c"},"ClearField":"d","SetInParent":{},'
        '"DESCRIPTOR":"e","SerializeToString":"f","Extensions":"g","[json.v1.plain]":"h"}'
    )
    message = taken(text, Methods)
    assert codec.encode(message) == text.encode()
    codec.decode(b'{"ClearField": null, "ListFields": null, "WhichOneof": null}', message)
    assert json.loads(codec.encode(message)).keys() == {
        *("HasField", "SetInParent", "DESCRIPTOR", "SerializeToString", "Extensions", "[json.v1.plain]"),
    }


def test_text_that_is_not_utf_8_is_written_as_by_json_format() -> None:
    message = Legacy.FromString(b"\x0a\x02\xff\xfe")
    assert codec.to_value(message) == json_format.MessageToDict(message)


def test_a_traceback_shows_the_line_that_was_written_for_a_type() -> None:
    with pytest.raises(ValueError, match="Timestamp") as caught:
        codec.encode(Item(create_time=timestamp_pb2.Timestamp(nanos=-1)))
    shown = "".join(traceback.format_tb(caught.tb))
    assert "<JSON of shop.v1.Item>" in shown and "found['createTime'] = " in shown
    assert linecache.getline("<JSON of shop.v1.Item>", 1) == "def write(message):\n"


def test_what_was_written_is_read_as_the_same_message() -> None:
    message = Every(int64_list=[2**62], labels={"a": "b"}, bytes_field=b"\xff", by_bool={True: 1})
    message.any.Pack(wrappers_pb2.StringValue(value="x"))
    assert taken(codec.encode(message)) == message


def test_a_document_is_merged_into_what_is_there() -> None:
    message = Every(
        int32_field=1, int32_list=[1], labels={"a": "b"}, every=Every(bool_field=True), optional_int32=5
    )
    codec.decode(
        b'{"int32List": [2], "labels": {"c": "d"}, "every": {"int32Field": 3}, "optionalInt32": null}',
        message,
    )
    assert message == Every(
        int32_field=1, int32_list=[2], labels={"c": "d"}, every=Every(bool_field=True, int32_field=3)
    )


def test_types_that_are_never_sent_cost_nothing() -> None:
    """Importing the codec compiles no type's functions: not one is there before the first call."""
    code = "from kit.protojson import codec, decode, encode; print(len(encode.WRITERS))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert found.stdout.strip() == "0"
    json_encode.WRITERS.clear()
    codec.encode(Every(color=1))
    assert [kind.DESCRIPTOR.name for kind in json_encode.WRITERS] == ["Every"]


def test_field_kinds_of_the_contract_are_all_there_are() -> None:
    kinds = {field.type for field in Every.DESCRIPTOR.fields} | {
        field.type for field in Legacy.DESCRIPTOR.fields
    }
    assert kinds == set(range(FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.MAX_TYPE + 1))


def test_the_fuzzer_writes_documents_that_are_read() -> None:
    """A fuzzer whose documents are all refused would find nothing."""
    random, read = Random(1), 0
    for _ in range(100):
        text = text_of(random, {})
        read += json_bodies.check_decoding(text, Every(), ignore_unknown=False) == ""
    assert read > 80


CUSTOM_NAMES = """
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from kit.protojson import codec
pool = descriptor_pool.Default()
options = descriptor_pb2.FileDescriptorProto(name="option.proto", package="pb.enumvalue", syntax="proto2")
options.dependency.append("google/protobuf/descriptor.proto")
options.message_type.add(name="Options").field.add(name="string", number=1, type=9, label=1)
options.extension.add(
    name="json", number=50000, type=11, label=1, type_name=".pb.enumvalue.Options",
    extendee=".google.protobuf.EnumValueOptions",
)
pool.Add(options)
file = descriptor_pb2.FileDescriptorProto(name="e.proto", package="e", syntax="proto3", dependency=["option.proto"])
enum = file.enum_type.add(name="E")
for number, name in enumerate(("ZERO", "ONE", "TWO")):
    enum.value.add(name=name, number=number)
extension = pool.FindExtensionByName("pb.enumvalue.json")
enum.value[1].options.Extensions[extension].string = "the-one"
file.message_type.add(name="M").field.add(name="e", number=1, type=14, label=3, type_name=".e.E")
pool.Add(file)
kind = message_factory.GetMessageClass(pool.FindMessageTypeByName("e.M"))
message = kind(e=[0, 1, 2, 3])
assert codec.to_value(message) == json_format.MessageToDict(message) == {"e": ["ZERO", "the-one", "TWO", 3]}
for text in ('{"e": ["the-one", "ONE", 1, "1"]}', '{"e": ["THE-ONE"]}'):
    results = []
    for parse in (json_format.Parse, lambda text, found: codec.decode(text.encode(), found)):
        found = kind()
        try:
            parse(text, found)
        except Exception:
            found = None
        results.append(found)
    assert results[0] == results[1], results
print("same")
"""


def test_enum_values_have_the_names_that_their_option_gives_them() -> None:
    """In a process of its own: the option is looked for in the one pool that all modules share."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    found = subprocess.run(
        [sys.executable, "-c", CUSTOM_NAMES], capture_output=True, text=True, check=False, env=environment
    )
    assert (found.stdout, found.stderr) == ("same\n", "")
