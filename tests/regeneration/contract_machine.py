"""A contract as values, its text, and the ways in which contracts change under a service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeVar

T = TypeVar("T")

NOUNS = ("Order", "Item", "Parcel")
VERBS = ("Place", "Find", "Cancel", "Watch", "Get", "List", "Import")
FIELDS = ("name", "size", "state", "class", "note", "order_id", "parent")
SCALARS = ("string", "int32", "bool", "double", "bytes", "google.protobuf.Timestamp", "map<string, int32>")
COMMENTS = (
    "",
    "Does it.",
    "Says {{what}} \\N it does.",
    "Größe 日本.",
    'With """ in it.',
    "First.\n\nThen more.",
)
FOREIGN = {
    "google.protobuf.Timestamp": "google/protobuf/timestamp.proto",
    "google.protobuf.Empty": "google/protobuf/empty.proto",
    "google.protobuf.FieldMask": "google/protobuf/field_mask.proto",
}


class Picker:
    """The choices of one step, the same for the same number."""

    def __init__(self, number: int) -> None:
        self._random = Random(number)

    def one(self, items: Sequence[T]) -> T:
        return items[self._random.randrange(len(items))]

    def below(self, count: int) -> int:
        return self._random.randrange(count)

    def chance(self, one_in: int) -> bool:
        return self.below(one_in) == 0

    def shuffled(self, items: Sequence[T]) -> tuple[T, ...]:
        return tuple(self._random.sample(items, len(items)))


