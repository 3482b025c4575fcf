"""Compiled templates between runs, in the user's cache folder. Sound by content, and never a reason to fail."""

from __future__ import annotations

import contextlib
import sys

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from scaffolder import cache


class TemplateCache(FileSystemBytecodeCache):
    """Jinja's own cache, which compares a hash of the template's source, where writing may fail in silence."""

    @classmethod
    def of_user(cls, *, sandboxed: bool) -> TemplateCache | None:
        """The cache of the user, one folder for each version of Jinja; None where no folder can be made.

        What is compiled for the sandbox is other code, which Jinja's own key does not tell.
        """
        kind = "-sandboxed" if sandboxed else ""
        folder = cache.folder(f"jinja-{jinja2.__version__}-{sys.implementation.cache_tag}{kind}")
        return None if folder is None else cls(str(folder))

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
