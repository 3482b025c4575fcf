"""What the Python of a contract file depends on, as a hash: the file, all that it imports, and who writes it.

protoc's modules and mypy-protobuf's stubs name what other files declare, so every file of the closure counts, as a
whole: one more comment in an imported file costs a run of both, which nobody will notice.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

_OWN = (
    "stubs.py",
    "safe_types.py",
    "source_info.py",
    "options.py",
)  # what is done before and behind the other two


def closures(files: Iterable[FileDescriptorProto]) -> dict[str, frozenset[str]]:
    """For every file's name the names of all of `files` that it imports, in whichever way, and its own."""
    # `import option` came with edition 2024, later than the oldest protobuf that is supported.
    imports = {file.name: [*file.dependency, *getattr(file, "option_dependency", ())] for file in files}
    found = {}
    for name in imports:
        reached, pending = {name}, [name]
        while pending:
            new = [each for each in imports[pending.pop()] if each in imports and each not in reached]
            reached.update(new)
            pending += new
        found[name] = frozenset(reached)
    return found


def keys(
    files: Iterable[FileDescriptorProto], names: Collection[str], needed: Mapping[str, Iterable[str]]
) -> dict[str, bytes]:
    """The hash for each file of `names`; nothing where it cannot be told which tools would run.

    `files` are as protoc made them, comments included; `needed` are their closures.
    """
    tools = _tools()
    if not tools:
        return {}
    hashes = {file.name: sha256(file.SerializeToString()).digest() for file in files}
    start = sha256(repr(tools).encode())
    found = {}
    for name in names:
        key = start.copy()
        key.update(hashes[name])
        for each in sorted(needed[name]):
            key.update(hashes[each])
        found[name] = key.digest()
    return found


@cache
def _tools() -> tuple[object, ...]:
    """What tells these tools from others. Importing them takes longer than the work that is saved for a small contract.

    mypy-protobuf asks Python whether a comment can stand in a string, hence Python's version. Empty where a file
    cannot be read, as in a zipped application.
    """
    from google import protobuf

    try:
        compiler = _origin("grpc_tools._protoc_compiler")
        status = os.stat(compiler)
        plugin = [Path(_origin(f"mypy_protobuf.{name}")) for name in ("main", "extensions_pb2")]
        own = [Path(__file__).with_name(name) for name in _OWN]
        texts = [sha256(path.read_bytes()).hexdigest() for path in (*plugin, *own)]
    except (OSError, ImportError, ValueError):
        return ()
    size_and_times = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return (sys.version, protobuf.__version__, compiler, *size_and_times, *texts)


def _origin(module: str) -> str:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return spec.origin
