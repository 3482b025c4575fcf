"""What holds for every test."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.postgresql.fixtures import *  # noqa: F403  (every test may have a database)
from tests.redis_server import own_redis, redis_url  # noqa: F401

# A loaded machine is no failure: no test here is timed.
settings.register_profile("scaffold", deadline=None)
settings.load_profile("scaffold")


@pytest.fixture(autouse=True)
def same_folder() -> Iterator[None]:
    """A test that changes the working directory, as `-C` does, changes it for nobody else."""
    before = os.getcwd()
    yield
    os.chdir(before)
