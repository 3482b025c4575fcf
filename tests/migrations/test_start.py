"""What a service does at its start with a database that is empty, stale, newer, from before, busy or torn."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.generated.projects import Project, free_port
from tests.migrations.workshop import Workshop, workshop
from tests.regeneration.support import Workplace

pytestmark = pytest.mark.slow

SUBTITLE = ("int32 pages = 4;", "int32 pages = 4;\n  string subtitle = 5;")
ROWS = (
    "INSERT INTO shelves (name, theme) VALUES ('shelves/1', '')",
    "INSERT INTO books (name, title, isbn, pages, parent) VALUES ('b', 't', '', 1, 'shelves/1')",
)
START = """
import asyncio, sys
from demo.config import Config
from demo.kit import logs
from demo.kit.config import load
from demo.kit.lifecycle import run
from demo.wiring import Container

class Stop:
    async def start(self): raise OSError("started")
    async def stop(self, grace): ...

config = load(Config, None)
logs.configure(config.log)
run(Container(config), [Stop()])
"""
STARTED = 1
"""The exit code of a service that came as far as its servers, which end it here."""


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two revisions."""
    made = workshop(tmp_path_factory.mktemp("library"))
    made.contract(SUBTITLE)
    made.place.generate()
    made.place.write("start.py", START)
    return made.root


@pytest.fixture
def shop(untouched: Path, tmp_path: Path, database_url: str) -> Workshop:
    shutil.copytree(untouched, tmp_path / "demo")
    return Workshop(Workplace(Project(tmp_path / "demo", "demo")), database_url)


def start(shop: Workshop, code: int = STARTED, mode: str = "migrate") -> str:
    output = shop.run(
        "start", code=code, DEMO_DATABASE__AT_START=mode, PYTHONPATH=f"{shop.root}/src:{shop.root}"
    )
    assert "Traceback" not in output, output
    assert "setup plugin" not in output, output
    assert "Context impl" not in output and "transactional DDL" not in output, output
    return output


def heads(shop: Workshop) -> list[tuple[str]]:
    return shop.sql("SELECT version_num FROM alembic_version")


def ids(shop: Workshop) -> list[str]:
    texts = [(shop.root / "migrations/versions" / name).read_text() for name in shop.revisions()]
    return [text.split('revision = "')[1][:12] for text in texts]


def test_the_start_migrates_an_empty_database_and_an_old_one(shop: Workshop) -> None:
    first, second = ids(shop)
    shop.alembic("upgrade", first)
    shop.sql(*ROWS)
    assert f"Running upgrade {first} -> {second}" in start(shop)
    assert heads(shop) == [(second,)]
    assert shop.sql("SELECT subtitle FROM books") == [("",)]
    assert "Running upgrade" not in start(shop)


def test_a_stale_database_stops_the_start_where_it_is_only_checked(shop: Workshop) -> None:
    first, second = ids(shop)
    assert f"lacks {first} (Create shelves; create books), {second}" in start(shop, code=2, mode="check")
    shop.alembic("upgrade", first)
    output = start(shop, code=2, mode="check")
    assert f"is at revision {first} and lacks {second} (Add books.subtitle)" in output
    assert "alembic upgrade head" in output
    start(shop, mode="ignore")
    shop.alembic("upgrade", "head")
    start(shop, mode="check")


def test_a_database_that_is_newer_than_the_code_is_served_with_a_warning(shop: Workshop) -> None:
    shop.alembic("upgrade", "head")
    (shop.root / "migrations/versions/0002_add_books_subtitle.py").unlink()
    for mode in ("check", "migrate"):
        assert "the database is newer than the code" in start(shop, mode=mode)


def test_tables_from_before_that_fit_become_the_first_revision(shop: Workshop) -> None:
    first, second = ids(shop)
    shop.alembic("upgrade", first)
    shop.sql(*ROWS, "DROP TABLE alembic_version")
    assert "took the tables that are there" in start(shop)
    assert heads(shop) == [(second,)]
    assert shop.sql("SELECT title, subtitle FROM books") == [("t", "")]
    shop.alembic("check")


