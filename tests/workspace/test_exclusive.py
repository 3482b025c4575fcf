"""Two runs at once: the second waits, or gives up; a run that dies keeps nobody out."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import exclusive as exclusives
from scaffolder.workspace.exclusive import exclusive
from tests.workspace.crash_support import command, drive, environment, needs_fork
from tests.workspace.support import contents, fill


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is writing to the project."""
    process = _start(tmp_path, "60")
    assert process.stdout is not None and process.stdout.readline() == "holding\n"
    yield process
    process.kill()
    process.wait()


def _start(folder: Path, seconds: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("hold", folder, seconds),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_second_run_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run begins when the first has ended, and has said once that it waits."""
    monkeypatch.setattr(exclusives, "ANNOUNCE_SECONDS", 0.1)
    first = _start(tmp_path, "0.7")
    assert first.stdout is not None and first.stdout.readline() == "holding\n"
    said: list[str] = []
    with exclusive(tmp_path, said.append):
        assert first.wait(10) == 0
    assert said == [exclusives.WAITING]
    assert contents(tmp_path) == {}


def test_second_run_gives_up(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    """A run that takes very long is not waited for: an error, exit code 2, and the other is not disturbed."""
    with pytest.raises(ScaffoldError) as error, exclusive(tmp_path, wait=0.2):
        pytest.fail("two runs at once")
    assert (error.value.diagnostics[0].code, error.value.exit_code) == ("busy", 2)
    assert holder.poll() is None
    with pytest.raises(ScaffoldError), exclusive(tmp_path, wait=0):
        pytest.fail("two runs at once")


def test_killed_run_keeps_nobody_out(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    """The lock of a killed run is gone with it, though its file is still there."""
    holder.kill()
    holder.wait()
    assert (tmp_path / exclusives.FILE).exists()
    with exclusive(tmp_path, wait=5):
        pass
    assert contents(tmp_path) == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_waiting_can_be_interrupted(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    """Ctrl-C ends the waiting at once, and the run that is waited for goes on."""
    second = _start(tmp_path, "0")
    assert second.stdout is not None and second.stdout.readline() == f"{exclusives.WAITING}\n"
    second.send_signal(signal.SIGINT)
    _, errors = second.communicate(timeout=5)
    assert "KeyboardInterrupt" in errors
    assert holder.poll() is None


@needs_fork
@pytest.mark.parametrize(("workers", "rounds"), [(2, 300), (8, 40)])
def test_never_two_at_once(tmp_path: Path, workers: int, rounds: int) -> None:
    """Though each run removes the file of the lock, no two are ever inside: no addition to a number is lost."""
    found = drive("count", tmp_path / "x", str(workers), str(rounds))
    assert found == {"ends": [0] * workers, "number": workers * rounds, "left": ["n"]}


@pytest.mark.parametrize("error", [None, ValueError("a template"), KeyboardInterrupt()])
def test_nothing_is_left_behind(tmp_path: Path, error: BaseException | None) -> None:
    """However the run ends, its lock is gone, and the folder with it where nothing else is inside."""
    try:
        with exclusive(tmp_path):
            assert (tmp_path / exclusives.FILE).exists()
            if error:
                raise error
    except (ValueError, KeyboardInterrupt) as raised:
        assert raised is error
    assert contents(tmp_path) == {}
    fill(tmp_path, {".scaffold/lock.json": "{}"})
    with exclusive(tmp_path):
        pass
    assert contents(tmp_path) == {".scaffold/": "", ".scaffold/lock.json": "{}"}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EROFS, "read-only"),
        (errno.EACCES, "read-only"),
        (errno.ENOSPC, "cannot-write"),
        (errno.ENOLCK, "cannot-lock"),
    ],
)
def test_lock_that_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    """What the system says against the lock's file is an error of ours, and leaves no folder behind."""
    before = contents(tmp_path)

    def refuse(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    if number == errno.ENOLCK:
        monkeypatch.setattr(exclusives, "_lock", refuse)
    else:
        monkeypatch.setattr(os, "open", refuse)
    started = time.monotonic()
    with pytest.raises(ScaffoldError) as error, exclusive(tmp_path):
        pytest.fail("no lock, no run")
    assert error.value.diagnostics[0].code == code
    assert time.monotonic() - started < 5
    monkeypatch.undo()
    assert {path for path in contents(tmp_path) if path != ".scaffold/run.lock"} - {".scaffold/"} == set(
        before
    )


def test_no_such_project(tmp_path: Path) -> None:
    """A folder that is not there is an error and no endless wait."""
    with pytest.raises(ScaffoldError) as error, exclusive(tmp_path / "none"):
        pytest.fail("no folder, no run")
    assert error.value.diagnostics[0].code == "cannot-write"
