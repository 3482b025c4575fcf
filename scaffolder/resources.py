"""Where the tool's own files are: templates and sample contracts, in a checkout or inside the wheel."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from scaffolder import __version__

PACKAGE = Path(__file__).parent


def templates_dir() -> Path:
    """The folder of the templates: `SCAFFOLD_TEMPLATES` if set, else what came with the tool."""
    override = os.environ.get("SCAFFOLD_TEMPLATES")
    return Path(override).absolute() if override else _shipped("_templates", "templates")


def sample_protos_dir() -> Path:
    """The folder of the sample contracts."""
    return _shipped("_sample_protos", "sample_protos")


@cache
def identity() -> str:
    """What a project's lock records of the tool, so that another tool's output is never taken for up to date.

    The version for an installed tool. In a checkout templates and code change without a new version, so a digest of
    both is added.
    """
    if (PACKAGE / "_templates").is_dir() and "SCAFFOLD_TEMPLATES" not in os.environ:
        return __version__
    digest = hashlib.sha256()
    for folder in (templates_dir(), PACKAGE):
        for name, path in sorted(_files(str(folder), "")):
            with open(path, "rb") as file:
                digest.update(b"%s\0%s" % (name.encode(), hashlib.sha256(file.read()).digest()))
    return f"{__version__}+{digest.hexdigest()[:16]}"


def _shipped(inside_wheel: str, in_checkout: str) -> Path:
    packaged = PACKAGE / inside_wheel
    return packaged if packaged.is_dir() else PACKAGE.parent / in_checkout


def _files(folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Name below `folder` and path of every file, what other tools keep there left out."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__" and not entry.name.endswith("_cache"):
                    yield from _files(entry.path, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry.path
