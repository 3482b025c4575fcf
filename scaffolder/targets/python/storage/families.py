"""What tables have to do with each other: what repositories and their tests say of parents and children."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scaffolder.targets.python.storage.models import entity_values, parent_value, row_values, table_arguments
from scaffolder.targets.python.storage.schema import Model
from scaffolder.targets.python.storage.stored import Stored
from scaffolder.targets.python.text import literal

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A stored resource: the view of its repository, in the modules of layers that are called `module`.

    `types` are all classes of that module's domain. In another module all that is its own has a prefix.
    """

    module: str
    repository: View
    types: Sequence[str]

    @property
    def stored(self) -> Stored:
        found: Stored = self.repository["stored"]
        return found

    @property
    def model(self) -> Model:
        found: Model = self.repository["model"]
        return found

    @property
    def is_read(self) -> bool:
        """Whether callers get one, or several, by the identity."""
        return "get" in self.stored.verbs

    @property
    def is_named(self) -> bool:
        """Whether its name holds its parent's, which otherwise is in a field."""
        return self.model.parent is not None and not self.stored.resource.parent_field

    def row_in(self, module: str) -> str:
        """The row's class as a module of data/ writes it."""
        return self._prefix(module, "data") + str(self.repository["row_class"])

    def rules_in(self, module: str) -> str:
        """The rules as a module of data/ writes them."""
        return self._prefix(module, "rules") + self.stored.constant

    def creation_in(self, module: str, belongs: str) -> str:
        """The statement that stores a sample, as the tests of `module` write it; `belongs` says of which parent."""
        entity = (
            f"{self.stored.entity}({', '.join(filter(None, (belongs, self.repository['stored_sample'])))})"
        )
        if prefix := self._prefix(module, "types"):
            entity = re.sub(rf"\b(?={'|'.join(self.types)}\b[(.])", prefix, entity)
        return f"await container.{self.repository['property']}.create({entity})"

    def _prefix(self, module: str, suffix: str) -> str:
        return "" if module == self.module else f"{self.module}_{suffix}."


