"""A pipeline of a few fixed files in the place of contract, plan and render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scaffolder.app import generate as app
from scaffolder.app import pipeline
from scaffolder.app.new import Request as New
from scaffolder.app.new import new
from scaffolder.app.options import KEEP, Options, Request
from scaffolder.app.report import Action, Report
from scaffolder.artifact import Artifact, Ownership
from scaffolder.contract.model import Contract, File
from scaffolder.project import Project
from scaffolder.standard import Standard
from scaffolder.workspace.baseline import conflict_path
from tests.workspace.support import fill

CONTRACT = "order/v1/order.proto"
CONFIG = f"name: order-service\ncontracts:\n  - {CONTRACT}\n"
GEN, HANDLERS = "src/order_service/gen/order.py", "src/order_service/service/order.py"
PROPOSAL = conflict_path(HANDLERS)


def handlers(**methods: str) -> str:
    """A module with one class; each method, by name, returns an expression."""
    return "class OrderService:\n" + "\n".join(
        f"    def {name}(self) -> object:\n        return {value}\n" for name, value in methods.items()
    )


@dataclass
class FakePipeline:
    """`client`, `server` and `yours` are the files, by path, that are the machine's, merged and written once; only the
    first are generated for the client alone. A change of them is a change of the contract.
    """

    client: dict[str, str] = field(default_factory=lambda: {GEN: "gen v1"})
    server: dict[str, str] = field(
        default_factory=lambda: {HANDLERS: handlers(get="1", put="1"), "README.md": "readme"}
    )
    yours: dict[str, str] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)

    def load(self, names: Sequence[str], roots: Sequence[Path]) -> Contract:
        self.runs.append("load")
        found = [File(name, "", requested=True, source=str(Path(roots[0], name))) for name in names]
        return Contract((File("google/protobuf/empty.proto", "google.protobuf", provider="protobuf"), *found))

    def generate(self, contract: Contract, project: Project, scope: pipeline.Scope) -> pipeline.Output:
        owned = {Ownership.MACHINE: self.client}
        if scope == "server":
            owned |= {Ownership.MERGED: self.server, Ownership.YOURS: self.yours}
        made = [
            Artifact(path, owner, text.encode()) for owner, of in owned.items() for path, text in of.items()
        ]
        paths = frozenset({*self.client, *self.server, *self.yours})
        return pipeline.Output(made, paths, Standard({}, {}, {}))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    """The fake in the place of the real stages."""
    made = FakePipeline()
    monkeypatch.setattr(pipeline, "load", made.load)
    monkeypatch.setattr(pipeline, "generate", made.generate)
    return made


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one contract, nothing generated yet; it is the working directory."""
    folder = tmp_path / "order-service"
    (folder / "api/order/v1").mkdir(parents=True)
    (folder / "api" / CONTRACT).write_text('syntax = "proto3";\n', encoding="utf-8")
    (folder / "scaffold.yaml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def new_shop(folder: Path, contract: str) -> Path:
    """A real project whose only contract, order/v1/order.proto, is this text; it has no features."""
    proto = folder / CONTRACT
    proto.parent.mkdir(parents=True)
    proto.write_text(contract, encoding="utf-8")
    new(New("shop", [str(proto)], [str(folder)], features=["none"], output=folder))
    return folder / "shop"


def regenerate(
    root: Path,
    *,
    scope: pipeline.Scope = "server",
    paths: Sequence[str] = (),
    folder: str = "",
    prune: bool = False,
    restore: Sequence[str] = (),
    conflict: str = KEEP,
    dry_run: bool = False,
) -> Report:
    """One run; `folder` is that of the handlers."""
    options = Options(prune=prune, restore=restore, conflict=conflict)
    return app.generate(Request(root, scope, paths, folder, options), dry_run=dry_run)


def change_contract(root: Path, text: str = "v2") -> None:
    """Gives the contract another hash; what is generated from it is the fake's."""
    fill(root, {f"api/{CONTRACT}": f'syntax = "proto3"; // {text}\n'})


def edited_by_both(root: Path, fake: FakePipeline) -> Report:
    """A project in which the user and the contract changed `OrderService.get` differently, after a run."""
    regenerate(root)
    fill(root, {HANDLERS: handlers(get="'mine'", put="1")})
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="2", put="2")
    return regenerate(root)


def actions(report: Report) -> dict[str, Action]:
    """What happened to each file that the user has to know of."""
    return {change.path: change.action for change in report.different}


def notes(report: Report) -> dict[str, str]:
    return {change.path: change.note for change in report.changes}


def details(report: Report, path: str = HANDLERS) -> Mapping[str, str]:
    """By definition of a file, what became of it."""
    (change,) = (change for change in report.changes if change.path == path)
    return {item.name: str(item.did) for item in change.details}


def state(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file by path, with its content and the time at which it was written."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
