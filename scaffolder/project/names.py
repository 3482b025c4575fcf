"""The name of a project and of its package, and the names neither may have."""

from __future__ import annotations

import keyword
import sys
from importlib.machinery import PathFinder
from pathlib import Path

from scaffolder.diagnostics import ScaffoldError, fail
from scaffolder.paths import WINDOWS_DEVICES

# What a generated service, its tests and its client import: a package of the same name would hide it.
DEPENDENCIES = frozenset(
    [
        "aiosqlite",
        "alembic",
        "asyncpg",
        "buf",
        "google",
        "grpc",
        "grpc_health",
        "grpc_reflection",
        "grpc_status",
        "grpc_tools",
        "httptools",
        "httpx2",
        "hypothesis",
        "kit",
        "mypy",
        "opentelemetry",
        "prometheus_client",
        "protovalidate",
        "pydantic",
        "pydantic_core",
        "pydantic_settings",
        "pytest",
        "pytest_asyncio",
        "ruff",
        "scaffolder",
        "sqlalchemy",
        "starlette",
        "structlog",
        "tests",
        "typing_extensions",
        "uvicorn",
        "uvloop",
        "yaml",
    ]
)


def package_name(name: str) -> str:
    """The package of a project name: `order-service` → `order_service`."""
    return name.replace("-", "_").lower()


def validate_project_name(name: str) -> str:
    """Returns the package name; raises a `ScaffoldError` with code `project-name` if `name` cannot be used."""
    package = package_name(name)
    if not name or name != name.strip() or not package.isidentifier() or not package.isascii():
        suggestion = _suggest(name)
        raise _refuse(
            name,
            "has to be letters, digits and dashes, and to begin with a letter",
            f"scaffold new {suggestion}" if suggestion else "a name such as order-service",
        )
    if package.startswith("_"):
        raise _refuse(
            name, "begins with a dash or an underscore", f"scaffold new {_suggest(name) or 'order-service'}"
        )
    if keyword.iskeyword(package):
        raise _refuse(name, f"becomes the package `{package}`, which is a Python keyword", _longer(name))
    if package in WINDOWS_DEVICES:
        raise _refuse(name, "is a device name on Windows, where no folder can have it", _longer(name))
    if package in sys.stdlib_module_names:
        raise _refuse(
            name, f"becomes the package `{package}`, which hides Python's own module", _longer(name)
        )
    if package in DEPENDENCIES:
        raise _refuse(
            name, f"becomes the package `{package}`, which hides one that the service imports", _longer(name)
        )
    if _is_installed(package):
        raise _refuse(
            name, f"becomes the package `{package}`, which hides an installed module", _longer(name)
        )
    return package


def _refuse(name: str, why: str, hint: str) -> ScaffoldError:
    return fail("project-name", f"the project name `{name}` {why}", hint)


def _longer(name: str) -> str:
    return f"scaffold new {name.lower()}-service"


def _suggest(name: str) -> str:
    """The nearest name that is possible: `Order Service!` → `order-service`; empty where none is near."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in name).lower().split()
    suggestion = "-".join(words)
    return suggestion.lstrip("0123456789-")


def _is_installed(package: str) -> bool:
    """Whether an import of `package` would find something, without importing it.

    The working directory does not count (the project may well be generated there), nor does a project that this
    tool generated and somebody installed: that is most likely an earlier version of the one asked for.
    """
    folders = [folder for folder in sys.path if folder and Path(folder) != Path.cwd()]
    spec = PathFinder.find_spec(package, folders)
    if spec is None:
        return False
    homes = [Path(location) for location in spec.submodule_search_locations or []]
    return not any(_is_generated(home) for home in homes)


def _is_generated(home: Path) -> bool:
    has_layout = (home / "kit" / "rpc.py").is_file() and (home / "gen").is_dir()
    return has_layout or any((parent / "scaffold.yaml").is_file() for parent in list(home.parents)[:2])
