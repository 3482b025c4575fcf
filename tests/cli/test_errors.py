"""Every mistake that a user can make: what is said, the exit code, and that nothing was written.

A case is a folder below errors/: command.txt, the files that are there before, and what the tool says.
"""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from scaffolder.cli.main import main

CASES = Path(__file__).parent / "errors"


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Every path below `folder`, with the content of files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_golden_error(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error is located, has a hint, and leaves everything as it was."""
    files = CASES / case / "files"
    workplace = tmp_path / "here"
    if files.is_dir():
        shutil.copytree(files, workplace)
    else:
        workplace.mkdir()
    before = snapshot(workplace)
    monkeypatch.chdir(workplace)
    command = shlex.split((CASES / case / "command.txt").read_text(encoding="utf-8"))

    code = main(command[1:])

    captured = capsys.readouterr()
    said = f"exit {code}\n{captured.out}{captured.err}".replace(str(workplace), "$HERE").replace("\\", "/")
    expected = CASES / case / "expected.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")
    assert snapshot(workplace) == before
