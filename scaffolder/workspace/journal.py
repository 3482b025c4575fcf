"""What a transaction is about to do, on the disk before it does it, so that the next run can undo it.

`.scaffold/stage-<hex>/` holds `new/` and `old/`, each by the path of the file, and `journal.json`. It is written
whole or not at all, before the first rename, and removed after the last: while it is there the tree may be half
written, and a stage folder without it means nothing. Undoing needs only what the journal and the disk say, so it can
itself be killed and begun again; a file that is neither as it was nor as it would be is the user's, and stays.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError
from scaffolder.paths import is_plain_relative, shown
from scaffolder.workspace.disk import make_folder, sync_file, sync_folder
from scaffolder.workspace.lock import FOLDER, digest

PREFIX = "stage-"
NAME = "journal.json"
FORMAT = 1
_NO_FILE = "no regular file"
"""Stands for the hash of a folder, link or device: equal to no hash."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file, by its path in the project without links; hashes as in the lock, None where there is no file."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Journal:
    """`made`: the folders to be made, outer ones first. `modes`: the folders that may go, outer ones first."""

    steps: tuple[Step, ...]
    made: tuple[str, ...] = ()
    modes: Mapping[str, int] = field(default_factory=dict)


def interrupted(root: Path) -> bool:
    """Whether a run was killed in `root` while it wrote, or is writing now."""
    return bool(_unfinished(root))


def leftovers(root: Path) -> bool:
    """Whether a run that was killed left anything behind, be it only a folder that means nothing, or runs now."""
    return bool(_stages(root))


def recover(root: Path) -> tuple[Diagnostic, ...]:
    """Undoes what a killed run left half written, and says so in warnings. To be called in `exclusive` only.

    Raises a `ScaffoldError` with code `cannot-undo`, and keeps what is there, where that is not possible.
    """
    found: list[Diagnostic] = []
    for stage in _unfinished(root):
        try:
            journal = _parse((stage / NAME).read_bytes())
            edited = undo(root, stage, journal)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
            raise ScaffoldError([*found, _cannot_undo(stage, error)]) from error
        found += _repaired(root, journal, edited)
    for stage in _stages(root):
        remove_stage(stage)
    return tuple(found)


def write(stage: Path, journal: Journal) -> None:
    """Puts the journal into `stage`, for good when this returns."""
    body = {"format": FORMAT, "made": journal.made, "modes": dict(journal.modes)}
    content = json.dumps(body | {"files": [asdict(step) for step in journal.steps]}, indent=0).encode()
    draft = stage / f"{NAME}.new"
    with open(draft, "xb") as file:
        file.write(content)
    sync_file(draft)
    os.replace(draft, stage / NAME)
    for folder in (stage, stage.parent, stage.parent.parent):
        sync_folder(folder)


def close(stage: Path) -> None:
    """Ends the transaction: once the journal is gone, what is on the disk is what counts."""
    os.unlink(stage / NAME)
    with contextlib.suppress(OSError):  # then a loss of power right now undoes the run, no more
        sync_folder(stage)


def undo(root: Path, stage: Path, journal: Journal) -> list[str]:
    """Brings back what was there before; returns the files that somebody else has changed since, which stay."""
    inside = os.path.realpath(root)
    for folder, mode in journal.modes.items():
        if _is_inside(inside, folder):
            make_folder(os.path.join(inside, folder), mode)
    edited = [step.path for step in reversed(journal.steps) if not _restore(inside, stage, step)]
    for folder in reversed(journal.made):
        if _is_inside(inside, folder):
            with contextlib.suppress(OSError):
                os.rmdir(os.path.join(inside, folder))
    sync_folders(inside, journal)
    close(stage)
    remove_stage(stage)
    return edited


