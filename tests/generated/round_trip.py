"""Run inside a generated project: random messages survive the way into the domain and back.

    python round_trip.py MAPPING_MODULE MESSAGE_MODULE MESSAGE STEM COUNT

prints the number of messages tried; an AssertionError names the first one that changed.
"""

from __future__ import annotations

import importlib
import random
import sys
from typing import Any
from uuid import UUID

from google.protobuf.descriptor import FieldDescriptor

WELL_KNOWN = "google.protobuf."
MICROSECOND = 1000
UUIDS = frozenset({"imported", "owner", "readers", "reviewer", "shares", "uuid"})
"""The fields of values.proto that are declared as UUIDs."""
MAX_DEPTH = 3


def fill(message: Any, rng: random.Random, depth: int = 0) -> Any:
    """Sets about half of the fields to values that Python's types can hold without loss."""
    name = message.DESCRIPTOR.full_name
    if name == f"{WELL_KNOWN}Timestamp":
        message.seconds, message.nanos = rng.randrange(-(10**9), 10**10), rng.randrange(10**6) * MICROSECOND
    elif name == f"{WELL_KNOWN}Duration":
        message.FromMicroseconds(rng.randrange(-(10**15), 10**15))
    elif name == f"{WELL_KNOWN}Struct":
        message.update({"a": 1.5, "b": [True, None, "x"], "c": {}})
    elif name == f"{WELL_KNOWN}Value":
        message.string_value = "text"
    elif name == f"{WELL_KNOWN}ListValue":
        message.extend([1.5, "x", {"k": False}])
    elif name.rpartition(".")[2] == "Money":
        sign = rng.choice([-1, 1])
        message.currency_code = rng.choice(["", "EUR"])
        message.units = sign * rng.choice([0, 1, 2**63 - 1])
        message.nanos = sign * rng.choice([0, 1, 10, 500_000_000, 999_999_999])
    elif name == "google.type.Decimal":
        message.value = rng.choice(["0", "-1.50", "12", "1e+3", "0." + "1" * 60])
    elif name == "google.type.TimeOfDay":
        message.hours, message.minutes, message.seconds = (
            rng.randrange(24),
            rng.randrange(60),
            rng.randrange(60),
        )
        message.nanos = rng.randrange(10**6) * MICROSECOND
    else:
        for field in message.DESCRIPTOR.fields:
            if rng.random() < 0.5 and (field.message_type is None or depth < MAX_DEPTH):
                set_field(message, field, rng, depth)
    return message


def set_field(message: Any, field: FieldDescriptor, rng: random.Random, depth: int) -> None:
    target = getattr(message, field.name)
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
        for _ in range(rng.randrange(3)):
            if value.message_type is not None:
                fill(target[scalar(key, rng)], rng, depth + 1)
            else:
                target[scalar(key, rng)] = scalar(value, rng, uuid=field.name in UUIDS)
    elif field.is_repeated:
        for _ in range(rng.randrange(3)):
            if field.message_type is not None:
                fill(target.add(), rng, depth + 1)
            else:
                target.append(scalar(field, rng, uuid=field.name in UUIDS))
    elif field.message_type is not None:
        target.SetInParent()
        fill(target, rng, depth + 1)
    else:
        setattr(message, field.name, scalar(field, rng, uuid=field.name in UUIDS))


def scalar(field: FieldDescriptor, rng: random.Random, *, uuid: bool = False) -> Any:
    if uuid:
        return str(UUID(int=rng.getrandbits(128)))
    if field.enum_type is not None:
        return rng.choice(field.enum_type.values).number
    kinds: dict[int, Any] = {
        FieldDescriptor.CPPTYPE_STRING: lambda: rng.choice(["", "text", "é 漢"]),
        FieldDescriptor.CPPTYPE_BOOL: lambda: rng.random() < 0.5,
        FieldDescriptor.CPPTYPE_DOUBLE: lambda: rng.choice([0.0, -1.25, 1e300]),
        FieldDescriptor.CPPTYPE_FLOAT: lambda: rng.choice([0.0, 0.5]),
        FieldDescriptor.CPPTYPE_INT32: lambda: rng.choice([0, -(2**31), 2**31 - 1]),
        FieldDescriptor.CPPTYPE_UINT32: lambda: rng.choice([0, 2**32 - 1]),
        FieldDescriptor.CPPTYPE_INT64: lambda: rng.choice([0, -(2**63), 2**63 - 1]),
        FieldDescriptor.CPPTYPE_UINT64: lambda: rng.choice([0, 2**64 - 1]),
    }
    value = kinds[field.cpp_type]()
    return value.encode() if field.type == FieldDescriptor.TYPE_BYTES else value


def main(mapping_name: str, module_name: str, message_name: str, stem: str, count: str) -> None:
    mapping, module = importlib.import_module(mapping_name), importlib.import_module(module_name)
    read, write = getattr(mapping, f"{stem}_from"), getattr(mapping, f"{stem}_to")
    for seed in range(int(count)):
        message = fill(getattr(module, message_name)(), random.Random(seed))
        assert write(read(message)) == message, f"seed {seed}:\n{message}\nbecame\n{write(read(message))}"
    print(count)


if __name__ == "__main__":
    main(*sys.argv[1:])
