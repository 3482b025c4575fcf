"""The tables that the tests change: shelves and their books, as the tool builds them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scaffolder.targets.python.storage.columns import BY_ANNOTATION, JSON, TEXT
from scaffolder.targets.python.storage.tables import Column, Constraint, ForeignKey, Table

INT32, INT64, TIME = "sa.Integer()", "sa.BigInteger()", "sa.DateTime(timezone=True)"
GENRES = ("GENRE_UNSPECIFIED", "FICTION", "CRIME")


def text(name: str, **options: Any) -> Column:
    return Column(name, TEXT.revision, **{"default": '""', **options})


def number(name: str, type_: str = INT32, **options: Any) -> Column:
    return Column(name, type_, **{"default": '"0"', **options})


def flag(name: str) -> Column:
    return Column(name, BY_ANNOTATION["bool"].revision, default=BY_ANNOTATION["bool"].default)


def blob(name: str) -> Column:
    return Column(name, BY_ANNOTATION["bytes"].revision, default=BY_ANNOTATION["bytes"].default)


def json(name: str, default: str = '"[]"', **options: Any) -> Column:
    return Column(name, JSON, default=default, **options)


def time(name: str) -> Column:
    return Column(name, TIME, nullable=True)


def genre(name: str = "genre", values: tuple[str, ...] = GENRES) -> Column:
    members = tuple((value, index) for index, value in enumerate(values) if value)
    return Column(name, TEXT.revision, default=f'"{values[0]}"', members=members)


def allowed(column: Column, table: str = "books") -> Constraint:
    names = ", ".join(f"'{name}'" for name, _ in column.members)
    return Constraint(f"ck_{table}_{column.name}", (column.name,), f"{column.name} IN ({names})")


def table(name: str, *columns: Column, **options: Any) -> Table:
    key = options.pop("primary_key", (columns[0].name,))
    return Table(name, options.pop("resource", f"library.v1.{name}"), columns, key, **options)


def unique(table: str, *columns: str) -> Constraint:
    return Constraint(f"uq_{table}_{'_'.join(columns)}", columns)


def index(table: str, *columns: str) -> Constraint:
    return Constraint(f"ix_{table}_{'_'.join(columns)}", columns)


def key(table: str, column: str, other: str, refers_to: str) -> ForeignKey:
    return ForeignKey(f"fk_{table}_{column}_{other}", (column,), other, (refers_to,))


SHELVES = table("shelves", text("name", default=""), text("theme"))
BOOKS = table(
    "books",
    text("name", default=""),
    text("title"),
    text("isbn"),
    number("pages"),
    genre(),
    text("parent"),
    foreign_keys=(key("books", "parent", "shelves", "name"),),
    indexes=(index("books", "parent"),),
    checks=(allowed(genre()),),
)

ROWS = (
    "INSERT INTO shelves (name, theme) VALUES ('s1', 'sea'), ('s2', 'war')",
    "INSERT INTO books (name, title, isbn, pages, genre, parent) VALUES "
    "('b1', 'Moby', '1', 635, 'FICTION', 's1'), ('b2', 'Ilias', '2', 700, 'CRIME', 's2')",
)


def with_columns(table: Table, *columns: Column, without: tuple[str, ...] = (), **options: Any) -> Table:
    """The table with columns added, in place of those of the same names, and others taken away."""
    by_name = {column.name: column for column in columns}
    kept = [by_name.pop(c.name, c) for c in table.columns if c.name not in without]
    return replace(table, columns=(*kept, *by_name.values()), **options)
