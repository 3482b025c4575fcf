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

from scaffolder.diagnostics import fail
from scaffolder.paths import shown

_STDERR = 2

_APART = """
import json, os, sys
from grpc_tools import _protoc_compiler
arguments = ("protoc", *json.load(sys.stdin))
sys.exit(_protoc_compiler.run_main([os.fsencode(each) for each in arguments]))
"""


def run_protoc(arguments: Sequence[str]) -> tuple[int, str]:
    """Runs protoc; returns its exit code and its messages, undecodable bytes replaced."""
    from grpc_tools import _protoc_compiler  # 11 ms, and most commands do without

    with tempfile.TemporaryFile() as captured:
        with _stderr_into(captured.fileno()):
            code = _protoc_compiler.run_main([os.fsencode(argument) for argument in ("protoc", *arguments)])
        captured.seek(0)
        return code, captured.read().decode("utf-8", "replace").replace("\r\n", "\n")


def run_protoc_apart(arguments: Sequence[str]) -> tuple[int, str]:
    """`run_protoc` in another process, for contracts at which protoc may abort; then the code is neither 0 nor 1."""
    import json
    import subprocess

    done = subprocess.run(
        [sys.executable, "-P", "-c", _APART],
        input=json.dumps(list(arguments)).encode(),
        stderr=subprocess.PIPE,
        check=False,
    )
    return done.returncode, done.stderr.decode("utf-8", "replace").replace("\r\n", "\n")


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
    for virtual, path in mappings:
        reachable = path
        if os.pathsep in str(path):
            reachable = scratch / f"include-{len(os.listdir(scratch))}"
            try:
                reachable.symlink_to(path)
            except OSError as error:
                message = f"protoc cannot search {shown(path)}, whose path holds '{os.pathsep}'"
                raise fail("include-path", message, "rename that directory") from error
        flags.append(f"--proto_path={virtual}={reachable}")
    return flags
