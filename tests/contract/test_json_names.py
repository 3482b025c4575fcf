"""Held to the pool itself: what is told is what it refuses, and nothing else."""

from __future__ import annotations

from itertools import product

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

from scaffolder.contract.builder import build
from scaffolder.contract.protoc import compile_contract
from scaffolder.diagnostics import ScaffoldError

from .conftest import Write

LEGACY = "option features.json_format = LEGACY_BEST_EFFORT;"
HEADS = {
    "proto2": 'syntax = "proto2";',
    "proto3": 'syntax = "proto3";',
    "edition": 'edition = "2023";',
    "edition, legacy": f'edition = "2023"; {LEGACY}',
}
BODIES = [
    'repeated string f = 1 [json_name = "pick"]; oneof pick { string a = 2; }',
    "repeated string foo_bar = 1; oneof fooBar { string a = 2; }",
    "oneof fooBar { string foo_bar = 1; }",
    'repeated string a = 1 [json_name = "b"]; repeated string b = 2 [json_name = "a"];',
    'repeated string a = 1 [json_name = "b"]; repeated string c = 2 [json_name = "a"];',
    "repeated string foo_bar = 1; repeated string fooBar = 2;",
    "option deprecated_legacy_json_field_conflicts = true; repeated string foo_bar = 1; oneof fooBar { string a = 2; }",
    "message N { repeated string foo_bar = 1; oneof fooBar { string a = 2; } }",
    "map<string, string> foo_bar = 1; oneof foo_bars { string a = 2; }",
    'repeated string f = 1 [json_name = "PICK"]; oneof pick { string a = 2; }',
]
EDITION_BODIES = [
    f"{LEGACY} message N {{ repeated string foo_bar = 1; oneof fooBar {{ string a = 2; }} }}",
    "message N { option features.json_format = ALLOW; string foo_bar = 1; oneof fooBar { string a = 2; } }",
]
CASES = [
    *product(HEADS, BODIES),
    *product(["edition", "edition, legacy"], EDITION_BODIES),
    ("proto3", 'optional string x = 1; string y = 2 [json_name = "_x"];'),
]


@pytest.mark.parametrize(("head", "body"), CASES)
def test_json_names_are_refused_exactly_where_the_pool_refuses_them(
    write: Write, head: str, body: str
) -> None:
    root = write({"a.proto": f"{HEADS[head]} package j; message M {{ {body} }}"})
    try:
        compiled = compile_contract(["a.proto"], [root])
    except ScaffoldError:  # then protoc told it already
        return
    refused = False
    try:
        build(compiled, ["a.proto"], [root])
    except ScaffoldError as error:
        assert {each.code for each in error.diagnostics} == {"json-name"}
        assert all(each.location and each.location.line for each in error.diagnostics)
        refused = True
    assert refused == (not _takes(compiled))


def _takes(compiled: bytes) -> bool:
    [file] = descriptor_pb2.FileDescriptorSet.FromString(compiled).file
    try:
        descriptor_pool.DescriptorPool().AddSerializedFile(file.SerializeToString())
    except TypeError:
        return False
    return True
