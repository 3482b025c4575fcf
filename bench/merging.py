"""The rows of the merge: a program times both sides inside one process, imports done."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from bench.measure import Row, Target, ratio_of
from bench.scratch import Scratch

PROGRAM = Path(__file__).resolve().parent / "programs" / "merge.py"
LINES = (1_000, 10_000)
ADD_METHOD = Target(2, 1.3)


def rows(scratch: Scratch, quick: bool) -> list[Row]:
    """Add one method to a module / `ast.parse` of it; why there is no row where it cannot be measured."""
    return [_row(scratch, lines, 5 if quick else 21) for lines in LINES]


def _row(scratch: Scratch, lines: int, rounds: int) -> Row:
    what = f"add one method to a module of {lines:,} lines / ast.parse"
    command = [str(scratch.python), str(PROGRAM), str(lines), str(rounds)]
    result = subprocess.run(command, env=scratch.environment, capture_output=True, text=True, check=False)
    if result.returncode:
        return Row(what, ADD_METHOD, reason="\n".join(result.stderr.splitlines()[-3:]))
    found: list[dict[str, float]] = json.loads(result.stdout)
    ours, parse = [each["merge"] for each in found], [each["parse"] for each in found]
    middle = sorted(zip(ours, parse, strict=True))[len(found) // 2]
    return Row(what, ADD_METHOD, ratio_of(ours, parse), f"{middle[0] * 1000:.1f} / {middle[1] * 1000:.1f} ms")
