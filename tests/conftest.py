"""What holds for every test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgresql.fixtures import *  # noqa: F403  (every test may have a database)
from tests.redis_server import own_redis, redis_url  # noqa: F401

# A loaded machine is no failure: no test here is timed. The same code is given the same examples, so that a change is
# judged by what it changed; `make fuzz` goes on with others.
settings.register_profile("scaffold", deadline=None, derandomize=True)
settings.register_profile("random", deadline=None)
settings.load_profile("scaffold")

REPOSITORYS_TYPES = Path(__file__).parents[1] / ".mypy_cache"


@pytest.fixture(autouse=True)
def same_folder() -> Iterator[None]:
    """A test that changes the working directory, as `-C` does, changes it for nobody else."""
    before = os.getcwd()
    yield
    os.chdir(before)


@pytest.fixture(scope="session", autouse=True)
def known_types(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What mypy knows of the packages that projects use, so that it reads them once for all projects of a worker, or
    not at all where `make types` did; what does not fit any more mypy sees by itself.
    """
    folder = tmp_path_factory.mktemp("mypy")
    if REPOSITORYS_TYPES.is_dir():
        with suppress(shutil.Error):  # of what another mypy removed meanwhile
            shutil.copytree(REPOSITORYS_TYPES, folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYPY_CACHE_DIR", str(folder))
        yield
