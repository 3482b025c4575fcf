"""What a long list costs: its last page beside its first."""

from __future__ import annotations

import statistics
import subprocess
from pathlib import Path

from bench.measure import Row, Target, Unmeasurable, ratio_of
from bench.scratch import Scratch

PROGRAM = Path(__file__).resolve().parent / "programs" / "pages.py"
ROWS = 50_000
WHAT = f"List, {ROWS:,} rows by time: last page / first"
# The very last page asks twice: whether there are rows without a time behind it is a statement of its own.
FLAT = Target(2.5, 1.5)


def rows(scratch: Scratch, quick: bool) -> list[Row]:
    """One row; if it cannot be measured, it says why."""
    try:
        first, last = _pages(scratch, 3 if quick else 9)
    except Unmeasurable as error:
        return [Row(WHAT, FLAT, reason=str(error))]
    background = f"{statistics.median(last):.1f} / {statistics.median(first):.1f} ms"
    return [Row(WHAT, FLAT, ratio_of(last, first), background)]


def _pages(scratch: Scratch, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the first and of the last page, by rounds."""
    protos = scratch.repository / "sample_protos"
    folder = scratch.project("library", protos, "library/v1/library.proto")
    command = [str(scratch.python), str(PROGRAM), str(ROWS), str(rounds)]
    environment = scratch.environment | {"PYTHONPATH": str(folder / "src")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unmeasurable(done.stderr[-1000:])
    pairs = [line.split() for line in done.stdout.splitlines()]
    return [float(first) for first, _ in pairs], [float(last) for _, last in pairs]
