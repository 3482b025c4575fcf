"""What became of the things that a changed contract no longer has under their old name: moved, or called otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scaffolder.contract.model import Contract, Enum, Field, Message, Method, Service

Element = Message | Enum | Service


@dataclass(frozen=True)
class Successors:
    """Looks up, in the contract as it is, what it was before; names are full names."""

    old: Contract
    new: Contract

    def file_of(self, names: Sequence[str]) -> str:
        """The file of something deleted, by the names that buf has for it: its own, its package's; "" if unknown."""
        if names and names[0].endswith(".proto"):
            return names[0]
        package = names[1] if len(names) > 1 else ""
        found = self._before.get(f"{package}.{names[0]}".lstrip(".")) if names else None
        return found.file if found else ""

    def of_element(self, name: str, package: str = "") -> tuple[str, str]:
        """The full name and the file of what stands for a deleted message, enum or service now; empty for nothing.

        `name` is relative to its package, which buf does not tell where the file tells it: then any that fits counts.
        """
        gone = [
            item
            for full, item in self._before.items()
            if (full == f"{package}.{name}" if package else full == name or full.endswith(f".{name}"))
        ]
        for item in gone:
            if item.full_name in self._after and self._after[item.full_name].file != item.file:
                return item.full_name, self._after[item.full_name].file
        alike = [new for item in gone for new in self._came if _is_like(item, new)]
        return (alike[0].full_name, alike[0].file) if len(alike) == 1 else ("", "")

    def of_rpc(self, name: str, service: str) -> str:
        """The name of the RPC that a deleted one of the same service is called now, "" where none or several may be."""
        gone = [s for s in self.old.services if s.name == service or s.full_name.endswith(f".{service}")]
        for old in gone:
            new = next((s for s in self.new.services if s.full_name == old.full_name), None)
            method = next((m for m in old.methods if m.name == name), None)
            if new is None or method is None:
                continue
            known = {m.name for m in old.methods}
            alike = [m for m in new.methods if m.name not in known and self._is_same_call(method, m)]
            if len(alike) == 1:
                return alike[0].name
        return ""

    def _is_same_call(self, old: Method, new: Method) -> bool:
        """Whether two RPCs take and give the same, their messages perhaps named after them."""
        if (old.client_streaming, old.server_streaming) != (new.client_streaming, new.server_streaming):
            return False
        return self._is_same_message(old.input, new.input) and self._is_same_message(old.output, new.output)

    def _is_same_message(self, old: str, new: str) -> bool:
        if old == new:
            return True
        before, after = self.old.messages.get(old), self.new.messages.get(new)
        return (
            before is not None
            and after is not None
            and new not in self.old.messages
            and _is_like(before, after)
        )

    @cached_property
    def _before(self) -> Mapping[str, Element]:
        return _elements(self.old)

    @cached_property
    def _after(self) -> Mapping[str, Element]:
        return _elements(self.new)

    @cached_property
    def _came(self) -> list[Element]:
        return [item for name, item in self._after.items() if name not in self._before]


def _elements(contract: Contract) -> dict[str, Element]:
    services = {s.full_name: s for file in contract.files for s in file.services}
    return {**contract.messages, **contract.enums, **services}


def _is_like(old: Element, new: Element) -> bool:
    """Whether the new thing could be the old one under another name; what is empty is like nothing."""
    if isinstance(old, Message) and isinstance(new, Message):
        return bool(old.fields) and _fields(old.fields) == _fields(new.fields)
    if isinstance(old, Enum) and isinstance(new, Enum):
        return [value.number for value in old.values] == [value.number for value in new.values]
    if isinstance(old, Service) and isinstance(new, Service):
        return bool(old.methods) and {m.name for m in old.methods} == {m.name for m in new.methods}
    return False


def _fields(fields: Iterable[Field]) -> list[tuple[object, ...]]:
    return sorted((field.number, field.name, field.kind.value, field.repeated) for field in fields)
