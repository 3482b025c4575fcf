"""What one more RPC costs in projects of different sizes, and how much memory the largest of them takes."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from pathlib import Path

from bench.inputs import RPCS, large_contract
from bench.measure import Command, Cost, Row, Target, Unmeasurable, alternate, run, time_row, tree_peak
from bench.scratch import Scratch
from bench.tool import NO_TARGET, Tool

SIZES = (1, 10, 50, 200)
MEBIBYTES = 1024
MEMORY = Target(1.0)


def rows(scratch: Scratch, quick: bool) -> list[Row]:
    """Three rows for every size; one that cannot be measured says why."""
    found: list[Row] = []
    for services in SIZES:
        pairs = 3 if quick or services == SIZES[-1] else 7
        try:
            found += _Project(scratch, services).rows(pairs)
        except Unmeasurable as error:
            found.append(Row(f"{services} services", NO_TARGET, reason=str(error)))
    return found


class _Project:
    """A project of `services` services, `RPCS` RPCs each."""

    def __init__(self, scratch: Scratch, services: int) -> None:
        self.scratch = scratch
        self.services = services
        self.tool = Tool(scratch, pairs=0)
        self.root = scratch.root / f"large-{services}"

    def rows(self, pairs: int) -> list[Row]:
        what = f"{self.services} service{'s' if self.services > 1 else ''}"
        first = run(self._new())
        work = self.scratch.root / f"{self.root.name}-work"
        costs = alternate(self._one_more(work), self.tool.protoc(self.root), pairs)
        found = [
            time_row(f"generate after one more RPC, {what} / protoc", NO_TARGET, costs),
            time_row("  the same / first generation (new)", NO_TARGET, [(ours, first) for ours, _ in costs]),
        ]
        if self.services == SIZES[-1]:
            found += self._memory(work)
        shutil.rmtree(work)
        return found

    def _memory(self, work: Path) -> list[Row]:
        size = f"{self.services} services, {self.services * RPCS:,} RPCs"
        commands = {"new": self._new(), "generate after one more RPC": self._one_more(work)}
        return [
            _memory_row(f"memory of {name}, {size} / 1 GiB", command) for name, command in commands.items()
        ]

    def _new(self) -> Command:
        """The first generation; nothing of it comes out of a cache."""
        protos = self.scratch.protos(0).with_name(f"large-protos-{self.services}")
        for number in range(self.services):
            path = protos / f"large{number}" / "v1" / f"large{number}.proto"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(large_contract(number), encoding="utf-8")
        arguments: Sequence[str] = (
            "new",
            self.root.name,
            "-q",
            "--no-input",
            "-I",
            str(protos),
            "--proto",
            str(protos),
        )

        def before() -> None:
            shutil.rmtree(self.root, ignore_errors=True)
            self.scratch.forget_results()

        return self.tool.scaffold(*arguments, before=before)

    def _one_more(self, work: Path) -> Command:
        """`generate` in a copy of the project; each RPC has a name of its own, or it would come out of a cache."""
        numbers = itertools.count(RPCS)

        def before() -> None:
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(self.root, work)
            changed = large_contract(0, one_more=f"Act{next(numbers)}")
            (work / "api/large0/v1/large0.proto").write_text(changed, encoding="utf-8")

        return self.tool.scaffold("generate", cwd=work, before=before)


def _memory_row(what: str, command: Command) -> Row:
    """The peak of the process with its children; the sum is looked at every few milliseconds where /proc has it."""
    cost: Cost = tree_peak(command)
    if not cost.peak:
        return Row(what, MEMORY, reason="this platform does not tell a process's peak memory")
    peak = cost.peak / MEBIBYTES
    return Row(what, MEMORY, peak / MEBIBYTES, f"{peak:.0f} MiB, {cost.seconds:.1f} s")
