"""A real server on free ports, with a database of its own."""

import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from library_service.config import Config
from library_service.data import Base
from library_service.kit.database import DatabaseConfig
from library_service.kit.grpc_server import GrpcConfig
from library_service.kit.http.server import HttpConfig
from library_service.kit.lifecycle import serving
from library_service.transport.grpc import grpc_server
from library_service.transport.http import http_server
from library_service.wiring import Container


@dataclass(frozen=True)
class Server:
    """Where the server of a test listens."""

    grpc: str
    http: str


@pytest.fixture
async def database_url(tmp_path: Path) -> AsyncIterator[str]:
    """An empty database for one test: a file, or one on the server that TEST_DATABASE_URL names.

    Its user has to be allowed to create databases; the one that the URL names is left alone.
    """
    server = os.environ.get("TEST_DATABASE_URL")
    if server is None:
        yield f"sqlite+aiosqlite:///{tmp_path}/test.db"
        return
    name = f"test_{uuid.uuid4().hex}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()


@pytest.fixture
def config(database_url: str) -> Config:
    return Config(
        grpc=GrpcConfig(host="127.0.0.1", port=0),
        http=HttpConfig(host="127.0.0.1", port=0),
        database=DatabaseConfig(url=database_url, at_start="ignore"),
    )


@pytest.fixture
async def container(config: Config) -> AsyncIterator[Container]:
    """With the tables of the models; tests/integration/test_migrations.py shows that migrations make the same."""
    container = Container(config)
    await container.database.create_tables(Base.metadata)
    yield container
    await container.close()


@pytest.fixture
async def server(container: Container) -> AsyncIterator[Server]:
    grpc, http = grpc_server(container), http_server(container)
    async with serving(container, [grpc, http]):
        yield Server(grpc=f"127.0.0.1:{grpc.port}", http=f"http://127.0.0.1:{http.port}")
