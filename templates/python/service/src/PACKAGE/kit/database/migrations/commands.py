"""What migrations/env.py runs for the commands of Alembic."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ...errors import ServiceError
from ..config import DatabaseConfig
from ..failures import reported
from ..sessions import Database
from .adoption import adopt
from .copies import check_keys, copying, count_on, last_numbers
from .leftovers import Included, destroy

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

_LOCK = 7_164_020_155_284_221_041  # PostgreSQL's advisory locks are numbers; this one means a migration
_TABLE_PATIENCE = "30s"  # to wait for calls in a table, while new calls wait behind (PostgreSQL)


def run(config: Callable[[], DatabaseConfig], metadata: MetaData) -> None:
    """What env.py does for every command of Alembic: `metadata` are the models, `config` is asked where it is needed.

    ``-x destroy=yes`` on an upgrade drops what the revisions applied so far call `destroys`, unless it is in the models
    again. `alembic check` overlooks it. With ``--sql`` the log goes to standard error. A revision of the user's own
    (`alembic revision --autogenerate`) has the next number in its file's name.
    """
    from alembic import context

    silence_plugins()
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
        asyncio.run(_with_connection(config(), metadata))
    else:
        _migrate(connection, metadata)


def silence_plugins() -> None:
    """Alembic tells of each of its own parts as soon as it is imported."""
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)


def _log_beside_the_sql() -> None:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stdout:
            handler.setStream(sys.stderr)


async def _with_connection(config: DatabaseConfig, metadata: MetaData) -> None:
    from alembic.util import CommandError

    database = Database(config)
    try:
        async with connected(database) as connection:
            await connection.run_sync(_migrate, metadata)
    except ServiceError as error:
        raise CommandError(str(error)) from error
    finally:
        await database.close()


@asynccontextmanager
async def connected(database: Database) -> AsyncIterator[AsyncConnection]:
    """ServiceError where there is none; what fails in it stays what it is, for a revision's owner to read."""
    async with AsyncExitStack() as stack:
        with reported():
            connection = await stack.enter_async_context(database.engine.connect())
        yield connection


def _backend(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).get_backend_name()


def _options(metadata: MetaData) -> dict[str, Any]:
    return {
        "target_metadata": metadata,
        "render_as_batch": True,
        # The driver's own transactions would leave DDL out; ours do not.
        "transactional_ddl": True,
        "include_object": Included(),
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


def _migrate(connection: Connection, metadata: MetaData) -> None:
    """Runs what the command asks for, and for an upgrade what belongs to it."""
    from alembic import context
    from alembic.util import CommandError

    try:
        with copying(connection):
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
        adopt(migration, script)
    before, numbers = migration.get_current_heads(), last_numbers(migration)
    context.run_migrations()
    count_on(migration, numbers)
    if destroys:
        destroy(migration, script, metadata)
    elif migration.get_current_heads() == before:
        return
    check_keys(migration)


def _lock(connection: Connection) -> None:
    """On SQLite, the transaction that began is the lock."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TABLE_PATIENCE}'")
