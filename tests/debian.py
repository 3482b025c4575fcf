"""Debian's packages for tests that need a real server: unpacked into a folder of our own, nothing is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path


class Missing(Exception):
    """There is no such server; the message says what was tried."""


def unpacked(what: str, folder: Path, *packages: str) -> None:
    """The packages, with the libraries that are missing here, unpacked in `folder` by the first who asks.

    `what` is what messages call it. The folder can be read by the user that a server runs as. Raises Missing.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Missing(f"no {what} is installed, and there is no apt-get to fetch it with")
    if not folder.exists():
        with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as temporary:
            staged = Path(temporary) / "root"
            try:
                _fetch(packages, Path(temporary), staged)
            except (subprocess.SubprocessError, OSError) as error:
                said = getattr(error, "stderr", None) or str(error)
                raise Missing(
                    f"no {what} is installed, and apt-get cannot fetch it: {said[-300:]}"
                ) from error
            try:
                staged.rename(folder)
            except OSError:  # another process was faster
                if not folder.exists():
                    raise
    if folder.stat().st_uid != os.getuid():
        raise Missing(f"{folder} belongs to somebody else")


def libraries(folder: Path) -> tuple[Path, ...]:
    """Where the libraries are that were unpacked in `folder`."""
    return tuple(sorted({library.parent for library in folder.rglob("*.so.*")}))


def _fetch(packages: tuple[str, ...], archives: Path, target: Path) -> None:
    (archives / "partial").mkdir()
    command = ["apt-get", "install", "--yes", "--download-only", "--no-install-recommends", *packages]
    settings = (f"Dir::Cache::archives={archives}", "Debug::NoLocking=1", "APT::Sandbox::User=")
    options = [word for setting in settings for word in ("-o", setting)]
    subprocess.run([*command, *options], check=True, capture_output=True, text=True, timeout=300)
    target.mkdir(mode=0o755)
    for package in sorted(archives.glob("*.deb")):
        subprocess.run(["dpkg", "--extract", package, target], check=True, capture_output=True)
