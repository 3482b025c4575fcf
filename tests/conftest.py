"""What holds for every test."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def same_folder() -> Iterator[None]:
    """A test that changes the working directory, as `-C` does, changes it for nobody else."""
    before = os.getcwd()
    yield
    os.chdir(before)
