"""The contracts that a change is compared with: a commit's, a folder's, or those of a descriptor set."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scaffolder import project as projects
from scaffolder.contract import builder, image, wellknown
from scaffolder.contract.model import Contract
from scaffolder.contract.protoc import compile_contract, locate
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail
from scaffolder.paths import shown
from scaffolder.project import Project
from scaffolder.workspace.history import Repository

HEAD = "HEAD"


@dataclass(frozen=True, slots=True)
class Past:
    """`label` is what it is called; `contract` is its model and `own` the import names of what belongs to it."""

    label: str
    contract: Contract
    own: tuple[str, ...]

    def image(self, checked: frozenset[str]) -> bytes:
        """buf's image of it, in which all but the files `checked` are imports."""
        return image.image(self.contract.descriptor_set, checked)


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to compare with, and `why` says so in words."""

    why: str


def read(project: Project, against: str) -> Past | Nothing:
    """What `against` names: a branch, tag or commit; else a folder, or a file with a FileDescriptorSet.

    "" is the last commit. A path that a branch is called like is written with a dot and a slash: ``./main``.
    """
    path = Path(against)
    if against and (path.is_absolute() or against.startswith((".", "~")) or path.is_file()):
        return _of_path(path.expanduser())
    try:
        repository = Repository.of(project.root)
    except ScaffoldError:
        if path.is_dir() and against:
            return _of_path(path)
        raise
    commit = repository.find_commit(against or HEAD)
    if commit:
        return _of_commit(project, repository, commit, against or HEAD)
    if path.is_dir() and against:
        return _of_path(path)
    if against in ("", HEAD) and not repository.has_commits:
        return Nothing("nothing was committed yet")
    raise repository.unknown(against)


def _of_commit(project: Project, repository: Repository, commit: str, label: str) -> Past | Nothing:
    """The contracts that scaffold.yaml listed in a commit.

    A folder outside of the repository is searched as it is now, and so is what git does not keep: vendored contracts.
    """
    prefix = os.path.relpath(os.path.realpath(project.root), repository.top).replace(os.sep, "/")
    config = repository.read(commit, f"{prefix}/{projects.FILE}".removeprefix("./"))
    if config is None:
        return Nothing(f"there is no {projects.FILE} at {label} yet")
    with tempfile.TemporaryDirectory(prefix="scaffold-") as directory, _labelled(directory, label):
        top = Path(os.path.realpath(directory))
        old = projects.parse(config.decode("utf-8", "replace").removeprefix("\ufeff"), top / prefix)
        inside = [path for each in old.proto_paths if (path := _inside(prefix, each))]
        repository.export(commit, inside, ".proto", top)
        roots = [
            top / path if (path := _inside(prefix, each)) else project.root / each for each in old.proto_paths
        ]
        if not old.contracts:
            return Nothing(f"{projects.FILE} lists no contracts at {label}")
        roots = [root for root in (*roots, *project.roots) if root.is_dir()]
        return _compiled(label, list(old.contracts), roots, within=top)


def _inside(prefix: str, path: str) -> str:
    """A folder relative to the top of the repository, "" where it is outside."""
    joined = os.path.normpath(f"{prefix}/{path}").replace(os.sep, "/")
    return "" if os.path.isabs(path) or joined.split("/")[0] == ".." else joined


def _of_path(path: Path) -> Past | Nothing:
    label = shown(path)
    if path.is_file():
        return _of_descriptor_set(path, label)
    if not path.is_dir():
        hint = "name a branch, a tag, a commit, a folder, or a file that `buf build -o` wrote"
        raise fail("against", "there is no such file or folder", hint, Location(label))
    if (path / projects.FILE).is_file():
        old = projects.read(path)
        if not old.contracts:
            return Nothing(f"{label}/{projects.FILE} lists no contracts")
        return _compiled(label, list(old.contracts), list(old.roots), within=path.absolute())
    found = locate([path], [])
    roots = list(dict.fromkeys(root for root, _ in found))
    return _compiled(label, [name for _, name in found], roots, within=path.absolute())


def _of_descriptor_set(path: Path, label: str) -> Past:
    """What `buf build -o X.binpb` or `protoc --include_imports --descriptor_set_out` wrote."""
    from google.protobuf.message import DecodeError

    from scaffolder.contract.options import plain_parser

    content = path.read_bytes()
    try:
        files = plain_parser()(content).file
    except DecodeError as error:
        hint = "make one with `buf build -o X.binpb` or `protoc --include_imports --descriptor_set_out=X`"
        raise fail("against", "is no FileDescriptorSet", hint, Location(label)) from error
    own = tuple(file.name for file in files if not _is_installed(file.name))
    known = {file.name for file in files}
    missing = sorted({name for file in files for name in file.dependency} - known)
    if missing or not own:
        message = f"is without what it imports: {', '.join(missing)}" if missing else "holds no contract"
        hint = "make it with `buf build -o X.binpb`, or give protoc --include_imports"
        raise fail("against", message, hint, Location(label))
    return Past(label, builder.build(content, own, []), own)


def _compiled(label: str, names: list[str], roots: list[Path], within: Path) -> Past:
    descriptor_set = compile_contract(names, roots)
    contract = builder.build(descriptor_set, names, roots)
    beside = [root for root in roots if str(root).startswith(str(within))]
    own = tuple(
        file.name
        for file in contract.files
        if file.name in names or any((root / file.name).is_file() for root in beside)
    )
    return Past(label, contract, own)


def _is_installed(name: str) -> bool:
    return bool(wellknown.provider(name)) or name == wellknown.VALIDATE or name.startswith("google/protobuf/")


@contextmanager
def _labelled(directory: str, label: str) -> Iterator[None]:
    """Calls files in the temporary folder by what they are: `main:api/order/v1/order.proto`."""
    try:
        yield
    except ScaffoldError as error:
        real = os.path.realpath(directory)
        raise ScaffoldError([_relabelled(item, real, label) for item in error.diagnostics]) from error


def _relabelled(item: Diagnostic, directory: str, label: str) -> Diagnostic:
    prefix = f"{directory}/".replace(os.sep, "/")
    place = item.location
    if place and place.path.startswith(prefix):
        place = replace(place, path=f"{label}:{place.path.removeprefix(prefix)}")
    message = item.message.replace(prefix, f"{label}:")
    hint = f"this is the contract as it was; compare with a commit in which it compiles. {item.hint}".strip()
    return replace(item, message=message, hint=hint, location=place)
