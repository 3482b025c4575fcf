"""Any contract, any edits, any commands, one after another: the promise holds after every run.

`SCAFFOLD_EXAMPLES` is the number of sequences; `python -m tests.regeneration.soak` goes on for as long as one likes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scaffolder.workspace import lock as locks

from .laws import state
from .soak import sequence_of
from .world import STEPS, Step, World, memory, world

EXAMPLES = int(os.environ.get("SCAFFOLD_EXAMPLES", "30"))

edits = st.sampled_from([step for step in STEPS if step[0] == "edit"])
changes = st.sampled_from([step for step in STEPS if step[0] == "contract"])
commands = st.sampled_from([step for step in STEPS if step[0] == "command"])
numbers = st.integers(0, 999)
END: Step = ("command", "generate", 0)


def numbered(kinds: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[Step]:
    return st.builds(lambda kind, number: (*kind, number), kinds, numbers)


def rounds(kinds: st.SearchStrategy[tuple[str, str]], most: int) -> st.SearchStrategy[list[Step]]:
    """Some steps, then a run; a few times."""
    one = st.tuples(st.lists(numbered(kinds), max_size=most), numbered(commands))
    return st.lists(one, min_size=1, max_size=3).map(
        lambda found: [s for steps, run in found for s in (*steps, run)]
    )


quietly = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@quietly
@given(number=numbers, steps=rounds(edits | changes, 8))
def test_whatever_happens_every_law_holds(number: int, steps: list[Step]) -> None:
    """A project -> edits, changes of the contract, commands -> all that `laws` and `world` ask for, after each run."""
    with world(number) as it:
        for step in (*steps, END):
            it.play(step)


@settings(quietly, max_examples=max(10, EXAMPLES // 2))
@given(number=numbers, steps=st.lists(numbered(changes) | st.just(END), max_size=10))
def test_the_way_of_a_contract_does_not_matter(number: int, steps: list[Step]) -> None:
    """No edits, any changes in any number of runs -> the tree of a new project for the last contract, byte for byte."""
    with world(number) as it:
        for step in (*steps, END):
            it.play(step)
        if it.is_virgin():
            it.equals_new()


@pytest.mark.slow
def test_the_hash_seed_does_not_matter(tmp_path: Path) -> None:
    """The same steps in two processes with different hash seeds -> the same trees."""
    steps = [list(step) for step in sequence_of(7)]
    trees = []
    for seed in ("1", "2"):
        folder = (memory() or tmp_path) / f"scaffold-seed-{os.getpid()}-{seed}"
        result = subprocess.run(
            [sys.executable, "-m", "tests.regeneration.test_stateful", str(folder), json.dumps(steps)],
            cwd=Path(__file__).resolve().parents[2],
            env=os.environ | {"PYTHONHASHSEED": seed, "SCAFFOLD_NO_CACHE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        trees.append(json.loads(result.stdout.splitlines()[-1]))
    assert len(trees[0]) > 50
    assert trees[0] == trees[1]


def tree_after(folder: Path, steps: list[Step]) -> dict[str, str]:
    """The hashes of all files after some steps; which tool it was is left out of the lock."""
    folder.mkdir(parents=True)
    try:
        it = World.make(folder, 3)
        for step in steps:
            it.play(step)
        found = {path: content for path, (content, _, _) in state(it.root).items()}
        lines = found[locks.FILE].split(b"\n")
        found[locks.FILE] = b"\n".join(line for line in lines if not line.startswith(b'"tool"'))
        return {path: locks.digest(content) for path, content in found.items()}
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    print(json.dumps(tree_after(Path(sys.argv[1]), [tuple(step) for step in json.loads(sys.argv[2])])))
