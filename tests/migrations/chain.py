"""A chain of revisions as a project has it, in a folder, run by Alembic itself through the kit."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.dialects import postgresql

from kit.database import Database, DatabaseConfig
from scaffolder import resources
from scaffolder.artifact import Ownership, Planned
from scaffolder.render import render
from scaffolder.targets.python.migrations.diff import Plan, diff
from scaffolder.targets.python.migrations.revision import Revision, revision
from scaffolder.targets.python.migrations.state import Renames, State
from scaffolder.targets.python.storage.tables import Table

ENV = """
from alembic import context
from kit.database import migrations

migrations.run(lambda: context.config.attributes["config"], context.config.attributes["metadata"])
"""

CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class Chain:
    """`url` is the database's, `folder` where env.py and versions/ are made."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.state = State()
        self.heads: tuple[str, ...] = ()
        self.number = 0
        self.written: list[Revision] = []
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(ENV)

    def change(self, *tables: Table, renames: Renames | None = None) -> Plan:
        """Writes the revision that brings the models to `tables`."""
        self.number += 1
        number = f"{self.number:04}"
        plan = diff(self.state, tables, renames, number)
        made = revision(plan, self.state.tables, number, self.heads)
        self.write(made)
        self.state, self.heads = plan.state, (made.id,)
        return plan

    def write(self, made: Revision) -> Path:
        planned = Planned(made.path, Ownership.YOURS, "python/revision.py.j2", made.view)
        (artifact,) = render([planned], resources.templates_dir())
        path = self.folder / "versions" / Path(made.path).name
        path.write_bytes(artifact.content)
        self.written.append(made)
        return path

    @property
    def last(self) -> str:
        """The text of the last revision."""
        return (self.folder / "versions" / Path(self.written[-1].path).name).read_text()

    def settings(self, *said: str) -> Config:
        """Alembic's, with what `-x` says."""
        config = Config(cmd_opts=argparse.Namespace(x=[*said]))
        config.set_main_option("script_location", str(self.folder))
        config.attributes["config"] = self.config
        config.attributes["metadata"] = metadata(self.state.tables)
        return config

    @property
    def config(self) -> DatabaseConfig:
        return DatabaseConfig(url=self.url, pool_size=2, connect_timeout=timedelta(seconds=20))

    def upgrade(self, revision: str = "head", *, destroy: bool = False) -> None:
        command.upgrade(self.settings(*(["destroy=yes"] if destroy else [])), revision)

    def downgrade(self, revision: str = "base") -> None:
        command.downgrade(self.settings(), revision)

    def check(self) -> None:
        """Raises where the models and the database differ."""
        command.check(self.settings())

    def run(self, *statements: str) -> list[Any]:
        """Runs statements in one transaction; the rows of the last one, each a tuple."""
        return asyncio.run(executed(self.config, *statements))

    def names(self, table: str = "") -> set[str]:
        """The tables that are there, or the columns of one."""

        def look(connection: sa.Connection) -> set[str]:
            inspector = sa.inspect(connection)
            if table:
                return {column["name"] for column in inspector.get_columns(table)}
            return set(inspector.get_table_names()) - {"alembic_version"}

        async def run() -> set[str]:
            database = Database(self.config)
            try:
                async with database.engine.connect() as connection:
                    return await connection.run_sync(look)
            finally:
                await database.close()

        return asyncio.run(run())


def metadata(tables: Sequence[Table]) -> sa.MetaData:
    """The models of tables."""
    made = sa.MetaData(naming_convention=CONVENTION)
    for table in tables:
        columns = [sa.Column(c.name, type_of(c.type), nullable=c.nullable) for c in table.columns]
        constraints: list[Any] = [
            sa.PrimaryKeyConstraint(*table.primary_key),
            *(
                sa.ForeignKeyConstraint(k.columns, [f"{k.table}.{c}" for c in k.refers_to], name=k.name)
                for k in table.foreign_keys
            ),
            *(sa.UniqueConstraint(*c.columns, name=c.name) for c in table.unique),
            *(sa.CheckConstraint(c.condition, name=c.name) for c in table.checks),
            *(sa.Index(c.name, *c.columns) for c in table.indexes),
        ]
        sa.Table(table.name, made, *columns, *constraints, sqlite_autoincrement=table.numbered)
    return made


def type_of(expression: str) -> Any:
    return eval(expression, {"sa": sa, "postgresql": postgresql})


async def executed(config: DatabaseConfig, *statements: str) -> list[Any]:
    """Runs statements in one transaction; the rows of the last one, each a tuple."""
    database = Database(config)
    try:
        async with database.engine.begin() as connection:
            for statement in statements:
                result = await connection.execute(sa.text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        await database.close()
