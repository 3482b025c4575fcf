"""protoc's messages as diagnostics: what it says stays, where gets a readable path, and a hint is added."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Sequence
from pathlib import Path

from scaffolder.contract import wellknown
from scaffolder.contract.search import Search
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.paths import shown
from scaffolder.suggest import nearest

_PLACED = re.compile(r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)$")
_NOT_FOUND = re.compile(
    r"^(?P<name>.+): (?:File not found\.|Backslashes, consecutive slashes.*virtual path)$"
)
_IMPORT_FAILED = re.compile(r'^Import "(?P<name>.+)" was not found or had errors\.$')
_UNDEFINED = re.compile(r'^"(?P<name>[^"]+)" is not defined\.$')
_UNKNOWN_OPTION = re.compile(r'^Option "\((?P<name>[^")]+)\)[^"]*" unknown\.')
_DEFINED_ELSEWHERE = re.compile(r'^"(?P<name>[^"]+)" is already defined in file "')
_ENCODING = re.compile(r"control characters encountered|non ascii codepoint")
_IN_FILE = re.compile(r"^(?P<path>\S.*?\.proto): (?P<text>.+)$")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # quoted from a contract, not for a terminal
_LOG_LINE = re.compile(r"^([IWEF]\d{4} [\d:.]+|WARNING: All log messages before)")

# What a message contains -> its code and what to try.
_KINDS = {
    r"recursively imports itself": ("import-cycle", "move what both need into a third file"),
    r"already defined in file": ("duplicate-symbol", "rename one, or generate the two in separate projects"),
    r"is already defined in": ("duplicate-symbol", "rename one of the two"),
    r"has already been used in": ("duplicate-number", "give each field a number of its own"),
    r"uses reserved number": ("reserved-number", "choose a number that is not reserved"),
    r"seems to be defined in": ("missing-import", "import the file that is named"),
    r'^"[^"]+" is resolved to': ("undefined-symbol", "start the name with a dot, or give its whole package"),
    r"is not defined": ("undefined-symbol", "mend the name, or import the file that defines it"),
    r'^Option ".*" unknown': ("unknown-option", "mend the name, or import the file that defines it"),
    r"control characters|non ascii codepoint": (
        "contract-encoding",
        "save it as UTF-8; only comments and strings may leave ASCII",
    ),
    r'^Expected ";"': ("syntax", "end the statement before this place with a semicolon"),
    r"^(Expected|Missing|Unexpected|Reached end|Unterminated|Need space|Invalid|Unmatched)": (
        "syntax",
        "mend what stands here, or just before it",
    ),
    r"JSON name of field|JSON camel-case name": (
        "json-name",
        "rename one, or give it a json_name of its own",
    ),
    r"^Enum name .* has the same name": ("enum-value", "rename one, or give both the same number"),
    r"must define 0|must be zero|must have 0": ("enum-value", "let the enum's first value be 0"),
    r"is not a message type": (
        "not-a-message",
        "name a message here; one that an RPC or a field hides is named with its package and a dot in front",
    ),
    r"^Read access is denied": ("contract-unreadable", "check who owns the file and who may read it"),
}

_OTHERWISE = ("protoc", "mend what is named here; protoc takes the contract for wrong")


def diagnose(messages: str, search: Search) -> list[Diagnostic]:
    """Every error in protoc's output, in its order, without warnings and what only follows from another error."""
    lines = [
        line for line in _CONTROL.sub("\ufffd", messages).split("\n") if line and not _LOG_LINE.match(line)
    ]
    missing = {match["name"] for line in lines if (match := _NOT_FOUND.match(line))}
    placed = [match for line in lines if (match := _PLACED.match(line))]
    found = [_placed(match, search) for match in placed if not _follows(match, placed, missing)]
    unplaced = [line for line in lines if not _PLACED.match(line) and not _NOT_FOUND.match(line)]
    found += [_unplaced(line, search) for line in unplaced if ": warning: " not in line]
    return list(dict.fromkeys(found))


def _follows(match: re.Match[str], placed: Sequence[re.Match[str]], missing: set[str]) -> bool:
    """Whether a message is a warning, or repeats or results from one that is reported elsewhere."""
    text = match["text"]
    if text.startswith(("warning: ", "Suggested field numbers")):
        return True
    failed = _IMPORT_FAILED.match(text)
    if failed:
        return failed["name"] not in missing
    own = [other for other in placed if other["path"] == match["path"]]
    if _UNDEFINED.match(text):
        return any(_IMPORT_FAILED.match(other["text"]) for other in own)
    elsewhere = _DEFINED_ELSEWHERE.match(text)
    if elsewhere:
        names = [found["name"] for other in own if (found := _DEFINED_ELSEWHERE.match(other["text"]))]
        return any(elsewhere["name"].startswith(name + ".") for name in names)
    garbled = next((other for other in own if _ENCODING.search(other["text"])), None)
    if garbled is None or garbled is match:
        return False
    return match["line"] == garbled["line"] or bool(_ENCODING.search(text))


def _kind(text: str) -> tuple[str, str]:
    """The code of a message, and what to try."""
    return next((kind for part, kind in _KINDS.items() if re.search(part, text)), _OTHERWISE)


def _unplaced(line: str, search: Search) -> Diagnostic:
    """A message about a file as a whole, or about none."""
    match = _IN_FILE.match(line)
    text = match["text"] if match else line
    code, hint = _kind(text)
    return Diagnostic(code, text, hint, Location(_readable(match["path"], search)) if match else None)


def _placed(match: re.Match[str], search: Search) -> Diagnostic:
    location = Location(_readable(match["path"], search), int(match["line"]), int(match["column"]))
    text = match["text"]
    failed = _IMPORT_FAILED.match(text)
    if failed:
        return _import_not_found(failed["name"], location, search)
    code, hint = _kind(text)
    option = _UNKNOWN_OPTION.match(text)
    if option:
        text = f"the option ({option['name']}) is unknown"
    unknown = option or _UNDEFINED.match(text)
    home = wellknown.home(unknown["name"]) if unknown else ""
    return Diagnostic(code, text, f'add: import "{home}";' if home else hint, location)


def _import_not_found(name: str, location: Location, search: Search) -> Diagnostic:
    message = f'the import "{name}" was not found; searched {search.described()}'
    return Diagnostic("import-not-found", message, _import_hint(name, search), location)


def _import_hint(name: str, search: Search) -> str:
    """What helps against an import that is not found."""
    if name == wellknown.VALIDATE:
        return "pip install protovalidate, which brings this file"
    if wellknown.common_root() is None and name.startswith(("google/api/", "google/rpc/", "google/type/")):
        return "pip install googleapis-common-protos, which brings this file"
    plain = posixpath.normpath(name.replace("\\", "/"))  # protoc wants one name for one file
    same = plain if plain != name else search.namesake(name)
    if same:
        return f'write import "{same}"'
    folder = name.rpartition("/")[0]
    beside = [known for known in wellknown.packaged_names() if known.rpartition("/")[0] == folder]
    if beside:
        similar = nearest(name, beside)
        return f'did you mean "{similar}"?' if similar else f"{folder} holds no such contract"
    place = wellknown.whereabouts(name)
    if place:
        return f"fetch it from {place} and add the directory that holds {name.partition('/')[0]}/ with -I"
    return f"add the directory that {name} is relative to with -I"


def _readable(path: str, search: Search) -> str:
    """The path that protoc printed, an absolute one or an import's name, as messages show it."""
    return shown(Path(path)) if os.path.isabs(path) else search.place(path)
