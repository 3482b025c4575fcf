"""The tables of a project's resources, as values: what models are rendered from and migrations compare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `name` is the contract's field, but for the few that a database refuses (`columns.column_names`).

    `type` is the SQLAlchemy type as revisions write it, free of anything of the project (``sa.String()``,
    ``sa.JSON().with_variant(postgresql.JSONB(), "postgresql")``), `default` the expression of the `server_default` that
    fills the rows that are there when the column is added (``""``, ``sa.false()``), ``""`` for none. `members` are the
    names and numbers of an enum, so that a value that was renamed under its number differs from one that went.
    `attribute` is the model's, `definition` its line: ``title: Mapped[str] = mapped_column(…)``, and `key` what
    constraints and indexes call it there, ``""`` for its name.
    """

    name: str
    type: str
    nullable: bool = False
    default: str = ""
    members: tuple[tuple[str, int], ...] = ()
    attribute: str = ""
    definition: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of this table name a row of `table` by its columns `refers_to`."""

    name: str
    columns: tuple[str, ...]
    table: str
    refers_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """A named unique constraint, index or check over `columns`; `condition` is a check's SQL."""

    name: str
    columns: tuple[str, ...] = ()
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the objects that a table keeps as JSON, or such a column, whose `owner` is ``""``.

    `owner` is the message's full name, `name` the key, which is the entity's attribute. `type` is what is under it: an
    annotation (``str``), or a full name where `kind` is ``message`` or ``enum``; `container` is ``list`` or ``map`` for
    several. Of an enum, whose numbers are what is kept, each member is a key: `name` the number, `type` the member,
    and `kind` ``member``. `is_kept` is true for what is in the message no more, and may be in rows.
    """

    owner: str
    name: str
    type: str
    kind: str = ""
    container: str = ""
    nullable: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A resource's table. `resource` is its message's full name: the identity that survives a renamed table.

    `numbered` is true where the store assigns the primary keys, of which it gives none twice: with SQLite's
    AUTOINCREMENT, PostgreSQL's sequences do so anyway. The primary key is called ``pk_`` and the table's name.
    `keys` is what its JSON holds, as far as that is known.
    """

    name: str
    resource: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique: tuple[Constraint, ...] = ()
    indexes: tuple[Constraint, ...] = ()
    checks: tuple[Constraint, ...] = ()
    numbered: bool = False
    keys: tuple[Key, ...] = ()


def by_reference(tables: Iterable[Table]) -> list[Table]:
    """The tables, each behind those that it refers to, otherwise in their order."""
    left, found = list(tables), list[Table]()
    while left:
        names = {table.name for table in left}
        ready = [t for t in left if not {key.table for key in t.foreign_keys} & names - {t.name}] or left[:1]
        found += ready
        left = [table for table in left if table not in ready]
    return found
