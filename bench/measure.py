"""Pairs of processes that run in turn, and the rows that come out of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

OUTPUT_LINES = 6
TIMEOUT_SECONDS = 300
SAMPLE_SECONDS = 0.005


class Unmeasurable(Exception):
    """Why a row cannot be measured here, in words for the table."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a ratio should be: at most these where `at_least` is false. None: the row has no target.

    One that does not apply is printed and not judged: it is meant for larger inputs.
    """

    passing: float | None = None
    aim: float | None = None
    at_least: bool = False
    applies: bool = True

    def verdict(self, ratio: float) -> str:
        """`aim` met, `ok` for passing, `miss`; "" without a target that applies."""
        if not self.applies:
            return ""
        for word, bound in (("aim", self.aim), ("ok", self.passing)):
            if bound is not None and (ratio >= bound if self.at_least else ratio <= bound):
                return word
        return "" if self.passing is None else "miss"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a ratio, or the reason why there is none. `background` is for people, not for comparing."""

    what: str
    target: Target
    ratio: float | None = None
    background: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A process to measure. `before` runs ahead of each time, unmeasured."""

    arguments: Sequence[str | Path]
    cwd: Path
    environment: Mapping[str, str]
    before: Callable[[], object] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall clock and CPU in seconds, peak resident memory in KiB; the latter two 0 where the platform does not say.

    CPU and memory are those of the process with the children that it waited for.
    """

    seconds: float
    cpu: float = 0.0
    peak: int = 0


def run(command: Command) -> Cost:
    """Runs the command once; raises `Unmeasurable` with the end of what it printed if it fails."""
    command.before()
    arguments = [str(argument) for argument in command.arguments]
    process = None
    try:
        start = time.perf_counter()
        process = subprocess.Popen(
            arguments,
            cwd=command.cwd,
            env=command.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        cpu, peak = _wait(process)
        seconds = time.perf_counter() - start
    except OSError as error:
        raise Unmeasurable(f"{arguments[0]}: {error.strerror}") from error
    if process.returncode:
        raise Unmeasurable(f"exit code {process.returncode} of: {' '.join(arguments)}\n{_said(command)}")
    return Cost(seconds, cpu, peak)


def _wait(process: subprocess.Popen[bytes]) -> tuple[float, int]:
    """Waits for the process; its CPU and peak memory where `wait4` tells (macOS counts bytes, others KiB).

    On Linux the peak begins with that of this process, which is why nothing large is imported here.
    """
    if not hasattr(os, "wait4"):
        process.wait(TIMEOUT_SECONDS)
        return 0.0, 0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = usage.ru_maxrss // 1024 if os.uname().sysname == "Darwin" else usage.ru_maxrss
    return usage.ru_utime + usage.ru_stime, peak


def tree_peak(command: Command) -> Cost:
    """Runs the command once. `peak` is that of the process with its living children together, looked at every few
    milliseconds, or of the largest of them if that is more; 0 where the platform tells neither.
    """
    command.before()
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(argument) for argument in command.arguments],
        cwd=command.cwd,
        env=command.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    sampled: list[int] = [0]
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, sampled, done))
    watcher.start()
    try:
        cpu, peak = _wait(process)
    finally:
        done.set()
        watcher.join()
    if process.returncode:
        raise Unmeasurable(f"exit code {process.returncode} of: {command.arguments[0]}\n{_said(command)}")
    return Cost(time.perf_counter() - start, cpu, max(peak, sampled[0]))


def _watch(pid: int, sampled: list[int], done: threading.Event) -> None:
    while not done.wait(SAMPLE_SECONDS):
        sampled[0] = max(sampled[0], _resident(pid))


def _resident(pid: int) -> int:
    """KiB of the process and all below it by Linux's /proc; 0 where there is no such process or no /proc."""
    folder = Path(f"/proc/{pid}")
    try:
        pages = int((folder / "statm").read_text().split()[1])
        children = (folder / "task" / str(pid) / "children").read_text().split()
    except (OSError, IndexError):
        return 0
    own = pages * os.sysconf("SC_PAGE_SIZE") // 1024
    return own + sum(_resident(int(child)) for child in children)


def _said(command: Command) -> str:
    """The end of the output of a failed command, which has to run again for it."""
    command.before()
    again = subprocess.run(
        [str(argument) for argument in command.arguments],
        cwd=command.cwd,
        env=command.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    return "\n".join(again.stdout.decode(errors="replace").splitlines()[-OUTPUT_LINES:])


def alternate(ours: Command, baseline: Command, pairs: int) -> list[tuple[Cost, Cost]]:
    """`pairs` measurements of both in turn; one of each ahead warms caches and writes .pyc files."""
    run(ours), run(baseline)
    return [(run(ours), run(baseline)) for _ in range(pairs)]


def time_row(what: str, target: Target, costs: Sequence[tuple[Cost, Cost]]) -> Row:
    """A row of wall clock times; the ratio of the CPU is in the background, since it is free of waiting for disks."""
    mine, other = ([cost.seconds * 1000 for cost in each] for each in zip(*costs, strict=True))
    background = f"{statistics.median(mine):.1f} / {statistics.median(other):.1f} ms"
    cpu = [(a.cpu, b.cpu) for a, b in costs if a.cpu and b.cpu]
    if cpu:
        background += f", CPU {statistics.median(a / b for a, b in cpu):.2f}"
    return Row(what, target, ratio_of(mine, other), background)


def memory_row(what: str, target: Target, costs: Sequence[tuple[Cost, Cost]]) -> Row:
    """A row of peak memory."""
    mine, other = ([cost.peak / 1024 for cost in each] for each in zip(*costs, strict=True))
    if not all((*mine, *other)):
        return Row(what, target, reason="this platform does not tell a process's peak memory")
    background = f"{statistics.median(mine):.0f} / {statistics.median(other):.0f} MiB"
    return Row(what, target, ratio_of(mine, other), background)


def ratio_of(mine: Sequence[float], other: Sequence[float]) -> float:
    """The median of the pairs' ratios: a slow moment of the machine meets both sides of a pair."""
    return statistics.median(a / b for a, b in zip(mine, other, strict=True))
