"""Runs one experiment at every point: `python crash_driver.py EXPERIMENT FOLDER [...]`, JSON on standard output.

Each run is a process of its own (forked, since hundreds are started), and is really killed.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import exclusive as exclusives
from scaffolder.workspace import journal, placement, transaction
from scaffolder.workspace.exclusive import exclusive
from scaffolder.workspace.transaction import write_file
from tests.workspace import crash_points, crash_project
from tests.workspace.crash_project import AFTER, OTHER, Tree, make, repair, run, tree

KILLED, FINISHED, REFUSED, FAILED, SURVIVED = -9, 0, 3, 4, 5
MAXIMUM = 2000


def process(work: Callable[[], object], at_point: crash_points.Kill | None = None) -> int:
    """Does `work` in another process and returns how that ended."""
    child = os.fork()
    if child == 0:
        code = FAILED
        try:
            if at_point:
                crash_points.install(at_point)
            work()
            code = SURVIVED if at_point and at_point.reached else FINISHED
        except ScaffoldError:
            code = REFUSED
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def together(workers: int, work: Callable[[int], object]) -> list[int]:
    """Does `work(number)` in several processes at once, eager for the lock, and returns how they ended."""
    exclusives._POLL_SECONDS = 0.0005
    children = []
    for number in range(workers):
        child = os.fork()
        if child == 0:
            code = FAILED
            try:
                work(number)
                code = FINISHED
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


class Experiment:
    """Fresh projects below `folder`, the trees they should come to, and what was found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self.found: dict[str, Any] = {"points": 0, "half": 0, "old": 0, "new": 0, "repaired": 0, "wrong": []}
        self.old = tree(self.project())
        new = self.project()
        run(new)
        self.new = tree(new)

    def project(self) -> Path:
        self.count += 1
        root = self.folder / f"p{self.count}"
        root.mkdir(parents=True)
        make(root)
        return root

    def expect(self, what: str, root: Path, *trees: Tree) -> None:
        now = tree(root)
        self.found["old"] += now == self.old
        self.found["new"] += now == self.new
        if now not in trees:
            wanted = trees[0]
            differing = [path for path in now.keys() | wanted.keys() if now.get(path) != wanted.get(path)]
            self.wrong(what, str({path: (now.get(path), wanted.get(path)) for path in sorted(differing)}))

    def wrong(self, what: str, why: str) -> None:
        self.found["wrong"].append(f"{what}: {why}")

    def kill(self, count: int) -> bool:
        """Kills a run at point `count`, repairs, runs again; False if it ended before."""
        root, what = self.project(), f"killed at {count}"
        code = process(lambda: run(root), crash_points.Kill(count))
        if code not in (KILLED, FINISHED):
            self.wrong(what, f"exit {code}")
        self.found["points"] += 1
        self.found["half"] += _project_files(root) not in (_project_files(self.old), _project_files(self.new))
        self.found["repaired"] += journal.interrupted(root)
        if process(lambda: _repair_saying_so(root)) != FINISHED:
            self.wrong(what, "could not be repaired, or that was not said")
        self.expect(what, root, self.old, self.new)
        process(lambda: run(root))
        self.expect(f"{what}, run again", root, self.new)
        shutil.rmtree(root)
        return code == KILLED

    def repair(self, count: int) -> bool:
        """Kills a run at point `count` and each repairing of it twice; False if the run was not half done."""
        for second in range(1, MAXIMUM):
            root = self.project()
            what = f"killed at {count}, repairing at {second}"
            code = process(partial(run, root), crash_points.Kill(count))
            if code == FINISHED or not journal.interrupted(root):
                shutil.rmtree(root)
                return code == KILLED
            ends = [process(partial(repair, root), crash_points.Kill(at)) for at in (second, second // 2)]
            self.found["points"] += 1
            if not {KILLED, FINISHED}.issuperset(ends) or process(partial(repair, root)) != FINISHED:
                self.wrong(what, f"exit {ends}")
            self.expect(what, root, self.old)
            shutil.rmtree(root)
            if ends[0] == FINISHED:
                break
        return True

    def full(self, count: int, *, ever_since: bool) -> bool:
        """Fills the disk at point `count`; False if the run ended before."""
        root, what = self.project(), f"full at {count}"
        code = process(lambda: run(root), crash_points.Fail(count, errno.ENOSPC, ever_since=ever_since))
        self.found["points"] += 1
        if code not in (REFUSED, FINISHED, SURVIVED):
            self.wrong(what, f"exit {code}")
        self.expect(what, root, self.old if code == REFUSED else self.new)
        shutil.rmtree(root)
        return code != FINISHED


def _project_files(found: Path | Tree) -> Tree:
    whole = tree(found) if isinstance(found, Path) else found
    return {path: what for path, what in whole.items() if not path.startswith(".scaffold")}


def _repair_saying_so(root: Path) -> None:
    expected = journal.interrupted(root)
    said = [item.code for item in repair(root)]
    assert said == ["repaired"] * expected


def no_links(*_: object, **__: object) -> None:
    """In the place of `os.link`, as on a file system that has none."""
    raise OSError(errno.EPERM, "Operation not permitted")


def every_point(folder: Path, experiment: str, *options: str) -> dict[str, Any]:
    """One of kill, repair, full-once, full-since at every point, or every n-th with `every=n`."""
    step = next((int(option[6:]) for option in options if option.startswith("every=")), 1)
    if "no-links" in options:
        os.link = no_links
    it = Experiment(folder)
    at: dict[str, Callable[[int], bool]] = {
        "kill": it.kill,
        "repair": it.repair,
        "full-once": lambda count: it.full(count, ever_since=False),
        "full-since": lambda count: it.full(count, ever_since=True),
    }
    next(count for count in range(1, MAXIMUM, step) if not at[experiment](count))
    return it.found


def placed(folder: Path, *_: str) -> dict[str, Any]:
    """Kills the making of new folders at every point; each is there whole or not at all."""
    wrong: list[str] = []
    for count in range(1, MAXIMUM):
        root = folder / f"n{count}"
        (root / "empty").mkdir(parents=True)
        code = process(partial(_build, root / "in" / "made", root / "empty"), crash_points.Kill(count))
        for target in ("in/made", "empty"):
            files = {path: path.read_bytes() for path in (root / target).rglob("*") if path.is_file()}
            whole = {root / target / path: b"whole" for path in ("a.py", "deep/b.py")}
            gone = not (root / target).exists() or (target == "empty" and not list((root / target).iterdir()))
            if not gone and files != whole:
                wrong.append(f"killed at {count}: {files}")
        strange = [path for path in root.rglob("*") if path.is_file() and ".scaffold-" not in str(path)]
        if {path.name for path in strange} - {"a.py", "b.py"}:
            wrong.append(f"killed at {count}: {strange}")
        shutil.rmtree(root)
        if code == FINISHED:
            break
    return {"points": count, "wrong": wrong}


def _build(*targets: Path) -> None:
    for target in targets:
        with placement.new_folder(target) as stage:
            for path in ("a.py", "deep/b.py"):
                write_file(stage / path, b"whole")


def die(folder: Path, name: str, end: str) -> None:
    """Makes a project in `folder` and dies in a run there, at the first call of `name` on a path that ends so."""
    folder.mkdir()
    make(folder)
    crash_points.install(crash_points.KillAt(name, end))
    run(folder)


def record(folder: Path, *_: str) -> list[tuple[str, str]]:
    """The calls of one whole run, in order."""
    folder.mkdir()
    make(folder)
    calls = crash_points.Record()
    crash_points.install(calls)
    run(folder)
    return calls.calls


def race(folder: Path, workers: str, rounds: str, *options: str) -> dict[str, Any]:
    """Processes that bring one project to two different trees, again and again; with `kill` some die on the way."""
    trees = []
    for index, wanted in enumerate((AFTER, OTHER)):
        make(folder / f"t{index}")
        run(folder / f"t{index}", wanted, b"%d" % index)
        trees.append(tree(folder / f"t{index}", times=False))
    root = folder / "p"
    make(root)
    trees.append(tree(root, times=False))
    kill = "kill" in options
    ends = together(int(workers), lambda number: _work(root, trees, number, int(rounds), kill))
    repair(root)
    last = tree(root, times=False)
    return {"ends": ends, "last": [index for index, wanted in enumerate(trees) if wanted == last]}


def _work(root: Path, trees: list[Tree], number: int, rounds: int, kill: bool) -> None:
    chance = random.Random(number)
    for index in range(rounds):
        at_point = crash_points.Kill(chance.randrange(1, 150)) if kill and index % 2 else None
        which = chance.randrange(2)
        assert process(partial(_checked, root, trees, which), at_point) in (FINISHED, SURVIVED, KILLED)


def _checked(root: Path, trees: list[Tree], which: int) -> None:
    """One run that first looks at what the run before left."""
    with exclusive(root):
        journal.recover(root)
        now = {path: what for path, what in tree(root, times=False).items() if path != ".scaffold/run.lock"}
        assert now in trees, now
        wanted = (AFTER, OTHER)[which]
        transaction.apply(root, crash_project.changes(root, wanted), b"%d" % which)


def count(folder: Path, workers: str, rounds: str) -> dict[str, Any]:
    """Processes that each add one to a number in a file, which is lost if two do so at once."""
    folder.mkdir()
    (folder / "n").write_text("0")

    def add(_: int) -> None:
        for _ in range(int(rounds)):
            with exclusive(folder):
                (folder / "n").write_text(str(int((folder / "n").read_text()) + 1))

    ends = together(int(workers), add)
    return {"ends": ends, "number": int((folder / "n").read_text()), "left": os.listdir(folder)}


def hold(folder: Path, seconds: str) -> None:
    """Keeps other runs out of `folder` for a while, and says when it has begun."""
    import time

    signal.signal(signal.SIGINT, signal.default_int_handler)
    with exclusive(folder, lambda text: print(text, flush=True)):
        print("holding", flush=True)
        time.sleep(float(seconds))


EXPERIMENTS: dict[str, Callable[..., Any]] = {
    "every": every_point,
    "placement": placed,
    "die": die,
    "record": record,
    "race": race,
    "count": count,
    "hold": hold,
}

if __name__ == "__main__":
    os.umask(0o022)
    print(json.dumps(EXPERIMENTS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])))
