"""configs/config.yaml, read by the runtime that a service reads it with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic_settings import SettingsConfigDict

from kit.cache import CacheConfig
from kit.config import Settings, load
from kit.database import DatabaseConfig
from kit.grpc_server import GrpcConfig
from kit.http.server import HttpConfig
from kit.lifecycle import ShutdownConfig
from kit.logs import LogConfig

from .shapes import SHAPES

Rendered = Callable[[str], Path]


def settings(prefix: str, *, database: bool = True, cache: bool = False) -> type[Settings]:
    """A service's configuration; every section is required, so that the file has to hold it."""

    class Config(Settings):
        model_config = SettingsConfigDict(env_prefix=prefix)

        grpc: GrpcConfig
        http: HttpConfig
        log: LogConfig
        shutdown: ShutdownConfig

    class Storing(Config):
        database: DatabaseConfig

    class Caching(Storing):
        cache: CacheConfig

    return Caching if cache else Storing if database else Config


@pytest.mark.parametrize("shape", SHAPES)
def test_the_runtime_accepts_the_file(rendered: Rendered, shape: str) -> None:
    """Every key and unit of the file is one that the runtime knows, and the ports are the project's."""
    project = SHAPES[shape]["project"]
    known = settings(project["env_prefix"], database=project["database"], cache=project["caches"])
    read = load(known, rendered(shape) / "configs/config.yaml").model_dump()

    assert {name: read[name]["port"] for name in ("grpc", "http")} == project["ports"]
    if project["database"]:
        assert read["database"]["url"] == f"sqlite+aiosqlite:///var/{project['package']}.db"


def test_the_file_says_how_to_override_it(rendered: Rendered, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable that the file's first line shows works."""
    path = rendered("resource") / "configs/config.yaml"
    name, _, value = path.read_text("utf-8").splitlines()[0].rpartition(" ")[2].rstrip(".").partition("=")
    monkeypatch.setenv(name, value)

    read = load(settings("ORDER_SERVICE_"), path).model_dump()

    assert read["grpc"]["port"] == int(value) != SHAPES["resource"]["project"]["ports"]["grpc"]


@pytest.mark.parametrize("section", [GrpcConfig, HttpConfig, DatabaseConfig, LogConfig, ShutdownConfig])
def test_the_file_differs_from_the_defaults_in_the_database_only(rendered: Rendered, section: type) -> None:
    """A service that finds no file runs as one that does, but for where it keeps its data."""
    name = section.__name__.removesuffix("Config").lower()
    read = getattr(load(settings("ORDER_SERVICE_"), rendered("resource") / "configs/config.yaml"), name)
    assert section is DatabaseConfig or read == section()
