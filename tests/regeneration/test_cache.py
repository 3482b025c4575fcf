"""The feature `redis`: a cache comes with it, and goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .support import Workplace, new
from .test_database import PATH, STORED

pytestmark = pytest.mark.slow

PARTS = ("redis", "Cache(", "CacheConfig")
MINE = "        super().__init__()\n        self.mine = 1\n"


def mentioned(home: Workplace) -> set[str]:
    """What files that a cache needs are there, and what files speak of one."""
    files = [path for path in home.root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    own = [
        path
        for path in files
        if not {".scaffold", "configs"} & set(path.parts) and path.name != "scaffold.yaml"
    ]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in own]
    names = (
        "src/shop/kit/cache/server.py",
        "src/shop/data/note_cache.py",
        "tests/integration/test_note_cache.py",
    )
    there = {name for name in names if (home.root / name).exists()}
    return there | {part for part in PARTS if any(part in text for text in texts)}


def test_cache_comes_and_goes_with_the_feature(tmp_path: Path) -> None:
    """In a project whose wiring its owner has changed; without the feature nothing of it is left."""
    home = new("shop", STORED, tmp_path, PATH)
    assert mentioned(home) == set()
    home.edit("src/shop/wiring.py", "        super().__init__()\n", MINE)
    before = {path: home.read(path) for path in ("src/shop/wiring.py", "pyproject.toml", "compose.yaml")}

    home.edit("scaffold.yaml", "  - ci\n", "  - ci\n  - redis\n")
    home.generate()

    assert len(mentioned(home)) == 3 + len(PARTS)
    assert "CachedNoteRepository(SqlNoteRepository(self.database), self.cache)" in home.read(
        "src/shop/wiring.py"
    )
    assert MINE in home.read("src/shop/wiring.py")
    home.is_clean()

    home.edit("scaffold.yaml", "  - redis\n", "")
    home.generate()

    assert mentioned(home) == set()
    assert {path: home.read(path) for path in before} == before
    home.project.run("mypy")
