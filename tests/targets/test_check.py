"""Names in a contract that cannot become Python are refused, located, all at once."""

from pathlib import Path

import pytest

from scaffolder.targets.python.check import MESSAGE_ATTRIBUTES, check
from tests.contract_text import Load

RPC = "message M {} service %s { rpc Do(M) returns (M); }"


@pytest.mark.parametrize(
    "name", ["class", "None", "import", "Exception", "print", "ImportService", "Match", "_"]
)
def test_service_may_be_called_anything(load: Load, name: str) -> None:
    assert check(load(RPC % name)) == []


@pytest.mark.parametrize(
    "name", ["in/v1/greeter.proto", "first/2nd.proto", "first/v2.1.proto", "class.proto"]
)
def test_path_that_python_gets_under_another_name(load: Load, name: str) -> None:
    assert check(load(RPC % "Greeter", name=name)) == []


def test_folder_that_is_called_like_another_ones_safe_name(load: Load, tmp_path: Path) -> None:
    for folder in ("in", "in_"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.proto").write_text(f'syntax = "proto3"; package {folder}; message M {{}}')
    text = 'syntax = "proto3"; import "in/a.proto"; import "in_/a.proto"; message M { .in.M a = 1; in_.M b = 2; }'
    [found] = check(load(text, name="top.proto"))
    assert found.code == "same-module"
    assert "in/a.proto" in found.message and "in_/a.proto" in found.message


def test_two_files_of_one_module(load: Load, tmp_path: Path) -> None:
    (tmp_path / "foo-bar.proto").write_text('syntax = "proto3"; package a; message A {}')
    (tmp_path / "foo_bar.proto").write_text('syntax = "proto3"; package b; message B {}')
    text = 'syntax = "proto3"; import "foo-bar.proto"; import "foo_bar.proto"; message M { a.A a = 1; b.B b = 2; }'
    [found] = check(load(text, name="top.proto"))
    assert found.code == "same-module"
    assert "foo-bar.proto" in found.message and "foo_bar.proto" in found.message


@pytest.mark.parametrize("name", ["2nd/first.proto", "2nd.proto", "first/my file.proto", "ordér/a.proto"])
def test_file_that_is_no_module(load: Load, name: str) -> None:
    [found] = check(load(RPC % "Greeter", name=name))
    assert found.code == "path-name"
    assert found.location is not None and found.location.path.endswith(name)


@pytest.mark.parametrize(
    "text",
    [
        "message class { int32 x = 1; }",
        "message A { message None {} None none = 1; }",
        "enum import { ZERO = 0; }",
        "message DESCRIPTOR {}",
        "message A { string __private = 1; string name = 2; enum E { mro = 0; } }",
    ],
)
def test_name_that_python_code_can_say_otherwise(load: Load, text: str) -> None:
    assert check(load(text + RPC % "Greeter")) == []


def test_type_called_like_what_python_calls_another(load: Load) -> None:
    [found] = check(load("message class {}\nenum class_ { A = 0; }" + RPC % "Greeter"))
    assert found.code == "type-name"
    assert "'class'" in found.message and "'class_'" in found.message
    assert found.location is not None and found.location.line == 3


@pytest.mark.parametrize(
    ("text", "name", "line", "other"),
    [
        ("message A {\nstring DESCRIPTOR = 1; }", "DESCRIPTOR", 4, "descriptor"),
        ("message A {\nstring SerializeToString = 1; }", "SerializeToString", 4, "serialize_to_string"),
        ("message A {\nstring __class__ = 1; }", "__class__", 4, "class"),
        ("message A {\nmessage HasField {} }", "HasField", 4, "HasFieldType"),
        ("message A { enum E {\nClear = 0; } }", "Clear", 3, "E_CLEAR"),
    ],
)
def test_member_called_like_a_method_of_messages(
    load: Load, text: str, name: str, line: int, other: str
) -> None:
    [found] = check(load(text + RPC % "Greeter"))
    assert found.code == "member-name"
    assert f"'{name}'" in found.message and other in found.hint
    assert found.location is not None and found.location.line == line


def test_every_method_of_messages_is_known() -> None:
    """What protobuf adds to its classes in a later version would be missing here."""
    from google.protobuf.empty_pb2 import Empty

    assert {name for name in dir(Empty) if not name.startswith("_")} <= MESSAGE_ATTRIBUTES
