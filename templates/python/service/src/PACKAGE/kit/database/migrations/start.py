"""The revisions at the start of the service."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection

from ...container import StartError
from ..config import DatabaseConfig
from ..sessions import Database
from .commands import connected, silence_plugins
from .copies import copying

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script, ScriptDirectory

_log = structlog.stdlib.get_logger("migrations")

_SETTINGS = Path("alembic.ini")
_FOLDER = Path("migrations")


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
    silence_plugins()
    logging.getLogger("alembic.runtime.migration").addFilter(_is_news)
    settings = _settings()
    async with connected(database) as connection:
        await connection.run_sync(_prepare, settings, may_migrate=config.at_start == "migrate")


def _is_news(record: logging.LogRecord) -> bool:
    """Alembic tells of the kind of the database whenever somebody looks at its revision."""
    return record.levelno > logging.INFO or record.getMessage().startswith("Running ")


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
        with copying(connection):
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
