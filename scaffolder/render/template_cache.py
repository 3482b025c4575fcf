"""Compiled templates between runs, in the user's cache folder. Sound by content, and never a reason to fail."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class TemplateCache(FileSystemBytecodeCache):
    """Jinja's own cache, which compares a hash of the template's source, where writing may fail in silence."""

    @classmethod
    def of_user(cls) -> TemplateCache | None:
        """The cache of the user, one folder for each version of Jinja; None where no folder can be made.

        The folder is closed to others, because what is in it is run.
        """
        folder = _user_cache() / "scaffold" / f"jinja-{jinja2.__version__}-{sys.implementation.cache_tag}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
                return None
        except OSError:
            return None
        return cls(str(folder))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Loads what is stored; damaged or unreadable bytes are as good as none."""
        try:
            super().load_bytecode(bucket)
        except (OSError, ValueError, EOFError, TypeError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Stores the compiled template, or does without."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def _user_cache() -> Path:
    """The platform's folder for caches (XDG Base Directory Specification, and its counterparts)."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    configured = os.environ.get("XDG_CACHE_HOME", "")
    return Path(configured) if os.path.isabs(configured) else Path.home() / ".cache"
