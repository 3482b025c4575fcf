"""What goes wrong in a database, as the errors that callers know.

| what                                        | code                | reason                 | repeating |
|---------------------------------------------|---------------------|------------------------|-----------|
| down, restarting, gone in the middle        | UNAVAILABLE         | DATABASE_UNAVAILABLE   | helps     |
| gone while it committed                     | UNAVAILABLE         | DATABASE_COMMIT_UNKNOWN| unknown   |
| no connection free for `pool_timeout`       | UNAVAILABLE         | DATABASE_OVERLOADED    | helps     |
| takes no writes: a standby, a read-only file| UNAVAILABLE         | DATABASE_READ_ONLY     | may help  |
| a statement beyond `statement_timeout`      | DEADLINE_EXCEEDED   | DATABASE_TIMEOUT       |           |
| disk full                                   | RESOURCE_EXHAUSTED  | DATABASE_FULL          |           |
| deadlock, serialization, locked, stale row  | ABORTED             | TRANSACTION_CONFLICT   | helps     |
| a value that the column cannot hold         | INVALID_ARGUMENT    | VALUE_REFUSED          |           |
| check, not null                             | INVALID_ARGUMENT    | VALUE_REFUSED          |           |
| unique                                      | ALREADY_EXISTS      | NOT_UNIQUE             |           |
| foreign key, exclusion                      | FAILED_PRECONDITION | REFERENCE_BROKEN       |           |
| a table or column that is not there         | INTERNAL            | DATABASE_SCHEMA        |           |
| the file is damaged                         | DATA_LOSS           | DATABASE_DAMAGED       |           |

Their messages hold no SQL and no values; the original is `__cause__`, and in the log where an operator has to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from pydantic_core import PydanticSerializationError
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from ..details import retry_info
from ..errors import Code, ServiceError, error_for

_log = structlog.stdlib.get_logger("database")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A row of the table above; `level` is the log's, "" where the caller is at fault."""

    code: Code
    reason: str
    message: str
    level: str = ""
    retry_after: timedelta | None = None

    def error(self) -> ServiceError:
        details = [] if self.retry_after is None else [retry_info(self.retry_after)]
        return error_for(self.code, self.message, reason=self.reason, details=details)


_SOON, _LATER = timedelta(milliseconds=50), timedelta(seconds=1)

_DOWN = _Kind(Code.UNAVAILABLE, "DATABASE_UNAVAILABLE", "the database cannot be reached", "error", _LATER)
_COMMIT_UNKNOWN = _Kind(
    Code.UNAVAILABLE,
    "DATABASE_COMMIT_UNKNOWN",
    "the database went away while it stored the changes: they may be stored, or not",
    "error",
)
_OVERLOADED = _Kind(Code.UNAVAILABLE, "DATABASE_OVERLOADED", "the database is overloaded", "warning", _LATER)
_READ_ONLY = _Kind(
    Code.UNAVAILABLE, "DATABASE_READ_ONLY", "the database takes no changes now", "error", _LATER
)
_TIMEOUT = _Kind(Code.DEADLINE_EXCEEDED, "DATABASE_TIMEOUT", "the database took too long", "warning")
_FULL = _Kind(Code.RESOURCE_EXHAUSTED, "DATABASE_FULL", "the database has no space left", "error")
_CONFLICT = _Kind(
    Code.ABORTED, "TRANSACTION_CONFLICT", "another call changes the same; try again", "warning", _SOON
)
_REFUSED = _Kind(Code.INVALID_ARGUMENT, "VALUE_REFUSED", "a value is not one that can be stored")
_UNIQUE = _Kind(Code.ALREADY_EXISTS, "NOT_UNIQUE", "another one has a value that has to be unique")
_REFERENCE = _Kind(
    Code.FAILED_PRECONDITION, "REFERENCE_BROKEN", "what it refers to does not exist, or others refer to it"
)
_SCHEMA = _Kind(Code.INTERNAL, "DATABASE_SCHEMA", "the database does not fit the service", "error")
_DAMAGED = _Kind(Code.DATA_LOSS, "DATABASE_DAMAGED", "the database is damaged", "error")
_INTERNAL = _Kind(Code.INTERNAL, "", "internal error", "error")

_INTEGRITY = {
    "unique": _UNIQUE,
    "foreign_key": _REFERENCE,
    "exclusion": _REFERENCE,
    "check": _REFUSED,
    "not_null": _REFUSED,
}

_SQLSTATES: Mapping[str, _Kind] = {
    # https://www.postgresql.org/docs/current/errcodes-appendix.html; a class where there is no code.
    "08": _DOWN,
    "22": _REFUSED,
    "25006": _READ_ONLY,
    "25P03": _DOWN,
    "28": _DOWN,
    "3D": _DOWN,
    "40": _CONFLICT,
    "40003": _COMMIT_UNKNOWN,
    "42703": _SCHEMA,
    "42P01": _SCHEMA,
    "53": _OVERLOADED,
    "53100": _FULL,
    "54": _REFUSED,
    "55P03": _CONFLICT,
    "57014": _TIMEOUT,
    "57P": _DOWN,
    "58": _DOWN,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}

_SQLITE: Mapping[int, _Kind] = {
    # https://www.sqlite.org/rescode.html, the primary codes.
    4: _CONFLICT,  # ABORT: it was rolled back, and the code went on
    5: _CONFLICT,  # BUSY
    6: _CONFLICT,  # LOCKED
    7: _OVERLOADED,  # NOMEM
    8: _READ_ONLY,  # READONLY
    9: _TIMEOUT,  # INTERRUPT
    10: _DOWN,  # IOERR
    11: _DAMAGED,  # CORRUPT
    13: _FULL,  # FULL
    14: _DOWN,  # CANTOPEN
    18: _REFUSED,  # TOOBIG
    20: _REFUSED,  # MISMATCH
    26: _DAMAGED,  # NOTADB
}

