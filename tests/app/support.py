"""A pipeline of a few fixed files in the place of contract, plan and render."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scaffolder.app import pipeline
from scaffolder.artifact import Artifact, Ownership
from scaffolder.contract.model import Contract, File
from scaffolder.project import Project

CONTRACT = "order/v1/order.proto"
CONFIG = f"name: order-service\ncontracts:\n  - {CONTRACT}\n"


@dataclass
class FakePipeline:
    """`client` and `server` are the files, by path, of each scope; a change of them is a change of the contract."""

    client: dict[str, str] = field(default_factory=lambda: {"src/order_service/gen/order.py": "gen v1"})
    server: dict[str, str] = field(
        default_factory=lambda: {"src/order_service/service/order.py": "handlers v1", "README.md": "readme"}
    )
    runs: list[str] = field(default_factory=list)

    def load(self, names: Sequence[str], roots: Sequence[Path]) -> Contract:
        self.runs.append("load")
        found = [File(name, "", requested=True, source=str(Path(roots[0], name))) for name in names]
        return Contract((File("google/protobuf/empty.proto", "google.protobuf", provider="protobuf"), *found))

    def generate(self, contract: Contract, project: Project, scope: pipeline.Scope) -> pipeline.Output:
        artifacts = [Artifact(path, Ownership.MACHINE, text.encode()) for path, text in self.client.items()]
        if scope == "server":
            artifacts += [
                Artifact(path, Ownership.MERGED, text.encode()) for path, text in self.server.items()
            ]
        return pipeline.Output(artifacts, frozenset({*self.client, *self.server}))


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
