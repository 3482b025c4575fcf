"""The rows of JSON bodies: a program times the kit's codec and json_format inside one process, imports done."""

from __future__ import annotations

import json
import statistics
import subprocess
from pathlib import Path

from bench.measure import Row, Target, ratio_of
from bench.scratch import Scratch

PROGRAM = Path(__file__).resolve().parent / "programs" / "json_bodies.py"
KIT = "templates/python/service/src/PACKAGE"
SMALL, LIST = Target(3, 5, at_least=True), Target(3, 4, at_least=True)
ROWS = {
    "small out": ("write a message of 5 fields", SMALL),
    "small in": ("read it", SMALL),
    "list out": ("write 100 of them", LIST),
    "list in": ("read them", LIST),
    "first": ("write it where its type's functions are not made yet", Target()),
}


def rows(scratch: Scratch, quick: bool) -> list[Row]:
    """json_format / codec; why there is no row where it cannot be measured."""
    command = [str(scratch.python), str(PROGRAM), str(scratch.repository / KIT), "5" if quick else "21"]
    result = subprocess.run(command, env=scratch.environment, capture_output=True, text=True, check=False)
    if result.returncode:
        reason = "\n".join(result.stderr.splitlines()[-3:])
        return [Row("JSON bodies", Target(), reason=reason)]
    rounds: list[dict[str, tuple[float, float]]] = json.loads(result.stdout)
    return [_row(what, target, [each[name] for each in rounds]) for name, (what, target) in ROWS.items()]


def _row(what: str, target: Target, pairs: list[tuple[float, float]]) -> Row:
    theirs, ours = ([pair[side] for pair in pairs] for side in (0, 1))
    background = " / ".join(f"{statistics.median(side) * 1e6:.1f}" for side in (theirs, ours))
    return Row(f"{what}: json_format / kit", target, ratio_of(theirs, ours), f"{background} µs")
