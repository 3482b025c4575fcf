"""What the rules of buf.validate for a field mean in JSON Schema.

They hold for requests. What JSON Schema has no words for (CEL, instants relative to now, the length of bytes) is left
out: a document that says less is still true.
"""

from __future__ import annotations

import re
from typing import Any

from scaffolder.contract.model import Enum, Field, Kind
from scaffolder.contract.rules import Rules
from scaffolder.targets.openapi.digits import between
from scaffolder.targets.openapi.wellknown import BOUNDS, FLOATS, INTEGERS, WRAPPERS, Schema

_FORMATS = {
    "email": "email",
    "hostname": "hostname",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
    "uri": "uri",
    "uri_ref": "uri-reference",
    "uuid": "uuid",
}
_PATTERNS = {"tuuid": "^[0-9a-fA-F]{32}$"}
_SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|/]")
# Of RE2's syntax, what ECMA-262 has not or means otherwise.
_NOT_ECMA = re.compile(r"\\[AzQECaG]|\(\?[imsU-]+[:)]|\[\[:|\\x\{|\\p[A-Z]|\\P[A-Z]")


def constrain(schema: Schema, field: Field, enum: Enum | None = None) -> Schema:
    """The schema of a field's value in a request, or in a URL, held to the field's rules.

    `enum` is the field's, where it has one. Constraints of repeated fields and maps reach what they contain.
    """
    rules = field.rules
    if rules is None or rules.ignore == "always":
        return schema
    if field.map_key is not None and field.map_value is not None:
        return schema | _bounds("Properties", rules.min_pairs, rules.max_pairs) | _pairs(schema, field, rules)
    if field.repeated:
        found = schema | _bounds("Items", rules.min_items, rules.max_items)
        if rules.unique:
            found["uniqueItems"] = True
        if rules.items is not None:
            found["items"] = _single(schema["items"], field, rules.items, enum)
        return found
    return _single(schema, field, rules, enum)


def needs_value(field: Field) -> bool:
    """Whether a request without the field is refused: it is required, or its default breaks a rule.

    A field with presence that is not set is held to no rule but `required`.
    """
    rules = field.rules
    if rules is None or rules.ignore == "always":
        return False
    if rules.required:
        return True
    if field.has_presence or rules.ignore:
        return False
    if field.map_key is not None:
        return bool(rules.min_pairs)
    if field.repeated:
        return bool(rules.min_items)
    return not _takes_default(field.kind, rules)


def _pairs(schema: Schema, field: Field, rules: Rules) -> Schema:
    assert field.map_key is not None and field.map_value is not None
    found: Schema = {}
    if rules.keys is not None and field.map_key.kind is Kind.STRING:
        found["propertyNames"] = schema.get("propertyNames", {}) | _text(rules.keys)
    if rules.values is not None:
        found["additionalProperties"] = _single(
            schema["additionalProperties"], field.map_value, rules.values, None
        )
    return found


def _single(schema: Schema, field: Field, rules: Rules, enum: Enum | None) -> Schema:
    kind = WRAPPERS.get(field.type_name, field.kind)
    if rules.ignore == "always":
        return schema
    if kind is Kind.STRING:
        found = schema | _text(rules)
    elif kind is Kind.ENUM and enum is not None:
        found = _enum(schema, rules, enum)
    elif kind in INTEGERS:
        found = _integer(schema, rules, INTEGERS[kind])
    elif kind in FLOATS:
        found = _number(schema, rules, FLOATS[kind])
    elif kind is Kind.BOOL:
        found = schema | ({} if rules.const is None else {"const": rules.const})
    else:
        return schema
    if rules.required and not field.has_presence:
        found = _not_default(found, kind)
    if rules.ignore == "if_zero_value" and found != schema:
        zero = {Kind.STRING: [""], Kind.BOOL: [False]}.get(kind, [0, "0"])
        return schema | {"anyOf": [found, {"enum": zero}]} if "$ref" not in schema else schema
    return found


def _not_default(schema: Schema, kind: Kind) -> Schema:
    if kind is Kind.STRING:
        return schema | {"minLength": max(1, schema.get("minLength", 1))}
    if kind is Kind.BOOL:
        return schema | {"const": True}
    return schema if "enum" in schema else schema | {"not": {"enum": [0, "0", "-0"]}}


