"""A field with the parent's id comes, may be left out or has to be set: what a run writes, and what becomes of rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.migrations.workshop import MODEL, Workshop, told, workshop

pytestmark = pytest.mark.slow

CONTRACT = """\
syntax = "proto3";

package library.v1;

import "google/api/field_behavior.proto";

service LibraryService {
  rpc CreateShelf(CreateShelfRequest) returns (Shelf);
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc GetBook(GetBookRequest) returns (Book);
}

message Shelf { int64 id = 1; string theme = 2; }
message Book {
  int64 id = 1;
  string title = 2;
}
message CreateShelfRequest { Shelf shelf = 1; }
message CreateBookRequest { Book book = 1; }
message GetBookRequest { int64 id = 1; }
"""
TITLE = "  string title = 2;\n"
PLAIN = f"{TITLE}  int64 shelf_id = 3;\n"
REQUIRED = f"{TITLE}  int64 shelf_id = 3 [(google.api.field_behavior) = REQUIRED];\n"
SHELVES = "SELECT shelf_id FROM books ORDER BY id"


def changed(shop: Workshop, *edit: str) -> list[str]:
    """The run after a change of the contract: which rows it says that its revision may fail on."""
    shop.contract((edit[0], edit[1]))
    doubts = [each["message"] for each in told(shop.place.report(), "may-fail")]
    shop.place.project.run("ruff", "check", "--quiet", "migrations", "src")
    return doubts


def test_field_of_a_parent_comes_into_a_table_with_rows(tmp_path: Path, database_url: str) -> None:
    shop = workshop(tmp_path, database_url, CONTRACT)
    shop.alembic("upgrade", "head")
    shop.sql("INSERT INTO shelves (theme) VALUES ('sea')", "INSERT INTO books (title) VALUES ('a'), ('b')")
    assert changed(shop, TITLE, PLAIN) == []
    shop.alembic("upgrade", "head")
    shop.alembic("check")
    assert shop.sql(SHELVES) == [(None,), (None,)]
    shop.sql("UPDATE books SET shelf_id = 1 WHERE title = 'b'")
    # It has to be set from now on, and is not.
    [doubt] = changed(shop, PLAIN, REQUIRED)
    assert "rows of books have no shelf_id" in doubt
    assert "rows of books have no shelf_id: (1,)" in shop.alembic("upgrade", "head", code=255)
    shop.sql("UPDATE books SET shelf_id = 1")
    shop.alembic("upgrade", "head")
    shop.alembic("check")
    shop.alembic("downgrade", "base")


def test_parent_that_had_to_be_set_may_be_left_out(tmp_path: Path, database_url: str) -> None:
    shop = workshop(tmp_path, database_url, CONTRACT.replace(TITLE, REQUIRED))
    shop.alembic("upgrade", "head")
    shop.sql(
        "INSERT INTO shelves (theme) VALUES ('sea')", "INSERT INTO books (title, shelf_id) VALUES ('a', 1)"
    )
    assert "shelf_id: Mapped[int] =" in shop.place.read(MODEL)
    assert changed(shop, REQUIRED, PLAIN) == []
    assert "shelf_id: Mapped[int | None] =" in shop.place.read(MODEL)
    assert shop.revisions()[1:] == ["0002_alter_books_shelf_id.py"]
    shop.alembic("upgrade", "head")
    shop.alembic("check")
    shop.sql("INSERT INTO books (title) VALUES ('b')")
    assert shop.sql(SHELVES) == [(1,), (None,)]
    assert "rows of books have no shelf_id: (2,)" in shop.alembic("downgrade", "-1", code=255)
    shop.sql("DELETE FROM books WHERE title = 'b'")
    shop.alembic("downgrade", "-1")
    assert shop.sql(SHELVES) == [(1,)]