def remove_stage(stage: Path) -> None:
    """Removes a stage folder that is of no use any more, and `.scaffold` if nothing else is in it."""
    import shutil  # only where something is removed; this module is loaded in every run

    shutil.rmtree(stage, ignore_errors=True)
    with contextlib.suppress(OSError):
        os.rmdir(stage.parent)


def sync_folders(root: str, journal: Journal) -> None:
    """Makes every name last that the transaction makes or removes."""
    names = [*(step.path for step in journal.steps), *journal.made, *journal.modes]
    for folder in sorted({os.path.dirname(name) for name in names}):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            sync_folder(os.path.join(root, folder))


def _restore(root: str, stage: Path, step: Step) -> bool:
    """Brings one file back; False where it is neither as it was nor as it would be."""
    if not _is_inside(root, step.path):
        return False
    target, old = os.path.join(root, step.path), stage / "old" / step.path
    present = _hash(target)
    if present == step.before != step.after:
        return True
    if present != step.after:
        return False
    if step.before is None:
        if present is not None:
            os.unlink(target)
    elif os.path.lexists(old):
        os.replace(old, target)
    else:
        return step.before == step.after
    return True


def _hash(path: str) -> str | None:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return _NO_FILE
        with open(path, "rb") as file:
            return digest(file.read())
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_inside(root: str, path: str) -> bool:
    """Whether the folder of `path` is in the project, whatever has become a link since."""
    real = os.path.realpath(os.path.dirname(os.path.join(root, path)))
    return real == root or real.startswith(os.path.join(root, ""))


def _stages(root: Path) -> list[Path]:
    try:
        with os.scandir(root / FOLDER) as entries:
            found = [e.name for e in entries if e.name.startswith(PREFIX) and e.is_dir(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [root / FOLDER / name for name in sorted(found)]


def _unfinished(root: Path) -> list[Path]:
    """The stage folders with a journal, the newest first: later writing is undone before earlier."""
    stages = [stage for stage in _stages(root) if os.path.lexists(stage / NAME)]
    return sorted(stages, key=lambda stage: os.lstat(stage / NAME).st_mtime_ns, reverse=True)


def _parse(content: bytes) -> Journal:
    """A journal that may have come with a cloned repository: it must not lead out, or into git's own folder."""
    data = json.loads(content)
    if data["format"] != FORMAT:
        raise ValueError(f"its format is {data['format']}, this tool knows {FORMAT}")
    steps = tuple(Step(_path(s["path"]), _sha(s["before"]), _sha(s["after"])) for s in data["files"])
    modes = {_path(path): stat.S_IMODE(mode) for path, mode in data["modes"].items()}
    return Journal(steps, tuple(map(_path, data["made"])), modes)


def _path(value: object) -> str:
    if not isinstance(value, str) or not is_plain_relative(value) or ".git" in value.lower().split("/"):
        raise ValueError(f"it names {value!r}, which is not a file of the project")
    return value


def _sha(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{value!r} is not a hash")
    return value


def _cannot_undo(stage: Path, error: Exception) -> Diagnostic:
    reason = f"no {error}" if isinstance(error, KeyError) else getattr(error, "strerror", None) or error
    message = f"an earlier run was killed while it wrote, and cannot be undone: {reason}"
    hint = "its folder `old` has the files as they were; copy back what you need, then delete it"
    return Diagnostic("cannot-undo", message, hint, Location(shown(stage)))


def _repaired(root: Path, journal: Journal, edited: Iterable[str]) -> list[Diagnostic]:
    count = f"{len(journal.steps)} file{'s' if len(journal.steps) != 1 else ''}"
    message = (
        f"an earlier run was killed while it wrote {count}; that was undone, and this run goes on from there"
    )
    found = [Diagnostic("repaired", message, "", Location(shown(root)), "warning")]
    message = "was changed after an earlier run had been killed, and was left as it is"
    hint = "look whether it is what you want, and run again if you change it"
    found += [
        Diagnostic("repaired", message, hint, Location(shown(root / path)), "warning") for path in edited
    ]
    return found