def _text(rules: Rules) -> Schema:
    found = _bounds("Length", rules.min_len, rules.max_len)
    if rules.len is not None:
        found |= {"minLength": rules.len, "maxLength": rules.len}
    if rules.format in _FORMATS:
        found["format"] = _FORMATS[rules.format]
    if rules.const is not None:
        found["const"] = rules.const
    if rules.one_of:
        found["enum"] = list(rules.one_of)
    if rules.not_in:
        found["not"] = {"enum": list(rules.not_in)}
    patterns = [
        _PATTERNS.get(rules.format, ""),
        rules.pattern if not _NOT_ECMA.search(rules.pattern) else "",
        f"^{_escaped(rules.prefix)}" if rules.prefix else "",
        f"{_escaped(rules.suffix)}$" if rules.suffix else "",
        _escaped(rules.contains) if rules.contains else "",
    ]
    first, *rest = [pattern.replace("(?P<", "(?<") for pattern in patterns if pattern] or [""]
    if first:
        found["pattern"] = first
    if rest:
        found["allOf"] = [{"pattern": pattern} for pattern in rest]
    return found


def _enum(schema: Schema, rules: Rules, enum: Enum) -> Schema:
    def holds(number: int) -> bool:
        return (
            (rules.const is None or number == rules.const)
            and (not rules.one_of or number in rules.one_of)
            and number not in rules.not_in
            and not (rules.required and number == 0)
        )

    kept = [value for value in enum.values if holds(value.number)]
    if len(kept) == len(enum.values):
        return schema
    names, numbers = [value.name for value in kept], list(dict.fromkeys(value.number for value in kept))
    return {"type": ["string", "integer"], "enum": [*names, *numbers]}


def _integer(schema: Schema, rules: Rules, name: str) -> Schema:
    chosen = [rules.const] if rules.const is not None else list(rules.one_of)
    if chosen:
        is_long = name.endswith("64")
        return {"enum": [*(str(value) for value in chosen if is_long), *chosen], "format": name}
    low, high = BOUNDS[name]
    if rules.gte is not None:
        low = max(low, int(rules.gte))
    if rules.gt is not None:
        low = max(low, int(rules.gt) + 1)
    if rules.lte is not None:
        high = min(high, int(rules.lte))
    if rules.lt is not None:
        high = min(high, int(rules.lt) - 1)
    found = schema
    if (low, high) != BOUNDS[name] and low <= high:  # where they cross, a value lies outside of them
        found = {"type": "integer", "format": name, "minimum": low, "maximum": high}
        if name.endswith("64") and schema.get("type") != "integer":
            found |= {"type": ["string", "integer"], "pattern": between(low, high)}
    if rules.not_in:
        found = found | {"not": {"enum": [*rules.not_in, *map(str, rules.not_in)]}}
    return found


def _number(schema: Schema, rules: Rules, name: str) -> Schema:
    chosen = [rules.const] if rules.const is not None else list(rules.one_of)
    if chosen:
        return {"enum": chosen, "format": name}
    words = (("gte", "minimum"), ("gt", "exclusiveMinimum"), ("lte", "maximum"), ("lt", "exclusiveMaximum"))
    limits = {word: getattr(rules, rule) for rule, word in words if getattr(rules, rule) is not None}
    low = limits.get("minimum", limits.get("exclusiveMinimum"))
    high = limits.get("maximum", limits.get("exclusiveMaximum"))
    if not (limits or rules.finite) or (low is not None and high is not None and low > high):
        return schema
    return {"type": "number", "format": name} | limits


def _takes_default(kind: Kind, rules: Rules) -> bool:
    """Whether the value that a scalar has where it is not set keeps the rules."""
    if kind is Kind.STRING:
        return _takes_empty(rules)
    if kind is Kind.BYTES:
        lower = rules.len or rules.min_len or rules.pattern or rules.prefix or rules.suffix or rules.contains
        return not (lower or rules.format or rules.const or (rules.one_of and b"" not in rules.one_of))
    if rules.const is not None or rules.one_of:
        return 0 in ([rules.const] if rules.const is not None else rules.one_of)
    above = (rules.gte is None or rules.gte <= 0) and (rules.gt is None or rules.gt < 0)  # type: ignore[operator]
    below = (rules.lte is None or rules.lte >= 0) and (rules.lt is None or rules.lt > 0)  # type: ignore[operator]
    return above and below and 0 not in rules.not_in


def _takes_empty(rules: Rules) -> bool:
    if rules.const or rules.format or rules.prefix or rules.suffix or rules.contains or "" in rules.not_in:
        return False
    if rules.len or rules.min_len or rules.len_bytes or rules.min_bytes:
        return False
    if rules.one_of and "" not in rules.one_of:
        return False
    try:
        return re.search(rules.pattern, "") is not None
    except re.error:  # RE2 that Python has not
        return False


def _bounds(word: str, low: int | None, high: int | None) -> Schema:
    found: Schema = {}
    if low:
        found[f"min{word}"] = low
    if high is not None:
        found[f"max{word}"] = high
    return found


def _escaped(text: Any) -> str:
    return _SPECIAL.sub(lambda match: "\\" + match[0], str(text))
