"""What a contract says about the values of its fields: the options of buf/validate/validate.proto, plainly.

Only what the contract itself states is here; rules that a company adds to protovalidate's own ("predefined") are left
to protovalidate. `rule_reader` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

Value = bool | int | float | str | bytes
"""A rule's operand: of the field's own type; a Duration as "3.5s", a Timestamp in RFC 3339, an enum by number."""


@dataclass(frozen=True, slots=True)
class Cel:
    """An expression in the Common Expression Language that must be true, or give no text; `this` is the value."""

    expression: str
    id: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a field, of a repeated field's items, or of a map's keys or values; None and () say nothing.

    `ignore` is ``"if_zero_value"`` where the rules hold for other values only, ``"always"`` where they never hold.
    Where a lower bound (`gt`, `gte`) is above the upper one (`lt`, `lte`), a value must lie *outside* of them.
    `len`, `min_len` and `max_len` count characters of a string and bytes of bytes, `len_bytes` and the like the bytes
    of a string. `format` is the well-known form of a string or bytes as validate.proto calls it (``email``, ``uuid``,
    ``uri``, ``hostname``, ``ipv4``, ``http_header_name``, …). `one_of` is `in`, for an Any the URLs of types.
    `within` is how far from now a timestamp may be ("3.5s").
    """

    required: bool = False
    ignore: str = ""
    const: Value | None = None
    one_of: tuple[Value, ...] = ()
    not_in: tuple[Value, ...] = ()
    lt: Value | None = None
    lte: Value | None = None
    gt: Value | None = None
    gte: Value | None = None
    lt_now: bool = False
    gt_now: bool = False
    within: str = ""
    finite: bool = False
    len: int | None = None
    min_len: int | None = None
    max_len: int | None = None
    len_bytes: int | None = None
    min_bytes: int | None = None
    max_bytes: int | None = None
    pattern: str = ""
    prefix: str | bytes = ""
    suffix: str | bytes = ""
    contains: str | bytes = ""
    not_contains: str = ""
    format: str = ""
    defined_only: bool = False
    min_items: int | None = None
    max_items: int | None = None
    unique: bool = False
    items: Rules | None = None
    min_pairs: int | None = None
    max_pairs: int | None = None
    keys: Rules | None = None
    values: Rules | None = None
    examples: tuple[Value, ...] = ()
    cel: tuple[Cel, ...] = ()


@dataclass(frozen=True, slots=True)
class OneofRule:
    """Of the fields named (a real oneof's, or others) at most one may be set, with `required` exactly one."""

    fields: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class MessageRules:
    """The rules of a message as a whole."""

    oneofs: tuple[OneofRule, ...] = ()
    cel: tuple[Cel, ...] = ()
