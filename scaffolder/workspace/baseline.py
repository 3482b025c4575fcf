"""`.scaffold/base/`: the merged files as the tool last wrote them, which is what an edit is told by.

Each has a suffix, so that no linter and no test runner takes it for source.
"""

from __future__ import annotations

from pathlib import Path

from scaffolder.artifact import Ownership
from scaffolder.workspace.inputs import read_bytes
from scaffolder.workspace.lock import FOLDER, Entry, digest

SUFFIX = ".base"
CONFLICTS = f"{FOLDER}/conflicts"
REPLACED = f"{FOLDER}/replaced"


def base_path(path: str) -> str:
    """Where the base of a file is kept, relative to the project."""
    return f"{FOLDER}/base/{path}{SUFFIX}"


def conflict_path(path: str) -> str:
    """Where the conflicts of a file are shown, relative to the project."""
    return f"{CONFLICTS}/{path}.md"


def replaced_path(path: str, content: bytes) -> str:
    """Where a version that the user made, and that has to give way, is kept."""
    return f"{REPLACED}/{path}.{digest(content)[:8]}"


def read_base(root: Path, path: str, entry: Entry | None, current: bytes | None) -> bytes | None:
    """What the tool last wrote to a merged file; None where that is not known for certain.

    A project of an older tool has no bases: there a file that is still as it was written is its own.
    """
    if entry is None or entry.owner is not Ownership.MERGED:
        return None
    base = read_bytes(f"{root}/{base_path(path)}")
    if base is None:
        return current if current is not None and entry.knows(digest(current)) else None
    if entry.knows(digest(base)) or entry.knows(digest(base.replace(b"\r\n", b"\n"))):
        return base
    if not entry.others or current is None:
        return base if entry.others else None
    return current if entry.knows(digest(current)) else _in_common(base, current)


def _in_common(union: bytes, current: bytes) -> bytes:
    """A base that git united from two branches, without what the merged file has not.

    Where both branches added something in one place, the file may have got one of the two, and where both changed a
    line, the base has it twice. To take that for deleted would be wrong: it is as if the tool had not written it.
    """
    from difflib import SequenceMatcher  # only after such a merge

    lines, others = union.splitlines(keepends=True), current.splitlines(keepends=True)
    blocks = SequenceMatcher(None, lines, others, autojunk=False).get_opcodes()
    return b"".join(line for tag, start, end, _, _ in blocks if tag != "delete" for line in lines[start:end])
