"""`scaffold lint`, with the real buf."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from scaffolder.app.care import buf
from scaffolder.app.care.advice_lint import LINT
from scaffolder.app.care.lint import lint
from scaffolder.cli.main import main
from scaffolder.diagnostics import ScaffoldError
from tests.care.support import CONTRACT, NAME, edit, git, packaged
from tests.workspace.support import contents, fill

UGLY = """\
syntax = "proto3";
package shop.v1;
import "google/protobuf/any.proto";
message bad_name { string theField = 1; }
"""


def rules(root: Path, *paths: str) -> list[str]:
    return [item.code for item in lint(root, paths).found]


def test_good_contract_is_clean(root: Path) -> None:
    """What answers with a resource, as the guides want it, is no finding; and nothing is written."""
    before = contents(root)
    assert lint(root).found == ()
    assert contents(root) == before


def test_new_project_is_clean(tmp_path: Path) -> None:
    """The sample that `scaffold new` brings has nothing against it."""
    assert main(["new", "order-service", "--output", str(tmp_path), "--no-input", "-q"]) == 0
    assert main(["lint", "-C", str(tmp_path / "order-service")]) == 0


def test_findings_are_placed_and_advised(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each has path, line and column, the rule, what and what to try; the exit code is 1."""
    fill(root, {f"api/{NAME}": UGLY})
    assert main(["lint"]) == 1
    said = capsys.readouterr()
    assert (
        said.out
        == f"""\
api/{NAME}:3:1: error[IMPORT_USED]: import `google/protobuf/any.proto` is unused
  try: take the import out
api/{NAME}:4:9: error[MESSAGE_PASCAL_CASE]: message name `bad_name` should be PascalCase, such as `BadName`
  try: rename it to `BadName`; on the wire nothing changes
api/{NAME}:4:27: error[FIELD_LOWER_SNAKE_CASE]: field name `theField` should be lower_snake_case, such as `the_field`
  try: rename it to `the_field`; its name in JSON stays if it was camelCase
"""
    )
    assert said.err == "3 findings in 1 contract, 1 contract checked\n"


def test_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same as an object, and the same exit code."""
    fill(root, {f"api/{NAME}": UGLY})
    assert main(["lint", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["contracts"] == [NAME]
    assert found["findings"][1] == {
        "rule": "MESSAGE_PASCAL_CASE",
        "message": "message name `bad_name` should be PascalCase, such as `BadName`",
        "hint": "rename it to `BadName`; on the wire nothing changes",
        "path": f"api/{NAME}",
        "line": 4,
        "column": 9,
    }


def test_comment_keeps_what_it_names(root: Path) -> None:
    """`buf:lint:ignore` works, and on that line alone."""
    ignored = UGLY.replace("message", "// buf:lint:ignore MESSAGE_PASCAL_CASE\nmessage")
    fill(root, {f"api/{NAME}": ignored})
    assert rules(root) == ["IMPORT_USED", "FIELD_LOWER_SNAKE_CASE"]


def test_comment_for_linters_is_no_documentation(root: Path) -> None:
    """It is in no docstring of what is generated."""
    edit(root, ("  rpc GetItem", "  // Gets one.\n  // buf:lint:ignore RPC_PASCAL_CASE\n  rpc GetItem"))
    from scaffolder.contract import builder

    (service,) = builder.load([NAME], [root / "api"]).services
    assert service.methods[0].comment == "Gets one."


def test_syntax_has_to_be_said(root: Path) -> None:
    """protoc's descriptor does not tell a file without syntax from one of proto2; the finding does."""
    fill(root, {f"api/{NAME}": "package shop.v1;\nmessage A {}\n"})
    assert rules(root) == ["SYNTAX_SPECIFIED"]
    fill(root, {f"api/{NAME}": 'syntax = "proto2";\npackage shop.v1;\nmessage A {}\n'})
    assert rules(root) == []
    fill(root, {f"api/{NAME}": 'edition = "2023";\npackage shop.v1;\nmessage A {}\n'})
    assert rules(root) == []


def test_imports_of_others_are_not_checked(root: Path) -> None:
    """What another folder holds, or is known to be published elsewhere, is; a neighbour of the contract's is ours."""
    fill(
        root,
        {
            "scaffold.yaml": f"name: shop\ncontracts: [{NAME}]\nproto_paths: [api, third_party]\n",
            "third_party/vendor.proto": 'syntax = "proto3"; package Vendor; message bad_vendor {}',
            "api/validate/validate.proto": 'syntax = "proto3"; package validate; message bad_rules {}',
            "api/common/v1/bad.proto": 'syntax = "proto3"; package common.v1; message bad_own {}',
            f"api/{NAME}": """\
syntax = "proto3";
package shop.v1;
import "common/v1/bad.proto";
import "validate/validate.proto";
import "vendor.proto";
message A {
  common.v1.bad_own a = 1;
  validate.bad_rules b = 2;
  Vendor.bad_vendor c = 3;
}
""",
        },
    )
    found = lint(root)
    assert [(str(item.location), item.code) for item in found.found] == [
        ("api/common/v1/bad.proto:1:47", "MESSAGE_PASCAL_CASE"),
        ("api/shop/v1/shop.proto:4:1", "rules-unchecked"),
    ]
    assert found.contracts == ("common/v1/bad.proto", NAME)


