"""Paths as people read and write them."""

from __future__ import annotations

import os
from pathlib import Path

_SPECIAL = frozenset(["", ".", ".."])

# Device names that Windows reserves in every folder, with any extension.
WINDOWS_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)


def shown(path: Path | str) -> str:
    """The path for a message: relative to the working directory where it is inside, `/` on every system."""
    absolute = os.path.abspath(path)
    try:
        relative = os.path.relpath(absolute)
    except ValueError:  # another drive
        relative = absolute
    chosen = absolute if relative.startswith(os.pardir) else relative
    return chosen.replace(os.sep, "/")


def is_below(path: Path, folder: Path) -> bool:
    """Whether `path` is `folder` or inside it, judged by the names alone."""
    return os.path.normpath(path).startswith(os.path.join(os.path.normpath(folder), "")) or (
        os.path.normpath(path) == os.path.normpath(folder)
    )


def is_plain_relative(path: str) -> bool:
    """Whether `path` is a relative path with forward slashes that cannot leave its folder on any system.

    By text alone, without pathlib: a lock may hold tens of thousands of paths.
    """
    if "\\" in path or ":" in path or "\0" in path:
        return False
    return not _SPECIAL.intersection(path.split("/"))
