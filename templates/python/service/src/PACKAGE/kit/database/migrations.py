"""Alembic's revisions, at the start of the service and for the command `alembic`.

A run is one transaction under a lock, whatever the number of its revisions: others that start meanwhile wait, and one
that is killed or fails has changed nothing.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, Index, MetaData, Table, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ..container import StartError
from ..errors import ServiceError
from .config import DatabaseConfig
from .failures import reported
from .sessions import Database

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script, ScriptDirectory

_log = structlog.stdlib.get_logger("migrations")

_SETTINGS = Path("alembic.ini")
_FOLDER = Path("migrations")
_LOCK = 7_164_020_155_284_221_041  # PostgreSQL's advisory locks are numbers; this one means a migration
_PATIENCE = 600_000  # milliseconds to wait for a migration in another process (SQLite)
_TABLE_PATIENCE = "30s"  # to wait for calls in a table, while new calls wait behind (PostgreSQL)


class SchemaError(StartError):
    """The database's tables are not those of the code, and nobody changes them unasked."""


async def prepare(database: Database, config: DatabaseConfig) -> None:
    """Makes sure, before the first call, that the database has the newest revision, as `config.at_start` says.

    `migrate` applies what is missing, `check` raises a `SchemaError` that names it, `ignore` does not look. A database
    with a revision that is not among ours is newer, as in the middle of a rollout: that is logged, and no error. One
    that cannot be reached is a ServiceError.
    """
    if config.at_start == "ignore":
        return
    _silence_plugins()
    logging.getLogger("alembic.runtime.migration").addFilter(_is_news)
    settings = _settings()
    async with _connection(database) as connection:
        await connection.run_sync(_prepare, settings, may_migrate=config.at_start == "migrate")


def run(config: Callable[[], DatabaseConfig], metadata: MetaData) -> None:
    """What env.py does for every command of Alembic: `metadata` are the models, `config` is asked where it is needed.

    ``-x destroy=yes`` on an upgrade drops what the revisions applied so far call `destroys`, unless it is in the models
    again. `alembic check` overlooks it. With ``--sql`` the log goes to standard error. A revision of the user's own
    (`alembic revision --autogenerate`) has the next number in its file's name.
    """
    from alembic import context

    _silence_plugins()
    if context.is_offline_mode():
        name = _backend(config().url)
        _log_beside_the_sql()
        context.configure(dialect_name=name, literal_binds=True, **_options(metadata))
        _is_to_destroy(context.get_context())
        with context.begin_transaction():
            context.run_migrations()
        return
    connection = context.config.attributes.get("connection")
    if connection is None:
        asyncio.run(_connected(config(), metadata))
    else:
        _migrate(connection, metadata)


def _silence_plugins() -> None:
    """Alembic tells of each of its own parts as soon as it is imported."""
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)


def _is_news(record: logging.LogRecord) -> bool:
    """Alembic tells of the kind of the database whenever somebody looks at its revision."""
    return record.levelno > logging.INFO or record.getMessage().startswith("Running ")


def _log_beside_the_sql() -> None:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stdout:
            handler.setStream(sys.stderr)


async def _connected(config: DatabaseConfig, metadata: MetaData) -> None:
    from alembic.util import CommandError

    database = Database(config)
    try:
        async with _connection(database) as connection:
            await connection.run_sync(_migrate, metadata)
    except ServiceError as error:
        raise CommandError(str(error)) from error
    finally:
        await database.close()


@asynccontextmanager
async def _connection(database: Database) -> AsyncIterator[AsyncConnection]:
    """ServiceError where there is none; what fails in it stays what it is, for a revision's owner to read."""
    async with AsyncExitStack() as stack:
        with reported():
            connection = await stack.enter_async_context(database.engine.connect())
        yield connection


def _settings() -> Config:
    from alembic.config import Config

    if not _FOLDER.is_dir():
        raise SchemaError(f"{_FOLDER}/ is not where the service was started, so its revisions are not known")
    settings = Config(_SETTINGS) if _SETTINGS.is_file() else Config()
    if not _SETTINGS.is_file():
        settings.set_main_option("script_location", str(_FOLDER))
    return settings


def _prepare(connection: Connection, settings: Config, *, may_migrate: bool) -> None:
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        with _waiting(connection):
            script = ScriptDirectory.from_config(settings)
            current = MigrationContext.configure(connection).get_current_heads()
            connection.rollback()
            if not (missing := _missing(script, current)):
                return
            if not may_migrate:
                raise SchemaError(_told(current, missing))
            settings.attributes["connection"] = connection
            command.upgrade(settings, "heads")
    except CommandError as error:
        raise SchemaError(str(error)) from error


def _missing(script: ScriptDirectory, current: Collection[str]) -> list[Script]:
    """The revisions that the database lacks, the oldest first; none where it is newer than the code."""
    known = {item.revision: item for item in script.walk_revisions()}
    unknown = [revision for revision in current if revision not in known]
    if unknown:
        _log.warning("the database is newer than the code", revisions=unknown)
        return []
    applied: set[str] = set()
    pending = list(current)
    while pending:
        if (revision := pending.pop()) not in applied:
            applied.add(revision)
            pending += known[revision]._all_down_revisions
    return [item for item in reversed(list(known.values())) if item.revision not in applied]


