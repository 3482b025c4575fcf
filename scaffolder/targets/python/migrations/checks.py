"""What a revision looks for before a step that rows may be against, so that its failure names them."""

from __future__ import annotations

from scaffolder.targets.python.migrations import sql
from scaffolder.targets.python.migrations import steps as s
from scaffolder.targets.python.migrations.steps import Step
from scaffolder.targets.python.text import literal


def doubt(step: Step) -> str:
    """Which rows a step fails on, in words; "" where it fails on none."""
    match step:
        case s.AddUnique(table, unique, True):
            return f"rows of {table} have the same {' and '.join(unique.columns)}"
        case s.AddCheck(table, check, True):
            return f"rows of {table} have a {' or '.join(check.columns)} that is not allowed any more"
        case s.AddForeignKey(table, key, True):
            return f"rows of {table} have a {' and '.join(key.columns)} that is in no row of {key.table}"
        case s.AlterColumn(table, before, after) if before.nullable and not after.nullable:
            return "" if after.default else f"rows of {table} have no {after.name}"
        case s.AddColumn(table, column) if not column.nullable and not column.default:
            return f"rows of {table} would have no {column.name}, for which there is no default"
    return ""


def refusal(step: Step, primary_key: tuple[str, ...]) -> list[str]:
    """The statement that stops the revision where there are such rows; `primary_key` is the table's."""
    problem = doubt(step)
    if not problem:
        return []
    return [f"_refuse({literal(problem)}, {literal(_query(step, primary_key))})"]


def _query(step: Step, primary_key: tuple[str, ...]) -> str:
    match step:
        case s.AddUnique(table, unique):
            columns = sql.names(unique.columns)
            there = " AND ".join(f"{sql.name(column)} IS NOT NULL" for column in unique.columns)
            return f"SELECT {columns} FROM {sql.name(table)} WHERE {there} GROUP BY {columns} HAVING count(*) > 1"
        case s.AddCheck(table, check):
            columns = sql.names(dict.fromkeys((*primary_key, *check.columns)))
            return f"SELECT {columns} FROM {sql.name(table)} WHERE NOT ({check.condition})"
        case s.AlterColumn(table, _, after):
            return (
                f"SELECT {sql.names(primary_key)} FROM {sql.name(table)} WHERE {sql.name(after.name)} IS NULL"
            )
        case s.AddForeignKey():
            return _orphans(step, primary_key)
        case s.AddColumn(table):
            return f"SELECT {sql.names(primary_key)} FROM {sql.name(table)}"
    raise TypeError(type(step).__name__)


def _orphans(step: s.AddForeignKey, primary_key: tuple[str, ...]) -> str:
    key = step.key
    child, parent = "child", "parent"
    shown = ", ".join(f"{child}.{sql.name(column)}" for column in dict.fromkeys((*primary_key, *key.columns)))
    there = " AND ".join(f"{child}.{sql.name(column)} IS NOT NULL" for column in key.columns)
    same = " AND ".join(
        f"{parent}.{sql.name(b)} = {child}.{sql.name(a)}"
        for a, b in zip(key.columns, key.refers_to, strict=True)
    )
    inner = f"SELECT 1 FROM {sql.name(key.table)} {parent} WHERE {same}"
    return f"SELECT {shown} FROM {sql.name(step.table)} {child} WHERE {there} AND NOT EXISTS ({inner})"
