"""Projects made of a few small files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scaffolder.artifact import Artifact, Ownership
from scaffolder.workspace.lock import Entry, Lock, digest


def fill(root: Path, files: Mapping[str, str]) -> None:
    """Writes the files, by path and text."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")


def contents(root: Path) -> dict[str, str]:
    """Every file below `root` by path, links with where they lead; folders by a path that ends in a slash."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_dir():
            found[f"{name}/"] = ""
        else:
            found[name] = path.read_text(encoding="utf-8")
    return found


def lock_of(files: Mapping[str, str], owner: Ownership = Ownership.MERGED) -> Lock:
    """A lock that recorded these texts."""
    return Lock({path: Entry(owner, digest(text.encode())) for path, text in files.items()})


def artifact(path: str, text: str, owner: Ownership = Ownership.MERGED) -> Artifact:
    return Artifact(path, owner, text.encode())


def fail_at(count: int, error: BaseException, real: Callable[..., Any]) -> Callable[..., Any]:
    """`real`, but its `count`-th call raises."""
    calls = 0

    def wrapper(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count:
            raise error
        return real(*arguments, **options)

    return wrapper
