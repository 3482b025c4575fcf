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
        configured = _configuration(git, folder)
        branch = [] if "init.defaultbranch" in configured else ["--initial-branch=main"]
        _run(git, folder, "init", "--quiet", *branch)
        _run(git, folder, "add", "--all")
        _run(git, folder, *_identity(configured), "commit", "--quiet", "--message", "Begin with scaffold")
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        first_line = (reason.strip().splitlines() or ["no reason given"])[0]
        return (_warning(f"git made no first commit: {first_line}", "git add --all && git commit"),)
    return ()


def _identity(configured: set[str]) -> list[str]:
    """Settings for an author where the user has given git none, as on a fresh machine or in a container."""
    settings = []
    for key, variable, fallback in (
        ("user.name", "GIT_AUTHOR_NAME", "scaffold"),
        ("user.email", "GIT_AUTHOR_EMAIL", "scaffold@localhost"),
    ):
        if not os.environ.get(variable) and key not in configured:
            settings += ["-c", f"{key}={fallback}"]
    return settings


def _configuration(git: str, folder: Path) -> set[str]:
    """Those of the settings that matter here which the user has made."""
    command = [git, "config", "--name-only", "--get-regexp", r"^(user\.(name|email)|init\.defaultbranch)$"]
    found = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )
    return {line.lower() for line in found.stdout.split()}


def _run(git: str, folder: Path, *arguments: str) -> None:
    """Runs git in `folder`, without the variables that would make it look at another repository."""
    environment = {name: value for name, value in os.environ.items() if name not in REDIRECTIONS}
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


REDIRECTIONS = frozenset(
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"]
)


def _warning(message: str, hint: str) -> Diagnostic:
    return Diagnostic("git", message, hint, severity="warning")