def _told(current: Collection[str], missing: Collection[Script]) -> str:
    names = ", ".join(f"{item.revision} ({item.doc.rstrip('.')})" for item in missing)
    where = f"is at revision {', '.join(current)}" if current else "has no revision"
    return f"the database {where} and lacks {names}; run `alembic upgrade head` first"


def _options(metadata: MetaData) -> dict[str, Any]:
    return {
        "target_metadata": metadata,
        "render_as_batch": True,
        # The driver's own transactions would leave DDL out; ours do not.
        "transactional_ddl": True,
        "include_object": _Included(),
        "process_revision_directives": _number_file,
    }


def _number_file(migration: MigrationContext, revision: object, directives: list[Any]) -> None:
    """A new revision's file is sorted behind those that are there; Alembic would call it by its id.

    `file_template` in alembic.ini goes before.
    """
    from alembic import context

    if context.config.get_alembic_option("file_template"):
        return
    names = [Path(item.path).name for item in context.script.walk_revisions()]
    numbers = [int(found[1]) for name in names if (found := re.match(r"(\d{4,6})_", name))]
    has_message = any(getattr(item, "message", "") for item in directives)
    word = "%(slug)s" if has_message else "revision"
    context.script.file_template = f"{max(numbers, default=0) + 1:04}_{word}"


class _Included:
    """What Alembic compares: not what is in the database only to be destroyed."""

    def __init__(self) -> None:
        self._left: set[str] | None = None

    def __call__(self, item: Any, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
        if not reflected or compare_to is not None or kind not in ("table", "column"):
            return True
        if self._left is None:
            from alembic import context

            self._left = {left for script in context.script.walk_revisions() for left in _destroys(script)}
        return (name if kind == "table" else f"{item.table.name}.{name}") not in self._left


def _destroys(script: Script) -> list[str]:
    return list(getattr(script.module, "destroys", ()))


def _migrate(connection: Connection, metadata: MetaData) -> None:
    """Runs what the command asks for, and for an upgrade what belongs to it."""
    from alembic import context
    from alembic.util import CommandError

    try:
        with _waiting(connection):
            context.configure(connection=connection, **_options(metadata))
            destroys = _is_to_destroy(context.get_context())
            with context.begin_transaction():
                _lock(connection)
                _run(context.get_context(), context.script, metadata, destroys=destroys)
    except (DBAPIError, ValueError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise CommandError(f"the migration failed, and changed nothing: {cause}") from error


def _upgrades(migration: MigrationContext) -> bool:
    """Whether the command is an upgrade, not a downgrade, a check or another one."""
    return getattr(migration.opts.get("fn"), "__name__", "") == "upgrade"


def _is_to_destroy(migration: MigrationContext) -> bool:
    """Whether the command says ``-x destroy=yes``; a CommandError where it says so, or something else, in vain."""
    from alembic import context
    from alembic.util import CommandError

    said = context.get_x_argument(as_dictionary=True).get("destroy")
    if said is None:
        return False
    if said != "yes":
        raise CommandError(
            f"`-x destroy={said}` is not understood, and nothing was changed: `-x destroy=yes` drops for good "
            "what the revisions have left, and without it nothing is dropped"
        )
    if migration.as_sql or not _upgrades(migration):
        raise CommandError(
            "`-x destroy=yes` is for `alembic upgrade` on a database, which tells what is left there; "
            "nothing was changed"
        )
    return True


def _run(migration: MigrationContext, script: ScriptDirectory, metadata: MetaData, *, destroys: bool) -> None:
    from alembic import context

    if _upgrades(migration):
        _adopt(migration, script)
    before, numbers = migration.get_current_heads(), _numbers(migration)
    context.run_migrations()
    _count_on(migration, numbers)
    if destroys:
        _destroy(migration, script, metadata)
    elif migration.get_current_heads() == before:
        return
    _check_keys(migration)


@contextmanager
def _waiting(connection: Connection) -> Iterator[None]:
    """SQLite copies a table to change it. With foreign keys on, dropping the old one would delete the rows below it,
    and they can only be turned off outside of a transaction.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection  # not by SQLAlchemy, which would begin a transaction
    (keys, patience), cursor = _pragmas(raw), raw.cursor()
    try:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        yield
    finally:
        connection.rollback()
        cursor.execute(f"PRAGMA foreign_keys = {keys}")
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
        cursor.close()


def _pragmas(raw: Any) -> tuple[int, int]:
    cursor = raw.cursor()
    found = []
    for name in ("foreign_keys", "busy_timeout"):
        cursor.execute(f"PRAGMA {name}")
        found.append(cursor.fetchone()[0])
    cursor.close()
    return found[0], found[1]


def _lock(connection: Connection) -> None:
    """On SQLite, the transaction that began is the lock."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TABLE_PATIENCE}'")


def _numbers(migration: MigrationContext) -> dict[str, int]:
    """The last number that each AUTOINCREMENT table of SQLite gave; a copy would begin after its largest."""
    connection = migration.connection
    assert connection is not None
    if migration.dialect.name != "sqlite" or not inspect(connection).has_table("sqlite_sequence"):
        return {}
    return {
        name: number for name, number in connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
    }


def _count_on(migration: MigrationContext, numbers: dict[str, int]) -> None:
    connection = migration.connection
    assert connection is not None
    for name, number in numbers.items():
        now = _numbers(migration).get(name)
        if now is None and inspect(connection).has_table(name):
            connection.exec_driver_sql(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, number)
            )
        elif now is not None and now < number:
            connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (number, name))


