"""The document as text: JSON for the service to serve, YAML for people to read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from scaffolder.contract.model import Contract
from scaffolder.targets.openapi.document import document

HEADER = "# OpenAPI 3.1 of this service's HTTP bindings. Machine-owned: DO NOT EDIT; `scaffold generate` rewrites it.\n"

_PLAIN = re.compile(r"[A-Za-z_/$][A-Za-z0-9_/$.{}-]*( [A-Za-z0-9_/$.{}(][A-Za-z0-9_/$.,{}()-]*)*\Z", re.A)
# Words that YAML 1.1 or 1.2 reads as something else than text.
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))
_CONTROL = re.compile(
    r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]"
)


def files(contract: Contract, title: str, settings: Mapping[str, Any]) -> dict[str, bytes]:
    """The document of a contract as ``yaml`` and as ``json``."""
    found = document(contract, title, settings)
    return {"yaml": to_yaml(found), "json": to_json(found)}


def to_json(document: dict[str, Any]) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def to_yaml(document: dict[str, Any]) -> bytes:
    """YAML in UTF-8, texts of several lines as blocks.

    Written here because a document has tens of thousands of lines where a contract is large, and a general dumper
    takes longer for it than everything else in a run.
    """
    lines: list[str] = []
    _mapping(document, "", lines)
    return (HEADER + "\n".join(lines) + "\n").encode("utf-8", "replace")


def _mapping(value: dict[str, Any], indent: str, lines: list[str]) -> None:
    for key, item in value.items():
        _entry(f"{indent}{_text(key)}:", item, indent, lines)


def _entry(head: str, item: Any, indent: str, lines: list[str]) -> None:
    """`head` with what belongs behind or below it."""
    deeper = f"{indent}  "
    if isinstance(item, dict) and item:
        lines.append(head)
        _mapping(item, deeper, lines)
    elif isinstance(item, list) and item and any(isinstance(each, dict) for each in item):
        lines.append(head)
        for each in item:
            _item(each, deeper, lines)
    elif isinstance(item, str) and "\n" in item and _can_be_block(item):
        lines.append(f"{head} |{'' if item.endswith(chr(10)) else '-'}")
        lines += [f"{deeper}{line}" if line else "" for line in item.removesuffix("\n").split("\n")]
    else:
        lines.append(f"{head} {_flow(item)}")


def _item(item: Any, indent: str, lines: list[str]) -> None:
    if not isinstance(item, dict) or not item:
        lines.append(f"{indent}- {_flow(item)}")
        return
    first = len(lines)
    _mapping(item, f"{indent}  ", lines)
    lines[first] = f"{indent}- {lines[first].lstrip()}"


def _flow(item: Any) -> str:
    if isinstance(item, str):
        return _text(item)
    if isinstance(item, list):
        return f"[{', '.join(map(_flow, item))}]"
    if isinstance(item, dict):
        return "{" + ", ".join(f"{_quoted(key)}: {_flow(value)}" for key, value in item.items()) + "}"
    return json.dumps(item)


def _text(text: str) -> str:
    if _PLAIN.match(text) and text.lower() not in _WORDS and not text.endswith(" "):
        return text if not set(text) & set("{},") else _quoted(text)
    return _quoted(text)


def _quoted(text: str) -> str:
    """A double-quoted scalar; what may not stand in YAML is escaped."""
    found = json.dumps(text, ensure_ascii=False)
    return _CONTROL.sub(_escape, found) if _CONTROL.search(found) else found


def _escape(match: re.Match[str]) -> str:
    point = ord(match[0])
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def _can_be_block(text: str) -> bool:
    """Whether a block scalar gives the text back: it begins with a character, and has none that must be escaped."""
    return not (text[0].isspace() or text.endswith("\n\n") or _CONTROL.search(text) or "\r" in text)
