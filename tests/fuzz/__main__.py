"""`python -m tests.fuzz TARGET [--seconds N] [--seed S]`: until the time is over or something differs.

Each round has a seed of its own, which is printed with a failure: `--seed THAT --seconds 0` runs it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "templates/python/service/src/PACKAGE"))

from tests.fuzz import json_bodies

TARGETS: dict[str, Callable[[Random], None]] = {"json": json_bodies.check}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    end, seed = time.monotonic() + options.seconds, options.seed
    while True:
        try:
            TARGETS[options.target](Random(seed))
        except Exception:
            print(f"failed: --seed {seed} --seconds 0", flush=True)
            raise
        seed += 1
        if time.monotonic() >= end:
            print(f"{seed - options.seed} rounds, no difference")
            return 0


if __name__ == "__main__":
    sys.exit(main())
