"""The options of buf/validate/validate.proto as `rules`, read by the names of whichever version a contract brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from scaffolder.contract.rules import Cel, MessageRules, OneofRule, Rules, Value

_KNOWN = frozenset(field.name for field in fields(Rules))
_MANY = {"in": "one_of", "not_in": "not_in", "example": "examples"}
_IGNORE = {1: "if_zero_value", 2: "if_zero_value", 3: "always"}  # 2 is that of releases before 1.0


def field_rules(option: Any) -> Rules | None:
    """A field's `FieldRules`, None where they say nothing."""
    found: dict[str, Any] = {}
    for descriptor, value in option.ListFields():
        if descriptor.name in ("cel", "cel_expression"):
            found["cel"] = (*found.get("cel", ()), *_cels(value))
        elif descriptor.name == "required":
            found["required"] = value
        elif descriptor.name == "ignore":
            found["ignore"] = _IGNORE.get(value, "")
        elif descriptor.containing_oneof is not None and not descriptor.is_extension:
            found.update(_typed(value))
    return Rules(**found) if found else None


def message_rules(option: Any, oneofs: Sequence[tuple[Any, tuple[str, ...]]]) -> MessageRules | None:
    """A message's `MessageRules` and those of its real oneofs: (`OneofRules`, names of the fields)."""
    cel: tuple[Cel, ...] = ()
    found = [OneofRule(names, required=True) for rule, names in oneofs if rule.required]
    for descriptor, value in option.ListFields() if option is not None else ():
        if descriptor.name in ("cel", "cel_expression"):
            cel += _cels(value)
        elif descriptor.name == "oneof":
            found += [OneofRule(tuple(each.fields), each.required) for each in value]
    return MessageRules(tuple(found), cel) if found or cel else None


def _cels(values: Iterable[Any]) -> tuple[Cel, ...]:
    return tuple(
        Cel(value, value) if isinstance(value, str) else Cel(value.expression, value.id, value.message)
        for value in values
    )


def _typed(rules: Any) -> dict[str, Any]:
    """The rules of one type: StringRules, Int32Rules, RepeatedRules, …"""
    found: dict[str, Any] = {}
    for descriptor, value in rules.ListFields():
        name = descriptor.name
        if descriptor.is_extension:
            continue
        if name in _MANY:
            found[_MANY[name]] = tuple(map(_value, value))
        elif name in ("items", "keys", "values"):
            found[name] = field_rules(value)
        elif name == "well_known_regex":
            found["format"] = (
                descriptor.enum_type.values_by_number[value].name.removeprefix("KNOWN_REGEX_").lower()
            )
        elif descriptor.containing_oneof is not None and descriptor.containing_oneof.name == "well_known":
            found["format"] = name if value else ""
        elif name in _KNOWN:
            found[name] = _value(value)
    return found


def _value(value: Any) -> Value:
    """A Duration, a Timestamp and a FieldMask in their JSON form, anything else as it is."""
    plain: Value = value.ToJsonString() if hasattr(value, "ToJsonString") else value
    return plain
