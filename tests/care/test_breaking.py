"""`scaffold breaking`, with the real buf and real repositories."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from scaffolder.app.care import buf
from scaffolder.app.care.advice_breaking import BREAKING
from scaffolder.app.care.breaking import breaking
from scaffolder.cli.main import main
from scaffolder.diagnostics import ScaffoldError
from tests.care.support import CONFIG, CONTRACT, NAME, commit, edit, git, project
from tests.workspace.support import contents, fill


@pytest.fixture
def committed(root: Path) -> Path:
    """A project with one commit."""
    commit(root)
    return root


def rules(root: Path, against: str = "", level: str = "") -> list[str]:
    return [item.code for item in breaking(root, against, level).found]


def test_nothing_changed(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, and the working tree and the index are as they were."""
    before = contents(committed / "api")
    assert main(["breaking"]) == 0
    assert capsys.readouterr() == ("", "1 contract checked against HEAD: nothing found\n")
    assert contents(committed / "api") == before
    assert git(committed, "status", "--porcelain") == ""


def test_additions_break_nobody(committed: Path) -> None:
    """A field, an RPC, a binding beside another, a path that matches more."""
    edit(
        committed,
        ("string note = 3;", "string note = 3;\n  string colour = 4;"),
        (
            "rpc SellItem(",
            "rpc FindItem(GetItemRequest) returns (Item) {\n    option (google.api.http) = "
            '{get: "/v1/found/{name=items/*}"};\n  }\n  rpc SellItem(',
        ),
        (
            '{get: "/v1/{name=items/*}"}',
            '{\n      get: "/v1/{name=items/**}"\n      additional_bindings {get: "/v2/{name=items/*}"}\n    }',
        ),
    )
    assert rules(committed) == []