@dataclass(frozen=True)
class Field:
    """`type` is a scalar or the full name of a message or an enum."""

    name: str
    type: str
    number: int
    repeated: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Message:
    name: str
    fields: tuple[Field, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Enum:
    name: str
    values: tuple[str, ...] = ("UNSPECIFIED", "OPEN")


@dataclass(frozen=True)
class Rpc:
    """`streams` is 1 for the client's, 2 for the server's, 3 for both; `http` counts the forms of a binding."""

    name: str
    request: str
    response: str
    streams: int = 0
    http: int = 0
    comment: str = ""


@dataclass(frozen=True)
class Service:
    name: str
    rpcs: tuple[Rpc, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class File:
    path: str
    package: str
    services: tuple[Service, ...] = ()
    messages: tuple[Message, ...] = ()
    enums: tuple[Enum, ...] = ()

    @property
    def names(self) -> list[str]:
        short = [*(item.name for item in self.messages), *(item.name for item in self.enums)]
        return [f"{self.package}.{name}" for name in short]

    @property
    def defined(self) -> set[str]:
        return set(self.names)

    @property
    def used(self) -> set[str]:
        found = {each.type for message in self.messages for each in message.fields}
        return found | {
            name for service in self.services for rpc in service.rpcs for name in (rpc.request, rpc.response)
        }


@dataclass(frozen=True)
class Contract:
    files: tuple[File, ...]

    def home(self, name: str) -> File | None:
        return next((file for file in self.files if name in file.defined), None)

    def message(self, name: str) -> Message | None:
        home = self.home(name)
        short = name.rpartition(".")[2]
        return next((item for item in home.messages if item.name == short), None) if home else None

    def with_file(self, old: File, new: File) -> Contract:
        return replace(self, files=tuple(new if file is old else file for file in self.files))

    def services(self) -> list[tuple[File, Service]]:
        return [(file, service) for file in self.files for service in file.services]

    def rpcs(self) -> list[tuple[File, Service, Rpc]]:
        return [(file, service, rpc) for file, service in self.services() for rpc in service.rpcs]

    def messages(self) -> list[tuple[File, Message]]:
        return [(file, message) for file in self.files for message in file.messages]

    def with_service(self, file: File, old: Service, *new: Service) -> Contract:
        services = tuple(item for each in file.services for item in (new if each is old else (each,)))
        return self.with_file(file, replace(file, services=services))

    def with_rpc(self, file: File, service: Service, old: Rpc, *new: Rpc) -> Contract:
        rpcs = tuple(item for each in service.rpcs for item in (new if each is old else (each,)))
        return self.with_service(file, service, replace(service, rpcs=rpcs))

    def with_message(self, file: File, old: Message, *new: Message) -> Contract:
        messages = tuple(item for each in file.messages for item in (new if each is old else (each,)))
        return self.with_file(file, replace(file, messages=messages))

    def with_types(self, rename: Callable[[str], str]) -> Contract:
        """Every use of a message or an enum under another name."""

        def file(each: File) -> File:
            messages = tuple(
                replace(m, fields=tuple(replace(f, type=rename(f.type)) for f in m.fields))
                for m in each.messages
            )
            services = tuple(
                replace(
                    s,
                    rpcs=tuple(
                        replace(r, request=rename(r.request), response=rename(r.response)) for r in s.rpcs
                    ),
                )
                for s in each.services
            )
            return replace(each, messages=messages, services=services)

        return Contract(tuple(file(each) for each in self.files))

    def imports(self, file: File) -> list[str]:
        found = {FOREIGN[name] for name in file.used if name in FOREIGN}
        homes = (self.home(name) for name in file.used - file.defined)
        found |= {home.path for home in homes if home}
        if any(rpc.http for service in file.services for rpc in service.rpcs):
            found.add("google/api/annotations.proto")
        return sorted(found)

    def texts(self) -> dict[str, str]:
        """The files by import name."""
        return {file.path: _text(self, file) for file in self.files}

    def is_sound(self) -> bool:
        """Whether protoc takes it: names are there once, and imports go in no circle."""
        paths = [file.path for file in self.files]
        names = [f"{f.package}.{x.name}" for f in self.files for x in f.services]
        names += [name for f in self.files for name in f.names]
        known = {name for file in self.files for name in file.defined} | {*FOREIGN, *SCALARS}
        if len({*paths}) != len(paths) or len({*names}) != len(names) or not self.services():
            return False
        if any(not file.used <= known for file in self.files) or not all(
            f.services or f.messages or f.enums for f in self.files
        ):
            return False
        for _, service in self.services():
            if len({rpc.name for rpc in service.rpcs}) != len(service.rpcs) or not service.rpcs:
                return False
        if any(len({f.name for f in m.fields}) != len(m.fields) for _, m in self.messages()):
            return False
        return self._has_no_circle()

    def _has_no_circle(self) -> bool:
        left = {
            file.path: {path for path in self.imports(file) if not path.startswith("google")}
            for file in self.files
        }
        while left:
            free = [path for path, needs in left.items() if not needs & left.keys()]
            if not free:
                return False
            for path in free:
                del left[path]
        return True


def _text(contract: Contract, file: File) -> str:
    lines = ['syntax = "proto3";', "", f"package {file.package};", ""]
    lines += [f'import "{name}";' for name in contract.imports(file)]
    for service in file.services:
        lines += ["", *_comment(service.comment, ""), f"service {service.name} {{"]
        for rpc in service.rpcs:
            lines += _rpc(contract, file, service, rpc)
        lines.append("}")
    for enum in file.enums:
        prefix = _snake(enum.name).upper()
        lines += ["", f"enum {enum.name} {{"]
        lines += [f"  {prefix}_{value} = {number};" for number, value in enumerate(enum.values)] + ["}"]
    for message in file.messages:
        lines += ["", *_comment(message.comment, ""), f"message {message.name} {{"]
        for item in message.fields:
            kind = f".{item.type}" if "." in item.type else item.type
            repeated = "repeated " if item.repeated and not item.type.startswith("map<") else ""
            lines += [*_comment(item.comment, "  "), f"  {repeated}{kind} {item.name} = {item.number};"]
        lines.append("}")
    return "\n".join(lines) + "\n"


def _comment(text: str, indent: str) -> list[str]:
    return [f"{indent}// {line}".rstrip() for line in text.split("\n")] if text else []


def _rpc(contract: Contract, file: File, service: Service, rpc: Rpc) -> list[str]:
    sides = [
        f"{'stream ' if rpc.streams & bit else ''}.{name}"
        for bit, name in ((1, rpc.request), (2, rpc.response))
    ]
    head = f"  rpc {rpc.name}({sides[0]}) returns ({sides[1]})"
    binding = "" if rpc.streams & 1 else _binding(contract, file, service, rpc)
    body = (
        [f"{head} {{", f"    option (google.api.http) = {{{binding}}};", "  }"] if binding else [f"{head};"]
    )
    return [*_comment(rpc.comment, "  "), *body]


def _binding(contract: Contract, file: File, service: Service, rpc: Rpc) -> str:
    message = contract.message(rpc.request)
    texts = [f.name for f in message.fields if f.type == "string" and not f.repeated] if message else []
    path = f"/v1/{file.package}/{service.name}/{_snake(rpc.name)}"
    match rpc.http:
        case 1:
            return f'post: "{path}" body: "*"'
        case 2:
            return f'delete: "{path}"'
        case 3:
            return f'post: "/v2{path}" body: "*" additional_bindings {{put: "{path}" body: "*"}}'
        case 4 if texts:
            return f'post: "{path}/{{{texts[0]}}}" body: "*"'
    return ""


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@dataclass(frozen=True)
class Changed:
    """A contract after a change; `renames` are what the user could tell the tool of it."""

    contract: Contract
    renames: tuple[str, ...] = field(default=())


Change = Callable[[Contract, Picker], "Changed | Contract | None"]


def first(number: int) -> Contract:
    """A contract to begin with: one of a few."""
    pick = Picker(number)
    order = Message("Order", (Field("order_id", "string", 1), Field("name", "string", 2)), "An order.")
    place = Message("PlaceOrderRequest", (Field("name", "string", 1),))
    rpcs = (
        Rpc(
            "PlaceOrder", "order.v1.PlaceOrderRequest", "order.v1.Order", 0, pick.below(2), "Places an order."
        ),
        Rpc("FindOrder", "order.v1.PlaceOrderRequest", "order.v1.Order", comment="Finds it."),
        Rpc("WatchOrder", "order.v1.PlaceOrderRequest", "order.v1.Order", 2),
    )
    file = File(
        "order/v1/order.proto", "order.v1", (Service("OrderService", rpcs, "Takes orders."),), (order, place)
    )
    contract = Contract((file,))
    for change in (standard_add, service_add) if pick.chance(2) else ():
        changed = change(contract, pick)
        contract = changed if isinstance(changed, Contract) else contract
    return contract


def _name(pick: Picker, taken: set[str], suffix: str = "") -> str | None:
    names = [f"{verb}{noun}{suffix}" for verb in VERBS for noun in NOUNS]
    free = [name for name in names if name not in taken]
    return pick.one(free) if free else None


def _fields(pick: Picker, contract: Contract, count: int) -> tuple[Field, ...]:
    names = pick.shuffled(FIELDS)[:count]
    types = [*SCALARS, "string"]
    return tuple(
        Field(name, pick.one(types), number, pick.chance(5), pick.one(COMMENTS) if pick.chance(3) else "")
        for number, name in enumerate(names, 1)
    )


def _message_for(contract: Contract, file: File, name: str, pick: Picker) -> tuple[Contract, str]:
    """A message of that name in the file, made if there is none."""
    full = f"{file.package}.{name}"
    if contract.home(full):
        return contract, full
    here = next(item for item in contract.files if item.path == file.path)
    made = Message(name, _fields(pick, contract, pick.below(3)))
    return contract.with_file(here, replace(here, messages=(*here.messages, made))), full


def _any_message(contract: Contract, pick: Picker) -> str:
    return pick.one(
        [*(f"{file.package}.{item.name}" for file, item in contract.messages()), "google.protobuf.Empty"]
    )


def rpc_add(contract: Contract, pick: Picker) -> Contract | None:
    file, service = pick.one(contract.services())
    name = _name(pick, {rpc.name for rpc in service.rpcs})
    if name is None:
        return None
    if pick.chance(2):
        contract, request = _message_for(contract, file, f"{name}Request", pick)
    else:
        request = _any_message(contract, pick)
    rpc = Rpc(
        name,
        request,
        _any_message(contract, pick),
        pick.one((0, 0, 0, 1, 2, 3)),
        pick.below(5),
        pick.one(COMMENTS),
    )
    file, service = _again(contract, file, service)
    at = pick.below(len(service.rpcs) + 1)
    rpcs = (*service.rpcs[:at], rpc, *service.rpcs[at:])
    return contract.with_service(file, service, replace(service, rpcs=rpcs))


def _again(contract: Contract, file: File, service: Service) -> tuple[File, Service]:
    """The same file and service after other changes."""
    file = next(item for item in contract.files if item.path == file.path)
    return file, next(item for item in file.services if item.name == service.name)


def rpc_remove(contract: Contract, pick: Picker) -> Contract | None:
    file, service, rpc = pick.one(contract.rpcs())
    return contract.with_rpc(file, service, rpc)


def rpc_rename(contract: Contract, pick: Picker) -> Changed | None:
    file, service, rpc = pick.one(contract.rpcs())
    name = _name(pick, {each.name for each in service.rpcs})
    if name is None:
        return None
    full = f"{file.package}.{service.name}"
    return Changed(
        contract.with_rpc(file, service, rpc, replace(rpc, name=name)), (f"{full}.{rpc.name}={name}",)
    )


def rpc_reorder(contract: Contract, pick: Picker) -> Contract | None:
    file, service = pick.one(contract.services())
    return contract.with_service(file, service, replace(service, rpcs=pick.shuffled(service.rpcs)))


def rpc_retype(contract: Contract, pick: Picker) -> Contract | None:
    file, service, rpc = pick.one(contract.rpcs())
    if pick.chance(2):
        return contract.with_rpc(file, service, rpc, replace(rpc, request=_any_message(contract, pick)))
    return contract.with_rpc(file, service, rpc, replace(rpc, response=_any_message(contract, pick)))


def rpc_stream(contract: Contract, pick: Picker) -> Contract | None:
    file, service, rpc = pick.one(contract.rpcs())
    return contract.with_rpc(file, service, rpc, replace(rpc, streams=pick.below(4)))


def rpc_http(contract: Contract, pick: Picker) -> Contract | None:
    file, service, rpc = pick.one(contract.rpcs())
    return contract.with_rpc(file, service, rpc, replace(rpc, http=pick.below(5)))


def rpc_comment(contract: Contract, pick: Picker) -> Contract | None:
    file, service, rpc = pick.one(contract.rpcs())
    return contract.with_rpc(file, service, rpc, replace(rpc, comment=pick.one(COMMENTS)))


def service_comment(contract: Contract, pick: Picker) -> Contract | None:
    file, service = pick.one(contract.services())
    return contract.with_service(file, service, replace(service, comment=pick.one(COMMENTS)))


def service_add(contract: Contract, pick: Picker) -> Contract | None:
    noun = pick.one(NOUNS)
    package = f"{noun.lower()}.v1"
    path = f"{noun.lower()}/v1/{noun.lower()}.proto"
    name = pick.one((f"{noun}Service", f"{noun}s", f"{noun}AdminService"))
    file = next((item for item in contract.files if item.package == package), None)
    if file is None:
        if any(item.path == path for item in contract.files):
            return None
        file = File(path, package)
        contract = Contract((*contract.files, file))
    if any(item.name == name for each in contract.files if each.package == package for item in each.services):
        return None
    contract, request = _message_for(contract, file, f"Find{noun}Request", pick)
    contract, response = _message_for(contract, file, noun, pick)
    file = next(item for item in contract.files if item.path == file.path)
    rpc = Rpc(f"Find{noun}", request, response, http=pick.below(2))
    return contract.with_file(file, replace(file, services=(*file.services, Service(name, (rpc,)))))


def service_remove(contract: Contract, pick: Picker) -> Contract | None:
    file, service = pick.one(contract.services())
    contract = contract.with_service(file, service)
    return Contract(tuple(item for item in contract.files if item.services or item.messages or item.enums))


def service_rename(contract: Contract, pick: Picker) -> Changed | None:
    file, service = pick.one(contract.services())
    name = pick.one([f"{noun}{suffix}" for noun in NOUNS for suffix in ("Service", "s", "Desk")])
    if any(each.name == name for each in file.services):
        return None
    changed = contract.with_service(file, service, replace(service, name=name))
    return Changed(changed, (f"{file.package}.{service.name}={file.package}.{name}",))


def service_move(contract: Contract, pick: Picker) -> Contract | None:
    """To another file of its package, which may be new: a contract file split or merged."""
    file, service = pick.one(contract.services())
    others = [item for item in contract.files if item.package == file.package and item is not file]
    without = contract.with_service(file, service)
    if others and pick.chance(2):
        target = pick.one(others)
        moved = without.with_file(target, replace(target, services=(*target.services, service)))
    else:
        path = f"{file.package.replace('.', '/')}/{_snake(service.name)}.proto"
        moved = Contract((*without.files, File(path, file.package, (service,))))
    return Contract(tuple(item for item in moved.files if item.services or item.messages or item.enums))


def message_move(contract: Contract, pick: Picker) -> Contract | None:
    """To another file of its package, which may be new."""
    file, message = pick.one(contract.messages())
    others = [item for item in contract.files if item.package == file.package and item is not file]
    without = contract.with_message(file, message)
    if others and pick.chance(2):
        target = pick.one(others)
        moved = without.with_file(target, replace(target, messages=(*target.messages, message)))
    else:
        path = f"{file.package.replace('.', '/')}/{pick.one(('types', 'messages'))}.proto"
        moved = Contract((*without.files, File(path, file.package, (), (message,))))
    return Contract(tuple(item for item in moved.files if item.services or item.messages or item.enums))


def file_merge(contract: Contract, pick: Picker) -> Contract | None:
    """Two files of one package become one."""
    pairs = [(a, b) for a in contract.files for b in contract.files if a is not b and a.package == b.package]
    if not pairs:
        return None
    left, right = pick.one(pairs)
    both = replace(
        left,
        services=left.services + right.services,
        messages=left.messages + right.messages,
        enums=left.enums + right.enums,
    )
    return Contract(tuple(both if item is left else item for item in contract.files if item is not right))


def file_rename(contract: Contract, pick: Picker) -> Changed | None:
    file = pick.one(contract.files)
    folder = file.package.replace(".", "/")
    path = f"{folder}/{pick.one(('api', 'main', 'order', 'service'))}.proto"
    return Changed(contract.with_file(file, replace(file, path=path)), (f"{file.path}={path}",))


def files_reorder(contract: Contract, pick: Picker) -> Contract | None:
    return Contract(pick.shuffled(contract.files))


def package_rename(contract: Contract, pick: Picker) -> Changed | None:
    old = pick.one(contract.files).package
    new = pick.one(("order.v1", "order.v2", "sales.v1", "item.v1"))
    if any(file.package == new for file in contract.files):
        return None
    renamed = contract.with_types(
        lambda name: f"{new}.{name[len(old) + 1 :]}" if name.startswith(f"{old}.") else name
    )
    files = tuple(replace(file, package=new) if file.package == old else file for file in renamed.files)
    return Changed(Contract(files), (f"{old}={new}",))


def message_add(contract: Contract, pick: Picker) -> Contract | None:
    file = pick.one(contract.files)
    return _message_for(contract, file, pick.one((*NOUNS, "Money", "Page")), pick)[0]


def message_remove(contract: Contract, pick: Picker) -> Contract | None:
    file, message = pick.one(contract.messages())
    gone = f"{file.package}.{message.name}"
    contract = contract.with_message(file, message)
    left = [f"{home.package}.{item.name}" for home, item in contract.messages()]
    if not left:
        return None
    other = pick.one(left)
    contract = contract.with_types(lambda name: other if name == gone else name)
    return Contract(tuple(item for item in contract.files if item.services or item.messages or item.enums))


def message_rename(contract: Contract, pick: Picker) -> Changed | None:
    file, message = pick.one(contract.messages())
    name = pick.one(("Order", "Thing", "Purchase", "OrderItem", "PlaceRequest"))
    old, new = f"{file.package}.{message.name}", f"{file.package}.{name}"
    if contract.home(new) or any(f"{f.package}.{s.name}" == new for f, s in contract.services()):
        return None
    changed = contract.with_message(file, message, replace(message, name=name))
    return Changed(changed.with_types(lambda each: new if each == old else each), (f"{old}={new}",))


def field_add(contract: Contract, pick: Picker) -> Contract | None:
    file, message = pick.one(contract.messages())
    free = [name for name in FIELDS if name not in {item.name for item in message.fields}]
    if not free:
        return None
    number = max([0, *(item.number for item in message.fields)]) + 1
    types = [*SCALARS, *(f"{home.package}.{item.name}" for home, item in contract.messages())]
    types += [f"{home.package}.{item.name}" for home in contract.files for item in home.enums]
    made = Field(pick.one(free), pick.one(types), number, pick.chance(3), pick.one(COMMENTS))
    at = pick.below(len(message.fields) + 1)
    fields = (*message.fields[:at], made, *message.fields[at:])
    return contract.with_message(file, message, replace(message, fields=fields))


def _a_field(contract: Contract, pick: Picker) -> tuple[File, Message, Field] | None:
    found = [(file, message, item) for file, message in contract.messages() for item in message.fields]
    return pick.one(found) if found else None


def _with_field(contract: Contract, found: tuple[File, Message, Field], *new: Field) -> Contract:
    file, message, old = found
    fields = tuple(item for each in message.fields for item in (new if each is old else (each,)))
    return contract.with_message(file, message, replace(message, fields=fields))


def field_remove(contract: Contract, pick: Picker) -> Contract | None:
    found = _a_field(contract, pick)
    return _with_field(contract, found) if found else None


def field_rename(contract: Contract, pick: Picker) -> Changed | None:
    found = _a_field(contract, pick)
    if found is None:
        return None
    file, message, old = found
    name = pick.one(FIELDS)
    if name in {item.name for item in message.fields}:
        return None
    spec = f"{file.package}.{message.name}.{old.name}={name}"
    return Changed(_with_field(contract, found, replace(old, name=name)), (spec,))


def field_retype(contract: Contract, pick: Picker) -> Contract | None:
    found = _a_field(contract, pick)
    if found is None:
        return None
    new = replace(found[2], type=pick.one(SCALARS), repeated=pick.chance(3))
    return _with_field(contract, found, new)


def field_comment(contract: Contract, pick: Picker) -> Contract | None:
    found = _a_field(contract, pick)
    return _with_field(contract, found, replace(found[2], comment=pick.one(COMMENTS))) if found else None


def fields_reorder(contract: Contract, pick: Picker) -> Contract | None:
    file, message = pick.one(contract.messages())
    return contract.with_message(file, message, replace(message, fields=pick.shuffled(message.fields)))


def enum_add(contract: Contract, pick: Picker) -> Contract | None:
    """An enum, and a field of it."""
    file, message = pick.one(contract.messages())
    name = pick.one(("State", "Color"))
    if any(f"{file.package}.{name}" in each.defined for each in contract.files) or any(
        item.name == "kind" for item in message.fields
    ):
        return None
    number = max([0, *(item.number for item in message.fields)]) + 1
    fields = (*message.fields, Field("kind", f"{file.package}.{name}", number))
    contract = contract.with_message(file, message, replace(message, fields=fields))
    file = next(item for item in contract.files if item.path == file.path)
    return contract.with_file(file, replace(file, enums=(*file.enums, Enum(name))))


def enum_change(contract: Contract, pick: Picker) -> Contract | None:
    found = [(file, enum) for file in contract.files for enum in file.enums]
    if not found:
        return None
    file, enum = pick.one(found)
    values = tuple(
        dict.fromkeys((*enum.values[: 1 + pick.below(2)], *pick.shuffled(("CLOSED", "LOST", "GONE"))))
    )
    changed = replace(enum, values=values[: 2 + pick.below(3)])
    return contract.with_file(
        file, replace(file, enums=tuple(changed if e is enum else e for e in file.enums))
    )


def standard_add(contract: Contract, pick: Picker) -> Contract | None:
    """A resource with its standard methods, or those of them that are missing."""
    file, service = pick.one(contract.services())
    noun = pick.one(("Book", "Shelf"))
    low, package = noun.lower(), file.package
    contract, full = _with_messages(contract, file, noun)
    file, service = _again(contract, file, service)
    made = [
        Rpc(f"Create{noun}", f"{package}.Create{noun}Request", full, http=1),
        Rpc(f"Get{noun}", f"{package}.Get{noun}Request", full, http=4),
        Rpc(f"List{noun}s", f"{package}.List{noun}sRequest", f"{package}.List{noun}sResponse"),
        Rpc(f"Update{noun}", f"{package}.Update{noun}Request", full),
        Rpc(
            f"Delete{noun}",
            f"{package}.Get{noun}Request",
            "google.protobuf.Empty",
            comment=f"Forgets a {low}.",
        ),
    ]
    there = {rpc.name for rpc in service.rpcs}
    rpcs = (*service.rpcs, *(rpc for rpc in made[: 3 + pick.below(3)] if rpc.name not in there))
    return contract.with_service(file, service, replace(service, rpcs=rpcs))


def _with_messages(contract: Contract, file: File, noun: str) -> tuple[Contract, str]:
    low, package = noun.lower(), file.package
    shapes = {
        noun: (Field(f"{low}_id", "string", 1), Field("title", "string", 2)),
        f"Create{noun}Request": (Field(low, f"{package}.{noun}", 1),),
        f"Get{noun}Request": (Field(f"{low}_id", "string", 1),),
        f"List{noun}sRequest": (Field("page_size", "int32", 1), Field("page_token", "string", 2)),
        f"List{noun}sResponse": (
            Field(f"{low}s", f"{package}.{noun}", 1, repeated=True),
            Field("next_page_token", "string", 2),
        ),
        f"Update{noun}Request": (
            Field(low, f"{package}.{noun}", 1),
            Field("update_mask", "google.protobuf.FieldMask", 2),
        ),
    }
    missing = [
        Message(name, fields) for name, fields in shapes.items() if not contract.home(f"{package}.{name}")
    ]
    here = next(item for item in contract.files if item.path == file.path)
    contract = contract.with_file(here, replace(here, messages=(*here.messages, *missing)))
    return contract, f"{package}.{noun}"


def _all() -> Iterator[Change]:
    yield from (rpc_add, rpc_add, rpc_remove, rpc_rename, rpc_reorder, rpc_retype, rpc_stream, rpc_http)
    yield from (rpc_comment, service_comment, service_add, service_remove, service_rename, service_move)
    yield from (message_move, file_merge, file_rename, files_reorder, package_rename, message_add)
    yield from (message_remove, message_rename, field_add, field_remove, field_rename, field_retype)
    yield from (field_comment, fields_reorder, enum_add, enum_change, standard_add)


CHANGES: dict[str, Change] = {change.__name__: change for change in _all()}
