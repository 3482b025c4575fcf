"""What each generated project is made from: the files of one proto package, and protoc's descriptors of them."""

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
class ProtoPackage:
    """A proto package with a service, as one npm package has it; `files` are paths as imports name them.

    Imports that the npm package does not carry are in `common`, those of google-gax, on which all of them depend.
    """

    npm: str
    name: str
    root: Path
    common: Path
    files: tuple[str, ...]

    @property
    def project(self) -> str:
        """The name of the project made from it, which no installed module has."""
        return f"corpus-{self.name.replace('.', '-').replace('_', '-').lower()}"

    def describe(self, target: Path) -> None:
        """Writes protoc's FileDescriptorSet of the files and of all that they import."""
        flags = [f"-I{self.root}", f"-I{self.common}", "--include_imports", f"--descriptor_set_out={target}"]
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *flags, *self.files], check=True)


def proto_packages(package: Package, root: Path, common: Path) -> list[ProtoPackage]:
    """Every proto package below `root` that defines a service, with all of its files."""
    files: dict[str, list[str]] = {}
    served = set()
    for path in sorted(root.rglob("*.proto")):
        text = path.read_text(encoding="utf-8")
        found = _PACKAGE.search(text)
        name = found[1] if found else ""
        files.setdefault(name, []).append(path.relative_to(root).as_posix())
        if _SERVICE.search(text):
            served.add(name)
    return [ProtoPackage(package.name, name, root, common, tuple(files[name])) for name in sorted(served)]
