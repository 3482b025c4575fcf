"""The contracts that whole projects are made from: our samples, and some that nobody here wrote.

Foreign contracts come out of installed packages, or out of npm's while the tests run; none is committed.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.generated.proto_text import proto_text

SAMPLES = Path(__file__).resolve().parents[2] / "sample_protos"

PROTOS = Path(__file__).resolve().parent / "protos"


@dataclass(frozen=True)
class Source:
    """Contract files and include folders for `scaffold new`; `names` are those that imports use."""

    protos: tuple[Path, ...]
    include: tuple[Path, ...]


def sample(*names: str) -> Callable[[Path], Source]:
    return lambda folder: Source(tuple(SAMPLES / name for name in names), (SAMPLES,))


def own(name: str) -> Callable[[Path], Source]:
    """A contract written for these tests: `corners` has every kind of field and many hard names."""
    return lambda folder: Source((PROTOS / name,), (PROTOS,))


def longrunning(folder: Path) -> Source:
    """google/longrunning/operations.proto; its wheel carries it as operations_proto.proto."""
    [package] = importlib.import_module("google.longrunning").__path__
    target = folder / "google/longrunning/operations.proto"
    target.parent.mkdir(parents=True)
    shutil.copyfile(Path(package) / "operations_proto.proto", target)
    return Source((target,), (folder,))


def health(folder: Path) -> Source:
    """grpc/health/v1/health.proto, written out from the descriptor that its wheel carries."""
    from grpc_health.v1 import health_pb2

    target = folder / "grpc/health/v1/health.proto"
    target.parent.mkdir(parents=True)
    target.write_text(proto_text(health_pb2.DESCRIPTOR), encoding="utf-8")
    return Source((target,), (folder,))


def pubsub(folder: Path) -> Source:
    """google/pubsub/v1/*.proto out of the npm package @google-cloud/pubsub."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so the contracts of @google-cloud/pubsub cannot be fetched")
    folder.mkdir(parents=True)
    packed = subprocess.run(
        [npm, "pack", "@google-cloud/pubsub", "--silent"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if packed.returncode:
        pytest.skip(f"npm could not fetch @google-cloud/pubsub: {packed.stderr.strip()[-300:]}")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    root = next(folder.rglob("google/pubsub/v1/pubsub.proto")).parents[3]
    return Source((root / "google/pubsub/v1",), (root,))


CONTRACTS: dict[str, Callable[[Path], Source]] = {
    "hello": sample("hello/v1/hello.proto"),
    "library": sample("library/v1/library.proto"),
    "order": sample("order/v1/order.proto"),
    "tracking": sample("acme/logistics/tracking/v1/tracking_service.proto"),
    "corners": own("corners/v1/corners.proto"),
    "store": own("store/v1/store.proto"),
    "legacy": own("legacy/legacy-file.v2.proto"),
    "failing": own("failing/v1/failing.proto"),
    "kratos": own("kratos/v1/user.proto"),
    "cupboards": own("cupboards/v1/cupboards.proto"),
    "shelves": own("shelves/v1/shelves.proto"),
    "articles": own("articles/v1/articles.proto"),
    "archive": own("archive/v1/archive.proto"),
    "values": own("values/v1/values.proto"),
    "loose": own("loose/v1/loose.proto"),
    "present": own("present/v1/present.proto"),
    "gaps": own("gaps/v1/gaps.proto"),
    "campus": own("campus/v1/campus.proto"),
    "together": sample("hello/v1", "library/v1", "order/v1"),
    "longrunning": longrunning,
    "health": health,
    "pubsub": pubsub,
}
