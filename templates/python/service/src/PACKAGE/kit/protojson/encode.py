"""Messages as JSON values: a function for each type, written as Python source at its first use.

It has one statement for each field and no decisions that the descriptor has made already; asking many fields whether
they are set costs more than having those listed that are, so a type of many has an expression for each instead. The
source shows in tracebacks and to debuggers, as `<JSON of package.Message>`.
"""

from __future__ import annotations

import linecache
from binascii import b2a_base64
from collections.abc import Callable, Iterator
from functools import cache
from keyword import iskeyword
from math import copysign, isfinite
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from .known import KNOWN
from .scalars import names_of, write_float, write_nonfinite
from .types import ANY, checks_utf8, descriptor_of, is_map, is_null, is_wrapper, type_of, value_type

Writer = Callable[[Any], Any]

_AS_IT_IS = "{}"
# With a tenth of 80 fields set, going through the list takes half the time; with half of 40, half as much again.
MANY_FIELDS = 60


class _Writers(dict[type[Message], Writer]):
    """The writers so far. Two threads that miss at once write the same function twice."""

    def __missing__(self, kind: type[Message]) -> Writer:
        writer = self[kind] = _writer(kind)
        return writer


WRITERS = _Writers()


@cache
def field_writer(descriptor: Descriptor, name: str) -> Writer:
    """The writer of one field: its default where it has no presence, None where it has and is not set."""
    source = _Source(GetMessageClass(descriptor))
    field = descriptor.fields_by_name[name]
    absent = f"None if not has(message, {name!r}) else " if field.has_presence else ""
    return source.function(
        f".{name}", [f"value = {source.get(field)}", f"return {absent}{source.whole(field)}"]
    )


def _writer(kind: type[Message]) -> Writer:
    descriptor = descriptor_of(kind)
    if descriptor.full_name in KNOWN:
        return KNOWN[descriptor.full_name][0]
    if descriptor.full_name == ANY:
        return write_any
    source = _Source(kind)
    if is_wrapper(descriptor):
        field = descriptor.fields_by_name["value"]
        return source.function("", [f"value = {source.get(field)}", f"return {source.whole(field)}"])
    if descriptor.is_extendable or len(descriptor.fields) > MANY_FIELDS:
        return source.compiled("", source.table())
    fields = sorted(descriptor.fields, key=lambda field: field.number)
    lines = [f"{variable} = which(message, {oneof!r})" for variable, oneof in source.oneofs.items()]
    lines += [line for field in fields for line in source.statement(field)]
    return source.function("", ["found = {}", *lines, "return found"])


def write_any(message: Any) -> dict[str, Any]:
    """The packed message with its "@type"; ValueError where the program does not have that type."""
    if not (message.type_url or message.value):
        return {}
    try:
        kind = type_of(message.type_url)
        packed = kind.FromString(message.value)
    except (KeyError, DecodeError) as error:
        raise ValueError(f"an Any that cannot be unpacked: {message.type_url[:100]!r}") from error
    found = {"@type": message.type_url}
    value = WRITERS[kind](packed)
    descriptor = descriptor_of(kind)
    if is_wrapper(descriptor) or descriptor.full_name == ANY or descriptor.full_name in KNOWN:
        return found | {"value": value}
    return {**found, **value}


@cache
def extension_writer(field: FieldDescriptor) -> Writer:
    """The writer of an extension's value, as ListFields has it."""
    container = field.containing_type
    assert container is not None
    source = _Source(GetMessageClass(container))
    return source.compiled(
        f"[{field.full_name}]", f"write = lambda value: {source.whole(field, listed=True)}\n"
    )


