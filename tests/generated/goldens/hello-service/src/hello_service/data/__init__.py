"""Repositories: what biz asks to be stored, on SQLAlchemy."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The base of every table."""
