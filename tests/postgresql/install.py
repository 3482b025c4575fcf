"""Where PostgreSQL's programs are: installed, or unpacked from Debian's packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_INSTALLED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
_UNPACKED = (
    Path("/var/tmp") / f"scaffold-postgresql-{os.getuid()}"
)  # readable by the user that it will run as


class Missing(Exception):
    """There is no PostgreSQL; the message says what was tried."""


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
    """Debian's packages, with the libraries that are missing here, unpacked below `folder` by the first who asks."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Missing("no PostgreSQL is installed, and there is no apt-get to fetch it with")
    if not folder.exists():
        with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as temporary:
            staged = Path(temporary) / "root"
            _fetch(Path(temporary), staged)
            Path(temporary).chmod(0o755)
            try:
                staged.rename(folder)
            except OSError:  # another process was faster
                if not folder.exists():
                    raise
    if folder.stat().st_uid != os.getuid():
        raise Missing(f"{folder} belongs to somebody else")
    found = [path for path in folder.glob("usr/lib/postgresql/*/bin") if _complete(path)]
    if not found:
        raise Missing(f"{folder} holds no PostgreSQL; remove it to have it fetched again")
    return Programs(max(found, key=_version), tuple(sorted({lib.parent for lib in folder.rglob("*.so.*")})))


def _fetch(archives: Path, target: Path) -> None:
    (archives / "partial").mkdir()
    command = ["apt-get", "install", "--yes", "--download-only", "--no-install-recommends", "postgresql"]
    options = [
        "-o",
        f"Dir::Cache::archives={archives}",
        "-o",
        "Debug::NoLocking=1",
        "-o",
        "APT::Sandbox::User=",
    ]
    try:
        subprocess.run([*command, *options], check=True, capture_output=True, text=True, timeout=300)
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise Missing(f"no PostgreSQL is installed, and apt-get cannot fetch it: {said[-300:]}") from error
    target.mkdir(mode=0o755)
    for package in sorted(archives.glob("*.deb")):
        subprocess.run(["dpkg", "--extract", package, target], check=True, capture_output=True)
