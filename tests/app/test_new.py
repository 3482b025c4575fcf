"""`scaffold new`: a whole project at once, or none."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scaffolder import resources
from scaffolder.app import assembly
from scaffolder.app.new import Request, new, parse_features
from scaffolder.artifact import Artifact, Ownership
from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace.transaction import write_file
from tests.app.support import FakePipeline, regenerate
from tests.workspace.support import contents, fail_at, fill


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_contracts_are_copied_with_what_they_import(workplace: Path) -> None:
    """Two contracts and the user's own imports land below api/; what a package brings does not."""
    fill(
        workplace,
        {
            "protos/shop/v1/shop.proto": (
                'syntax = "proto3";\npackage shop.v1;\nimport "common/money.proto";\n'
                'import "google/protobuf/empty.proto";\nimport "google/api/annotations.proto";\n'
                "service ShopService { rpc Pay(common.Money) returns (google.protobuf.Empty); }\n"
            ),
            "protos/stock/v1/stock.proto": (
                'syntax = "proto3";\npackage stock.v1;\nmessage Item {}\n'
                "service StockService { rpc Get(Item) returns (Item); }\n"
            ),
            "shared/common/money.proto": 'syntax = "proto3";\npackage common;\nmessage Money {}\n',
            "shared/common/unused.proto": 'syntax = "proto3";\npackage common;\nmessage Unused {}\n',
        },
    )
    new(Request("shop", ["protos"], ["shared"]))
    made = workplace / "shop"
    copied = sorted(path.relative_to(made).as_posix() for path in (made / "api").rglob("*.proto"))
    assert copied == ["api/common/money.proto", "api/shop/v1/shop.proto", "api/stock/v1/stock.proto"]
    assert (
        "contracts:\n  - shop/v1/shop.proto\n  - stock/v1/stock.proto\n"
        in (made / "scaffold.yaml").read_text()
    )


def test_sample_is_up_to_date_as_generated(workplace: Path) -> None:
    """What `new` wrote is what `generate` would write: with and without the fingerprint it changes nothing."""
    new(Request("order-service"))
    made = workplace / "order-service"
    assert "message Order {" in (made / "api/order/v1/order.proto").read_text()
    assert regenerate(made).different == ()
    lock = made / ".scaffold/lock.json"
    forgotten = lock.read_text(encoding="utf-8").replace('"scope": "server"', '"scope": "client"')
    lock.write_text(forgotten, encoding="utf-8")
    assert regenerate(made).different == ()


def test_same_bytes_in_any_folder(workplace: Path) -> None:
    """No path, no time, nothing of this machine is in a generated file."""
    for folder in ("one", "two"):
        new(Request("order-service", output=Path(folder)))
    trees = [
        {
            p.relative_to(workplace / f): p.read_bytes()
            for p in (workplace / f).rglob("*")
            if p.is_file() and ".git" not in p.parts
        }
        for f in ("one", "two")
    ]
    assert trees[0] == trees[1]
    assert not any(str(workplace.parent).encode() in content for content in trees[0].values())


def test_first_commit_unless_inside_a_repository(workplace: Path, fake: FakePipeline) -> None:
    """A project of its own begins with a commit; one inside a repository belongs to that."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    new(Request("alone"))
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=workplace / "alone", capture_output=True, check=True
    )
    assert status.stdout == b""
    subprocess.run(["git", "init", "-q"], cwd=workplace, check=True)
    new(Request("inside"))
    assert not (workplace / "inside/.git").exists()


def test_contract_that_a_package_brings(workplace: Path) -> None:
    """A contract out of an installed package is copied and generated like any other."""
    from scaffolder.contract.wellknown import common_root

    root = common_root()
    assert root is not None
    new(Request("operations", [str(root / "google/longrunning/operations_proto.proto")]))
    assert (workplace / "operations/api/google/longrunning/operations.proto").is_file()
    assert regenerate(workplace / "operations").different == ()


def test_features() -> None:
    """In the tool's order; `none` for none; a misspelt one is an error."""
    assert parse_features(["ci", "docker"]) == ("docker", "ci")
    assert parse_features(["none"]) == ()
    with pytest.raises(ScaffoldError):
        parse_features(["none", "ci"])


