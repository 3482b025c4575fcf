"""Renamed fields, values and messages are told from what protoc wrote the last time."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from scaffolder.targets.python.renames.suggest_types import type_suggestions

INT32, STRING = 5, 9


def module(
    *messages: tuple[str, dict[str, tuple[int, int]]],
    values: dict[str, int] | None = None,
    package: str = "order.v1",
) -> str:
    """A `_pb2.py` as protoc writes it, as far as it matters here."""
    file = FileDescriptorProto(name="order/v1/order.proto", package=package)
    for name, fields in messages:
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            message.field.add(name=field, number=number, type=kind, label=1)
    for name, number in (values or {}).items():
        if not file.enum_type:
            file.enum_type.add(name="State")
        file.enum_type[0].value.add(name=name, number=number)
    return f"DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile({file.SerializeToString()!r})\n"


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(item.old, item.new) for item in type_suggestions([(before, after)])]


def test_field_of_the_same_number_and_type() -> None:
    """`customer` became `buyer`."""
    before = module(("Order", {"id": (1, STRING), "customer": (2, STRING)}))
    after = module(("Order", {"id": (1, STRING), "buyer": (2, STRING)}))
    assert told(before, after) == [("order.v1.Order.customer", "order.v1.Order.buyer")]


@pytest.mark.parametrize(
    "after",
    [
        {"id": (1, STRING), "buyer": (2, INT32)},
        {"id": (1, STRING), "buyer": (3, STRING)},
        {"id": (1, STRING)},
    ],
    ids=["another type", "another number", "gone"],
)
def test_another_field_is_no_rename(after: dict[str, tuple[int, int]]) -> None:
    """A field that only stands where the other one did is another one."""
    assert (
        told(module(("Order", {"id": (1, STRING), "customer": (2, STRING)})), module(("Order", after))) == []
    )


def test_fields_that_change_places_are_no_rename() -> None:
    """Both names are still there."""
    before = module(("Order", {"a": (1, STRING), "b": (2, STRING)}))
    after = module(("Order", {"b": (1, STRING), "a": (2, STRING)}))
    assert told(before, after) == []


def test_message_with_the_same_fields() -> None:
    """`Order` became `Purchase`."""
    fields = {"id": (1, STRING), "count": (2, INT32)}
    assert told(module(("Order", fields)), module(("Purchase", fields))) == [
        ("order.v1.Order", "order.v1.Purchase")
    ]


def test_messages_that_moved_to_another_package() -> None:
    """One rename of the package says it of all of them."""
    messages = [(name, {"id": (1, STRING), name.lower(): (2, INT32)}) for name in ("Order", "Item")]
    assert told(module(*messages), module(*messages, package="order.v2")) == [("order.v1", "order.v2")]


def test_two_messages_alike_are_not_told_apart() -> None:
    """What could be either is said of neither."""
    fields = {"id": (1, STRING), "count": (2, INT32)}
    assert told(module(("A", fields), ("B", fields)), module(("C", fields), ("D", fields))) == []


def test_value_of_the_same_number() -> None:
    """`OPEN` became `PLACED`."""
    before, after = module(values={"NONE": 0, "OPEN": 1}), module(values={"NONE": 0, "PLACED": 1})
    assert told(before, after) == [("order.v1.State.OPEN", "order.v1.State.PLACED")]


@pytest.mark.parametrize("text", ["", "DESCRIPTOR = 1\n", "AddSerializedFile(b'\\xff\\xff')\n"])
def test_module_that_says_nothing(text: str) -> None:
    """A module that is not there, or that somebody edited, suggests nothing."""
    assert told(text, module(("Order", {"id": (1, STRING)}))) == []
