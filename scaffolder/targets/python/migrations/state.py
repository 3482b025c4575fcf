"""What the revisions of a project leave in its database, and what was renamed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scaffolder.targets.python.renames.spec import Rename, backward
from scaffolder.targets.python.storage.tables import Column, Table


@dataclass(frozen=True, slots=True)
class State:
    """`tables` are those of the models; `kept_tables` and `kept_columns` (by table and column) are in no model any
    more, and in the database until they are destroyed.
    """

    tables: tuple[Table, ...] = ()
    kept_tables: Mapping[str, Table] = field(default_factory=dict)
    kept_columns: Mapping[tuple[str, str], Column] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Renames:
    """Old names by new ones: of messages in full, of tables, and of columns by the new names of table and column.

    `keys` are those in JSON, by the new names of table, message and key.
    """

    resources: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    keys: Mapping[tuple[str, str, str], str] = field(default_factory=dict)


def renames_between(old: Sequence[Table], new: Sequence[Table], renames: Iterable[Rename]) -> Renames:
    """What `renames` mean for tables; `old` are those of today's contract under its old names.

    Under the old names an RPC may have been no standard method, and its resource not stored: then a column is called
    like its field.
    """
    renames = tuple(renames)
    fields = {rename.new: rename.old.rpartition(".")[2] for rename in renames if rename.kind == "field"}
    outer = [rename for rename in renames if not rename.is_member]
    resources, tables, columns = dict[str, str](), dict[str, str](), dict[tuple[str, str], str]()
    keys: dict[tuple[str, str, str], str] = {}
    left = list(old)
    for after in new:
        was = backward(after.resource, outer)
        if was != after.resource:
            resources[after.resource] = was
        before = next((t for t in left if t.resource == was and len(t.columns) == len(after.columns)), None)
        if before is None:
            own = ((c.name, fields.get(f"{after.resource}.{c.name}", c.name)) for c in after.columns)
            columns |= {(after.name, name): name_before for name, name_before in own if name != name_before}
            known = ((key, fields.get(f"{key.owner}.{key.name}", key.name)) for key in after.keys)
            keys |= {(after.name, key.owner, key.name): was for key, was in known if key.name != was}
            continue
        left.remove(before)
        if before.name != after.name:
            tables[after.name] = before.name
        pairs = zip(before.columns, after.columns, strict=True)
        columns |= {(after.name, b.name): a.name for a, b in pairs if a.name != b.name}
        both = zip(before.keys, after.keys, strict=False)
        keys |= {(after.name, b.owner, b.name): a.name for a, b in both if a.name != b.name}
    return Renames(resources, tables, columns, keys)