_SQLITE_ERRORS = {
    # What the primary code 1, ERROR, says in words only.
    "no such table": _SCHEMA,
    "no such column": _SCHEMA,
    "has no column named": _SCHEMA,
    "too complex": _REFUSED,
    "too large": _REFUSED,
    "too many": _REFUSED,
}

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (\w.*)", re.DOTALL)
_SQLITE_KEY = 1555  # PRIMARYKEY

_SQLITE_CONSTRAINTS = {
    275: "check",
    787: "foreign_key",
    1299: "not_null",
    _SQLITE_KEY: "unique",
    1811: "foreign_key",  # a trigger: ON DELETE RESTRICT
    2067: "unique",
    2579: "unique",  # the row id
}

_SQLSTATE_CONSTRAINTS = {
    "23001": "foreign_key",  # RESTRICT
    "23502": "not_null",
    "23503": "foreign_key",
    "23505": "unique",
    "23514": "check",
    "23P01": "exclusion",
}


@contextmanager
def constraints(
    *,
    unique: ServiceError | None = None,
    foreign_key: ServiceError | None = None,
    **named: ServiceError,
) -> Iterator[None]:
    """Says what the violation of a constraint means, around the statement or the `flush` that may violate it.

    `named` are errors by a constraint's name, the others by its kind; a primary key is `unique`, too. SQLite tells no
    names of foreign keys. What is not given here becomes a general error, see the table above.
    """
    try:
        yield
    except IntegrityError as error:
        by_kind = {"unique": unique, "foreign_key": foreign_key}
        meant = named.get(constraint_name(error)) or by_kind.get(constraint_kind(error))
        if meant is None:
            raise
        raise meant from error


@contextmanager
def reported(*, committing: bool = False) -> Iterator[None]:
    """Raises the ServiceError for what the database fails with in the block, and writes it to the log.

    Errors in the use of SQLAlchemy stay what they are.
    """
    try:
        yield
    except SQLAlchemyError as error:
        orig = getattr(error, "orig", None)
        if isinstance(orig, ServiceError):  # of a column type
            raise orig from orig.__cause__
        kind = _kind(error)
        if kind is None:
            raise
        if committing and kind is _DOWN:
            kind = _COMMIT_UNKNOWN
        _write(kind, error)
        raise kind.error() from error


def constraint_kind(error: IntegrityError) -> str:
    """unique, foreign_key, check, not_null, exclusion, or "" where the database does not tell."""
    state = sqlstate(error)
    if state:
        return _SQLSTATE_CONSTRAINTS.get(state, "")
    return _SQLITE_CONSTRAINTS.get(getattr(error.orig, "sqlite_errorcode", 0), "")


def constraint_name(error: IntegrityError) -> str:
    """The name of the constraint that was violated, "" where the database does not tell.

    SQLite tells the columns of a unique one, which make its name, as in the naming convention of data/.
    """
    name = getattr(error.orig, "constraint_name", None)
    name = name or getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
    if name is None and (told := _SQLITE_UNIQUE.match(str(error.orig))):
        columns = [column.rpartition(".")[2] for column in told[1].split(", ")]
        is_key = getattr(error.orig, "sqlite_errorcode", 0) == _SQLITE_KEY
        table = told[1].partition(".")[0]
        name = f"pk_{table}" if is_key else "_".join(["uq", table, *columns])
    return str(name or "")


def sqlstate(error: DBAPIError) -> str:
    """PostgreSQL's five characters, "" where there are none."""
    return str(getattr(error.orig, "sqlstate", None) or "")


def _kind(error: SQLAlchemyError) -> _Kind | None:
    if isinstance(error, PoolTimeoutError):
        return _OVERLOADED
    if isinstance(error, StaleDataError):
        return _CONFLICT
    orig = getattr(error, "orig", None)
    if isinstance(orig, OverflowError | UnicodeError | PydanticSerializationError):
        return _REFUSED
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error, IntegrityError):
        return _INTEGRITY.get(constraint_kind(error), _REFERENCE)
    return _by_sqlstate(sqlstate(error)) or _by_sqlite(orig) or _by_exception(error, orig)


def _by_sqlstate(state: str) -> _Kind | None:
    found = (_SQLSTATES[state[:n]] for n in (5, 3, 2) if state[:n] in _SQLSTATES)
    return next(found, None)


def _by_sqlite(orig: Any) -> _Kind | None:
    code = getattr(orig, "sqlite_errorcode", None)
    if code is None:
        return None
    if code & 0xFF == 1:
        return next((kind for words, kind in _SQLITE_ERRORS.items() if words in str(orig)), None)
    return _SQLITE.get(code & 0xFF)


def _by_exception(error: DBAPIError, orig: Any) -> _Kind:
    if isinstance(orig, TimeoutError):
        return _TIMEOUT
    if error.connection_invalidated or isinstance(orig, OSError) or hasattr(orig, "connecting"):
        return _DOWN
    # asyncpg looks at values before it sends them.
    return _REFUSED if isinstance(getattr(orig, "__cause__", None), ValueError) else _INTERNAL


def _write(kind: _Kind, error: SQLAlchemyError) -> None:
    if not kind.level:
        return
    cause = getattr(error, "orig", None) or error
    told = {"reason": kind.reason, "error": str(cause).partition("\n")[0]}
    if isinstance(error, StatementError) and error.statement:
        told["statement"] = error.statement
    getattr(_log, kind.level)("database failed", **told, exc_info=kind is _INTERNAL)
