"""Imports every module of a project in a process of its own: forked from one that has the libraries already.

Run as a program it reads the roots of projects from its input, a line each, and answers each with a line of JSON:
what went wrong, by module.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import json
import os
import subprocess
import sys
import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LIBRARIES = (
    "asyncio", "aiosqlite", "fastapi", "fastapi.testclient", "google.api.annotations_pb2", "google.protobuf.empty_pb2",
    "google.protobuf.field_mask_pb2", "google.protobuf.json_format", "google.protobuf.timestamp_pb2", "grpc",
    "grpc.aio", "grpc_health.v1.health_pb2_grpc", "grpc_reflection.v1alpha.reflection", "httpx", "httpx2",
    "prometheus_client", "pydantic_settings", "pytest", "sqlalchemy.ext.asyncio", "sqlalchemy.orm", "structlog",
    "uvicorn", "uvloop", "yaml",
)  # fmt: skip

PLACES = ("src", "clients/python/src", "tests")


class Importer:
    """The forking process, as its user sees it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )

    def failures(self, root: Path) -> Mapping[str, str]:
        """The modules of a project that cannot be imported, each with the last line of why."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{root}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the importing process died"
        found: dict[str, str] = json.loads(answer)
        return found

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)


@cache
def importer() -> Importer:
    """The one of this process."""
    return Importer()


_codes: dict[tuple[str, bytes], types.CodeType | str] = {}


def _compiled(path: str) -> types.CodeType | str:
    content = Path(path).read_bytes()
    key = path, content
    if key not in _codes:
        try:
            _codes[key] = compile(content, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            _codes[key] = str(error)
    return _codes[key]


def _modules(root: Path) -> dict[str, str]:
    """Names of modules with their paths; those that start the program are left out."""
    found = {}
    for place in PLACES:
        top = root / place if place != "tests" else root
        for parent, folders, names in os.walk(root / place):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
            for name in sorted(names):
                path = Path(parent, name)
                if name.endswith(".py") and name != "__main__.py":
                    parts = path.relative_to(top).with_suffix("").parts
                    found[".".join(part for part in parts if part != "__init__")] = str(path)
    return found


def _import_all(
    root: Path, modules: Mapping[str, str], codes: Mapping[str, types.CodeType | str]
) -> dict[str, str]:
    loader = importlib.machinery.SourceFileLoader
    compiled = loader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, name: str) -> types.CodeType | None:
        code = codes.get(self.path)
        return code if isinstance(code, types.CodeType) else compiled(self, name)

    loader.get_code = get_code  # type: ignore[method-assign,assignment]
    sys.path[:0] = [str(root / place) for place in PLACES[:2]] + [str(root)]
    sys.dont_write_bytecode = True
    failures = {}
    for name in modules:
        try:
            importlib.import_module(name)
        except BaseException as error:
            failures[name] = f"{type(error).__name__}: {error}"
    return failures


def _answer(root: Path) -> bytes:
    """What a forked process found."""
    modules = _modules(root)
    codes = {path: _compiled(path) for path in modules.values()}
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(2, 1)
        with os.fdopen(writing, "wb") as out:
            out.write(json.dumps(_import_all(root, modules, codes)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as result:
        answer = result.read()
    os.waitpid(child, 0)
    return answer or b'{"": "the process died"}'


def main() -> None:
    sys.path[:] = [
        path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent
    ]
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    out = os.dup(1)
    os.dup2(2, 1)
    for line in sys.stdin:
        os.write(out, _answer(Path(line.rstrip("\n"))) + b"\n")


if __name__ == "__main__":
    main()
