"""Types whose names are no Python: what names them is told another name, the classes keep their own."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

import pytest

from scaffolder.contract.protoc import compile_contract, emit_python
from scaffolder.contract.safe_types import mend_stub, safe_path

HARD = """syntax = "proto3";
package hard;
message class {
  None none = 1;
  message import { class up = 1; enum lambda { L0 = 0; mro = 1; } lambda l = 2; }
  map<string, import> all = 2;
}
message None { pass p = 1; string abc = 2; string Abc = 3; }
message DESCRIPTOR { class c = 1; }
enum pass { P0 = 0; keys = 1; }
service yield { rpc Do(class.import) returns (stream None); }
"""


@pytest.fixture
def texts(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "hard_names.proto").write_text(HARD)
    names = ["hard_names.proto"]
    return emit_python(compile_contract(names, [tmp_path]), names)


def test_stubs_are_python(texts: dict[str, str]) -> None:
    stub = texts["hard_names_pb2.pyi"]
    ast.parse(stub)
    assert "class class_(" in stub and "class import_(" in stub and "class DESCRIPTOR_(" in stub
    ast.parse(texts["hard_names_pb2_grpc.pyi"])


def test_classes_have_both_names_and_their_own_on_the_wire(
    texts: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hard_names_pb2.py").write_text(texts["hard_names_pb2.py"])
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        module = importlib.import_module("hard_names_pb2")
    finally:
        sys.modules.pop("hard_names_pb2", None)
    assert module.class_ is getattr(module, "class")
    assert module.class_.import_.DESCRIPTOR.full_name == "hard.class.import"
    assert module.class_.import_.lambda_.Value("mro") == 1
    assert module.DESCRIPTOR_.DESCRIPTOR.full_name == "hard.DESCRIPTOR"
    made = module.class_(none=module.None_(p=module.pass_.Value("keys")))
    assert module.class_.FromString(made.SerializeToString()) == made


def test_grpc_module_names_what_the_stub_names(texts: dict[str, str]) -> None:
    text = texts["hard_names_pb2_grpc.py"]
    assert "hard__names__pb2.class_.import_.SerializeToString" in text
    assert "hard__names__pb2.None_.FromString" in text
    assert "'/hard.yield/Do'" in text


def test_field_numbers_and_values_are_said_once(texts: dict[str, str]) -> None:
    stub = texts["hard_names_pb2.pyi"]
    assert stub.count("ABC_FIELD_NUMBER") == 1
    assert "        mro: " in stub and "            mro: " not in stub
    assert "\nkeys: " in stub and "\n    keys: " not in stub


def test_names_that_are_python_stay() -> None:
    assert safe_path("Outer.None.Inner") == "Outer.None_.Inner"
    assert safe_path("Outer.DESCRIPTOR") == "Outer.DESCRIPTOR"
    assert safe_path("DESCRIPTOR.match") == "DESCRIPTOR_.match"


def test_stub_with_nothing_to_mend_stays() -> None:
    stub = "A_FIELD_NUMBER: _builtins.int\nB_FIELD_NUMBER: _builtins.int\nclass A(_message.Message): ...\n"
    assert mend_stub(stub) == stub