def test_findings_are_placed_and_advised(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Path, line and column in the contract as it is now, the rule, what, and how to do it without harm."""
    edit(
        committed,
        ("  string note = 3;\n", ""),
        ("int32 price = 2", "string price = 2"),
        ('get: "/v1/{name=items/*}"', 'get: "/v2/{name=items/*}"'),
    )
    assert main(["breaking"]) == 1
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert [line.partition("]: ")[0] for line in lines[::2]] == [
        f"api/{NAME}:9:5: error[HTTP_PATH_CHANGED",
        f"api/{NAME}:19:1: error[FIELD_NO_DELETE",
        f"api/{NAME}:21:3: error[FIELD_SAME_TYPE",
    ]
    assert [line.partition("]: ")[2] for line in lines[::2]] == [
        "shop.v1.ShopService.GetItem was GET /v1/{name=items/*}, and is GET /v2/{name=items/*} now",
        "field `3` with name `note` on message `Item` was deleted",
        "field `2` with name `price` on message `Item` changed type from `int32` to `string`",
    ]
    assert lines[1] == '  try: keep the old one beside it: additional_bindings {get: "/v1/{name=items/*}"}'
    assert '`reserved 3; reserved "note";` and --level wire-json' in lines[3]
    assert lines[5].endswith("leave this field, mark it deprecated, and add a field with a new number")
    assert said.err == "3 findings in 1 contract, 1 contract checked against HEAD\n"


def test_json(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same as an object."""
    edit(committed, ("int32 price", "int64 price"))
    assert main(["breaking", "--json", "--against", "main"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["against"] == "main"
    assert [(f["rule"], f["path"], f["line"]) for f in found["findings"]] == [
        ("FIELD_SAME_TYPE", f"api/{NAME}", 21)
    ]


def test_levels(committed: Path) -> None:
    """From generated code down to the bytes; URLs count as long as JSON does."""
    edit(
        committed,
        ("  string note = 3;\n", '  reserved 3;\n  reserved "note";\n'),
        ("int32 price", "int64 price"),
        ("string name = 1;\n  int32 count", "string title = 1;\n  int32 count"),
        ("{name=items/*}:sell", "{title=items/*}:sell"),
        ('"/v1/{name=items/*}"}', '"/v2/{name=items/*}"}'),
    )
    named = ["HTTP_PATH_CHANGED", "FIELD_SAME_JSON_NAME", "FIELD_SAME_NAME"]
    everything = ["HTTP_PATH_CHANGED", "FIELD_NO_DELETE", "FIELD_SAME_TYPE", *named[1:]]
    assert (
        rules(committed) == rules(committed, level="file") == rules(committed, level="package") == everything
    )
    assert rules(committed, level="wire-json") == [named[0], "FIELD_WIRE_JSON_COMPATIBLE_TYPE", *named[1:]]
    assert rules(committed, level="wire") == []


def test_reference_may_be_a_branch_a_tag_or_a_commit(committed: Path) -> None:
    """What was committed since is no change against the last commit, but against those before it."""
    git(committed, "tag", "v1")
    first = git(committed, "rev-parse", "HEAD")
    git(committed, "branch", "release/1")
    edit(committed, ("int32 price", "int64 price"))
    commit(committed)
    assert rules(committed) == []
    for reference in ("v1", "release/1", first, first[:8], "HEAD~1", "main~1", "@{1}"):
        assert rules(committed, reference) == ["FIELD_SAME_TYPE"], reference


@pytest.mark.parametrize("reference", ["mian", "-x", "--help", "v9", "HEAD~5", "a b", "main:api"])
def test_unknown_reference(committed: Path, reference: str) -> None:
    """It is named; a near one is suggested."""
    with pytest.raises(ScaffoldError) as caught:
        breaking(committed, reference)
    assert caught.value.exit_code == 2
    assert f"`{reference}` is no branch, tag or commit" in str(caught.value)
    assert ("did you mean `main`?" in str(caught.value)) == reference.startswith(("mian", "main"))


def test_shallow_clone(committed: Path, tmp_path: Path) -> None:
    """As on a build server: what is missing is the history, and the error says how to get it."""
    edit(committed, ("int32 price", "int64 price"))
    commit(committed)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "1", committed.as_uri(), str(clone))
    with pytest.raises(ScaffoldError, match="this clone is shallow; git fetch --unshallow"):
        breaking(clone, "HEAD~1")
    assert rules(clone) == []


def test_no_repository(root: Path) -> None:
    """There is no past to compare with, unless a folder is named."""
    with pytest.raises(ScaffoldError, match="is in no git repository"):
        breaking(root)


def test_no_commit_yet(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first commit, checked by a hook: nothing to compare, and that is all right."""
    git(root, "init", "--quiet")
    assert main(["breaking"]) == 0
    assert capsys.readouterr().err == "nothing to compare: nothing was committed yet\n"


def test_no_project_then(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A project that is new in its repository."""
    fill(tmp_path, {"README.md": "x"})
    commit(tmp_path)
    project(tmp_path / "shop")
    assert main(["breaking", "-C", str(tmp_path / "shop")]) == 0
    assert capsys.readouterr().err == "nothing to compare: there is no scaffold.yaml at HEAD yet\n"


def test_no_contracts_then(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was promised yet."""
    fill(root, {"scaffold.yaml": "name: shop\n"})
    commit(root)
    fill(root, {"scaffold.yaml": CONFIG})
    assert main(["breaking", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == [
        "nothing to compare: scaffold.yaml lists no contracts at HEAD"
    ]


def test_project_below_the_top_of_its_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With contracts that it shares with others, and from a folder below."""
    shop = tmp_path / "services/my shop"
    project(shop)
    (shop / "api").rename(tmp_path / "api of all")
    fill(shop, {"scaffold.yaml": f"name: shop\ncontracts: [{NAME}]\nproto_paths: ['../../api of all']\n"})
    commit(tmp_path)
    edit(tmp_path, ("int32 price", "int64 price"), name=f"api of all/{NAME}")
    assert rules(shop) == ["FIELD_SAME_TYPE"]
    fill(shop, {"src/x.txt": ""})
    monkeypatch.chdir(shop / "src")
    assert main(["breaking"]) == 1


def test_contracts_are_those_that_were_listed(committed: Path) -> None:
    """With the paths of the old scaffold.yaml: a folder that was renamed changes no import name, and so nothing."""
    (committed / "api").rename(committed / "protos")
    fill(committed, {"scaffold.yaml": f"{CONFIG}proto_paths: [protos]\n"})
    assert rules(committed) == []
    edit(committed, ("int32 price", "int64 price"), name=f"protos/{NAME}")
    assert [str(item.location) for item in breaking(committed).found] == [f"protos/{NAME}:21:3"]


def test_deleted_contract(committed: Path) -> None:
    """It is told at the place where it was; that it is on the disk, and listed no more, is the same."""
    fill(
        committed,
        {"api/shop/v1/other.proto": 'syntax = "proto3"; package shop.v1; message Other { int32 a = 1; }'},
    )
    fill(committed, {"scaffold.yaml": f"{CONFIG}  - shop/v1/other.proto\n"})
    commit(committed)
    fill(committed, {"scaffold.yaml": CONFIG})
    found = breaking(committed).found
    assert [(item.code, str(item.location)) for item in found] == [
        ("FILE_NO_DELETE", "api/shop/v1/other.proto")
    ]
    (committed / "api/shop/v1/other.proto").unlink()
    assert [(item.code, str(item.location)) for item in breaking(committed).found] == [
        ("FILE_NO_DELETE", "shop/v1/other.proto")
    ]
    assert rules(committed, level="package") == ["PACKAGE_MESSAGE_NO_DELETE"]


def test_moved_message(committed: Path) -> None:
    """To another file of the package: said where it is, and no finding where files may move."""
    message = "message SellItemResponse {\n  Item item = 1;\n}\n"
    moved = f'syntax = "proto3";\npackage shop.v1;\nimport "{NAME}";\n{message}'
    edit(
        committed,
        (message, ""),
        ("message Item {\n  string name = 1;\n  int32 price = 2;\n  string note = 3;\n}\n", ""),
        ('import "google', 'import "shop/v1/item.proto";\nimport "shop/v1/sold.proto";\nimport "google'),
    )
    item = "message Item {\n  string name = 1;\n  int32 price = 2;\n  string note = 3;\n}\n"
    fill(
        committed,
        {
            "api/shop/v1/item.proto": f'syntax = "proto3";\npackage shop.v1;\n{item}',
            "api/shop/v1/sold.proto": moved.replace(NAME, "shop/v1/item.proto"),
        },
    )
    found = breaking(committed).found
    assert [(item.code, item.hint.split(":")[0]) for item in found] == [
        ("MESSAGE_NO_DELETE", "it stands in shop/v1/item.proto now"),
        ("MESSAGE_NO_DELETE", "it stands in shop/v1/sold.proto now"),
    ]
    assert rules(committed, level="package") == []


def test_renamed_things_are_recognised(committed: Path) -> None:
    """An RPC with its messages, and a message by itself: the finding stays, but says so."""
    edit(committed, ("SellItem", "VendItem"))
    hints = {item.code: item.hint for item in breaking(committed).found if "looks renamed" in item.hint}
    assert hints["RPC_NO_DELETE"].startswith("it looks renamed to `VendItem`")
    assert hints["MESSAGE_NO_DELETE"].startswith("it looks renamed to `shop.v1.VendItemRe")
    assert not any(rule.startswith("HTTP") for rule in rules(committed))


def test_imports_out_of_the_repository_count(committed: Path) -> None:
    """A vendored message that changes, changes what the service answers."""
    vendored = {
        "third_party/money.proto": 'syntax = "proto3"; package money; message Money { int32 units = 1; }'
    }
    fill(committed, {**vendored, "scaffold.yaml": f"{CONFIG}proto_paths: [api, third_party]\n"})
    edit(
        committed,
        ('import "google', 'import "money.proto";\nimport "google'),
        ("int32 price", "money.Money price"),
    )
    commit(committed)
    edit(committed, ("int32 units", "int64 units"), name="third_party/money.proto")
    assert [str(item.location) for item in breaking(committed).found] == ["third_party/money.proto:1:51"]


def test_imports_that_git_does_not_keep(committed: Path) -> None:
    """Vendored contracts that are ignored are taken as they are now."""
    fill(
        committed,
        {".gitignore": "third_party/\n", "scaffold.yaml": f"{CONFIG}proto_paths: [api, third_party]\n"},
    )
    fill(
        committed,
        {"third_party/money.proto": 'syntax = "proto3"; package money; message Money { int32 a = 1; }'},
    )
    edit(
        committed,
        ('import "google', 'import "money.proto";\nimport "google'),
        ("int32 price", "money.Money price"),
    )
    commit(committed)
    edit(committed, ("string note", "bytes note"))
    assert rules(committed) == ["FIELD_SAME_TYPE"]


def test_submodule(committed: Path, tmp_path: Path) -> None:
    """Contracts in a submodule are read as the commit has them."""
    other = tmp_path / "other"
    fill(other, {"money.proto": 'syntax = "proto3"; package money; message Money { int32 a = 1; }'})
    commit(other)
    git(committed, "submodule", "--quiet", "add", other.as_uri(), "third_party")
    fill(committed, {"scaffold.yaml": f"{CONFIG}proto_paths: [api, third_party]\n"})
    edit(
        committed,
        ('import "google', 'import "money.proto";\nimport "google'),
        ("int32 price", "money.Money price"),
    )
    commit(committed)
    assert rules(committed) == []
    edit(committed, ("int32 a", "string a"), name="third_party/money.proto")
    assert rules(committed) == ["FIELD_SAME_TYPE"]


def test_linked_folder(committed: Path) -> None:
    """`api` may be a link to where the contracts are."""
    (committed / "api").rename(committed / "protos")
    (committed / "api").symlink_to("protos")
    commit(committed)
    edit(committed, ("int32 price", "int64 price"), name=f"protos/{NAME}")
    assert rules(committed) == ["FIELD_SAME_TYPE"]


def test_contract_that_did_not_compile_then(committed: Path) -> None:
    """Its errors are at its place in the commit, not in some temporary folder."""
    good = (committed / f"api/{NAME}").read_text(encoding="utf-8")
    edit(committed, ("int32 price", "int33 price"))
    commit(committed)
    fill(committed, {f"api/{NAME}": good})
    with pytest.raises(ScaffoldError) as caught:
        breaking(committed)
    (found,) = caught.value.diagnostics
    assert str(found.location) == f"HEAD:api/{NAME}:21:3"
    assert "this is the contract as it was" in found.hint


def test_contract_that_does_not_compile_now(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """protoc's errors, exit 2."""
    edit(committed, ("int32 price", "int33 price"))
    assert main(["breaking"]) == 2
    assert f"api/{NAME}:21:3: error[" in capsys.readouterr().err


def test_against_a_folder(root: Path, tmp_path: Path) -> None:
    """A project, or nothing but contracts; without any repository."""
    project(tmp_path / "old")
    edit(root, ("int32 price", "int64 price"))
    for against in ("../old", str(tmp_path / "old"), "../old/api"):
        assert rules(root, against) == ["FIELD_SAME_TYPE"], against
    fill(root, {f"before/{NAME}": CONTRACT})
    assert rules(root, "before") == ["FIELD_SAME_TYPE"]


def test_branch_before_folder(committed: Path) -> None:
    """A name that is both is the branch; with a dot and a slash it is the folder."""
    fill(committed, {f"main/{NAME}": CONTRACT.replace("int32 price", "int64 price")})
    assert rules(committed, "main") == []
    assert rules(committed, "./main") == ["FIELD_SAME_TYPE"]


def test_against_an_image(root: Path) -> None:
    """What protoc or buf wrote of an earlier version."""
    from scaffolder.contract.protoc import compile_contract

    content = compile_contract([NAME], [root / "api"])
    (root / "v1.binpb").write_bytes(content)
    edit(root, ("int32 price", "int64 price"), ('"/v1/{name=items/*}"}', '"/v2/{name=items/*}"}'))
    assert rules(root, "v1.binpb") == ["HTTP_PATH_CHANGED", "FIELD_SAME_TYPE"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no image at all", "is no FileDescriptorSet"), (b"", "holds no contract")],
)
def test_against_a_file_that_is_no_image(root: Path, content: bytes, said: str) -> None:
    """It is named."""
    (root / "x.binpb").write_bytes(content)
    with pytest.raises(ScaffoldError, match=rf"x\.binpb: error\[against\]: {said}"):
        breaking(root, "x.binpb")


def test_own_rules_hold(committed: Path) -> None:
    """`breaking` of a buf.yaml: categories, exceptions and ignored files, those of our own rules as well."""
    edit(committed, ("int32 price", "int64 price"), ('"/v1/{name=items/*}"}', '"/v2/{name=items/*}"}'))
    both = ["HTTP_PATH_CHANGED", "FIELD_SAME_TYPE"]
    for section, expected in {
        "use: [FILE]": both,
        "use: [WIRE]": [],
        "except: [FIELD_SAME_TYPE]": both[:1],
        "except: [HTTP_PATH_CHANGED]": both[1:],
        "ignore: [api/shop]": [],
        "ignore_only: {HTTP_PATH_CHANGED: [api/shop/v1]}": both[1:],
    }.items():
        fill(
            committed,
            {"buf.yaml": f"version: v2\nbreaking: {{{section}}}\n".replace("{{", "{").replace("}}}", "}}")},
        )
        assert rules(committed) == expected, section


def test_hook_of_git(committed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git tells its hooks where its index is; that must not lead astray."""
    monkeypatch.setenv("GIT_INDEX_FILE", str(committed / "nowhere"))
    monkeypatch.setenv("GIT_DIR", ".git")
    edit(committed, ("int32 price", "int64 price"))
    assert rules(committed) == ["FIELD_SAME_TYPE"]


def test_export_attributes_do_not_hide(committed: Path) -> None:
    """`export-ignore` is for archives; the contract is compared all the same."""
    fill(committed, {".gitattributes": "api export-ignore\n"})
    commit(committed)
    edit(committed, ("int32 price", "int64 price"))
    assert rules(committed) == ["FIELD_SAME_TYPE"]


def test_package_that_became_another(committed: Path) -> None:
    """Every call has its name."""
    edit(committed, ("package shop.v1;", "package shop.v2;"))
    assert "FILE_SAME_PACKAGE" in rules(committed)


def test_two_versions_side_by_side(committed: Path) -> None:
    """A v2 beside v1 breaks nobody, though its messages have the same names."""
    text = (
        CONTRACT.replace("shop.v1", "shop.v2")
        .replace('"/v1/', '"/v2/')
        .replace("int32 price", "string price")
    )
    fill(committed, {"api/shop/v2/shop.proto": text, "scaffold.yaml": f"{CONFIG}  - shop/v2/shop.proto\n"})
    assert rules(committed) == []
    commit(committed)
    edit(committed, ("string price", "bytes price"), name="api/shop/v2/shop.proto")
    assert [str(item.location) for item in breaking(committed).found] == ["api/shop/v2/shop.proto:21:3"]


def test_every_rule_has_advice() -> None:
    """Each rule that buf knows but those of other languages' file options."""
    listed = subprocess.run(
        [buf.find(), "config", "ls-breaking-rules", "--version", "v2", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    known = {json.loads(line)["id"] for line in listed.stdout.splitlines()}
    rest = {rule for rule in known - BREAKING.keys() if not rule.startswith("FILE_SAME_")}
    languages = {"FIELD_SAME_CPP_STRING_TYPE", "FIELD_SAME_JAVA_UTF8_VALIDATION", "FIELD_SAME_JSTYPE"}
    assert rest - languages == {
        "FIELD_SAME_UTF8_VALIDATION",
        "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR",
    }
