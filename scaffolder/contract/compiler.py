"""grpcio-tools' protoc, called inside this process: arguments in, exit code and what it printed out.

The library prints through C's file descriptor 2, which is why that descriptor, and not `sys.stderr`, is led into a
file for the length of the call. Other threads' output to it would go there too: the tool has none.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_STDERR = 2


def run_protoc(arguments: Sequence[str]) -> tuple[int, str]:
    """Runs protoc; returns its exit code and its messages, undecodable bytes replaced."""
    from grpc_tools import _protoc_compiler  # 11 ms, and most commands do without

    with tempfile.TemporaryFile() as captured:
        with _stderr_into(captured.fileno()):
            code = _protoc_compiler.run_main([os.fsencode(argument) for argument in ("protoc", *arguments)])
        captured.seek(0)
        return code, captured.read().decode("utf-8", "replace").replace("\r\n", "\n")


@contextmanager
def _stderr_into(target: int) -> Iterator[None]:
    """Leads descriptor 2 into `target`, and back whatever happens; it may have been closed before."""
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()
    try:
        saved = os.dup(_STDERR)
    except OSError:
        saved = -1
    os.dup2(target, _STDERR)
    try:
        yield
    finally:
        if saved < 0:
            os.close(_STDERR)
        else:
            os.dup2(saved, _STDERR)
            os.close(saved)


def proto_paths(mappings: Iterable[tuple[str, Path]], scratch: Path) -> list[str]:
    """The --proto_path flags for (import name or folder, absolute path) pairs, in their order.

    protoc splits the flag at '=' and at the platform's path separator. The first is harmless because every flag
    carries one; a path with the second is reached through a link in `scratch`.
    """
    flags = []
    for number, (virtual, path) in enumerate(mappings):
        reachable = path
        if os.pathsep in str(path):
            reachable = scratch / f"include-{number}"
            reachable.symlink_to(path)
        flags.append(f"--proto_path={virtual}={reachable}")
    return flags
