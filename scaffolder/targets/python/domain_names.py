"""What messages and enums are called in biz/: their classes, their conversions, the members of enums."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Mapping, Sequence

from scaffolder.contract.model import Contract, Enum, Message
from scaffolder.targets.python.names import identifier, pascal, safe, snake

RESERVED_CLASSES = frozenset(dir(builtins)) | {
    "Any",
    "AsyncIterator",
    "Callable",
    "Page",
    "Protocol",
    "Sequence",
    "UnimplementedError",
}
"""Names that biz/NOUN.py imports or uses as types; a message of that name gets `Message` behind it."""

CONVERSIONS = frozenset(
    {
        "datetime",
        "decimal",
        "duration",
        "enum",
        "list_value",
        "money",
        "struct",
        "time_of_day",
        "timedelta",
        "timestamp",
        "uuid",
        "value",
    }
)
"""Stems of the conversions in kit/convert*.py; a message of that name gets `_message` behind it in its own."""


class DomainNames:
    """The names of a service's domain types, by the full names of their messages and enums, none of them twice.

    `classes` are those of biz/NOUN_types.py, `functions` the stems of messages' two conversions, `STEM_from` and
    `STEM_to`. `reserved` are names that modules use themselves; a message of another package than `package` gets that
    package's name in front where two would be called alike. `called` are messages that are called otherwise than after
    where they stand: `Beer` of ListBeerReply.Beer, so that its Image is `BeerImage`.
    """

    def __init__(
        self,
        contract: Contract,
        package: str,
        enums: Sequence[Enum],
        messages: Sequence[Message],
        reserved: Collection[str],
        *,
        called: Mapping[str, str],
    ) -> None:
        self._contract = contract
        self._package = package
        self._called = called
        self.classes: dict[str, str] = {}
        taken = {*RESERVED_CLASSES, *reserved}
        items: list[Message | Enum] = [*enums, *messages]
        for item in items:
            self.classes[item.full_name] = self._class_name(item, taken)
            taken.add(self.classes[item.full_name])
        self.functions: dict[str, str] = {}
        stems: set[str] = set()
        for message in messages:
            stem = snake(self.classes[message.full_name]).strip("_") or "message"
            stem = f"{stem}_message" if stem in CONVERSIONS else stem
            while stem in stems:
                stem += "_"
            stems.add(stem)
            self.functions[message.full_name] = stem

    def _class_name(self, item: Message | Enum, taken: set[str]) -> str:
        package = self._contract.by_name[item.file].package
        local = self._local(item, package)
        name = identifier("".join(part[:1].upper() + part[1:] for part in local.split(".")))
        if name in taken and package != self._package:
            name = pascal(package) + name
        if name in taken:
            name += "Enum" if isinstance(item, Enum) else "Message"
        return safe(name, taken)

    def _local(self, item: Message | Enum, package: str) -> str:
        """The name without the package, and without what it stands in where that is called otherwise."""
        above = item.full_name
        while above and above != package:
            if above in self._called:
                return self._called[above] + item.full_name.removeprefix(above)
            above = above.rpartition(".")[0]
        return item.full_name.removeprefix(package).removeprefix(".")


def enum_members(enum: Enum) -> list[tuple[str, int, str]]:
    """Name, number and comment of an enum's members, without the prefix that repeats the enum's name."""
    prefix = snake(enum.name).upper() + "_"
    short = [value.name.removeprefix(prefix) for value in enum.values]
    if all(value.name.startswith(prefix) for value in enum.values) and all(n.isidentifier() for n in short):
        names = short
    else:
        names = [value.name for value in enum.values]
    reserved = set(dir(int)) | {"mro", "name", "value", "_ignore_", "_order_"}
    return [
        (
            safe(name.strip("_") or "EMPTY" if name.startswith("_") else name, reserved),
            value.number,
            value.comment,
        )
        for name, value in zip(names, enum.values, strict=True)
    ]
