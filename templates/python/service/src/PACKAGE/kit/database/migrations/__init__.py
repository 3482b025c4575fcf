"""Alembic's revisions, at the start of the service and for the command `alembic`.

A run is one transaction under a lock, whatever the number of its revisions: others that start meanwhile wait, and one
that is killed or fails has changed nothing.
"""

from .commands import run
from .start import SchemaError, prepare

__all__ = ["SchemaError", "prepare", "run"]
