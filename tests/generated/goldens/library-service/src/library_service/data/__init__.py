"""Repositories: what biz asks to be stored, on SQLAlchemy."""

import datetime
from decimal import Decimal

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from library_service.kit.database import Double, Exact, Microseconds, Name, UtcDateTime

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
"""What constraints and indexes are called that are given no name; a migration can change only what has one."""


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012
        str: Name,  # ordered alike on every database
        float: Double(),
        Decimal: Exact(),
        datetime.datetime: UtcDateTime(),
        datetime.timedelta: Microseconds(),
    }