class _Source:
    """The text of the functions of one type, and what their names stand for."""

    def __init__(self, kind: type[Message]) -> None:
        self.descriptor = descriptor_of(kind)
        self.oneofs = {
            f"oneof_{index}": oneof.name
            for index, oneof in enumerate(self.descriptor.oneofs)
            if len(oneof.fields) > 1
        }
        # Taken from the class: a message may have fields of these names, and an instance has only those then.
        self.names: dict[str, Any] = {
            "has": kind.HasField,
            "which": kind.WhichOneof,
            "listed": kind.ListFields,
            "copysign": copysign,
            "isfinite": isfinite,
            "b2a_base64": b2a_base64,
            "nonfinite": write_nonfinite,
            "shortest": write_float,
            "extension": extension_writer,
            "fields": list(self.descriptor.fields),
        }

    def function(self, part: str, lines: list[str]) -> Writer:
        """A writer whose body are the lines."""
        return self.compiled(part, "\n    ".join(["def write(message):", *lines]) + "\n")

    def compiled(self, part: str, text: str) -> Writer:
        """What `text` calls `write`."""
        file = f"<JSON of {self.descriptor.full_name}{part}>"
        exec(compile(text, file, "exec"), self.names)
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        return self.names["write"]  # type: ignore[no-any-return]

    def statement(self, field: FieldDescriptor) -> Iterator[str]:
        """The lines that put a field into `found`, where it is set."""
        put = f"found[{field.json_name!r}] = {self.whole(field)}"
        if not field.has_presence:
            # Zero is the default of a number without presence, and minus zero is not.
            minus = " or copysign(1.0, value) < 0" if field.type in _FLOATS and not field.is_repeated else ""
            yield f"if (value := {self.get(field)}){minus}: {put}"
            return
        yield f"if {self._is_set(field)}:"
        yield f"    value = {self.get(field)}"
        yield f"    {put}"

    def table(self) -> str:
        """The text of a writer that goes through the fields that are set, of which some may be extensions."""
        entries = (
            f"    fields[{index}]: ({field.json_name!r}, lambda value: {self.whole(field, listed=True)}),\n"
            for index, field in enumerate(self.descriptor.fields)
        )
        return "known = {\n" + "".join(entries) + "}\n" + _TABLE_LOOP

    def get(self, field: FieldDescriptor) -> str:
        """The expression for what the message has in the field; a list where it is repeated."""
        got = f"getattr(message, {field.name!r})" if iskeyword(field.name) else f"message.{field.name}"
        return got + ("[:]" if field.is_repeated and not is_map(field) else "")

    def whole(self, field: FieldDescriptor, *, listed: bool = False) -> str:
        """The expression for the JSON value of `value`, which is the field's, as `get` has it or ListFields."""
        if is_map(field):
            key, item = (value_type(field).fields_by_name[name] for name in ("key", "value"))
            return f"{{{_KEYS.get(key.type, 'str(key)')}: {self._one(item).format('value[key]')} for key in value}}"
        one = self._one(field)
        if not field.is_repeated:
            return one.format("value")
        if one != _AS_IT_IS:
            return f"[{one.format('item')} for item in value]"
        return "value[:]" if listed else "value"

    def _is_set(self, field: FieldDescriptor) -> str:
        for variable, name in self.oneofs.items():
            if field.containing_oneof is not None and field.containing_oneof.name == name:
                return f"{variable} == {field.name!r}"
        return f"has(message, {field.name!r})"

    def _one(self, field: FieldDescriptor) -> str:
        """The expression for the JSON value of one value, "{}"."""
        if field.message_type is not None:
            return f"{self._child(field.message_type)}({{}})"
        if field.enum_type is not None:
            if is_null(field):
                return "None"
            name = f"names_{len(self.names)}"
            self.names[name] = names_of(field.enum_type)
            return f"{name}.get({{0}}, {{0}})"
        if field.type == FieldDescriptor.TYPE_STRING and not checks_utf8(field):
            return "str({})"
        return str(_EXPRESSIONS.get(field.type, _AS_IT_IS))

    def _child(self, descriptor: Descriptor) -> str:
        """The name of a message type's writer: first one that looks for it, then what it found."""
        name = f"write_{len(self.names)}"
        kind = GetMessageClass(descriptor)

        def write(message: Any) -> Any:
            writer = self.names[name] = WRITERS[kind]
            return writer(message)

        self.names[name] = write
        return name


_FLOATS = (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT)
_EXPRESSIONS = {
    FieldDescriptor.TYPE_DOUBLE: "({0} if isfinite({0}) else nonfinite({0}))",
    FieldDescriptor.TYPE_FLOAT: "shortest({})",
    FieldDescriptor.TYPE_BYTES: "b2a_base64({}, newline=False).decode()",
} | {
    getattr(FieldDescriptor, f"TYPE_{name}"): "str({})"
    for name in ("INT64", "UINT64", "SINT64", "FIXED64", "SFIXED64")
}
_KEYS = {FieldDescriptor.TYPE_STRING: "key", FieldDescriptor.TYPE_BOOL: '("true" if key else "false")'}
_TABLE_LOOP = """
def write(message):
    found = {}
    for field, value in listed(message):
        if field in known:
            name, one = known[field]
            found[name] = one(value)
        else:
            found[f"[{field.full_name}]"] = extension(field)(value)
    return found
"""
