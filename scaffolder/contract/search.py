"""Where contracts are looked for, and how messages speak of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from scaffolder.contract import wellknown
from scaffolder.paths import shown


class Search:
    """The directories of the user, as they are searched and as they are shown."""

    def __init__(self, roots: Sequence[Path]) -> None:
        unique = dict.fromkeys(Path(os.path.abspath(root)) for root in roots)
        self.absolute = list(unique)
        self.shown = [shown(path) for path in unique]

    def find(self, name: str) -> Path | None:
        """The absolute path of an import name, None where no directory has it."""
        for root in self.absolute:
            path = root / name
            if path.is_file():
                return path
        return None

    def place(self, name: str) -> str:
        """The path by which messages call an import name: the disk's where it is the user's file."""
        path = self.find(name)
        return shown(path) if path else name

    def namesake(self, name: str) -> str:
        """The import name of a contract with the same file name, "" where there is none or several."""
        base = name.rpartition("/")[2]
        found = [
            Path(parent, base).relative_to(root).as_posix()
            for root in self.absolute
            for parent, _, names in islice(os.walk(root), 2000)
            if base in names
        ]
        return found[0] if len(set(found)) == 1 else ""

    def described(self) -> str:
        """The searched places in words."""
        common = "googleapis-common-protos" if wellknown.common_root() else ""
        return ", ".join(filter(None, [*self.shown, "the protos of grpcio-tools", common, "protovalidate"]))
