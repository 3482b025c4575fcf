"""What protoc says becomes a diagnostic with a place and a hint, whatever it is."""

from pathlib import Path

import pytest

from scaffolder.contract.builder import load
from scaffolder.contract.protoc_errors import diagnose
from scaffolder.contract.search import Search
from scaffolder.diagnostics import Diagnostic, ScaffoldError

HEAD = 'syntax = "proto3";\n'


def errors(folder: Path, text: str) -> list[Diagnostic]:
    (folder / "shop.proto").write_text(text, encoding="utf-8")
    with pytest.raises(ScaffoldError) as caught:
        load(["shop.proto"], [folder])
    return list(caught.value.diagnostics)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + "message M { string x = }", "syntax"),
        (HEAD + "message M { string a_b = 1; string aB = 2; }", "json-name"),
        (HEAD + "enum E { E_A = 0; e_a = 1; }", "enum-value"),
        (HEAD + "enum E { ONE = 1; }", "enum-value"),
        (HEAD + "message M {} service S { rpc M(M) returns (M); }", "not-a-message"),
        (HEAD + 'message M { string a = 1 [json_name = "x"]; string b = 2 [json_name = "x"]; }', "json-name"),
    ],
)
def test_every_error_has_a_place_and_a_hint(tmp_path: Path, text: str, code: str) -> None:
    for found in errors(tmp_path, text):
        assert found.code == code
        assert found.hint
        assert found.location is not None and found.location.line


def test_an_error_about_a_whole_file_is_at_that_file(tmp_path: Path) -> None:
    """protoc gives no line for a rule that is checked after parsing."""
    text = (
        'edition = "2023"; option features.field_presence = IMPLICIT; message M { E e = 1; } '
        "enum E { option features.enum_type = CLOSED; A = 0; }"
    )
    [found] = errors(tmp_path, text)
    assert found.hint
    assert found.location is not None and found.location.path.endswith("shop.proto")


def test_a_contract_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "shop.proto").write_text(HEAD, encoding="utf-8")
    path = tmp_path / "shop.proto"
    [found] = diagnose(f"shop.proto: Read access is denied for file: {path}\n", Search([tmp_path]))
    assert (found.code, bool(found.hint)) == ("contract-unreadable", True)
    assert found.location is not None and found.location.path.endswith("shop.proto")


@pytest.mark.parametrize("name", ["./item.proto", "shop/../item.proto", "shop//item.proto"])
def test_an_import_that_is_no_plain_path_is_at_its_line(tmp_path: Path, name: str) -> None:
    """protoc speaks of the imported file alone, and not of who imports it."""
    (tmp_path / "item.proto").write_text(HEAD, encoding="utf-8")
    [found] = errors(tmp_path, f'{HEAD}\nimport "{name}";\n')
    assert found.code == "import-not-found"
    assert found.location is not None and found.location.line == 3
    assert found.hint.startswith('write import "')