def test_tables_from_before_that_do_not_fit_stop_the_start_and_say_what_to_do(shop: Workshop) -> None:
    first, _ = ids(shop)
    shop.alembic("upgrade", first)
    shop.sql("ALTER TABLE books DROP COLUMN isbn", "DROP TABLE alembic_version")
    output = start(shop, code=2)
    assert "add column books.isbn" in output
    assert f"alembic stamp {first}" in output
    assert shop.sql("SELECT count(*) FROM books") == [(0,)]
    assert first in shop.alembic("upgrade", "head", code=255)


def test_without_migrations_the_start_says_what_is_missing(shop: Workshop) -> None:
    shutil.rmtree(shop.root / "migrations")
    assert "migrations/ is not where the service was started" in start(shop, code=2)


def test_rows_in_the_way_stop_the_start_without_a_traceback(shop: Workshop) -> None:
    shop.alembic("upgrade", "head")
    shop.sql(*ROWS)
    (_, second) = ids(shop)
    head = f'revision = "mine"\ndown_revision = "{second}"\n\n\n'
    refusal = 'def upgrade():\n    raise ValueError("rows of books are odd: b")\n'
    shop.place.write("migrations/versions/0003_mine.py", head + refusal)
    assert "the migration failed, and changed nothing: rows of books are odd: b" in start(shop, code=2)
    assert heads(shop) == [(second,)]


def test_many_that_start_at_once_migrate_once(shop: Workshop) -> None:
    environment = {"PYTHONPATH": f"{shop.root}/src:{shop.root}"}
    started = [shop.start("start", **environment) for _ in range(4)]
    outputs = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [STARTED] * 4, outputs
    assert sum(output.count("Running upgrade") for output in outputs) == 2
    shop.alembic("check")


def test_a_migration_that_is_killed_has_changed_nothing_and_runs_again(shop: Workshop) -> None:
    first, second = ids(shop)
    shop.alembic("upgrade", first)
    shop.sql(*ROWS)
    path = "migrations/versions/0002_add_books_subtitle.py"
    whole = shop.place.read(path)
    pausing = (
        "    import pathlib, time\n    pathlib.Path('half').touch()\n    time.sleep(60)\n\n\ndef downgrade"
    )
    shop.place.write(path, whole.replace("\n\ndef downgrade", pausing))
    process = shop.start("alembic", "upgrade", "head")
    deadline = time.monotonic() + 60
    while not (shop.root / "half").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (shop.root / "half").exists()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert heads(shop) == [(first,)]
    assert shop.sql("SELECT * FROM books") == [("b", "t", "", 1, "shelves/1")]
    shop.place.write(path, whole)
    start(shop)
    assert heads(shop) == [(second,)]
    shop.alembic("check")


def test_a_database_that_is_down_ends_the_start_with_a_line_that_says_where(shop: Workshop) -> None:
    shop = replace(shop, url=f"postgresql+asyncpg://demo:s3cret@127.0.0.1:{free_port()}/demo")
    output = start(shop)
    assert "cannot connect to 127.0.0.1:" in output
    assert '"error": "the database cannot be reached", "event": "cannot start"' in output
    assert "s3cret" not in output
    told = shop.alembic("upgrade", "head", code=255)
    assert told.endswith("FAILED: the database cannot be reached\n"), told
    assert "Traceback" not in told and "s3cret" not in told


def test_sql_that_is_only_written_has_no_log_in_it(shop: Workshop) -> None:
    command = [sys.executable, "-m", "alembic", "upgrade", "head", "--sql"]
    written = subprocess.check_output(
        command, cwd=shop.root, env=shop.environment(), stderr=subprocess.DEVNULL, text=True
    )
    assert "CREATE TABLE books" in written
    assert '"event"' not in written
