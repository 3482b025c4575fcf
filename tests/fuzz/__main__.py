"""`python -m tests.fuzz [TARGET …] [--seconds N] [--seed S]`: until the time is over or a law is broken.

All targets, unless some are named, share the time. Each round has a seed of its own, which is printed with a failure:
`TARGET --seed THAT --seconds 0` runs it again.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random

import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "templates/python/service/src/PACKAGE"))

from tests.fuzz import grammar, json_bodies

TARGETS: dict[str, Callable[[Random], None]] = {
    "grammar": grammar.templates,
    "routes": grammar.routes,
    "requests": grammar.requests,
    "json": json_bodies.check,
}


def run(name: str, seconds: float, seed: int) -> bool:
    """Whether all rounds of the target held."""
    end, first = time.monotonic() + seconds, seed
    while True:
        try:
            TARGETS[name](Random(seed))
        except Exception:
            traceback.print_exc()
            print(f"{name} failed: {name} --seed {seed} --seconds 0", flush=True)
            return False
        seed += 1
        if time.monotonic() >= end:
            print(f"{name}: {seed - first} rounds, no difference", flush=True)
            return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all by default"
    )
    parser.add_argument("--seconds", type=float, default=60, help="for all of them together")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    names = options.targets or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    results = [run(name, options.seconds / len(names), options.seed) for name in names]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
