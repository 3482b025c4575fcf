"""The promise of storage, told as a story: a service with rows in its tables and its owner's edits in its code, whose
contract changes five times, on both databases.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from tests import warm
from tests.aip import check_service, failures
from tests.generated.projects import Running
from tests.postgresql.fixtures import execute

from . import library_life as life
from .library_life import Api
from .support import Workplace, new

pytestmark = pytest.mark.slow

LIBRARY = Path(__file__).parents[1] / "aip/protos/aip/v1/library.proto"


@dataclass
class Story:
    """The project, its databases, and what has to be in both of them."""

    home: Workplace
    urls: Mapping[str, str]
    administrator: str
    empty: Callable[[], str]
    written: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    @contextmanager
    def running(self, database: str) -> Iterator[Api]:
        with Running(self.home.project, DATABASE__URL=self.urls[database]) as service:
            yield Api(service.http)

    def alembic(self, url: str, *arguments: str) -> str:
        done = subprocess.run(
            [*warm.python(), "-m", "alembic", *arguments],
            cwd=self.home.root,
            env=self.home.project.environment(LIBRARY_DATABASE__URL=url),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments} of {url}:\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def copy(self, database: str) -> str:
        """The URL of a copy, with which a test may do what it likes."""
        url = make_url(self.urls[database])
        if database == "sqlite":
            assert url.database
            shutil.copyfile(url.database, f"{url.database}.copy")
            return url.set(database=f"{url.database}.copy").render_as_string(hide_password=False)
        copied = make_url(self.empty())
        execute(self.administrator, f'DROP DATABASE "{copied.database}"')
        execute(self.administrator, f'CREATE DATABASE "{copied.database}" TEMPLATE "{url.database}"')
        return copied.render_as_string(hide_password=False)

    def change(self, *renames: str) -> str:
        """Regenerates after a change of the contract: clean, complete, and with the owner's words in it."""
        told = self.home.generate(*(part for rename in renames for part in ("--rename", rename)))
        before = self.home.state()
        assert self.home.generate() == "nothing to do\n"
        assert self.home.state() == before, "the second run wrote something"
        for path, pieces in self.written.items():
            for piece in pieces:
                assert piece in self.home.read(path), f"lost from {path}:\n{piece}\n\n{told}"
        self.home.project.run("ruff", "check", "--quiet", ".")
        self.home.project.run("ruff", "format", "--check", "--quiet", ".")
        return told

    def migrate(self, then: Callable[[Api], None] = lambda _: None) -> None:
        """Upgrades both databases with their rows; the service starts on them, and all is there."""
        for database, url in self.urls.items():
            self.alembic(url, "upgrade", "head")
            self.alembic(url, "check")
            with self.running(database) as api:
                assert api.rows() == self.rows[database]
                life.lives(api)
                then(api)
                self.rows[database] = api.rows()

    def expect(self, change: Callable[[dict[str, Any]], None]) -> None:
        """That the change of the contract shows in all rows like this."""
        for rows in self.rows.values():
            for row in rows.values():
                change(row)


def columns(url: str, table: str) -> set[str]:
    """What a table has, as the database says."""
    import asyncio

    async def read() -> set[str]:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            found = await connection.run_sync(lambda sync: inspect(sync).get_columns(table))
        await engine.dispose()
        return {each["name"] for each in found}

    return asyncio.run(read())


def tables(url: str) -> set[str]:
    import asyncio

    async def read() -> set[str]:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        await engine.dispose()
        return set(found)

    return asyncio.run(read())


def is_book(row: Mapping[str, Any]) -> bool:
    return "/books/" in row["name"] and "/reviews/" not in row["name"]


@pytest.fixture
def story(tmp_path: Path, postgresql: str, postgresql_database: Callable[[], str]) -> Story:
    home = new("library", LIBRARY.read_text(encoding="utf-8"), tmp_path, "aip/v1/library.proto")
    urls = {"sqlite": f"sqlite+aiosqlite:///{tmp_path / 'library.db'}", "postgresql": postgresql_database()}
    return Story(home, urls, postgresql, postgresql_database)


