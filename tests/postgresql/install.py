"""Where PostgreSQL's programs are: installed, or unpacked from Debian's packages."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.debian import Missing, libraries, unpacked

_INSTALLED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
_UNPACKED = Path("/var/tmp") / f"scaffold-postgresql-{os.getuid()}"


@dataclass(frozen=True, slots=True)
class Programs:
    """`bin` holds initdb and postgres; `libraries` what they need that the system does not have."""

    bin: Path
    libraries: tuple[Path, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        found = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        if self.libraries:
            found["LD_LIBRARY_PATH"] = os.pathsep.join(map(str, self.libraries))
        return found


@cache
def programs() -> Programs:
    """Raises Missing."""
    found = [path for pattern in _INSTALLED for path in Path("/").glob(pattern[1:]) if _complete(path)]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    if found:
        return Programs(max(found, key=_version))
    return _unpacked(_UNPACKED)


def _complete(folder: Path) -> bool:
    return (folder / "initdb").exists() and (folder / "postgres").exists()


def _version(folder: Path) -> int:
    return max(map(int, re.findall(r"\d+", str(folder))), default=0)


def _unpacked(folder: Path) -> Programs:
    unpacked("PostgreSQL", folder, "postgresql")
    found = [path for path in folder.glob("usr/lib/postgresql/*/bin") if _complete(path)]
    if not found:
        raise Missing(f"{folder} holds no PostgreSQL; remove it to have it fetched again")
    return Programs(max(found, key=_version), libraries(folder))
