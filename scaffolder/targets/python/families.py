"""What the tables of a project have to do with each other, for the repositories: parents, and what is below a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scaffolder.targets.python.schema import Model

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A stored resource: its row's class in ``data/MODULE.py``, the constant of its rules in ``biz/MODULE.py``."""

    module: str
    row_class: str
    rules: str
    model: Model

    def row_in(self, module: str) -> str:
        """The row's class as another module of data/ writes it."""
        return self.row_class if module == self.module else f"{self.module}_data.{self.row_class}"

    def rules_in(self, module: str) -> str:
        """The rules as a module of data/ writes them."""
        return self.rules if module == self.module else f"{self.module}_rules.{self.rules}"


class Families:
    """The stored resources of all services; `services` are the views by module."""

    def __init__(self, services: Mapping[str, View]) -> None:
        self._members = {
            repository["table"].name: Member(
                module, repository["row_class"], repository["stored"].constant, repository["model"]
            )
            for module, service in services.items()
            for repository in service["repositories"]
            if repository["resource"]
        }

    def view(self, module: str, service: View) -> View:
        """A service's view with what its repositories have to know of other tables, and the modules that have those."""
        repositories = [each | self._of(each) if each["resource"] else each for each in service["repositories"]]
        elsewhere = [member for each in repositories for member in each.get("relatives", ())]
        names = sorted({member.module for member in elsewhere} - {module})
        return service | {"repositories": repositories, "relatives": names}

    def _of(self, repository: View) -> View:
        """`parent_rules` are those of the parent, ``""`` where the project stores none. `has_children` is true where rows
        of other tables refer to this one's; `deletes_below` are the statements that delete those, the lowest first.
        """
        own = self._members[repository["table"].name]
        keys = own.model.table.foreign_keys
        parent = self._members[keys[0].table] if keys else None
        below = list(self._below(own, own.module, repository["identity"]))
        return {
            "parent_rules": parent.rules_in(own.module) if parent else "",
            "has_children": bool(below),
            "deletes_below": [statement for _, statement in below],
            "relatives": [*([parent] if parent else []), *(member for member, _ in below)],
        }

    def _below(self, member: Member, module: str, key: str, rows: str = "") -> Iterator[tuple[Member, str]]:
        """What is below the row with the identity `key`, or below `rows`, a SELECT of identities."""
        for child in self._children.get(member.model.table.name, ()):
            assert child.model.parent is not None
            row = child.row_in(module)
            column = f"{row}.{child.model.parent.attribute}"
            where = f"{column}.in_({rows})" if rows else f"{column} == {key}"
            select = f"select({row}.{child.model.key.attribute}).where({where})"
            yield from self._below(child, module, key, select)
            yield child, f"delete({row}).where({where})"

    @cached_property
    def _children(self) -> Mapping[str, list[Member]]:
        """The resources of every parent's table."""
        found: dict[str, list[Member]] = {}
        for member in self._members.values():
            for key in member.model.table.foreign_keys:
                found.setdefault(key.table, []).append(member)
        return found