def test_rows_and_edits_live_through_five_changes_of_the_contract(story: Story) -> None:
    """A field travels from the contract to the table in one run, and nothing that was stored or written is lost."""
    for database in story.urls:
        with story.running(database) as api:
            life.stored(api)
            story.rows[database] = api.rows()
            assert len(story.rows[database]) == 52
    story.written = life.lived_in(story.home)
    story.change()
    story.migrate()

    fields_come(story)
    a_field_is_renamed(story)
    a_field_is_retyped_and_one_goes(story)
    a_child_comes(story)
    names_and_order_change(story)

    for database in story.urls:
        with story.running(database) as api:  # the tables of before refuse a value that they do not know
            api.ok("PATCH", "shelves/s0/books/b0?updateMask=binding", {"binding": "HARDCOVER"})
        copied = story.copy(database)
        story.alembic(copied, "downgrade", "base")
        assert tables(copied) <= {"alembic_version"}
        with Running(story.home.project, DATABASE__URL=story.urls[database]) as service:
            url = f"http://127.0.0.1:{service.http}"
            results = check_service(f"127.0.0.1:{service.grpc}", url, leave=True)
        assert not failures(results), failures(results)
    story.home.project.run("mypy")
    story.home.project.run("pytest", "-q", "-p", "no:cacheprovider")


def fields_come(story: Story) -> None:
    life.fields_come(story.home)
    told = story.change()
    assert "0002" in told and "destructive" not in told, told

    def new_fields_are_kept(api: Api) -> None:
        notes = [{"text": "n", "writeTime": "2020-01-01T00:00:00Z"}]
        sent = {
            "shelfmark": "A1",
            "acquireTime": "2021-01-01T00:00:00Z",
            "notes": notes,
            "binding": "LEATHER",
        }
        mask = "shelfmark,acquireTime,notes,binding"
        kept = api.ok("PATCH", f"shelves/s0/books/b0?updateMask={mask}", sent)
        assert {name: kept[name] for name in sent} == sent

    story.migrate(new_fields_are_kept)


def a_field_is_renamed(story: Story) -> None:
    life.a_field_is_renamed(story.home)
    told = story.change("aip.v1.Book.subtitle=tagline")
    assert "0003" in told and "destructive" not in told, told

    def renamed(row: dict[str, Any]) -> None:
        if "subtitle" in row:
            row["tagline"] = row.pop("subtitle")

    story.expect(renamed)
    story.migrate()


def a_field_is_retyped_and_one_goes(story: Story) -> None:
    life.a_field_is_retyped_and_one_goes(story.home)
    told = story.change()
    assert "destructive" in told and "weight_kg" in told, told

    def retyped(row: dict[str, Any]) -> None:
        row.pop("weightKg", None)
        if "pageCount" in row:
            row["pageCount"] = str(row["pageCount"])  # JSON's form of 64 bits

    story.expect(retyped)
    story.migrate()
    for database, url in story.urls.items():
        assert "weight_kg" in columns(url, "books")
        copied = story.copy(database)
        story.alembic(copied, "-x", "destroy=yes", "upgrade", "head")
        assert columns(copied, "books") == columns(url, "books") - {"weight_kg"}


def a_child_comes(story: Story) -> None:
    life.a_child_comes(story.home)
    story.change()

    def copies_are_kept(api: Api) -> None:
        book = "shelves/s0/books/b0"
        made = api.ok("POST", f"{book}/copies?copyId=c1", {"barcode": "1", "condition": "new"})
        status, answer = api.call("POST", f"{book}/copies", {"barcode": "1"})
        assert (status, answer["error"]["status"]) == (409, "ALREADY_EXISTS")
        assert (
            api.ok("PATCH", f"{made['name']}?updateMask=condition", {"condition": "worn"})["barcode"] == "1"
        )
        assert [each["condition"] for each in api.ok("GET", f"{book}/copies")["copies"]] == ["worn"]
        assert api.call("DELETE", "shelves/s0")[0] == 400
        status, answer = api.call("PATCH", "readers/x1?updateMask=displayName", {"displayName": "Reader 0"})
        assert (status, answer["error"]["status"]) == (409, "ALREADY_EXISTS")

    story.migrate(copies_are_kept)


def names_and_order_change(story: Story) -> None:
    story.change(*life.names_and_order_change(story.home))

    def filters(api: Api) -> None:
        found = api.ok("GET", "shelves/-/books/-/reviews?filter=stars%20%3D%205")["remarks"]
        assert [each["stars"] for each in found] == [5]

    story.migrate(filters)
    for url in story.urls.values():
        assert "remarks" in tables(url) and "reviews" not in tables(url)
