"""A project that is edited and regenerated: what a user does with an editor, and what the tool then says."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.generated.projects import Project, scaffold


@dataclass(frozen=True)
class Workplace:
    """A generated project and the user at work in it."""

    project: Project

    @property
    def root(self) -> Path:
        return self.project.root

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replaces one piece of a file; it must be there once."""
        text = self.read(path)
        assert text.count(old) == 1, f"{path} holds {text.count(old)} times:\n{old}"
        self.write(path, text.replace(old, new))

    def scaffold(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return scaffold(*arguments, folder=self.root)

    def generate(self, *arguments: str, code: int = 0) -> str:
        """`scaffold generate`; what it printed."""
        result = self.scaffold("generate", *arguments)
        assert result.returncode == code, f"exit code {result.returncode}\n{result.stdout}\n{result.stderr}"
        return result.stdout + result.stderr

    def report(self, *arguments: str, code: int = 0) -> Any:
        """`scaffold generate --json`."""
        result = self.scaffold("generate", "--json", *arguments)
        assert result.returncode == code, f"exit code {result.returncode}\n{result.stdout}\n{result.stderr}"
        return json.loads(result.stdout)

    def state(self) -> dict[str, tuple[bytes, int, int]]:
        """Content, mode and time of every file, git's own left out."""
        found = {}
        for parent, folders, names in os.walk(self.root):
            folders[:] = [
                name for name in folders if name not in (".git", "__pycache__", ".mypy_cache", ".ruff_cache")
            ]
            for name in names:
                path = Path(parent, name)
                stat = path.lstat()
                found[path.relative_to(self.root).as_posix()] = (
                    path.read_bytes(),
                    stat.st_mode,
                    stat.st_mtime_ns,
                )
        return found

    def is_clean(self) -> None:
        """Linter, formatter, types and the project's own tests."""
        self.project.run("ruff", "check", "--quiet", ".")
        self.project.run("ruff", "format", "--check", "--quiet", ".")
        self.project.run("mypy")
        self.project.run("pytest", "-q", "-p", "no:cacheprovider")


def new(name: str, contract: str, folder: Path, path: str = "order/v1/order.proto") -> Workplace:
    """`scaffold new` on a contract that is given as text."""
    source = folder / "contracts" / path
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(contract, encoding="utf-8")
    include = str(folder / "contracts")
    result = scaffold("new", name, "--proto", str(source), "-I", include, "-o", str(folder), folder=folder)
    assert result.returncode == 0, result.stderr
    return Workplace(Project(folder / name, name.replace("-", "_")))
