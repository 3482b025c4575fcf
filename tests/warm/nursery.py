"""`python nursery.py SOCKET`: imports what services and their migrations use, and forks itself for whoever connects."""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any

PACKAGES = (
    "aiosqlite",
    "alembic.autogenerate",
    "alembic.command",
    "alembic.config",
    "alembic.context",
    "alembic.operations",
    "asyncpg",
    "google.api.annotations_pb2",
    "google.protobuf.json_format",
    "google.rpc.error_details_pb2",
    "google.rpc.status_pb2",
    "grpc.aio",
    "grpc_health.v1.health_pb2_grpc",
    "grpc_reflection.v1alpha.reflection",
    "httptools",
    "orjson",
    "prometheus_client",
    "protovalidate",
    "pydantic_settings",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "sqlalchemy.ext.asyncio",
    "structlog",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "yaml",
)
"""Those that a start spends its time on; what is missing here, or is not installed, is imported later."""

_OF_EACH = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}  # variables that `run` heeds


def main() -> None:
    for name in PACKAGES:
        with suppress(ImportError):
            importlib.import_module(name)
    assert len(os.listdir("/proc/self/task")) == 1, "a process with threads cannot be forked"
    gc.collect()
    gc.freeze()  # or the first collection of each child would copy all pages
    own = _interpreter(os.environ)
    run(serve(sys.argv[1]), own)


def serve(address: str) -> Any:
    """Returns in forked processes alone, with what they are to run; ends with the standard input."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        print("ready", flush=True)
        while True:
            readable, _, _ = select.select([listener.fileno(), 0], [], [])
            with suppress(ChildProcessError):  # of earlier ones that have ended
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            if 0 in readable:
                os._exit(0)
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                return supervised(connection)
            connection.close()


def supervised(connection: socket.socket) -> Any:
    """Forks once more: the child returns, and the parent passes signals to it, tells its exit code and ends."""
    size, files, _, _ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as stream:
        request = json.loads(stream.read(int.from_bytes(size, "big")))
    child = os.fork()
    if child == 0:
        connection.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        return request
    for file in (0, 1, 2, *files):
        os.close(file)
    threading.Thread(target=pass_signals, args=(connection, child), daemon=True).start()
    _, status = os.waitpid(child, 0)
    with suppress(OSError):
        connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def pass_signals(connection: socket.socket, child: int) -> None:
    while received := connection.recv(1):
        os.kill(child, received[0])
    os.kill(child, signal.SIGKILL)  # whoever wanted it is gone


def run(request: Any, own: dict[str, str]) -> None:
    """What `python -m MODULE` or `python SCRIPT` would do."""
    environment, (first, *rest) = request["environment"], request["arguments"]
    os.chdir(request["folder"])
    if _interpreter(environment) != own:  # PYTHONHASHSEED and the like are for an interpreter that starts
        os.execve(sys.executable, [sys.executable, *request["arguments"]], environment)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    paths = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    if first == "-m":
        sys.path[:0] = [os.getcwd(), *paths]
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.path[:0] = [os.path.dirname(os.path.abspath(first)), *paths]
        sys.argv = [first, *rest]
        runpy.run_path(first, run_name="__main__")


def _interpreter(environment: Any) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith("PYTHON") and name not in _OF_EACH
    }


if __name__ == "__main__":
    main()
