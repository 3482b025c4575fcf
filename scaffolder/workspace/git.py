"""The first commit of a new project. Git is a convenience here: whatever it says is a warning, not a failure."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from scaffolder.diagnostics import Diagnostic

TIMEOUT_SECONDS = 60


def is_inside_repository(folder: Path) -> bool:
    """Whether `folder`, or the nearest folder above it that exists, belongs to a git repository."""
    return any((parent / ".git").exists() for parent in (folder, *folder.parents))


def first_commit(folder: Path) -> tuple[Diagnostic, ...]:
    """Makes `folder` a repository with everything in it committed; a warning where that was not possible."""
    git = shutil.which("git")
    if git is None:
        return (_warning("git is not installed, so the project is no repository yet", "git init"),)
    try:
        _run(git, folder, "init", "--quiet", *_branch(git, folder))
        _run(git, folder, "add", "--all")
        _run(git, folder, *_identity(git, folder), "commit", "--quiet", "--message", "Begin with scaffold")
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        first_line = (reason.strip().splitlines() or ["no reason given"])[0]
        return (_warning(f"git made no first commit: {first_line}", "git add --all && git commit"),)
    return ()


def _branch(git: str, folder: Path) -> list[str]:
    """`main`, unless the user has told git another name."""
    configured = _config(git, folder, "init.defaultBranch")
    return [] if configured else ["--initial-branch=main"]


def _identity(git: str, folder: Path) -> list[str]:
    """Settings for an author where the user has given git none, as on a fresh machine or in a container."""
    settings = []
    for key, variable, fallback in (
        ("user.name", "GIT_AUTHOR_NAME", "scaffold"),
        ("user.email", "GIT_AUTHOR_EMAIL", "scaffold@localhost"),
    ):
        if not os.environ.get(variable) and not _config(git, folder, key):
            settings += ["-c", f"{key}={fallback}"]
    return settings


def _config(git: str, folder: Path, key: str) -> str:
    result = subprocess.run(
        [git, "config", "--get", key],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    return result.stdout.strip()


def _run(git: str, folder: Path, *arguments: str) -> None:
    """Runs git in `folder`, without the variables that would make it look at another repository."""
    environment = {name: value for name, value in os.environ.items() if name not in _REDIRECTIONS}
    subprocess.run(
        [git, *arguments],
        cwd=folder,
        env=environment | {"GIT_TERMINAL_PROMPT": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )


_REDIRECTIONS = frozenset(
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"]
)


def _warning(message: str, hint: str) -> Diagnostic:
    return Diagnostic("git", message, hint, severity="warning")