def _check_keys(migration: MigrationContext) -> None:
    """PostgreSQL checks foreign keys by itself; SQLite was told not to."""
    assert migration.connection is not None
    if migration.dialect.name == "sqlite":
        rows = migration.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
        if rows:
            found = ", ".join(f"row {row[1]} of {row[0]}" for row in rows)
            raise ValueError(f"these refer to nothing: {found}")


def _destroy(migration: MigrationContext, script: ScriptDirectory, metadata: MetaData) -> None:
    """Drops what the applied revisions left, tables before columns. What is there no more was destroyed already."""
    from alembic.operations import Operations

    assert migration.connection is not None
    applied = script.iterate_revisions(migration.get_current_heads(), "base")
    left = dict.fromkeys(name for item in applied for name in _destroys(item))
    operations = Operations(migration)
    for name in sorted(left, key=lambda name: "." in name):
        table, _, column = name.partition(".")
        inspector = inspect(migration.connection)
        model = metadata.tables.get(table)
        if not inspector.has_table(table) or (model is not None and (not column or column in model.c)):
            continue
        if not column:
            operations.drop_table(table)
        elif column in [item["name"] for item in inspector.get_columns(table)]:
            with operations.batch_alter_table(table) as batch:
                for index in inspector.get_indexes(table):
                    if column in index["column_names"] and index["name"] is not None:
                        batch.drop_index(index["name"])
                batch.drop_column(column)
        else:
            continue
        _log.warning("destroyed", name=name)


def _adopt(migration: MigrationContext, script: ScriptDirectory) -> None:
    """A database whose tables are older than its migrations gets the first revision, if they are as that makes them."""
    from alembic.util import CommandError

    assert migration.connection is not None
    first = script.get_bases()
    if migration.get_current_heads() or len(first) != 1:
        return
    there = set(inspect(migration.connection).get_table_names())
    if not there:
        return
    revision = script.get_revision(first[0])
    wanted = _made(migration, revision)
    if not wanted.tables.keys() & there:
        return
    if differences := _differences(migration, wanted):
        shown = "; ".join(differences[:5])
        raise CommandError(
            f"the database has tables but no revision, and they differ from what {revision.revision} makes "
            f"({shown}): `alembic stamp {revision.revision}` takes them as that, then `alembic revision "
            "--autogenerate -m adopt` writes what differs; a database without data of worth is better removed"
        )
    _log.warning("took the tables that are there for the first revision's", revision=revision.revision)
    migration.stamp(script, revision.revision)


def _made(migration: MigrationContext, revision: Script) -> MetaData:
    """The tables that a revision creates, without a database."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    made = MetaData()
    dry = MigrationContext.configure(
        dialect=migration.dialect, opts={"as_sql": True, "output_buffer": _Nowhere()}
    )

    def create_table(table: Table, **options: object) -> None:
        table.to_metadata(made)

    def create_index(index: Index, **options: object) -> None:
        assert index.table is not None and index.name is not None
        columns = [made.tables[index.table.name].c[column.name] for column in index.columns]
        Index(index.name, *columns, unique=index.unique)

    dry.impl.create_table = create_table  # type: ignore[method-assign]
    dry.impl.create_index = create_index  # type: ignore[method-assign]
    with Operations.context(dry):
        revision.module.upgrade()
    return made


class _Nowhere:
    def write(self, text: str) -> None: ...
    def flush(self) -> None: ...


def _differences(migration: MigrationContext, wanted: MetaData) -> list[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    def included(item: Any, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
        return kind != "table" or name in wanted.tables

    assert migration.connection is not None
    context = MigrationContext.configure(migration.connection, opts={"include_object": included})
    return [_difference(item) for item in compare_metadata(context, wanted)]


def _difference(item: Any) -> str:
    """One of Alembic's differences in words: (kind, thing), or (kind, schema, table, column, …) in a list."""
    if isinstance(item, list):
        return ", ".join(_difference(part) for part in item)
    kind, *rest = item
    names = [part if isinstance(part, str) else getattr(part, "name", None) for part in rest[:3]]
    return f"{kind.replace('_', ' ')} {'.'.join(str(name) for name in names if name)}"


def _backend(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).get_backend_name()
