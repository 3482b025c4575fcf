"""What each generated project is made from: files of an npm package, and protoc's descriptors of them."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .packages import Package

_PACKAGE = re.compile(r"^package\s+([\w.]+)\s*;", re.M)
_SERVICE = re.compile(r"^service\s+\w+\s*\{", re.M)


@dataclass(frozen=True, slots=True)
class Source:
    """What one project is made of: proto packages with services, as one npm package has them.

    `files` are paths as imports name them. Imports that the npm package does not carry are in `common`, those of
    google-gax, on which all of them depend.
    """

    npm: str
    packages: tuple[str, ...]
    root: Path
    common: Path
    files: tuple[str, ...]

    @property
    def name(self) -> str:
        """The proto package, or the npm package where all of its proto packages are in one project."""
        return self.packages[0] if len(self.packages) == 1 else self.npm

    @property
    def project(self) -> str:
        """The name of the project made from it, which no installed module has."""
        return f"corpus-{re.sub(r'[^a-z0-9]+', '-', self.name.lower()).strip('-')}"

    def describe(self, target: Path) -> None:
        """Writes protoc's FileDescriptorSet of the files and of all that they import."""
        flags = [f"-I{self.root}", f"-I{self.common}", "--include_imports", f"--descriptor_set_out={target}"]
        command = [sys.executable, "-m", "grpc_tools.protoc", *flags, *self.files]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=True)


def sources(package: Package, root: Path, common: Path) -> list[Source]:
    """Every proto package below `root` that defines a service, and where there are several, all of them at once."""
    files: dict[str, list[str]] = {}
    served = set()
    for path in sorted(root.rglob("*.proto")):
        text = path.read_text(encoding="utf-8")
        found = _PACKAGE.search(text)
        name = found[1] if found else ""
        files.setdefault(name, []).append(path.relative_to(root).as_posix())
        if _SERVICE.search(text):
            served.add(name)
    names = sorted(served)
    each = [Source(package.name, (name,), root, common, tuple(files[name])) for name in names]
    if len(names) > 1:
        together = tuple(file for name in names for file in files[name])
        each.append(Source(package.name, tuple(names), root, common, together))
    return each
