"""What `--rename OLD=NEW` says: which name of the contract was another one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scaffolder.contract.model import Contract, Enum, Message, walk
from scaffolder.diagnostics import Diagnostic, ScaffoldError
from scaffolder.suggest import nearest

Kind = Literal["package", "service", "rpc", "message", "enum", "field", "oneof", "value"]

MEMBERS = frozenset({"rpc", "field", "oneof", "value"})
"""Kinds whose names stand inside a service, a message or an enum: they keep their owner."""

EXAMPLE = "order.v1.OrderService.GetOrder=order.v1.OrderService.FetchOrder"


@dataclass(frozen=True, slots=True)
class Rename:
    """`old` and `new` are full names without a leading dot; an enum's value stands below its enum."""

    kind: Kind
    old: str
    new: str

    @property
    def is_member(self) -> bool:
        return self.kind in MEMBERS


def parse(specs: Sequence[str], contract: Contract) -> tuple[Rename, ...]:
    """The renames of `OLD=NEW`, outer names before what stands in them.

    NEW may be the last part alone where everything before it is OLD's, or what another spec makes of that.

    Raises a `ScaffoldError` (code `rename`) with every spec that is malformed, that names what the contract does not
    have or still has, or that contradicts another one.
    """
    parser = _Parser(dict(_index(contract)))
    for spec in dict.fromkeys(specs):
        parser.split(spec)
    parser.resolve()
    if parser.problems:
        raise ScaffoldError(parser.problems)
    return tuple(parser.found.values())


def forward(name: str, renames: Iterable[Rename]) -> str:
    """What a full name of before is called now, by the renames of it and of everything around it."""
    return _mapped(name, {r.old: r.new for r in renames})


def backward(name: str, renames: Iterable[Rename]) -> str:
    """What a full name of now was called before."""
    return _mapped(name, {r.new: r.old for r in renames})


def _mapped(name: str, names: dict[str, str]) -> str:
    head, rest = name, ""
    while head:
        if head in names:
            return names[head] + rest
        head, _, last = head.rpartition(".")
        rest = f".{last}{rest}"
    return name


@dataclass(slots=True)
class _Parser:
    """`index` is every name of the contract with its kind and its canonical form; `found` are renames by spec."""

    index: dict[str, tuple[Kind, str]]
    pairs: list[tuple[str, str, str]] = field(default_factory=list)
    found: dict[str, Rename] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def split(self, spec: str) -> None:
        parts = [part.strip().removeprefix(".").replace("/", ".") for part in spec.split("=")]
        if len(parts) != 2 or not all(p.isidentifier() for part in parts for p in part.split(".")):
            self._refuse(f"`{spec}` is not OLD=NEW with names of the contract", f"write it as in {EXAMPLE}")
        elif parts[0] == parts[1]:
            self._refuse(f"`{spec}` renames nothing: both names are the same", f"write it as in {EXAMPLE}")
        else:
            self.pairs.append((spec, parts[0], parts[1]))

    def resolve(self) -> None:
        """Outer names first, since a short NEW and a member's owner depend on them."""
        for spec, old, new in sorted(self.pairs, key=lambda pair: pair[1].count(".")):
            rename = self._rename(spec, old, new)
            if rename and not self._contradicts(spec, rename):
                self.found[spec] = rename
        for spec, rename in self.found.items():
            self._check_owner(spec, rename)

    def _rename(self, spec: str, old: str, new: str) -> Rename | None:
        if old in self.index:
            self._refuse(
                f"`{spec}`: {old} is still in the contract",
                "OLD is what the contract no longer has; leave the option out where both exist",
            )
            return None
        owner = old.rpartition(".")[0]
        candidates = [new]
        if "." not in new and owner:
            candidates = [f"{forward(owner, self.found.values())}.{new}", f"{owner}.{new}", new]
        match = next((name for name in candidates if name in self.index), None)
        if match is None:
            near = _near(candidates[0], self.index)
            hint = (
                f"did you mean `{near}`?" if near else f"a full name that the contract has, as in {EXAMPLE}"
            )
            self._refuse(f"`{spec}`: {candidates[0]} is not in the contract", hint)
            return None
        kind, full = self.index[match]
        return Rename(kind, _value_name(old, full) if kind == "value" else old, full)

    def _contradicts(self, spec: str, rename: Rename) -> bool:
        for other in self.found.values():
            shared = rename.old if rename.old == other.old else rename.new if rename.new == other.new else ""
            if shared:
                self._refuse(
                    f"`{spec}` contradicts `{other.old}={other.new}`: both name {shared}", "give one of them"
                )
                return True
        return False

    def _check_owner(self, spec: str, rename: Rename) -> None:
        """A member that was somewhere else before: that is no rename, or its owner's rename was not given."""
        owner, was = rename.new.rpartition(".")[0], rename.old.rpartition(".")[0]
        outer = [other for other in self.found.values() if not other.is_member]
        if rename.is_member and was not in (owner, backward(owner, outer)):
            self._refuse(
                f"`{spec}`: {owner} was not {was} before, so nothing of it can have become {rename.new}",
                f"give its rename as well: --rename {was}={owner}",
            )

    def _refuse(self, message: str, hint: str) -> None:
        self.problems.append(Diagnostic("rename", message, hint))


def _value_name(old: str, new: str) -> str:
    """A value's old name below its enum: protobuf itself has values beside their enum, people write both."""
    owner, _, name = old.rpartition(".")
    enum = new.rpartition(".")[0]
    return f"{enum}.{name}" if owner == enum.rpartition(".")[0] else old


def _near(name: str, index: Iterable[str]) -> str:
    """The nearest known name, whatever its capitals; the full one of a bare name."""
    known = {full.lower(): full for full in index}
    if "." not in name:
        ends = (full for low, full in known.items() if low.rpartition(".")[2] == name.lower())
        if end := next(ends, ""):
            return end
    return known.get(nearest(name, known), "")


def _index(contract: Contract) -> Iterator[tuple[str, tuple[Kind, str]]]:
    """Every name that a spec may give, with its kind and its canonical form."""
    for file in contract.files:
        parts = file.package.split(".")
        for end in range(1, len(parts) + 1):
            package = ".".join(parts[:end])
            yield package, ("package", package)
    for service in (service for file in contract.files for service in file.services):
        yield service.full_name, ("service", service.full_name)
        for method in service.methods:
            yield method.full_name, ("rpc", method.full_name)
    for file in contract.files:
        for message in (m for top in file.messages for m in walk(top)):
            yield from _message_index(message)
        for enum in file.enums:
            yield from _enum_index(enum)


def _message_index(message: Message) -> Iterator[tuple[str, tuple[Kind, str]]]:
    yield message.full_name, ("message", message.full_name)
    for oneof in message.oneofs:
        yield f"{message.full_name}.{oneof}", ("oneof", f"{message.full_name}.{oneof}")
    for item in message.fields:
        yield f"{message.full_name}.{item.name}", ("field", f"{message.full_name}.{item.name}")
    for enum in message.enums:
        yield from _enum_index(enum)


def _enum_index(enum: Enum) -> Iterator[tuple[str, tuple[Kind, str]]]:
    yield enum.full_name, ("enum", enum.full_name)
    beside = enum.full_name.rpartition(".")[0]
    for value in enum.values:
        full = f"{enum.full_name}.{value.name}"
        yield f"{beside}.{value.name}".lstrip("."), ("value", full)
        yield full, ("value", full)
