"""Messages and enums as components, each once for every use that it is put to.

A message is written in one form and read in several, so what a response holds and what a request may hold are two
schemas: `Book` and `BookInput`. In a request that carries a field mask nothing inside the resource has to be there,
which is a third, `BookPatch`. A message that is only read, or only written, keeps its plain name.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from scaffolder.contract.model import Contract, Enum, Field, Kind, Message
from scaffolder.targets.openapi import wellknown
from scaffolder.targets.openapi.constraints import constrain
from scaffolder.targets.openapi.presence import Use, default, described, filled, is_required, nullable, oneofs
from scaffolder.targets.openapi.wellknown import GOOGLE, Schema

_PREFIX = "#/components/schemas/"
Key = tuple[str, Use]


class Schemas:
    """Collects the components that `message` and `value` refer to; `components` names them, and has to come last."""

    def __init__(self, contract: Contract) -> None:
        self._messages = contract.messages
        self._enums = contract.enums
        self._packages = {file.name: file.package for file in contract.files}
        self._built: dict[Key, Schema] = {}
        self._chosen: dict[Key, str] = {}
        self._with_required: dict[str, bool] = {}

    def message(self, full_name: str, use: Use) -> Schema:
        """The schema of a message as JSON writes it (OUTPUT) or as it may be sent."""
        wrapped = wellknown.WRAPPERS.get(full_name)
        if wrapped is not None:
            return self._scalar(wrapped, use)
        known = wellknown.message(full_name, is_input=use is not Use.OUTPUT)
        if known is not None:
            return known
        if use is Use.PATCH and not self._has_required(full_name):
            use = Use.INPUT
        key = (full_name, use)
        if key not in self._built:
            self._built[key] = {}  # what refers to itself finds it begun
            self._built[key].update(self._object(self._messages[full_name], use))
        return self._reference(key)

    def body(self, message: Message, within: Use, bound: frozenset[str]) -> Schema:
        """A request as a body, without the fields that the path holds; `within` is the use of what it contains."""
        relaxed = within is Use.PATCH and any(self._has_required(f.type_name) for f in message.fields)
        if message.full_name.startswith(GOOGLE) or not (relaxed or bound):
            return self.message(message.full_name, Use.INPUT)
        fields = tuple(field for field in message.fields if field.name not in bound)
        rest = replace(message, fields=fields)
        # Bindings of one RPC may leave out different fields.
        variant = "" if within is Use.INPUT else "~"
        key = (f"{message.full_name}/{','.join(sorted(bound))}{variant}", Use.INPUT)
        if key not in self._built:
            self._built[key] = self._object(rest, Use.INPUT, within if relaxed else Use.INPUT)
        return self._reference(key)

    def without_required(self, message: Message, use: Use, given: frozenset[str]) -> Schema:
        """A message that is a body, some of whose required fields stand in the path."""
        if not any(is_required(field, use) and field.name in given for field in message.fields):
            return self.message(message.full_name, use)
        fields = tuple(
            replace(field, behaviors=field.behaviors - {"REQUIRED"}, required=False)
            if field.name in given
            else field
            for field in message.fields
        )
        key = (f"{message.full_name}/?{','.join(sorted(given))}", use)
        if key not in self._built:
            self._built[key] = self._object(replace(message, fields=fields), use)
        return self._reference(key)

    def value(self, field: Field, use: Use) -> Schema:
        """The schema of a field's value, null not included; of its items where it is repeated."""
        if field.map_key is not None and field.map_value is not None:
            names = wellknown.keys(field.map_key.kind)
            found: Schema = {"type": "object", "additionalProperties": self._single(field.map_value, use)}
            found |= {"propertyNames": names} if names else {}
        else:
            found = self._single(field, use)
            if field.repeated:
                found = {"type": "array", "items": found}
        # The service does not hold what it answers to rules.
        return found if use is Use.OUTPUT else constrain(found, field, self._enums.get(field.type_name))

    def in_url(self, field: Field) -> Schema:
        """The schema of a field's value in a path or a query, of its items where it is repeated."""
        kind = wellknown.WRAPPERS.get(field.type_name, field.kind)
        found: Schema
        if kind is Kind.ENUM:
            found = self._enum_values(self._enums[field.type_name])
        elif kind is not Kind.MESSAGE:
            found = wellknown.in_url(kind)
        elif field.type_name == f"{GOOGLE}Value":
            found = {"type": "string"}
        else:
            found = wellknown.message(field.type_name, is_input=True) or {}
        if field.repeated:
            found = {"type": "array", "items": found}
        return constrain(found, field, self._enums.get(field.type_name))

    def extra(self, name: str, schema: Schema) -> Schema:
        """A component that comes from no contract, under the first of its names that is free."""
        self._built.setdefault((f"/{name}", Use.OUTPUT), schema)
        return self._reference((f"/{name}", Use.OUTPUT))

    def components(self) -> dict[str, Schema]:
        """All components by name, sorted."""
        names = self._chosen = self._names()
        return {names[key]: self._built[key] for key in sorted(self._built, key=lambda key: names[key])}

    def resolve(self, value: Any) -> None:
        """Puts names into the references below `value`, which until now hold keys; `components` has named them."""
        names = {_mark(key): _PREFIX + name for key, name in self._chosen.items()}
        pending = [value]
        while pending:
            item = pending.pop()
            if isinstance(item, dict):
                reference = item.get("$ref")
                if isinstance(reference, str) and reference in names:
                    item["$ref"] = names[reference]
                pending += item.values()
            elif isinstance(item, list):
                pending += item

    def _single(self, field: Field, use: Use) -> Schema:
        if field.kind in (Kind.MESSAGE, Kind.GROUP):
            return self.message(field.type_name, use)
        if field.kind is Kind.ENUM:
            return self._enum(field.type_name, use)
        return self._scalar(field.kind, use)

    def _scalar(self, kind: Kind, use: Use) -> Schema:
        if use is Use.OUTPUT:
            return wellknown.written(kind)
        name = wellknown.INTEGERS.get(kind) or wellknown.FLOATS.get(kind)
        if name is None:
            return wellknown.plain(kind)
        return self.extra(f"{name.capitalize().replace('int', 'Int')}Input", wellknown.read(name))

    def _enum(self, full_name: str, use: Use) -> Schema:
        if full_name == f"{GOOGLE}NullValue":
            return {"type": "null"} if use is Use.OUTPUT else {"enum": [None, "NULL_VALUE", 0]}
        key = (full_name, Use.OUTPUT if use is Use.OUTPUT else Use.INPUT)
        if key not in self._built:
            enum = self._enums[full_name]
            written = {"type": "string", "enum": [value.name for value in enum.values]}
            found = written if use is Use.OUTPUT else self._enum_values(enum)
            self._built[key] = found | _described(_enum_text(enum)) | _deprecated(enum.deprecated)
        return self._reference(key)

    def _enum_values(self, enum: Enum) -> Schema:
        numbers = dict.fromkeys(value.number for value in enum.values)
        return {"type": ["string", "integer"], "enum": [*(value.name for value in enum.values), *numbers]}

    def _object(self, message: Message, use: Use, within: Use | None = None) -> Schema:
        """`within` is the use of the messages in it, where it is another one."""
        fields = [(field, self._property(field, use, within or use)) for field in message.fields]
        required = [field.json_name for field in message.fields if is_required(field, use)]
        found: Schema = {"type": "object"}
        if message.comment:
            found["description"] = message.comment
        found |= _deprecated(message.deprecated)
        if fields:
            found["properties"] = {field.json_name: schema for field, schema in fields}
        if required:
            found["required"] = required
        if use is not Use.OUTPUT:
            found["additionalProperties"] = False
            found |= oneofs(message, use)
        if message.resource_type:
            found["x-google-resource"] = message.resource_type
        return found

    def _property(self, field: Field, use: Use, within: Use) -> Schema:
        found = self.value(field, within)
        if use is not Use.OUTPUT and not is_required(field, use):
            found = nullable(found)
        elif is_required(field, use):
            found = filled(field, found)
        if text := described(field):
            found["description"] = text
        if "OUTPUT_ONLY" in field.behaviors:
            found["readOnly"] = True
        if "INPUT_ONLY" in field.behaviors:
            found["writeOnly"] = True
        if field.default and not field.repeated and "$ref" not in found:
            found["default"] = default(field)
        if field.format:
            found["x-google-format"] = field.format
        if field.reference:
            found["x-google-resource-reference"] = field.reference
        return found | _deprecated(field.deprecated)

    def _reference(self, key: Key) -> Schema:
        return {"$ref": _mark(key)}

    def _has_required(self, full_name: str) -> bool:
        """Whether something in a message, at any depth, is only required outside of updates."""
        if full_name not in self._with_required:
            self._with_required[full_name] = False
            fields = self._messages[full_name].fields if full_name in self._messages else ()
            self._with_required[full_name] = any(
                is_required(field, Use.INPUT) != is_required(field, Use.PATCH)
                or self._has_required((field.map_value or field).type_name)
                for field in fields
            )
        return self._with_required[full_name]

    def _names(self) -> dict[Key, str]:
        """The shortest name that is no other's; types of one short name all have their full ones."""
        own = {name.partition("/")[0] for name, _ in self._built} - {""}
        short = {name: self._short(name) for name in own}
        counts = Counter(short.values())
        plain = {name: label if counts[label] == 1 else name for name, label in short.items()}
        uses: dict[str, set[Use]] = {}
        for name, use in self._built:
            uses.setdefault(name.partition("/")[0], set()).add(use)
        taken: set[str] = set()
        found: dict[Key, str] = {}
        for key in sorted(self._built, key=_rank):
            name, use = key
            full_name, _, variant = name.partition("/")
            label = plain.get(full_name, variant)
            label += use if full_name and len(uses[full_name]) > 1 else ""
            found[key] = _free(f"{label}Body" if full_name and variant and label in taken else label, taken)
        return found

    def _short(self, full_name: str) -> str:
        element = self._messages.get(full_name) or self._enums[full_name]
        package = self._packages[element.file]
        return full_name.removeprefix(f"{package}.") if package else full_name


def _mark(key: Key) -> str:
    return f"\0{key[0]}\0{key[1]}"


def _enum_text(enum: Enum) -> str:
    values = [f"- `{value.name}`: {_one_line(value.comment)}" for value in enum.values if value.comment]
    return "\n\n".join(filter(None, [enum.comment, "\n".join(values)]))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _rank(key: Key) -> tuple[bool, bool, str, bool, str]:
    """The order in which names are given: messages before what is made of them, responses before requests."""
    full_name, _, variant = key[0].partition("/")
    return (not full_name, key[1] is not Use.OUTPUT, full_name, bool(variant), variant + key[1])


def _described(text: str) -> Schema:
    return {"description": text} if text else {}


def _deprecated(deprecated: bool) -> Schema:
    return {"deprecated": True} if deprecated else {}


def _free(label: str, taken: set[str]) -> str:
    chosen, number = label, 1
    while chosen in taken:
        number += 1
        chosen = f"{label}_{number}"
    taken.add(chosen)
    return chosen
