"""`.scaffold/lock.json`: what the tool last wrote, and what it wrote it from.

One entry a line and sorted, so that a diff of it reads well. Every line ends alike and each block ends with an empty
entry, so that git's union merge of two branches that both regenerated is still a lock: a path then has several
entries, and any of their hashes may be on the disk. It holds no time, no absolute path, nothing of this machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from scaffolder.artifact import Ownership
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.paths import is_plain_relative, shown

FOLDER = ".scaffold"
FILE = f"{FOLDER}/lock.json"
FORMAT = 2
READABLE = (1, 2)
TEMPLATE = "template"
_OPTIONAL = ("conflicts", "rpcs", "nouns", "methods")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as the tool last wrote it; `sha256` is of those bytes, in lower-case hex.

    `origin` is `TEMPLATE` for a file that a cookiecutter template brought, `""` for one that we generate. `others` are
    further hashes, where git merged two locks.
    """

    owner: Ownership
    sha256: str
    origin: str = ""
    others: frozenset[str] = frozenset()

    def knows(self, digest: str) -> bool:
        """Whether the tool has written these bytes."""
        return digest == self.sha256 or digest in self.others


@dataclass(frozen=True, slots=True)
class Open:
    """A conflict that was left: the marks of the user's side and of the tool's when it was told."""

    current: str
    incoming: str


@dataclass(frozen=True, slots=True)
class Lock:
    """`files` by path relative to the project; `inputs` as `scaffolder.workspace.inputs` describes them.

    `conflicts` by `PATH::NAME`; `rpcs` are the contract's, by full name, with their signatures; `nouns` are what its
    services are called in files, `methods` what its RPCs were taken for, ``custom`` or `list MESSAGE`. `lost` is
    true where the file cannot be read or is not there: nothing that is on the disk may then be deleted or replaced.
    """

    files: Mapping[str, Entry] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, Open] = field(default_factory=dict)
    rpcs: Mapping[str, str] = field(default_factory=dict)
    nouns: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


def digest(content: bytes) -> str:
    """The hash that the lock records of a file."""
    return sha256(content).hexdigest()


def read(root: Path) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """The lock of the project and a warning if it is damaged; an empty, lost lock where there is none."""
    path = root / FILE
    try:
        return _parse(path.read_text(encoding="utf-8")), ()
    except FileNotFoundError:
        return Lock(lost=True), ()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = "take it from git; until then only what is missing is added"
        message = f"cannot be read ({_reason(error)}), so what you edited is not known"
        return Lock(lost=True), (Diagnostic("lock", message, hint, Location(shown(path)), "warning"),)


def render(lock: Lock) -> bytes:
    """The bytes of lock.json, the same for equal locks."""
    blocks = {
        "inputs": {name: _json(value) for name, value in lock.inputs.items()},
        "files": {path: _entry(entry) for path, entry in lock.files.items()},
        "conflicts": {name: _json([item.current, item.incoming]) for name, item in lock.conflicts.items()},
        "rpcs": {name: _json(signature) for name, signature in lock.rpcs.items()},
        "nouns": {name: _json(noun) for name, noun in lock.nouns.items()},
        "methods": {name: _json(said) for name, said in lock.methods.items()},
    }
    lines = ["{", f'"format": {FORMAT},']
    for name, block in blocks.items():
        lines += [
            f"{_json(name)}: {{",
            *(f"{_json(key)}: {block[key]}," for key in sorted(block)),
            '"": null},',
        ]
    return "\n".join([*lines, '"": null}', ""]).encode()


class _Pairs(list[tuple[str, object]]):
    """A JSON object with every entry, those of one name as well."""


def _parse(text: str) -> Lock:
    data = json.loads(text, object_pairs_hook=_Pairs)
    if not isinstance(data, _Pairs):
        raise TypeError("it is no JSON object")
    version = dict(data)["format"]
    if version not in READABLE:
        raise ValueError(f"its format is {version}, this tool knows {FORMAT}")
    files = _files(_block(data, "files"))
    outside = [path for path in files if not is_plain_relative(path)]
    if outside:
        raise ValueError(f"it names `{outside[0]}`, which is not inside the project")
    return Lock(
        files,
        _inputs(_block(data, "inputs")),
        {name: Open(*map(_text, _list(value))) for name, value in _block(data, "conflicts")},
        {name: _text(value) for name, value in _block(data, "rpcs")},
        {name: _text(value) for name, value in _block(data, "nouns")},
        {name: _text(value) for name, value in _block(data, "methods")},
    )


def _block(data: _Pairs, name: str) -> list[tuple[str, object]]:
    """The entries of a block; a union merge may have made two of it."""
    blocks = [value for key, value in data if key == name]
    if not blocks and name not in _OPTIONAL:
        raise KeyError(name)
    entries: list[tuple[str, object]] = []
    for block in blocks:
        if not isinstance(block, _Pairs):
            raise TypeError(f"`{name}` is no object")
        entries += [(key, value) for key, value in block if key]
    return entries


def _files(block: Iterable[tuple[str, object]]) -> dict[str, Entry]:
    files: dict[str, Entry] = {}
    for path, value in block:
        if not isinstance(value, _Pairs):
            raise TypeError(f"`{path}` is no object")
        fields = dict(value)
        origin = _text(fields.get("origin", ""))
        entry = Entry(Ownership(_text(fields["owner"])), _text(fields["sha256"]), origin)
        if (held := files.get(path)) is not None and held.sha256 != entry.sha256:
            entry = Entry(entry.owner, entry.sha256, entry.origin, held.others | {held.sha256})
        files[path] = entry
    return files


def _inputs(block: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Two values of one name, from two branches, equal nothing, so that the next run does its work."""
    inputs: dict[str, str] = {}
    for name, value in block:
        text = _text(value)
        inputs[name] = text if inputs.get(name, text) == text else "merged by git"
    return inputs


def _reason(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list) or isinstance(value, _Pairs) or len(value) != 2:
        raise TypeError(f"{value!r} is not a pair")
    return value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _entry(entry: Entry) -> str:
    origin = f', "origin": {_json(entry.origin)}' if entry.origin else ""
    return f'{{"owner": {_json(entry.owner)}, "sha256": {_json(entry.sha256)}{origin}}}'