def test_protovalidate_rules_are_checked(root: Path) -> None:
    """A rule that no value can follow is found, though no buf/validate/validate.proto is vendored."""
    fill(
        root,
        {
            f"api/{NAME}": """\
syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
message A {
  string a = 1 [(buf.validate.field).string = {min_len: 5, max_len: 3}];
}
"""
        },
    )
    assert "PROTOVALIDATE" in rules(root)


def test_bindings_that_collide(root: Path) -> None:
    """What buf does not know: two RPCs behind one URL."""
    edit(
        root,
        (
            "rpc SellItem",
            "rpc GetIt(GetItRequest) returns (Item) { option (google.api.http) = "
            '{get: "/v1/{name=items/*}"}; }\n  rpc SellItem',
        ),
        ("message SellItemRequest", "message GetItRequest { string name = 1; }\nmessage SellItemRequest"),
    )
    assert rules(root) == ["http-collision"]


@pytest.mark.parametrize("path", ["api/shop/v1", "api/shop/v1/other.proto", "shop/v1/other.proto"])
def test_paths_narrow_what_is_told(root: Path, path: str) -> None:
    """A file, a folder, an import name; one that scaffold.yaml does not list as well."""
    fill(root, {f"api/{NAME}": CONTRACT.replace("GetItem(", "getItem("), "api/shop/v1/other.proto": UGLY})
    expected = ["IMPORT_USED", "MESSAGE_PASCAL_CASE", "FIELD_LOWER_SNAKE_CASE"]
    found = rules(root, path)
    assert [rule for rule in found if not rule.startswith("RPC_")] == expected
    assert ("RPC_PASCAL_CASE" in found) == (path == "api/shop/v1")
    assert "RPC_PASCAL_CASE" in rules(root)


