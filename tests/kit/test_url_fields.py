"""Fields of every type in a URL: what is taken, what is refused and why, and that clients write what servers read."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from google.protobuf import any_pb2, json_format
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import path as paths
from kit import transcoding
from kit.errors import InvalidArgumentError
from kit.rpc import HttpBinding, Method

from . import shop

_messages = shop.compile_messages("url/v1/url.proto")
Everything: Any = _messages["Everything"]
METHOD: Method[Any, Any] = Method("/url.v1.Url/Get", Everything, Everything)
GET = HttpBinding("GET", "/v1/everything")

many = settings(max_examples=int(os.environ.get("SCAFFOLD_EXAMPLES", "300")), deadline=None)


def _read(query: str, binding: HttpBinding = GET, *, ignore: bool = False, **path: str) -> Any:
    pairs = transcoding.parse_query(query.encode())
    return transcoding.decode_request(METHOD, binding, path, pairs, b"", ignore_unknown=ignore)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("double_value=NaN", {"doubleValue": "NaN"}),
        ("doubleValue=-Infinity", {"doubleValue": "-Infinity"}),
        ("double_value=1e5", {"doubleValue": 1e5}),
        ("float_value=-0.5", {"floatValue": -0.5}),
        ("int64_value=9223372036854775807", {"int64Value": "9223372036854775807"}),
        ("uint64_value=18446744073709551615", {"uint64Value": "18446744073709551615"}),
        ("sint64Value=-1&fixed64_value=1", {"sint64Value": "-1", "fixed64Value": "1"}),
        ("bool_value=true", {"boolValue": True}),
        ("string_value=a+b%2Bc", {"stringValue": "a b+c"}),
        ("string_value=x;y=1&&", {"stringValue": "x;y=1"}),
        ("string_value", {}),
        ("bytes_value=-_8", {"bytesValue": "+/8="}),
        ("bytes_value=%2B/8=", {"bytesValue": "+/8="}),
        ("color=COLOR_RED", {"color": "COLOR_RED"}),
        ("color=1", {"color": "COLOR_RED"}),
        ("color=-1", {"color": "COLOR_LOW"}),
        ("color=7", {"color": 7}),
        ("inner.text=", {"inner": {}}),
        ("inner.flag=false", {"inner": {"flag": False}}),
        ("inner.innermost.number=5", {"inner": {"innermost": {"number": "5"}}}),
        ("inner.innermost.words=a&inner.innermost.words=b", {"inner": {"innermost": {"words": ["a", "b"]}}}),
        ("deeper.deeper.stringValue=x", {"deeper": {"deeper": {"stringValue": "x"}}}),
        ("optional_int=0", {"optionalInt": 0}),
        ("optionalString=", {"optionalString": ""}),
        ("numbers=1&numbers=2", {"numbers": ["1", "2"]}),
        ("doubles=1&doubles=NaN", {"doubles": [1.0, "NaN"]}),
        ("flags=true&flags=false", {"flags": [True, False]}),
        ("blobs=AA&blobs=", {"blobs": ["AA==", ""]}),
        ("colors=COLOR_RED&colors=0", {"colors": ["COLOR_RED", "COLOR_UNSPECIFIED"]}),
        ("words=", {"words": [""]}),
        ("words=b&words=a", {"words": ["b", "a"]}),
        ("string_wrappers=a&stringWrappers=b", {"stringWrappers": ["a", "b"]}),
        ("time=2026-01-02T03:04:05.5%2B01:00", {"time": "2026-01-02T02:04:05.500Z"}),
        ("times=2026-01-02T00:00:00Z", {"times": ["2026-01-02T00:00:00Z"]}),
        ("duration=1.5s", {"duration": "1.500s"}),
        ("mask=a,bC.d", {"mask": "a,bC.d"}),
        ("mask=", {"mask": ""}),
        ("value=5", {"value": "5"}),
        ("bool_wrapper=false", {"boolWrapper": False}),
        ("bytes_wrapper=AA", {"bytesWrapper": "AA=="}),
        ("double_wrapper=Infinity", {"doubleWrapper": "Infinity"}),
        ("int64_wrapper=5", {"int64Wrapper": "5"}),
        ("string_wrapper=", {"stringWrapper": ""}),
        ("renamed=x", {"other.name": "x"}),
        ("this=x", {"this": "x"}),
        ("there=3", {"there": 3}),
    ],
)
def test_a_query_parameter_is_its_fields_json_text(query: str, expected: dict[str, Any]) -> None:
    assert json_format.MessageToDict(_read(query)) == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("double_value=1e400", "double_value: '1e400' is not a valid double"),
        ("float_value=3.5e38", "float_value: '3.5e38' is not a valid float"),
        ("float_value=1_0", "float_value: '1_0' is not a valid float"),
        ("doubleValue=nan", "doubleValue: 'nan' is not a valid double"),
        ("doubles=1&doubles=", "doubles: '1, ' is not a valid double"),
        ("int32_value=2147483648", "int32_value: '2147483648' is not a valid int32"),
        ("int32_value=1.0", "int32_value: '1.0' is not a valid int32"),
        ("int32_value=", "int32_value: '' is not a valid int32"),
        ("uint32_value=-1", "uint32_value: '-1' is not a valid uint32"),
        ("numbers=1,2", "numbers: '1,2' is not a valid int64"),
        ("bool_value=1", "bool_value: '1' is not a valid bool"),
        ("bool_value=True", "bool_value: 'True' is not a valid bool"),
        ("bytes_value=+/8=", "bytes_value: ' /8=' is not a valid bytes"),
        ("bytes_value=A", "bytes_value: 'A' is not a valid bytes"),
        ("color=color_red", "color: 'color_red' is not a valid url.v1.Color"),
        ("color=2147483648", "color: '2147483648' is not a valid url.v1.Color"),
        ("time=now", "time: 'now' is not a valid google.protobuf.Timestamp"),
        ("time=", "time: '' is not a valid google.protobuf.Timestamp"),
        ("duration=1", "duration: '1' is not a valid google.protobuf.Duration"),
        (
            "mask=page_count",
            "mask: 'page_count' is not a valid google.protobuf.FieldMask; it has the names of JSON, as in pageCount",
        ),
        ("bool_wrapper=", "bool_wrapper: '' is not a valid google.protobuf.BoolValue"),
        ("bool_wrapper.value=true", "bool_wrapper.value: no such field in url.v1.Everything"),
        ("time.seconds=5", "time.seconds: no such field in url.v1.Everything"),
        ("struct=x", "struct: google.protobuf.Struct cannot be given in a URL"),
        ("any=x", "any: google.protobuf.Any cannot be given in a URL"),
        ("any.type_url=x", "any.type_url: no such field in url.v1.Everything"),
        ("inner=x", "inner: url.v1.Inner cannot be given in a URL"),
        ("inners=x", "inners: repeated url.v1.Inner cannot be given in a URL"),
        ("inners.text=x", "inners.text: inners is repeated url.v1.Inner, not one message"),
        ("labels=x", "labels: a map cannot be given in a URL"),
        ("labels[a]=x", "labels[a]: elements of a map cannot be given in a URL"),
        ("labels.a=x", "labels.a: labels is a map, not one message"),
        ("int32_value=1&int32Value=2", "int32_value: given 2 times, but it is not repeated"),
        ("this=&there=3", "there: another field of the oneof 'choice' is set already"),
        ("that.text=a&this=b", "this: another field of the oneof 'choice' is set already"),
        ("inner.left=a&inner.right=1", "inner.right: another field of the oneof 'choice' is set already"),
        ("nothing=1", "nothing: no such field in url.v1.Everything"),
        ("other.name=x", "other.name: no such field in url.v1.Everything"),
        ("$alt=json", "$alt: no such field in url.v1.Everything"),
        ("=x", "'': no such field in url.v1.Everything"),
        ("a b=x", "'a b': no such field in url.v1.Everything"),
        ("STRING_VALUE=x", "STRING_VALUE: no such field in url.v1.Everything"),
        (
            ".".join(["deeper"] * 101),
            f"'{'.'.join(['deeper'] * 101)[:100]}…': leads through more than 100 messages",
        ),
    ],
)
def test_what_is_refused_is_named_with_the_reason(query: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        _read(query)
    assert caught.value.message == message


def test_unknown_parameters_are_ignored_where_that_is_asked_for() -> None:
    """What is known and cannot be given is no unknown one."""
    assert _read("nothing=1&int32_value=2&$alt=json&inner.other=3&=", ignore=True) == Everything(
        int32_value=2
    )
    for query in ("labels=x", "labels[a]=x", "inners.text=x", "int32_value=x"):
        with pytest.raises(InvalidArgumentError):
            _read(query, ignore=True)


@pytest.mark.parametrize(
    ("binding", "query", "message"),
    [
        (HttpBinding("POST", "/v1/{string_value}", body="*"), "int32_value=1", "belongs in the body"),
        (HttpBinding("POST", "/v1/{string_value}", body="inner"), "inner.text=1", "belongs in the body"),
        (
            HttpBinding("POST", "/v1/{string_value}", body="inner"),
            "string_value=1",
            "already given in the path",
        ),
        (
            HttpBinding("POST", "/v1/{string_value}", body="inner"),
            "stringValue=1",
            "already given in the path",
        ),
    ],
)
def test_a_field_has_one_place(binding: HttpBinding, query: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        _read(query, binding, string_value="x")


def test_the_path_goes_over_the_body() -> None:
    """google/api/http.proto: the body holds what the path does not capture."""
    binding = HttpBinding("PATCH", "/v1/{inner.text}", body="inner")
    body = b'{"text": "body", "flag": true}'
    message = transcoding.decode_request(METHOD, binding, {"inner.text": "path"}, [], body)
    assert message == Everything(inner={"text": "path", "flag": True})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("int64_value", "-5", {"int64Value": "-5"}),
        ("bool_value", "true", {"boolValue": True}),
        ("color", "COLOR_RED", {"color": "COLOR_RED"}),
        ("color", "1", {"color": "COLOR_RED"}),
        ("bytes_value", "AA==", {"bytesValue": "AA=="}),
        ("time", "2026-01-02T03:04:05Z", {"time": "2026-01-02T03:04:05Z"}),
        ("duration", "3s", {"duration": "3s"}),
        ("mask", "a,bC", {"mask": "a,bC"}),
        ("int64_wrapper", "7", {"int64Wrapper": "7"}),
        ("optional_int", "0", {"optionalInt": 0}),
        ("inner.innermost.number", "1", {"inner": {"innermost": {"number": "1"}}}),
    ],
)
def test_a_path_variable_of_any_type_arrives(name: str, text: str, expected: dict[str, Any]) -> None:
    binding = HttpBinding("GET", f"/v1/{{{name}}}")
    message = transcoding.decode_request(METHOD, binding, {name: text}, [], b"")
    assert json_format.MessageToDict(message) == expected
    verb, path, query, body = transcoding.encode_request(METHOD, binding, message)
    assert (verb, query, body) == ("GET", [], None)
    again = paths.compile(binding.path).match(path)
    assert again is not None and transcoding.decode_request(METHOD, binding, again, [], b"") == message


def test_a_path_variable_names_what_is_wrong_with_it() -> None:
    with pytest.raises(InvalidArgumentError, match=r"^int64_value: 'x' is not a valid int64$"):
        _read("", HttpBinding("GET", "/v1/{int64_value}"), int64_value="x")


@pytest.mark.parametrize(
    "message",
    [
        Everything(labels={"a": "b"}),
        Everything(inners=[{"text": "x"}]),
        Everything(inner={}),
        Everything(struct={"a": 1}),
        Everything(value={"number_value": 1}),
        Everything(value={"bool_value": True}),
        Everything(mask={"paths": ["aB"]}),
        Everything(time={"seconds": 10**15}),
        Everything(any=any_pb2.Any(type_url="x")),
    ],
)
def test_a_client_does_not_write_a_query_that_would_be_read_otherwise(message: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        transcoding.encode_request(METHOD, GET, message)


@pytest.mark.parametrize(
    "name", ["time", "optional_int", "optional_string", "this", "inner.innermost.number"]
)
def test_a_client_does_not_make_a_path_of_what_is_not_set(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"^{name}: "):
        transcoding.encode_request(METHOD, HttpBinding("GET", f"/v1/{{{name}}}"), Everything())


_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_SCALARS = {
    FieldDescriptor.TYPE_DOUBLE: st.floats(allow_nan=False),
    FieldDescriptor.TYPE_FLOAT: st.floats(width=32, allow_nan=False),
    FieldDescriptor.TYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_SINT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: st.integers(0, 2**64 - 1),
    FieldDescriptor.TYPE_FIXED64: st.integers(0, 2**64 - 1),
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_STRING: _TEXT,
    FieldDescriptor.TYPE_BYTES: st.binary(),
    FieldDescriptor.TYPE_ENUM: st.sampled_from([0, 1, -1, 7, 2**31 - 1]),
}
_WELL_KNOWN = {
    "Timestamp": st.fixed_dictionaries(
        {"seconds": st.integers(0, 10**10), "nanos": st.integers(0, 10**9 - 1)}
    ),
    "Duration": st.fixed_dictionaries(
        {"seconds": st.integers(0, 10**10), "nanos": st.integers(0, 10**9 - 1)}
    ),
    "FieldMask": st.fixed_dictionaries(
        {"paths": st.lists(st.from_regex(r"[a-z]{1,3}(_[a-z]{1,2})?", fullmatch=True))}
    ),
    "BoolValue": st.fixed_dictionaries({"value": st.booleans()}),
    "BytesValue": st.fixed_dictionaries({"value": st.binary()}),
    "DoubleValue": st.fixed_dictionaries({"value": st.floats(allow_nan=False)}),
    "Int32Value": st.fixed_dictionaries({"value": st.integers(-(2**31), 2**31 - 1)}),
    "Int64Value": st.fixed_dictionaries({"value": st.integers(-(2**63), 2**63 - 1)}),
    "StringValue": st.fixed_dictionaries({"value": _TEXT}),
    "Value": st.fixed_dictionaries({"string_value": _TEXT}),
}


@st.composite
def _filled(draw: st.DrawFn, descriptor: Any = Everything.DESCRIPTOR, depth: int = 0) -> dict[str, Any]:
    """Arguments for a message that a query can hold: some of its fields, of a oneof one."""
    values: dict[str, Any] = {}
    chosen = set()
    for field in draw(
        st.lists(st.sampled_from(list(descriptor.fields)), max_size=6, unique_by=lambda f: f.name)
    ):
        oneof = field.containing_oneof
        if oneof is not None and oneof.name in chosen:
            continue
        kind = field.message_type.name if field.message_type else ""
        if field.message_type is None:
            value = _SCALARS[field.type]
        elif kind in _WELL_KNOWN:
            value = _WELL_KNOWN[kind]
        elif kind in ("Inner", "Innermost", "Everything") and not field.is_repeated and depth < 2:
            value = _filled(field.message_type, depth + 1).filter(bool)
        else:
            continue
        chosen |= {oneof.name} if oneof is not None else set()
        values[field.name] = draw(st.lists(value, min_size=1, max_size=3) if field.is_repeated else value)
    return values


@many
@given(_filled())
def test_a_server_reads_what_a_client_writes(values: dict[str, Any]) -> None:
    message = Everything(**values)
    try:
        _, _, query, _ = transcoding.encode_request(METHOD, GET, message)
    except InvalidArgumentError:  # a message in it that is there and empty, by its fields' defaults
        assert any(not inner.ListFields() for inner in _inner_messages(message))
        return
    assert _read(urlencode(query)) == message
    assert _read(urlencode(query, quote_via=quote)) == message


def _inner_messages(message: Any) -> list[Any]:
    found = [value for field, value in message.ListFields() if field.message_type and not field.is_repeated]
    return [*found, *(deeper for inner in found for deeper in _inner_messages(inner))]
