"""Names in a contract that cannot become Python are refused, located, all at once."""

from pathlib import Path

import pytest

from scaffolder.targets.python.check import check

from .conftest import Load

RPC = "message M {} service %s { rpc Do(M) returns (M); }"


def test_folder_that_is_a_keyword(load: Load) -> None:
    [found] = check(load(RPC % "Greeter", name="in/v1/greeter.proto"))
    assert found.code == "path-name"
    assert "'in'" in found.message


def test_two_files_of_one_module(load: Load, tmp_path: Path) -> None:
    (tmp_path / "foo-bar.proto").write_text('syntax = "proto3"; package a; message A {}')
    (tmp_path / "foo_bar.proto").write_text('syntax = "proto3"; package b; message B {}')
    text = 'syntax = "proto3"; import "foo-bar.proto"; import "foo_bar.proto"; message M { a.A a = 1; b.B b = 2; }'
    [found] = check(load(text, name="top.proto"))
    assert found.code == "same-module"
    assert "foo-bar.proto" in found.message and "foo_bar.proto" in found.message


@pytest.mark.parametrize("name", ["first/2nd.proto", "first/v2.1.proto", "first/my file.proto"])
def test_file_that_is_no_module(load: Load, name: str) -> None:
    [found] = check(load(RPC % "Greeter", name=name))
    assert found.code == "path-name"
    assert found.location is not None and found.location.path.endswith(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("message class { int32 x = 1; }", "class"),
        ("message A { message None {} None none = 1; }", "A.None"),
        ("enum import { ZERO = 0; }", "import"),
    ],
)
def test_message_or_enum_called_by_a_keyword(load: Load, text: str, name: str) -> None:
    """Its stub would be no Python, whether a service reaches it or not."""
    [found] = check(load(text + RPC % "Greeter"))
    assert found.code == "type-name"
    assert f"'{name}'" in found.message
    assert found.location is not None and found.location.line == 3


def test_rpc_called_like_a_method_of_pythons_own(load: Load) -> None:
    [found] = check(
        load("message M {} service Greeter { rpc __init__(M) returns (M); rpc Init(M) returns (M); }")
    )
    assert found.code == "rpc-name"
    assert "'__init__'" in found.message