class Families:
    """The stored resources of all services; `services` are the views by module."""

    def __init__(self, services: Mapping[str, View]) -> None:
        self._members = {
            repository["table"].name: Member(module, repository, service["type_names"])
            for module, service in services.items()
            for repository in service["repositories"]
        }

    def view(self, module: str, service: View) -> View:
        """A service's view with what its repositories have to know of other tables, and the modules that have those."""
        views = [each | self._of(self._members[each["table"].name]) for each in service["repositories"]]
        names = sorted({member.module for each in views for member in each["relatives"]} - {module})
        return service | {"repositories": views, "relatives": names}

    def _of(self, own: Member) -> View:
        """What stands in the module about one resource, and in its tests.

        `table_arguments`, `row_values` and `entity_values` are those of `models`. `create_errors` and `update_errors`
        say what violated constraints mean. `has_children` is true where rows of other tables refer to this one's,
        `guards` select what is below it and does not; `deletes_below` are the statements that delete all those, the
        lowest first.

        Of the tests, `ancestors` are the statements that store what a sample belongs to, None where that is not known,
        and `belongs` its argument for the parent, `alone` the one for none, ``""`` where it needs one; `child` is a
        statement that stores something below the sample, ``""`` where none is known.
        """
        parent, below = self._parent(own), list(self._below(own, own))
        ancestors = self._ancestors(own, own.module)
        children = [*self._children.get(own.model.table.name, ()), *self._apart(own)]
        samples = (each for each in children if each.repository["has_sample"] and ancestors is not None)
        return {
            "table_arguments": table_arguments(own.model.table),
            "row_values": row_values(own.stored, own.model),
            "entity_values": entity_values(own.model),
            **self._errors(own, parent),
            "has_children": own.model.table.name in self._children,
            "guards": [_select(own, each, _where(own, each)) for each in self._apart(own)],
            "deletes_below": [statement for _, statement in below],
            "ancestors": ancestors,
            "belongs": self._belongs(own),
            "alone": ", ".join(f"{name}={default}" for name, default in own.model.unset.items()),
            "child": next((each.creation_in(own.module, self._belongs(each)) for each in samples), ""),
            "relatives": [*self._above(own), *(member for member, _ in below)],
            **self._cached(own, [member for member, _ in below]),
        }

    def _cached(self, own: Member, below: Sequence[Member]) -> View:
        """Of the repository's cache: whether it has one, as callers read by the identity here (`reads`) or in what goes
        with one; whether its own may go with what their names are `nested` in; `forgets`, the arguments for what goes.
        For the tests, `going` stores something that goes, and reads it; None where none is known.
        """
        read = [each for each in below if each.is_read] if "force" in own.stored.needs else []
        named = [each for each in read if self._is_named_below(each, own)]
        flat = sorted({each.model.table.name for each in read if each not in named})
        forgets = ["below=force"] if named else []
        forgets += [f"tables={literal(flat)} if force else ()"] if flat else []
        forced = any("force" in each.stored.needs for each in self._over(own))
        return {
            "reads": own.is_read,
            "cached": own.is_read or bool(read),
            "nested": own.is_read and own.is_named and forced,
            "forgets": "".join(f", {argument}" for argument in forgets),
            "going": next(self._going(own, read), None),
        }

    def _is_named_below(self, member: Member, above: Member) -> bool:
        """Whether the member's name begins with that of `above`, and no field stands in between."""
        return member.is_named and any(
            each is above or self._is_named_below(each, above) for each in self._owners(member)
        )

    def _going(self, own: Member, read: Sequence[Member]) -> Iterator[tuple[str, str]]:
        """Statements that store a child of the sample, and that read it."""
        for child in read:
            known = all(each.repository["has_sample"] for each in (child, own, *self._above(own)))
            if known and self._parent(child) is own and {"create", "get"} <= child.stored.needs:
                call = f"await container.{child.repository['property']}.get({child.repository['one']})"
                yield child.creation_in(own.module, self._belongs(child)), call

    def _parent(self, member: Member) -> Member | None:
        keys = member.model.table.foreign_keys
        return self._members[keys[0].table] if keys else None

    def _above(self, member: Member) -> list[Member]:
        """The parent, its parent, and so on."""
        parent = self._parent(member)
        return [parent, *self._above(parent)] if parent else []

    def _owners(self, member: Member) -> list[Member]:
        """The parent, or what is in front of its names without one."""
        parent = self._parent(member)
        return [parent] if parent else [self._members[table] for table in member.model.above]

    def _over(self, member: Member) -> list[Member]:
        """All that it goes with."""
        return [each for owner in self._owners(member) for each in (owner, *self._over(owner))]

    def _apart(self, member: Member) -> list[Member]:
        """What is below it by its names, and does not refer to it."""
        name = member.model.table.name
        return [each for each in self._members.values() if name in each.model.above]

    def _errors(self, own: Member, parent: Member | None) -> View:
        rules, stored, model = own.stored.constant, own.stored, own.model
        errors = [f"{name}={rules}.not_unique({fields})" for name, fields in model.unique_fields]
        missing = []
        if parent and model.parent:
            missing = [f"foreign_key={parent.rules_in(own.module)}.not_found({parent_value(stored)})"]
        exists = f"unique={rules}.already_exists({stored.variable}.{stored.identity})"
        moves = bool(stored.resource.parent_field)  # a name, and with it the parent's, stays what it is
        return {
            "create_errors": ", ".join([exists, *errors, *missing]),
            "update_errors": ", ".join([*errors, *(missing if moves else [])]),
        }

    def _belongs(self, member: Member) -> str:
        """The argument of a sample with the identity of its parent, where that is a field of its own."""
        parent, field = self._parent(member), member.stored.resource.parent_field
        return f"{member.stored.attributes[field]}={parent.repository['one']}" if parent and field else ""

    def _ancestors(self, member: Member, module: str) -> list[str] | None:
        found = [each.creation_in(module, self._belongs(each)) for each in reversed(self._above(member))]
        known = all(each.repository["has_sample"] for each in (member, *self._above(member)))
        return found if known else None

    def _below(self, own: Member, member: Member, rows: str = "") -> Iterator[tuple[Member, str]]:
        """What is below the row that is deleted, of `own`, or below `rows` of a member, a SELECT of identities."""
        for child in self._children.get(member.model.table.name, ()):
            where = f"{_parent_column(own, child)}.in_({rows})" if rows else _where(own, child)
            yield from self._deleted(own, child, where)
        for child in self._apart(member):
            yield from self._deleted(own, child, _where(own, child))

    def _deleted(self, own: Member, child: Member, where: str) -> Iterator[tuple[Member, str]]:
        """The statements that delete a child's rows, and before that what is below them."""
        yield from self._below(own, child, _select(own, child, where))
        yield child, f"delete({child.row_in(own.module)}).where({where})"

    @cached_property
    def _children(self) -> Mapping[str, list[Member]]:
        """The resources of every parent's table."""
        found: dict[str, list[Member]] = {}
        for member in self._members.values():
            for key in member.model.table.foreign_keys:
                found.setdefault(key.table, []).append(member)
        return found


def _parent_column(own: Member, child: Member) -> str:
    assert child.model.parent is not None
    return f"{child.row_in(own.module)}.{child.model.parent.attribute}"


def _where(own: Member, child: Member) -> str:
    """Whether a row of `child` is below the one of `own` that is deleted."""
    column, key = _parent_column(own, child), own.stored.identity
    found = [
        f"{column} == {key}" if parent == key else f"children({column}, {parent})"
        for parent in own.stored.parents_of(child.stored, key)
    ]
    return f"or_({', '.join(found)})" if len(found) > 1 else found[0]


def _select(own: Member, child: Member, where: str) -> str:
    return f"select({child.row_in(own.module)}.{child.model.key.attribute}).where({where})"
