"""What a field is, for the rules of recognition; and how a rule says no."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scaffolder.contract.model import Field, Kind, Message
from scaffolder.standard.model import INTEGERS
from scaffolder.standard.words import fold

EMPTY = "google.protobuf.Empty"
FIELD_MASK = "google.protobuf.FieldMask"
OPERATION = "google.longrunning.Operation"
TIMESTAMP = "google.protobuf.Timestamp"

Test = Callable[[Field], bool]


class RefusedError(Exception):
    """What is in the way of a rule, as a part of a sentence; `fields` are all that would have to be passed over."""

    def __init__(self, why: str, fields: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.fields = tuple(fields)


def is_single(field: Field) -> bool:
    """One value, and no alternative to another field."""
    return not field.repeated and field.map_key is None and not field.oneof


def is_text(field: Field) -> bool:
    return is_single(field) and field.kind is Kind.STRING


def is_texts(field: Field) -> bool:
    return field.repeated and field.kind is Kind.STRING


def is_integer(field: Field) -> bool:
    return is_single(field) and field.kind in INTEGERS


def is_flag(field: Field) -> bool:
    return is_single(field) and field.kind is Kind.BOOL


def is_mask(field: Field) -> bool:
    return is_single(field) and field.type_name == FIELD_MASK


def is_time(field: Field) -> bool:
    return is_single(field) and field.type_name == TIMESTAMP


def holds(field: Field, message: Message) -> bool:
    """Whether it holds one message of that type."""
    return is_single(field) and field.type_name == message.full_name


def same_type(one: Field, other: Field) -> bool:
    """Whether what one field holds the other can hold, whether or not they can be unset."""
    if (one.map_key is None) != (other.map_key is None):
        return False
    if one.map_key and one.map_value and other.map_key and other.map_value:
        return same_type(one.map_key, other.map_key) and same_type(one.map_value, other.map_value)
    return (one.kind, one.type_name, one.repeated) == (other.kind, other.type_name, other.repeated)


def named(message: Message, *names: str) -> Field | None:
    """The first field that is called one of `names`, which are tried in their order and in any case: ``pageSize``."""
    by_name = {fold(field.name): field for field in message.fields}
    return next((by_name[fold(name)] for name in names if fold(name) in by_name), None)