def test_from_a_folder_below(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Paths are shown from where the user stands, and -C is where they stand."""
    fill(root, {f"api/{NAME}": UGLY})
    monkeypatch.chdir(root / "api/shop")
    assert main(["lint", "v1/shop.proto"]) == 1
    assert capsys.readouterr().out.startswith("v1/shop.proto:3:1: error[IMPORT_USED]")
    monkeypatch.chdir(root.parent)
    assert main(["lint", "-C", "my shop"]) == 1
    assert capsys.readouterr().out.startswith("api/shop/v1/shop.proto:3:1")


def test_contract_that_does_not_compile(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That is no finding: protoc's errors, exit 2."""
    edit(root, ("string note = 3;", "strin note = 3;"))
    assert main(["lint"]) == 2
    assert f"api/{NAME}:22:3: error[" in capsys.readouterr().err


def test_without_buf(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what to install."""
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert main(["lint"]) == 2
    assert capsys.readouterr().err == (
        "error[buf-missing]: buf, which this command works with, is not installed\n"
        "  try: pip install 'scaffolder[lint]'\n"
    )


def test_buf_on_path(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where Python's own folder has none, PATH is searched."""
    real = buf.find()
    monkeypatch.setattr("sys.executable", str(tmp_path / "elsewhere/python"))
    monkeypatch.setenv("PATH", f"{Path(real).parent}{os.pathsep}/bin")
    assert buf.find() == real


def test_without_a_home(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container: buf has nowhere to keep a cache."""
    for name in ("HOME", "XDG_CACHE_HOME", "BUF_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert lint(root).found == ()


MINIMAL = "  use: [MINIMAL]\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("buf.yaml", f"version: v2\nlint:\n{MINIMAL}"),
        ("buf.yaml", "version: v2\nmodules:\n  - path: api\n    lint:\n      use: [MINIMAL]\n"),
        ("buf.yaml", "version: v2\nmodules:\n  - path: api\nlint:\n  ignore: [api/shop]\n"),
        ("buf.yaml", "version: v2\nlint:\n  use: [STANDARD]\n  ignore: [api]\n"),
        (
            "buf.yaml",
            "version: v2\nlint:\n  use: [BASIC]\n  ignore_only:\n    BASIC: [api/shop/v1/shop.proto]\n",
        ),
        ("api/buf.yaml", f"version: v1\nlint:\n{MINIMAL}"),
        ("api/buf.yaml", "version: v1\nlint:\n  ignore: [shop/v1]\n"),
        (
            "api/buf.yaml",
            "version: v2\ndeps: [buf.build/googleapis/googleapis]\nlint:\n  use: [PACKAGE_DEFINED]\n",
        ),
    ],
)
def test_own_rules_hold(root: Path, path: str, text: str) -> None:
    """The `lint` of a buf.yaml, of every version, for the module that the contracts are in."""
    fill(root, {f"api/{NAME}": UGLY})
    assert rules(root) != []
    fill(root, {path: text})
    assert rules(root) == []


def test_rules_above_the_project(root: Path) -> None:
    """In a repository of several projects the buf.yaml at its top counts; one above the repository does not."""
    fill(root, {f"api/{NAME}": UGLY})
    fill(root.parent, {"buf.yaml": "version: v2\nmodules:\n  - path: my shop/api\nlint:\n  use: [MINIMAL]\n"})
    git(root.parent, "init", "--quiet")
    assert rules(root) == []
    shutil.rmtree(root.parent / ".git")
    git(root, "init", "--quiet")
    assert rules(root) != []


def test_rules_of_another_module_do_not_hold(root: Path) -> None:
    """`lint` of a module that the contracts are not in."""
    fill(root, {f"api/{NAME}": UGLY})
    fill(root, {"buf.yaml": "version: v2\nmodules:\n  - path: other\n    lint:\n      use: [MINIMAL]\n"})
    assert len(rules(root)) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: v2\nlint:\n  use: [NOPE]\n", 'buf refuses it: "NOPE" is not a known rule or category ID'),
        ("version: v2\nlint: 1\n", "`lint` is not a mapping"),
        ("version: v3\n", "its version is `v3`"),
        ("a: [\n", "is not YAML"),
        ("- 1\n", "is not a mapping"),
    ],
)
def test_buf_yaml_with_a_mistake(root: Path, text: str, said: str) -> None:
    """It is named, with the file."""
    fill(root, {"buf.yaml": text})
    with pytest.raises(ScaffoldError) as caught:
        lint(root)
    assert caught.value.exit_code == 2
    assert said in str(caught.value)
    assert str(caught.value).startswith("buf.yaml")


def test_several_modules_have_their_own_rules(root: Path) -> None:
    """Two folders of contracts, each by its module's rules."""
    fill(
        root,
        {
            "scaffold.yaml": f"name: shop\ncontracts: [{NAME}, extra/v1/extra.proto]\nproto_paths: [api, more]\n",
            "more/extra/v1/extra.proto": 'syntax = "proto3"; package extra.v1; message bad_extra {}',
            f"api/{NAME}": UGLY,
            "buf.yaml": "version: v2\nmodules:\n  - path: api\n    lint:\n      use: [MINIMAL]\n  - path: more\n",
        },
    )
    assert [str(item.location) for item in lint(root).found] == ["more/extra/v1/extra.proto:1:46"]


def test_vendored_google_changes_nothing(root: Path) -> None:
    """A copy of google/api under the same root is not the project's."""
    fill(root, packaged(Path("api"), "google/api"))
    assert lint(root).contracts == (NAME,)
    assert rules(root) == []


REASONS = """\
syntax = "proto3";
package order.v1;
import "scaffold/errors.proto";
enum OrderError {
  option (scaffold.errors) = true;
  ORDER_ERROR_UNSPECIFIED = 0;
  OUT_OF_STOCK = 1 [(scaffold.status) = FAILED_PRECONDITION];
}
enum Color {
  COLOR_UNSPECIFIED = 0;
  RED = 1;
}
"""


def test_reason_needs_no_prefix(root: Path) -> None:
    """Its name travels to callers, so it is not that of its enum; with a buf.yaml that asks for it, it has to be."""
    fill(root, {"api/order/v1/reasons.proto": REASONS})
    path = "api/order/v1/reasons.proto"
    assert [item.location.line for item in lint(root, [path]).found if item.location] == [11]
    fill(root, {"api/buf.yaml": "version: v2\nlint:\n  use: [ENUM_VALUE_PREFIX]\n"})
    assert [item.location.line for item in lint(root, [path]).found if item.location] == [7, 11]


STORED = """\
syntax = "proto3";
package order.v1;
import "scaffold/storage.proto";
message Order {
  option (scaffold.index_on) = "buyer, number";
  string name = 1;
  string buyer = 2;
  int64 number = 3 [(scaffold.unique) = true];
}
"""


def test_options_of_storage_are_known(root: Path) -> None:
    """Nothing has to be copied for them, and they break no rule."""
    path = "api/order/v1/stored.proto"
    fill(root, {path: STORED})
    assert lint(root, [path]).found == ()


def test_every_rule_has_advice() -> None:
    """Each rule that buf knows, so that a new one of a later version is seen here."""
    import subprocess

    listed = subprocess.run(
        [buf.find(), "config", "ls-lint-rules", "--version", "v2", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {json.loads(line)["id"] for line in listed.stdout.splitlines()} <= LINT.keys()
