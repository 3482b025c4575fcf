"""The hello repositories on a real database."""

from __future__ import annotations

import pytest

from hello_service.biz.hello import HelloRepository
from hello_service.data import Base
from hello_service.wiring import Container


@pytest.fixture
async def hello_repository(container: Container) -> HelloRepository:
    await container.database.create_tables(Base.metadata)
    return container.hello_repository


async def test_hello_repository_reaches_its_database(
    container: Container, hello_repository: HelloRepository
) -> None:
    await container.database.check()
