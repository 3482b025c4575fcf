"""Paths of a command line into the names by which protoc's imports know them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scaffolder.contract import wellknown
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError
from scaffolder.paths import is_below, shown

_COMMENT_OR_STRING = re.compile(rb"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_PACKAGE = re.compile(rb"(?:^|[;}\s]|\xef\xbb\xbf)package\s+([A-Za-z_][\w.\s]*?)\s*;")

Located = tuple[Path, str]


def locate(paths: Sequence[Path], include: Sequence[Path]) -> list[Located]:
    """(root, import name) for each contract in `paths`: files, or directories for every .proto below them.

    The name is relative to the first directory of `include` that holds the file; else to the folder above the
    package's folders (``order/v1/order.proto`` of package ``order.v1``); else to the directory that was given, or
    the file's own. Roots are absolute. A file that is reached twice is listed once.

    Raises:
        ScaffoldError: a path that does not exist or is no contract, a directory without one or that may not be
            read, two files that imports could not tell apart.
    """
    problems = [
        _problem("include-unreadable", each, "this directory may not be read", "check who owns it")
        for each in include
        if each.is_dir() and not os.access(each, os.R_OK | os.X_OK)
    ]
    if problems:
        raise ScaffoldError(problems)
    located: dict[str, Located] = {}
    absolute = [Path(os.path.abspath(directory)) for directory in include]
    for path in paths:
        for file, base in _contracts(path, problems):
            identity = os.path.realpath(file)
            if identity not in located:
                located[identity] = _named(file, Path(identity), base, absolute)
    found = list(located.values())
    problems += _ambiguous(found, absolute)
    if problems:
        raise ScaffoldError(problems)
    unique: dict[str, Located] = {}
    for each in found:
        unique.setdefault(each[1], each)
    return list(unique.values())


def _contracts(path: Path, problems: list[Diagnostic]) -> Iterator[tuple[Path, Path]]:
    """The contracts that one argument names, each with the directory it is relative to if nothing else says so."""
    absolute = Path(os.path.abspath(path))
    if absolute.is_dir():
        below = sorted(_below(absolute))
        if not below:
            problems.append(
                _problem("no-contracts", path, "no .proto file in this directory", "name another one")
            )
        for file in below:
            if file.exists():
                yield file, absolute
            else:
                problems.append(
                    _problem("contract-not-found", file, "this link leads nowhere", "mend or delete the link")
                )
    elif not absolute.exists():
        problems.append(
            _problem("contract-not-found", path, "there is no such file or directory", "mend the path")
        )
    elif absolute.suffix != ".proto" or not absolute.is_file():
        what = "a contract's name ends in .proto" if absolute.is_file() else "this is no file"
        problems.append(_problem("not-a-contract", path, what, "name a .proto file"))
    else:
        yield absolute, absolute.parent


def _below(directory: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (
            file for name in names if name.endswith(".proto") and not _is_device(file := Path(parent, name))
        )


def _is_device(path: Path) -> bool:
    """Whether the path leads to a pipe or the like, which reading would wait for."""
    return path.exists() and not path.is_file()


def _named(file: Path, real: Path, base: Path, include: Sequence[Path]) -> Located:
    packaged = wellknown.packaged_name(file)
    if packaged:  # found by its mapping: the root only has to be one that makes nothing else visible
        return file.parent, packaged
    for directory in include:
        if is_below(file, directory):
            return directory, file.relative_to(directory).as_posix()
        resolved = Path(os.path.realpath(directory))
        if is_below(real, resolved):
            return directory, real.relative_to(resolved).as_posix()
    folders = package_of(file).split(".")
    parents = file.parent.parts
    if folders != [""] and parents[-len(folders) :] == tuple(folders):
        root = file.parents[len(folders)]
        return root, file.relative_to(root).as_posix()
    return base, file.relative_to(base).as_posix()


def package_of(file: Path) -> str:
    """The package that a contract declares, "" where it declares none; a mere guess if the file is malformed."""
    try:
        text = _COMMENT_OR_STRING.sub(b" ", file.read_bytes())
    except OSError:  # protoc says what is wrong with it
        return ""
    match = _PACKAGE.search(text)
    return "".join(match[1].decode("ascii", "replace").split()) if match else ""


def _ambiguous(located: Sequence[Located], include: Sequence[Path]) -> Iterator[Diagnostic]:
    """Contracts whose name another directory of the run also has, with other contents; each pair once."""
    roots = list(dict.fromkeys([*include, *(root for root, _ in located)]))
    seen: set[Path] = set()
    for root, name in located:
        file = root / name
        others = [other for other in _others(roots, root, name) if other not in seen]
        seen.update([file, *others])
        for other in others:
            yield Diagnostic(
                "ambiguous-contract",
                f'the import "{name}" could mean this file or {shown(other)}',
                "give -I a directory above both, or generate them in separate projects",
                Location(shown(file)),
            )


def _others(roots: Iterable[Path], own: Path, name: str) -> Iterator[Path]:
    file = own / name
    for root in roots:
        other = root / name
        if root != own and other.is_file() and file.is_file() and other.read_bytes() != file.read_bytes():
            yield other


def _problem(code: str, path: Path, message: str, hint: str) -> Diagnostic:
    return Diagnostic(code, message, hint, Location(shown(path)))
