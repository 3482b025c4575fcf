"""Update masks (AIP-134, AIP-161): which fields of a resource an update takes.

| mask | takes |
|---|---|
| none | every field that is set in the update, in messages as well; lists and maps whole |
| ``*`` | every field: what the update leaves empty is emptied |
| ``author`` | the field as a whole, empty where the update has none |
| ``author.family_name`` | a field of a message, which is made where the update has it |
| ``labels.color``, ``labels.`odd.key` `` | one key of a map; removed where the update has none |
| ``authors.*``, ``labels.*`` | what ``authors`` does |

An element of a list has no path of its own, and ``*`` stands alone. The same path twice, or one inside another, is
fine.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..details import FieldViolation
from ..errors import InvalidArgumentError
from .fields import KINDS, Field, FieldType, fields_of, map_key, unknown

FIELD = "update_mask"
MAX_DEPTH = 100
"""So many names a path may have: as deep as protobuf reads messages."""
MAX_TOLD = 100
"""Of so many paths that lead nowhere a client is told: to look for what was meant by each takes time."""
_SEGMENT = re.compile(r"`([^`]+)`|([^.`]+)")

Path = tuple[str, ...]


def parse_mask(mask: Iterable[str], fields: Mapping[str, Field]) -> list[Path]:
    """The paths of a mask of a resource with these fields; ``[("*",)]`` for all.

    Raises InvalidArgumentError about ``update_mask`` with every path that leads nowhere, of many the first `MAX_TOLD`.
    """
    written = list(dict.fromkeys(mask))
    if written == ["*"]:
        return [("*",)]
    found, wrong = [], []
    for text in written:
        try:
            found.append(_checked(_segments(text), fields))
        except ValueError as error:
            wrong.append(FieldViolation(FIELD, f"{text[:100]!r}: {error}"))
            if len(wrong) == MAX_TOLD:
                break
    if wrong:
        raise InvalidArgumentError.of(wrong)
    return found


def _segments(text: str) -> Path:
    """A path's names, without the backticks."""
    parts, place = [], 0
    while True:
        found = _SEGMENT.match(text, place)
        if found is None:
            raise ValueError(
                "a name is missing in the path" if "`" not in text else "a backtick is not closed"
            )
        parts.append(found[1] or found[2])
        if found.end() == len(text):
            break
        if text[found.end()] != ".":
            raise ValueError("a dot is missing between the names")
        place = found.end() + 1
        if len(parts) == MAX_DEPTH:
            raise ValueError(f"leads through more than {MAX_DEPTH} names")
    if parts == ["*"]:
        raise ValueError("stands for all fields, and stands alone")
    return tuple(parts[:-1] if parts[-1] == "*" and not text.endswith("`") else parts)


def _checked(path: Path, fields: Mapping[str, Field]) -> Path:
    """The path; ValueError where it leads nowhere."""
    holds: FieldType | None = None
    for place, name in enumerate(path):
        if holds is None or holds.is_message:
            inside = fields if holds is None else fields_of(holds.kind)
            if name not in inside:
                raise ValueError(unknown(name, list(inside)))
            holds = inside[name].holds
        elif holds.kind is dict and holds.key is not bool and holds.element is not None:
            map_key(name, holds.key)
            holds = holds.element
        elif holds.kind is not object:
            kind = KINDS.get(holds.kind, "a value")
            raise ValueError(f"{'.'.join(path[:place])[:100]} is {kind}, and is named as a whole")
    return path


def assign(target: Any, source: Any, path: Path, fields: Mapping[str, Field]) -> None:
    """Makes what is at the path in `target` a copy of what is there in `source`.

    A message on the way that `target` lacks is made where `source` has it; a field in one that `source` lacks gets its
    default, and a key of a map is removed.
    """
    name, *rest = path
    if not isinstance(target, dict):
        field = fields[name]
        if not rest:
            setattr(target, field.attribute, copy.deepcopy(getattr(source, field.attribute)))
            return
        inner, given = getattr(target, field.attribute), getattr(source, field.attribute)
        made = _inside(inner, given, field.holds, tuple(rest))
        if made is not inner:
            setattr(target, field.attribute, made)
        return
    key = map_key(name, type(next(iter(source or target), "")))
    if rest and (key in source or key in target):
        element = source[key] if key in source else target[key]
        made = _inside(target.get(key), source.get(key), FieldType(type(element)), tuple(rest))
        if made is not None:
            target[key] = made
    elif key in source:
        target[key] = copy.deepcopy(source[key])
    else:
        target.pop(key, None)


def _inside(inner: Any, given: Any, holds: FieldType, rest: Path) -> Any:
    """What a field has after the path in it was assigned."""
    if inner is None and given is None:
        return None
    if isinstance(inner, dict) or isinstance(given, dict):
        inner, given = _map(inner), _map(given)
        assign(inner, given, rest, {})
        return inner
    if not holds.is_message:  # a value of any type that is no map
        return inner
    made = holds.kind() if inner is None else inner
    assign(made, holds.kind() if given is None else given, rest, fields_of(holds.kind))
    return made


def _map(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def merge(target: Any, source: Any, fields: Mapping[str, Field], skipped: Iterable[str] = ()) -> None:
    """Takes every field that is set in `source`, and of messages in both those that are set in them."""
    for name, field in fields.items():
        value = getattr(source, field.attribute)
        if name in skipped or not field.holds.is_set(value):
            continue
        present = getattr(target, field.attribute)
        if field.holds.is_message and present is not None:
            merge(present, value, fields_of(field.holds.kind))
        else:
            setattr(target, field.attribute, copy.deepcopy(value))


def replace(target: Any, source: Any, fields: Mapping[str, Field], skipped: Iterable[str] = ()) -> None:
    """Takes every field as it is in `source`."""
    for name, field in fields.items():
        if name not in skipped:
            setattr(target, field.attribute, copy.deepcopy(getattr(source, field.attribute)))
