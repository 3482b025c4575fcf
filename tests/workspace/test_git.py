"""The first commit of a project, on machines that are set up for git and on those that are not."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scaffolder.workspace import git
from tests.workspace.support import fill

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(autouse=True)
def fresh_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No git configuration of anybody."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    fill(root, {"a.py": "a", ".gitignore": "*.db\n", "data.db": "x"})
    return root


def output(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_first_commit_without_an_identity(project: Path) -> None:
    """Everything is committed although git knows nobody's name."""
    assert git.first_commit(project) == ()
    assert output(project, "ls-files").split() == [".gitignore", "a.py"]
    assert output(project, "status", "--porcelain") == ""
    assert output(project, "branch", "--show-current") == "main"


def test_identity_of_the_user_is_used(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The author is the user where git knows one, and the branch is the user's choice."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n name = Ada\n email = ada@example.com\n[init]\n defaultBranch = trunk\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert git.first_commit(project) == ()
    assert output(project, "log", "--format=%an <%ae>") == "Ada <ada@example.com>"
    assert output(project, "branch", "--show-current") == "trunk"


def test_failure_is_a_warning(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hook that refuses the commit does not fail the run."""
    config = tmp_path / "gitconfig"
    hooks = tmp_path / "hooks"
    fill(hooks, {"pre-commit": "#!/bin/sh\necho not today >&2\nexit 1\n"})
    (hooks / "pre-commit").chmod(0o755)
    config.write_text(f"[core]\n hooksPath = {hooks.as_posix()}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    (warning,) = git.first_commit(project)
    assert warning.severity == "warning"
    assert "not today" in warning.message


def test_no_git_is_a_warning(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git there is no repository, and nothing else is different."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    (warning,) = git.first_commit(project)
    assert warning.code == "git"


def test_environment_of_another_repository_is_ignored(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a git hook that calls the tool: the commit goes to the new project."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other.git"))
    assert git.first_commit(project) == ()
    monkeypatch.delenv("GIT_DIR")
    assert output(project, "ls-files").split() == [".gitignore", "a.py"]
    assert not (tmp_path / "other.git").exists()


def test_inside_a_repository(project: Path, tmp_path: Path) -> None:
    """A folder below a repository belongs to it, even one that is not made yet."""
    assert not git.is_inside_repository(tmp_path)
    git.first_commit(project)
    assert git.is_inside_repository(project / "services" / "new")
