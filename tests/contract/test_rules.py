"""Rules of buf.validate and reasons for errors, as the model has them."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from scaffolder.contract.model import ErrorReason
from scaffolder.contract.rules import Cel, OneofRule, Rules

from .conftest import Load, Write

HEAD = """
syntax = "proto3";
package a;
import "buf/validate/validate.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
enum E { X = 0; Y = 1; }
"""


def rules_of(read: Load, field: str) -> Rules | None:
    """The rules of a message's one field; `R` in it stands for the option."""
    field = re.sub(r"\bR\.", "(buf.validate.field).", field)
    text = f"{HEAD} message M {{ {field} }}"
    return read({"a.proto": text}).messages["a.M"].fields[0].rules


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("string f = 1;", None),
        ("string f = 1 [R.required = true];", {"required": True}),
        (
            "string f = 1 [R.string = {min_len: 1, max_len: 9, pattern: '^a'}];",
            {"min_len": 1, "max_len": 9, "pattern": "^a"},
        ),
        (
            "string f = 1 [R.string = {len: 3, len_bytes: 4, min_bytes: 1, max_bytes: 9}];",
            {"len": 3, "len_bytes": 4, "min_bytes": 1, "max_bytes": 9},
        ),
        (
            "string f = 1 [R.string = {prefix: 'a', suffix: 'b', contains: 'c', not_contains: 'd'}];",
            {"prefix": "a", "suffix": "b", "contains": "c", "not_contains": "d"},
        ),
        (
            "string f = 1 [R.string = {in: ['a', 'b'], not_in: ['c'], example: 'a'}];",
            {"one_of": ("a", "b"), "not_in": ("c",), "examples": ("a",)},
        ),
        ("string f = 1 [R.string.email = true];", {"format": "email"}),
        ("string f = 1 [R.string.uri_ref = true];", {"format": "uri_ref"}),
        (
            "string f = 1 [R.string.well_known_regex = KNOWN_REGEX_HTTP_HEADER_NAME];",
            {"format": "http_header_name"},
        ),
        (
            "string f = 1 [R.string.const = '', R.ignore = IGNORE_IF_ZERO_VALUE];",
            {"const": "", "ignore": "if_zero_value"},
        ),
        ("string f = 1 [R.ignore = IGNORE_ALWAYS];", {"ignore": "always"}),
        (
            "bytes f = 1 [R.bytes = {prefix: 'a', ip: true, max_len: 16}];",
            {"prefix": b"a", "format": "ip", "max_len": 16},
        ),
        ("int32 f = 1 [R.int32 = {gt: 0, lte: 9}];", {"gt": 0, "lte": 9}),
        ("sfixed64 f = 1 [R.sfixed64 = {gte: -9223372036854775808, lt: 0}];", {"gte": -(2**63), "lt": 0}),
        ("double f = 1 [R.double = {const: 1.5, finite: true}];", {"const": 1.5, "finite": True}),
        ("bool f = 1 [R.bool.const = true];", {"const": True}),
        ("E f = 1 [R.enum = {defined_only: true, in: [1]}];", {"defined_only": True, "one_of": (1,)}),
        (
            "repeated string f = 1 [R.repeated = {min_items: 1, max_items: 2, unique: true}, "
            "R.repeated.items.string.min_len = 1];",
            {"min_items": 1, "max_items": 2, "unique": True, "items": Rules(min_len=1)},
        ),
        (
            "map<string, int32> f = 1 [R.map = {min_pairs: 1, max_pairs: 2}, "
            "R.map.keys.string.uuid = true, R.map.values.int32.gt = 0];",
            {"min_pairs": 1, "max_pairs": 2, "keys": Rules(format="uuid"), "values": Rules(gt=0)},
        ),
        (
            "google.protobuf.Any f = 1 [R.any.in = 'type.googleapis.com/a.M'];",
            {"one_of": ("type.googleapis.com/a.M",)},
        ),
        (
            "google.protobuf.Duration f = 1 [R.duration = {gt: {seconds: 1, nanos: 500000000}}];",
            {"gt": "1.500s"},
        ),
        (
            "google.protobuf.Timestamp f = 1 [R.timestamp = {lt_now: true, within: {seconds: 60}}];",
            {"lt_now": True, "within": "60s"},
        ),
        ("google.protobuf.FieldMask f = 1 [R.field_mask = {in: ['a.b']}];", {"one_of": ("a.b",)}),
        (
            "int32 f = 1 [R.cel = {id: 'i', message: 'm', expression: 'this > 0'}, R.cel_expression = 'this < 9'];",
            {"cel": (Cel("this > 0", "i", "m"), Cel("this < 9", "this < 9"))},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_rule_of_a_field_is_read(read: Load, field: str, expected: dict[str, Any] | None) -> None:
    assert rules_of(read, field) == (None if expected is None else Rules(**expected))


def test_every_name_that_protovalidate_has_a_rule_by_is_in_the_model() -> None:
    """A rule that a later protovalidate brings fails here, and not in silence."""
    from google.protobuf import descriptor_pb2

    from scaffolder.contract.wellknown import validate_descriptor

    descriptor = validate_descriptor()
    assert descriptor
    file = descriptor_pb2.FileDescriptorProto.FromString(descriptor)
    typed = [m for m in file.message_type if m.name.endswith("Rules") and m.name not in OTHER]
    oneof = {m.name: [o.name for o in m.oneof_decl] for m in typed}
    names = {
        field.name
        for message in typed
        for field in message.field
        if not (field.HasField("oneof_index") and oneof[message.name][field.oneof_index] == "well_known")
    }
    renamed = {"in": "one_of", "example": "examples", "strict": "format"}
    assert {renamed.get(name, name) for name in names} <= {field.name for field in fields(Rules)}


OTHER = {"MessageRules", "OneofRules", "FieldRules", "PredefinedRules", "MessageOneofRule"}


def test_rules_of_a_message_and_of_its_oneofs_are_read(read: Load) -> None:
    text = (
        HEAD
        + """
    message M {
      option (buf.validate.message).cel = {id: "i", message: "m", expression: "this.a != this.b"};
      option (buf.validate.message).oneof = {fields: ["a", "b"], required: true};
      string a = 1;
      string b = 2;
      oneof real { option (buf.validate.oneof).required = true; string c = 3; string d = 4; }
      oneof free { string e = 5; }
    }
    """
    )
    rules = read({"a.proto": text}).messages["a.M"].rules
    assert rules
    assert rules.cel == (Cel("this.a != this.b", "i", "m"),)
    assert rules.oneofs == (OneofRule(("c", "d"), required=True), OneofRule(("a", "b"), required=True))


def test_reasons_are_read_by_either_option(read: Load) -> None:
    text = """
    syntax = "proto3";
    package a;
    import "errors/errors.proto";
    import "scaffold/errors.proto";
    enum Own {
      option (scaffold.errors) = true;
      option (scaffold.domain) = "a.example";
      OWN_UNSPECIFIED = 0;
      // Why.
      GONE = 1 [(scaffold.status) = NOT_FOUND, (scaffold.http) = 410];
    }
    enum Kratos { option (errors.default_code) = 409; FIRST = 0; SECOND = 1 [(errors.code) = 418]; }
    enum Sparse { NONE = 0; SOME = 1 [(errors.code) = 503]; }
    enum Plain { PLAIN = 0; }
    """
    found = [
        (reason.reason, reason.code, reason.http, reason.domain, reason.comment)
        for enum in read({"a.proto": text}).errors
        for reason in enum.errors
    ]
    assert found == [
        ("GONE", "NOT_FOUND", 410, "a.example", "Why."),
        ("FIRST", "ABORTED", 409, "", ""),
        ("SECOND", "UNKNOWN", 418, "", ""),
        ("SOME", "UNAVAILABLE", 503, "", ""),
    ]


def test_a_vendored_copy_of_the_options_takes_the_place_of_ours(write: Write, read: Load) -> None:
    """Kratos's own file of an earlier release: it has no domain."""
    vendored = """
    syntax = "proto3";
    package errors;
    import "google/protobuf/descriptor.proto";
    extend google.protobuf.EnumOptions { int32 default_code = 1108; }
    extend google.protobuf.EnumValueOptions { int32 code = 1109; }
    """
    text = """
    syntax = "proto3";
    import "errors/errors.proto";
    enum Reason { option (errors.default_code) = 404; GONE = 0; }
    """
    contract = read({"errors/errors.proto": vendored, "a.proto": text}, "a.proto")
    [enum] = contract.errors
    assert [(each.reason, each.code) for each in enum.errors] == [("GONE", "NOT_FOUND")]
    assert contract.by_name["errors/errors.proto"].source.endswith("errors/errors.proto")


def test_reasons_alike_in_two_enums_are_one_meaning(read: Load) -> None:
    text = """
    syntax = "proto3";
    import "scaffold/errors.proto";
    message A { enum E { option (scaffold.errors) = true; GONE = 0 [(scaffold.status) = NOT_FOUND]; } }
    message B { enum E { option (scaffold.errors) = true; GONE = 0 [(scaffold.status) = NOT_FOUND]; } }
    """
    found: list[ErrorReason] = [each for enum in read({"a.proto": text}).errors for each in enum.errors]
    assert [each.reason for each in found] == ["GONE", "GONE"]