def test_failing_template_leaves_nothing(
    workplace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template that fails in the very last file: an error at its line, and no half project."""
    templates = tmp_path / "templates"
    shutil.copytree(
        resources.templates_dir(), templates, ignore=shutil.ignore_patterns("*_cache", "__pycache__")
    )
    fill(templates, {"python/service/tests/unit/test_NOUN.py.j2": "import os\n{{ nothing }}\n"})
    monkeypatch.setenv("SCAFFOLD_TEMPLATES", str(templates))
    with pytest.raises(ScaffoldError) as error:
        new(Request("order-service"))
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.location is not None
    assert diagnostic.location.path.endswith("templates/python/service/tests/unit/test_NOUN.py.j2")
    assert diagnostic.location.line == 2
    assert contents(workplace) == {}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
@pytest.mark.parametrize("count", [1, 3, 6])
def test_interrupted_or_full_leaves_nothing(
    workplace: Path, fake: FakePipeline, monkeypatch: pytest.MonkeyPatch, count: int, error: BaseException
) -> None:
    """Ctrl-C or a full disk at any file: no half project, and no folder above it either."""
    monkeypatch.setattr(assembly, "write_file", fail_at(count, error, write_file))
    with pytest.raises((KeyboardInterrupt, ScaffoldError)):
        new(Request("order-service", output=Path("deep/down")))
    assert contents(workplace) == {}


def test_interrupted_at_the_rename(
    workplace: Path, fake: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last moment is as good as the first."""
    monkeypatch.setattr(os, "rename", fail_at(1, KeyboardInterrupt(), os.rename))
    with pytest.raises(KeyboardInterrupt):
        new(Request("order-service"))
    assert contents(workplace) == {}


def test_dry_run_writes_nothing(workplace: Path, fake: FakePipeline) -> None:
    """All is decided, nothing is done."""
    report = new(Request("order-service"), dry_run=True)
    assert {change.path for change in report.changes} >= {
        "scaffold.yaml",
        "api/order/v1/order.proto",
        "README.md",
    }
    assert contents(workplace) == {}


def test_generated_file_that_collides_with_ours(workplace: Path, fake: FakePipeline) -> None:
    """Two files of one name are refused, wherever they come from."""
    fake.server["Scaffold.yaml"] = ""
    with pytest.raises(ScaffoldError) as error:
        new(Request("order-service"))
    assert error.value.diagnostics[0].code == "same-path"


def test_executable_files_stay_so(tmp_path: Path) -> None:
    """Scripts can be run as they are."""
    script = Artifact("run.sh", Ownership.MERGED, b"#!/bin/sh\n", executable=True)
    assembly.place(tmp_path / "made", [script], [])
    assert os.access(tmp_path / "made/run.sh", os.X_OK)


def test_doubtful_contract_is_said_and_made(tmp_path: Path) -> None:
    """Two RPCs on one verb and path: the second can never be reached over HTTP, but real contracts do it."""
    rpc = 'rpc %s(M) returns (M) { option (google.api.http) = {get: "/v1/same"}; }'
    head = 'syntax = "proto3"; package a; import "google/api/annotations.proto"; message M {}'
    (tmp_path / "a.proto").write_text(f"{head} service A {{ {rpc % 'X'} {rpc % 'Y'} }}", "utf-8")
    report = new(Request("a-service", [str(tmp_path / "a.proto")], output=tmp_path))
    [warning] = report.warnings
    assert warning.severity == "warning" and "/v1/same" in warning.message
    assert (tmp_path / "a-service/scaffold.yaml").is_file()
