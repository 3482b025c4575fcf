"""What in the models is the user's: columns and constraints that they changed, and that no step is written for."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scaffolder.targets.python.migrations.state import Renames, State
from scaffolder.targets.python.storage.tables import Column, Constraint, ForeignKey, Table

ARGUMENTS = "__table_args__"


@dataclass(frozen=True, slots=True)
class Model:
    """The class of a table in a module: its columns by their names in the database, and the line of each.

    `arguments` is where ``__table_args__`` stands and what it is; `constraints` are the entries in it by their names.
    """

    line: int
    columns: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    arguments: tuple[int, str] = (0, "")
    constraints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What a step was not written for: `name` is a table, ``books.title`` or ``books.__table_args__``."""

    table: str
    name: str
    line: int


def models(text: str) -> dict[str, Model]:
    """The models of a module by their tables' names; none where it cannot be read."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and (name := _table_name(node)):
            found[name] = _model(node)
    return found


def _table_name(node: ast.ClassDef) -> str:
    for item in node.body:
        if isinstance(item, ast.Assign) and _assigns(item, "__tablename__"):
            return str(item.value.value) if isinstance(item.value, ast.Constant) else ""
    return ""


def _assigns(item: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in item.targets)


def _model(node: ast.ClassDef) -> Model:
    columns: dict[str, tuple[int, str]] = {}
    arguments = (0, "")
    constraints: dict[str, str] = {}
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            columns[_column_name(item.target.id, item.value)] = (item.lineno, ast.dump(item))
        elif isinstance(item, ast.Assign) and _assigns(item, ARGUMENTS):
            arguments = (item.lineno, ast.dump(item.value))
            entries = item.value.elts if isinstance(item.value, ast.Tuple) else []
            constraints = {_constraint_name(each): ast.dump(each) for each in entries}
    return Model(node.lineno, columns, arguments, constraints)


def _constraint_name(entry: ast.expr) -> str:
    """As ``Index("name", …)`` and ``UniqueConstraint(…, name="name")`` say; "" where it has none."""
    if not isinstance(entry, ast.Call):
        return ""
    given = next((each.value for each in entry.keywords if each.arg == "name"), None)
    first = entry.args[0] if ast.unparse(entry.func) == "Index" and entry.args else given
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _column_name(attribute: str, value: ast.expr | None) -> str:
    """A column is called like its attribute, or as ``mapped_column("name", …)`` says."""
    if isinstance(value, ast.Call) and value.args and isinstance(value.args[0], ast.Constant):
        return str(value.args[0].value) if isinstance(value.args[0].value, str) else attribute
    return attribute


def respected(
    old: Sequence[Table],
    new: Sequence[Table],
    generated: Mapping[str, Model],
    current: Mapping[str, Model],
    renames: Renames,
) -> tuple[tuple[Table, ...], tuple[Told, ...]]:
    """The tables that a revision is written for: what is the user's stays as it was at the last one."""
    was = {table.name: table for table in old}
    tables: list[Table] = []
    told: list[Told] = []
    for table in new:
        before = _before(table, old, renames)
        if table.name not in generated:
            tables.append(table)
        elif table.name not in current:
            tables += [before] if before else []
            is_other = before is None or _plain(before) != _plain(table)
            told += [Told(table.name, table.name, 0)] if is_other else []
        else:
            made, news = _table(table, before, generated[table.name], current[table.name], renames)
            tables.append(made)
            told += news
    known = {table.name for table in tables} | {renames.tables.get(table.name, "") for table in new}
    for name in sorted(was.keys() - known):
        if name in current and not any(_before(table, old, renames) is was[name] for table in new):
            tables.append(was[name])
            told.append(Told(name, name, current[name].line))
    return tuple(tables), tuple(told)


def without(
    state: State, new: Sequence[Table], removed: Collection[tuple[str, str]]
) -> tuple[State, tuple[Told, ...]]:
    """The state without columns that the user took out of the model, and that the contract has no more either.

    What becomes of them in the database is in a revision of the user's, if anywhere.
    """
    there = {(table.name, column.name) for table in new for column in table.columns}
    gone = {key for key in removed if key not in there}
    told: list[Told] = []
    tables: list[Table] = []
    for table in state.tables:
        columns = {column.name for column in table.columns if (table.name, column.name) in gone}
        told += [Told(table.name, f"{table.name}.{column}", 0) for column in sorted(columns)]
        tables.append(_less(table, columns) if columns else table)
    return replace(state, tables=tuple(tables)), tuple(told)


