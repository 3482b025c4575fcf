"""Random sequences of steps for as long as one likes, in several processes; what fails is made small and shown."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from random import Random

from tests.regeneration.world import STEPS, Step, world

SMALLER_SECONDS = 60.0
SETTLING = ("settle_by_deleting", "settle_by_editing", "markers", "restore")
START_ONE_IN = int(os.environ.get("SCAFFOLD_START_ONE_IN", "25"))
"""In how many worlds one service is started, and all its RPCs are called; none for 0."""


def sequence(random: Random, rounds: int) -> list[Step]:
    """Rounds of some edits, some changes of the contract and a run; one sequence in four without edits."""
    edits = [step for step in STEPS if step[0] == "edit"]
    changes = [step for step in STEPS if step[0] == "contract"]
    runs = [step for step in STEPS if step[0] == "command"]
    unedited = random.randrange(4) == 0
    steps: list[tuple[str, str]] = []
    for _ in range(random.randint(1, rounds)):
        done = [random.choice(changes) for _ in range(random.randint(0, 4))]
        if unedited:
            steps += [*done, ("command", "generate")]
            continue
        done += [random.choice(edits) for _ in range(random.randint(0, 8))]
        random.shuffle(done)
        steps += [*done, random.choice(runs)]
        if random.randrange(2):
            steps += [("command", "generate"), ("command", random.choice(SETTLING))]
    return [*((*step, random.randrange(1000)) for step in steps), ("command", "generate", 0)]


def sequence_of(seed: int) -> list[Step]:
    """A sequence that is the same every time."""
    return sequence(Random(seed), 5)


def failure(number: int, steps: Sequence[Step]) -> tuple[str, Counter[str]]:
    """What went wrong in a world, "" where nothing did."""
    seen: Counter[str] = Counter()
    try:
        with world(number) as it:
            for step in steps:
                it.play(step)
            if it.is_virgin():
                it.equals_new()
                it.seen["equals new"] += 1
            if START_ONE_IN and number % START_ONE_IN == 0:
                it.answers()
            seen = it.seen
    except Exception as error:
        return f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=-4)}", seen
    return "", seen


def smaller(number: int, steps: list[Step], kind: str) -> list[Step]:
    """The steps without those that are not needed for a failure of that kind."""
    size = max(1, len(steps) // 2)
    until = time.time() + SMALLER_SECONDS
    while True:
        at = 0
        while at < len(steps) and time.time() < until:
            fewer = steps[:at] + steps[at + size :]
            found, _ = failure(number, fewer)
            if found and signature(found) == kind:
                steps = fewer
            else:
                at += size
        if size == 1 or time.time() > until:
            return steps
        size = max(1, size // 2)


def signature(found: str) -> str:
    """What failures of one kind have in common, roughly."""
    first = found.split("\n", maxsplit=1)[0]
    words = [
        word
        for word in first.split()
        if "/" not in word and "." not in word and not any(c.isdigit() for c in word)
    ]
    return " ".join(words[:9])


def work(arguments: tuple[int, float, int]) -> tuple[int, int, Counter[str], list[str]]:
    """Sequences until the time is up."""
    seed, until, rounds = arguments
    random, failures, seen = Random(seed), [], Counter[str]()
    sequences = steps_done = 0
    kinds: Counter[str] = Counter()
    while time.time() < until:
        number, steps = random.randrange(1000), sequence(random, rounds)
        found, counts = failure(number, steps)
        seen += counts
        sequences, steps_done = sequences + 1, steps_done + len(steps)
        if found:
            kind = signature(found)
            kinds[kind] += 1
            if kinds[kind] > 1:
                continue
            steps = smaller(number, steps, kind)
            found, _ = failure(number, steps)
            text = f"==== {kind}\nWORLD {number}\nSTEPS {steps}\n{found}"
            print(text[:6000], flush=True)
            failures.append(text)
    for kind, count in kinds.items():
        print(f"---- {count} times: {kind}", flush=True)
    return sequences, steps_done, seen, failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    until = time.time() + options.seconds
    jobs = [(options.seed + n, until, options.rounds) for n in range(options.processes)]
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        results = pool.map(work, jobs)
    seen: Counter[str] = sum((result[2] for result in results), Counter())
    print(f"{sum(r[0] for r in results)} sequences, {sum(r[1] for r in results)} steps")
    print(", ".join(f"{name} {count}" for name, count in sorted(seen.items())))
    failed = sum(len(result[3]) for result in results)
    raise SystemExit(f"{failed} kinds of failure" if failed else 0)


if __name__ == "__main__":
    main()
