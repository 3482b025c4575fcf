"""`.scaffold/schema.json`: the tables as the last revision leaves them.

One entry a line, sorted, each with the number of the revision that it is from (`at`). What is gone keeps its line, as
null, and every block ends with an empty entry: git's union merge of two branches that both wrote a revision is then
still a snapshot, of which the younger line of two counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from scaffolder.targets.python.migrations.state import State
from scaffolder.targets.python.storage.tables import Column, Constraint, ForeignKey, Key, Table

FILE = ".scaffold/schema.json"
FORMAT = 1
_BLOCKS = ("tables", "columns", "foreign_keys", "unique", "indexes", "checks", "keys")

Entries = dict[str, dict[str, tuple[str, Any]]]
"""By block and by name: the number of the revision that it is from, and the value, None for what is gone."""


class DamagedError(ValueError):
    """The file is none of ours; the message says why, `line` where (0: nowhere in particular)."""

    def __init__(self, message: str, line: int = 0) -> None:
        self.line = line
        super().__init__(message)


def parse(text: str) -> tuple[State, Entries]:
    """What the file says; raises `DamagedError`."""
    try:
        entries = _entries(json.loads(text, object_pairs_hook=list))
        return _state(entries), entries
    except json.JSONDecodeError as error:
        raise DamagedError(f"is no JSON: {error.msg}", error.lineno) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise DamagedError(f"is no snapshot of tables: {error}") from error


def render(state: State, before: Entries, number: str) -> str:
    """The file's text; `before` are its entries of now, `number` the revision that brings the state about."""
    values = _values(state)
    lines = ["{", f'"format": {FORMAT},']
    for block in _BLOCKS:
        was, now = before.get(block, {}), values[block]
        lines.append(f"{_json(block)}: {{")
        for name in sorted(was.keys() | now.keys()):
            known = was.get(name)
            value = now.get(name)
            at = known[0] if known is not None and known[1] == value else number
            lines.append(f"{_json(name)}: {_json([at, value])},")
        lines.append('"": null},')
    return "\n".join([*lines, '"": null}', ""])


def _entries(data: Any) -> Entries:
    found: Entries = {block: {} for block in _BLOCKS}
    version = dict(data)["format"]
    if version != FORMAT:
        raise ValueError(f"its format is {version}, this tool knows {FORMAT}")
    for block, items in data:
        if block not in found:
            continue
        for name, item in items:
            if name:
                at, value = item[0], _plain(item[1])
                held = found[block].get(name)
                # Of two branches that both changed it, the one that still has it.
                if held is None or (at, value is not None) > (held[0], held[1] is not None):
                    found[block][name] = (at, value)
    return found


def _plain(value: Any) -> Any:
    """A JSON object came as its pairs, to see those of one name; here it is a mapping again."""
    return None if value is None else dict(value)


def _values(state: State) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {block: {} for block in _BLOCKS}
    for table, kept in (
        *((t, False) for t in state.tables),
        *((t, True) for t in state.kept_tables.values()),
    ):
        head: dict[str, Any] = {"resource": table.resource, "primary_key": list(table.primary_key)}
        head |= {"numbered": True} if table.numbered else {}
        values["tables"][table.name] = head | ({"kept": True} if kept else {})
        for column in table.columns:
            values["columns"][f"{table.name}.{column.name}"] = _column(column)
        for key in table.foreign_keys:
            ends = {"columns": list(key.columns), "table": key.table, "refers_to": list(key.refers_to)}
            values["foreign_keys"][f"{table.name}.{key.name}"] = ends
        for block, items in (("unique", table.unique), ("indexes", table.indexes), ("checks", table.checks)):
            for item in items:
                condition = {"condition": item.condition} if item.condition else {}
                values[block][f"{table.name}.{item.name}"] = {"columns": list(item.columns)} | condition
        for each in table.keys:
            values["keys"][f"{table.name}.{each.owner}/{each.name}"] = _key(each)
    for (name, _), column in state.kept_columns.items():
        values["columns"][f"{name}.{column.name}"] = _column(column) | {"kept": True}
    return values


def _column(column: Column) -> dict[str, Any]:
    value: dict[str, Any] = {"type": column.type}
    value |= {"nullable": True} if column.nullable else {}
    value |= {"default": column.default} if column.default else {}
    return value | (
        {"members": [[name, number] for name, number in column.members]} if column.members else {}
    )


def _key(key: Key) -> dict[str, Any]:
    value: dict[str, Any] = {key.kind or "type": key.type}
    value |= {"in": key.container} if key.container else {}
    value |= {"nullable": True} if key.nullable else {}
    return value | ({"kept": True} if key.is_kept else {})


def _read_key(name: str, value: Mapping[str, Any]) -> Key:
    owner, _, key = name.rpartition("/")
    kind = next((kind for kind in ("message", "enum", "member") if kind in value), "")
    held = (str(value[kind or "type"]), kind, str(value.get("in", "")))
    return Key(owner, key, *held, bool(value.get("nullable")), bool(value.get("kept")))


def _state(entries: Entries) -> State:
    tables, kept_tables = [], {}
    kept_columns: dict[tuple[str, str], Column] = {}
    for name, head in _there(entries["tables"]):
        columns = []
        for column, value in _of(entries["columns"], name):
            made = _read_column(column, value)
            if value.get("kept"):
                kept_columns[name, column] = made
            else:
                columns.append(made)
        table = Table(
            name,
            head["resource"],
            tuple(columns),
            tuple(head["primary_key"]),
            tuple(
                ForeignKey(key, tuple(v["columns"]), v["table"], tuple(v["refers_to"]))
                for key, v in _of(entries["foreign_keys"], name)
            ),
            _constraints(entries["unique"], name),
            _constraints(entries["indexes"], name),
            _constraints(entries["checks"], name),
            bool(head.get("numbered")),
            tuple(_read_key(key, value) for key, value in _of(entries["keys"], name)),
        )
        if head.get("kept"):
            kept_tables[name] = table
        else:
            tables.append(table)
    return State(tuple(tables), kept_tables, kept_columns)


def _read_column(name: str, value: Mapping[str, Any]) -> Column:
    members = tuple((member, int(number)) for member, number in value.get("members", ()))
    nullable = bool(value.get("nullable"))
    return Column(name, str(value["type"]), nullable, str(value.get("default", "")), members)


def _constraints(block: Mapping[str, tuple[str, Any]], table: str) -> tuple[Constraint, ...]:
    return tuple(
        Constraint(name, tuple(value["columns"]), value.get("condition", ""))
        for name, value in _of(block, table)
    )


def _there(block: Mapping[str, tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for name in sorted(block):
        if block[name][1] is not None:
            yield name, block[name][1]


def _of(block: Mapping[str, tuple[str, Any]], table: str) -> Iterator[tuple[str, Any]]:
    for name, value in _there(block):
        owner, _, rest = name.partition(".")
        if owner == table:
            yield rest, value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
