"""What protoc and mypy-protobuf make of a contract, called in this process."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Literal

import pytest

from scaffolder.contract import wellknown
from scaffolder.contract.builder import load
from scaffolder.contract.compiler import proto_paths, run_protoc
from scaffolder.contract.protoc import compile_contract, emit_python
from scaffolder.contract.stubs import json_name
from scaffolder.diagnostics import ScaffoldError

from .conftest import Write

SERVICE = """\
syntax = "proto3";
package demo.v1;
import "demo/v1/types.proto";
service Demo { rpc Get(Thing) returns (stream Thing); }
"""
TYPES = 'syntax = "proto3"; package demo.v1; message Thing { string some_name = 1; }'

HAZARDS = '''\
// \\N{x} """ \\
syntax = "proto3";
package h;
/* Ends with a quote" */
service Haz {
  // \\N and \\u and \\x and \\d """triple""" \'\'\'tri\'\'\' {{name}} \u200bzero — é "
  rpc A(M) returns (M);
  // ends with a backslash \\
  rpc B(M) returns (M);
  //"
  rpc C(M) returns (M);
  // """
  rpc D(M) returns (M);
  // detached \\N """

  rpc E(M) returns (M); // trailing \\N """
  // one\r
  // two\r
  rpc F(M) returns (M) { option deprecated = true; }
}
// \\N """ "
message M {
  // ends with a backslash \\
  string a = 1; // \\x
  E e = 2;
}
// \\u "
enum E { X = 0; /* """ */ }
'''


@pytest.fixture(autouse=True)
def uncached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text is made here and now."""
    monkeypatch.setenv("SCAFFOLD_NO_CACHE", "1")


def test_only_files_with_services_get_grpc_modules(write: Write) -> None:
    root = write({"demo/v1/demo.proto": SERVICE, "demo/v1/types.proto": TYPES})
    names = ["demo/v1/demo.proto", "demo/v1/types.proto"]
    texts = emit_python(compile_contract(names, [root]), names)
    assert list(texts) == [
        "demo/v1/demo_pb2.py",
        "demo/v1/demo_pb2.pyi",
        "demo/v1/demo_pb2_grpc.py",
        "demo/v1/demo_pb2_grpc.pyi",
        "demo/v1/types_pb2.py",
        "demo/v1/types_pb2.pyi",
    ]
    assert "from demo.v1 import types_pb2" in texts["demo/v1/demo_pb2.py"]
    assert "AsyncIterator" in texts["demo/v1/demo_pb2_grpc.pyi"]


def test_only_the_files_asked_for_are_emitted(write: Write) -> None:
    root = write({"demo/v1/demo.proto": SERVICE, "demo/v1/types.proto": TYPES})
    compiled = compile_contract(["demo/v1/demo.proto"], [root])
    assert list(emit_python(compiled, ["demo/v1/types.proto"])) == [
        "demo/v1/types_pb2.py",
        "demo/v1/types_pb2.pyi",
    ]
    assert emit_python(compiled, []) == {}


def test_the_same_contract_gives_the_same_texts(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    """Twice in one process, and nothing is printed."""
    root = write({"demo/v1/demo.proto": SERVICE, "demo/v1/types.proto": TYPES})
    names = ["demo/v1/demo.proto", "demo/v1/types.proto"]
    first, second = (emit_python(compile_contract(names, [root]), names) for _ in range(2))
    assert first == second
    assert capfd.readouterr() == ("", "")


def test_every_text_compiles_without_a_warning_whatever_the_comments_hold(write: Write) -> None:
    root = write({"h.proto": HAZARDS})
    texts = emit_python(compile_contract(["h.proto"], [root]), ["h.proto"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path, text in texts.items():
            compile(text, path, "exec")
    assert not any("\r" in text for text in texts.values())


DEPRECATED = r"""
syntax = "proto3";
message A {
  // what \d is for
  option deprecated = true;
  // is said in \N
  string a = 1 [deprecated = true];
}
service S {
  // no \d more
  option deprecated = true;
  rpc G(A) returns (A) {
    // nor \w
    option deprecated = true;
  }
}
"""


@pytest.mark.parametrize("action", ["ignore", "error"])
def test_comment_behind_deprecated_makes_no_warning(write: Write, action: Literal["ignore", "error"]) -> None:
    """A backslash in it that Python would warn of: mypy-protobuf's own text stands there, whatever -W says."""
    root = write({"h.proto": DEPRECATED})
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        texts = emit_python(compile_contract(["h.proto"], [root]), ["h.proto"])
        warnings.simplefilter("error")
        for path, text in texts.items():
            compile(text, path, "exec")
    assert "This message has been marked as deprecated" in texts["h_pb2.pyi"]


def test_comments_reach_docstrings_unchanged(write: Write) -> None:
    root = write({"h.proto": HAZARDS})
    text = emit_python(compile_contract(["h.proto"], [root]), ["h.proto"])["h_pb2_grpc.py"]
    assert '\\\\N and \\\\u and \\\\x and \\\\d \\"\\"\\"triple\\"\\"\\"' in text
    assert "{{name}} \u200bzero — é" in text


def test_a_comment_that_is_no_utf8_is_mended(tmp_path: Path) -> None:
    source = (
        b'syntax = "proto3";\n// gr\xf6\xdfe\nmessage A {}\n// \xff\nservice S { rpc G(A) returns (A); }\n'
    )
    (tmp_path / "a.proto").write_bytes(source)
    texts = emit_python(compile_contract(["a.proto"], [tmp_path]), ["a.proto"])
    assert "gr\ufffd\ufffde" in texts["a_pb2.pyi"]


def test_protocs_module_names_are_kept(write: Write) -> None:
    names = ["foo-bar.proto", "k8s.min.proto"]
    root = write({name: 'syntax = "proto3";' for name in names})
    texts = emit_python(compile_contract(names, [root]), names)
    assert list(texts) == ["foo_bar_pb2.py", "foo_bar_pb2.pyi", "k8s/min_pb2.py", "k8s/min_pb2.pyi"]


def test_two_names_for_one_module_are_an_error(write: Write) -> None:
    names = ["foo-bar.proto", "foo_bar.proto"]
    root = write({name: 'syntax = "proto3";' for name in names})
    with pytest.raises(ScaffoldError, match=r"foo_bar_pb2\.py"):
        emit_python(compile_contract(names, [root]), names)


def _by_protoc(names: list[str], roots: list[Path], output: Path) -> dict[str, str]:
    """The modules that protoc writes when it reads the contracts itself."""
    output.mkdir()
    mappings = [
        *wellknown.leading_mappings(),
        *(("", root) for root in roots),
        *wellknown.trailing_mappings(),
    ]
    flags = proto_paths(mappings, output)
    code, messages = run_protoc([*flags, f"--python_out={output}", f"--grpc_python_out={output}", *names])
    assert code == 0, messages
    return {path.relative_to(output).as_posix(): path.read_text("utf-8") for path in output.rglob("*.py")}


def test_modules_are_those_of_a_plain_protoc_call(write: Write, tmp_path: Path) -> None:
    """Byte for byte: what goes through a descriptor set is not marked by it."""
    field = 'string another_name = 2 [json_name = "custom"]; int32 a1_b2 = 3; Thing _x__y_ = 4;'
    types = TYPES.replace("some_name = 1;", "some_name = 1; " + field)
    root = write({"demo/v1/demo.proto": SERVICE, "demo/v1/types.proto": types})
    names = ["demo/v1/demo.proto", "demo/v1/types.proto"]
    expected = _by_protoc(names, [root], tmp_path / "out")
    texts = emit_python(compile_contract(names, [root]), names)
    assert {path: text for path, text in texts.items() if path.endswith(".py")} == {
        path: text for path, text in expected.items() if path in texts
    }


def test_json_names_are_protocs_own() -> None:
    names = {"a_b": "aB", "a__b": "aB", "_a": "A", "a_": "a", "a_1b": "a1b", "FooBar_baz": "FooBarBaz"}
    assert {name: json_name(name) for name in names} == names


def test_the_messages_of_validate_can_be_imported(write: Write, tmp_path: Path) -> None:
    """Generated ones, beside protovalidate's own."""
    text = (
        'syntax = "proto3"; import "buf/validate/validate.proto"; '
        "message B { string id = 1 [(buf.validate.field).string.min_len = 1]; }"
    )
    root = write({"b.proto": text})
    names = ["buf/validate/validate.proto", "b.proto"]
    output = tmp_path / "out"
    for path, module in emit_python(compile_contract(names[1:], [root]), names).items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        (output / path).write_text(module, "utf-8")
    script = (
        "import b_pb2, protovalidate\n"
        "protovalidate.validate(b_pb2.B(id='x'))\n"
        "try: protovalidate.validate(b_pb2.B())\n"
        "except protovalidate.ValidationError: print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=output, check=True, capture_output=True, text=True
    )
    assert done.stdout == "refused\n"


CLASHING = """\
syntax = "proto3";
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { string response_field = 1151; }
message A { string name = 1 [(response_field) = "project"]; }
"""


def test_an_option_with_the_number_of_mypy_protobufs_own_does_no_harm(write: Write, tmp_path: Path) -> None:
    """google/cloud/compute has one. Twice, since mypy-protobuf is imported after the first reading."""
    root = write({"a.proto": CLASHING})
    expected = _by_protoc(["a.proto"], [root], tmp_path / "out")
    for _ in range(2):
        contract = load(["a.proto"], [root])
        texts = emit_python(contract.descriptor_set, ["a.proto"])
        assert texts["a_pb2.py"] == expected["a_pb2.py"]


def test_mypy_protobufs_own_options_are_obeyed(write: Write) -> None:
    text = (
        'syntax = "proto3"; import "mypy_protobuf/extensions.proto"; '
        'message A { int32 id = 1 [(mypy_protobuf.casttype) = "%s"]; }'
    )
    declared = """\
        syntax = "proto2";
        package mypy_protobuf;
        import "google/protobuf/descriptor.proto";
        extend google.protobuf.FieldOptions { optional string casttype = 1151; }
    """
    root = write({"a.proto": text % "demo/ids.Id", "mypy_protobuf/extensions.proto": declared})
    texts = emit_python(compile_contract(["a.proto"], [root]), ["a.proto"])
    assert "from demo import ids" in texts["a_pb2.pyi"]
    (root / "a.proto").write_text(text % "nonsense", "utf-8")
    with pytest.raises(ScaffoldError, match="casttype"):
        emit_python(compile_contract(["a.proto"], [root]), ["a.proto"])


def test_messages_and_oneofs_of_an_edition_take_none_though_their_file_has_no_presence(write: Write) -> None:
    root = write(
        {
            "e.proto": 'edition = "2023"; package e; option features.field_presence = IMPLICIT;\n'
            "message M { M sub = 1; oneof o { string a = 2; } string plain = 3; repeated M many = 4; }"
        }
    )
    text = emit_python(compile_contract(["e.proto"], [root]), ["e.proto"])["e_pb2.pyi"]
    constructor = text.partition("def __init__(")[2].partition("-> None")[0]
    assert "sub: Global___M | None = ..." in constructor
    assert "a: _builtins.str | None = ..." in constructor
    assert "plain: _builtins.str = ..." in constructor
