"""What has to be known of the contracts' texts before protoc reads them. It parses nothing: it looks for signs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scaffolder.contract import wellknown
from scaffolder.contract.search import Search
from scaffolder.diagnostics import Location
from scaffolder.paths import shown

_IMPORT = re.compile(rb'\bimport\s+(?:public\s+|weak\s+|option\s+)?"([^"\n]+)"')
_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/|(\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')", re.DOTALL)
_BYTE_ESCAPE = re.compile(rb"\\[xXuU0-7]")


@dataclass
class Survey:
    """`validate`: validate.proto is imported. `garbled`: where a string may hold what is not UTF-8."""

    validate: bool = False
    garbled: list[Location] = field(default_factory=list)


def survey(names: Iterable[str], search: Search) -> Survey:
    """Looks through the user's contracts among `names` and all that they import."""
    found = Survey()
    pending = list(names)
    seen = set(pending)
    while pending:
        name = pending.pop()
        path = search.find(name)
        if path is None:
            found.validate = found.validate or name == wellknown.VALIDATE
            continue
        try:
            text = path.read_bytes()
        except OSError:  # protoc says what is wrong with it
            continue
        position = _first_garbled(text)
        if position >= 0:
            line_start = text.rfind(b"\n", 0, position) + 1
            line = text.count(b"\n", 0, position) + 1
            found.garbled.append(Location(shown(path), line, position - line_start + 1))
        imports = {match.decode("utf-8", "replace") for match in _IMPORT.findall(text)} - seen
        seen |= imports
        pending += imports
    return found


def _first_garbled(text: bytes) -> int:
    """The first byte, outside comments, that is not UTF-8 or that an escape writes; -1 where there is none.

    protoc aborts, and would take this process with it, when a string of an option is not UTF-8.
    """
    if _is_utf8(text) and not _BYTE_ESCAPE.search(text):
        return -1
    bare = _COMMENT.sub(lambda match: match[1] or b" " * len(match[0]), text)
    escape = _BYTE_ESCAPE.search(bare)
    positions = [escape.start()] if escape else []
    try:
        bare.decode("utf-8")
    except UnicodeDecodeError as error:
        positions.insert(0, error.start)
    return positions[0] if positions else -1


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
