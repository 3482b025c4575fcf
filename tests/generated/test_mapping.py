"""The generated mapping between messages and domain types loses nothing, in either direction."""

from pathlib import Path

import pytest

from .conftest import Made

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parent / "round_trip.py"
MESSAGES = {
    "corners": ("corner", "corners.v1.corners_pb2", "Everything", "everything"),
    "library": ("book", "library.v1.library_pb2", "Book", "book"),
    "values": ("price", "values.v1.values_pb2", "Price", "price"),
    "legacy": ("legacy", "legacy.legacy_file.v2_pb2", "Legacy", "legacy"),
}


@pytest.mark.parametrize("made", sorted(MESSAGES), indirect=True)
def test_random_messages_survive(made: Made) -> None:
    noun, module, message, stem = MESSAGES[made.project.root.name.removesuffix("-service")]
    package = made.project.package
    code, target = f"{package}.service.{noun}_mapping", f"{package}.gen.{module}"
    result = made.project.run_script(SCRIPT, code, target, message, stem, "300")
    assert result.stdout.strip() == "300"