def _less(table: Table, columns: set[str]) -> Table:
    return replace(
        table,
        columns=tuple(item for item in table.columns if item.name not in columns),
        foreign_keys=tuple(item for item in table.foreign_keys if not columns & set(item.columns)),
        unique=tuple(item for item in table.unique if not columns & set(item.columns)),
        indexes=tuple(item for item in table.indexes if not columns & set(item.columns)),
        checks=tuple(item for item in table.checks if not columns & set(item.columns)),
    )


def _before(table: Table, old: Sequence[Table], renames: Renames) -> Table | None:
    resource = renames.resources.get(table.resource, table.resource)
    for rule in (
        lambda item: item.name == renames.tables.get(table.name),
        lambda item: (item.name, item.resource) == (table.name, resource),
        lambda item: item.resource == resource,
        lambda item: item.name == table.name,
    ):
        if (found := next(filter(rule, old), None)) is not None:
            return found
    return None


def _table(
    table: Table, before: Table | None, generated: Model, current: Model, renames: Renames
) -> tuple[Table, list[Told]]:
    was = {column.name: column for column in before.columns} if before else {}
    old_names = {c.name: renames.columns.get((table.name, c.name), c.name) for c in table.columns}
    columns: list[Column] = []
    told: list[Told] = []
    theirs: set[str] = set()
    for column in table.columns:
        known = generated.columns.get(column.name)
        now = current.columns.get(column.name)
        old = was.get(old_names[column.name]) or was.get(column.name)
        if known is None or (now is not None and now[1] == known[1]):
            columns.append(column)
            continue
        theirs |= {column.name, *([old.name] if old else [])}
        columns += [old] if old else []
        if old != _bare(column):
            line = now[0] if now else current.line
            told.append(Told(table.name, f"{table.name}.{column.name}", line))
    there = {column.name for column in columns} | set(old_names.values())
    for name, old in was.items():
        if name not in there and name in current.columns and name not in generated.columns:
            columns.append(old)
            theirs.add(name)
            told.append(Told(table.name, f"{table.name}.{name}", current.columns[name][0]))
    edited = generated.arguments[1] != current.arguments[1]
    keys = tuple(key for key in table.keys if key.owner or key.name not in theirs)
    mine = replace(table, columns=tuple(columns), keys=keys)
    made = _constrained(mine, before, theirs, generated, current)
    if edited and _constraints(made) != _constraints(table):
        told.append(Told(table.name, f"{table.name}.{ARGUMENTS}", current.arguments[0] or current.line))
    return made, told


def _constrained(
    table: Table, before: Table | None, theirs: set[str], generated: Model, current: Model
) -> Table:
    """The table with the constraints of before where they are, or are over something that is, the user's.

    An entry of ``__table_args__`` is theirs where it is not as generated; all are where no entry can be told.
    """
    unreadable = generated.arguments[1] != current.arguments[1] and not current.constraints

    def mine(item: Constraint | ForeignKey) -> bool:
        same = generated.constraints.get(item.name) == current.constraints.get(item.name)
        return same and not unreadable and not theirs & set(item.columns)

    def chosen(new: tuple[Constraint, ...], old: tuple[Constraint, ...]) -> tuple[Constraint, ...]:
        return (*filter(mine, new), *(item for item in old if not mine(item)))

    empty = Table(table.name, table.resource, (), ())
    old = before or empty
    keys: tuple[ForeignKey, ...] = tuple(filter(mine, table.foreign_keys))
    return replace(
        table,
        foreign_keys=(*keys, *(key for key in old.foreign_keys if not mine(key))),
        unique=chosen(table.unique, old.unique),
        indexes=chosen(table.indexes, old.indexes),
        checks=chosen(table.checks, old.checks),
    )


def _constraints(table: Table) -> list[object]:
    return [set(table.foreign_keys), set(table.unique), set(table.indexes), set(table.checks)]


def _bare(column: Column) -> Column:
    """A column as a snapshot has it."""
    return replace(column, attribute="", definition="")


def _plain(table: Table) -> Table:
    """A table as a snapshot has it, but for what is in its JSON."""
    return replace(table, columns=tuple(_bare(column) for column in table.columns), keys=())


def places(told: Sequence[Told], paths: Mapping[str, str]) -> Iterator[tuple[Told, str]]:
    """Each with the path of the module that has the table's model, "" where none has."""
    for item in told:
        yield item, paths.get(item.table, "")
