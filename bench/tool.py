"""The rows of the tool."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.inputs import contract
from bench.measure import (
    Command,
    Cost,
    Row,
    Target,
    Unmeasurable,
    alternate,
    memory_row,
    ratio_of,
    time_row,
)
from bench.scratch import TEMPLATE_FILES, Scratch

STAGES = Path(__file__).resolve().parent / "programs" / "stages.py"
START = Target(6, 2.8)
NO_TARGET = Target()
MEMORY = Target(1.25, 1.15)
NEW = Target(0.6, 0.25)
THOUSANDS = 1000


def no_op_target(count: int) -> Target:
    """Of `proto server` with nothing to do."""
    if count == 1:
        return Target(1.8, 1.25)
    return Target(1.2, 1.12) if count >= THOUSANDS else Target(1.5, 1.2)


def of_thousands(passing: float, aim: float, count: int) -> Target:
    """A target that is meant for thousands of contracts, where the start of a process does not count."""
    return Target(passing, aim, applies=count >= THOUSANDS)


def rows(scratch: Scratch, quick: bool) -> list[Row]:
    """Every row; one that cannot be measured says why."""
    tool = Tool(scratch, pairs=5 if quick else 21)
    groups: list[tuple[str, Callable[[], list[Row]]]] = [
        ("start", tool.start),
        ("proto server, nothing to do: 1 contract", lambda: tool.nothing_to_do(1)),
        (f"proto server, nothing to do: {scratch.many} contracts", lambda: tool.nothing_to_do(scratch.many)),
        ("generate after one more RPC", tool.one_more_rpc),
        ("scaffold new", tool.new),
        ("stages", tool.stages),
    ]
    found: list[Row] = []
    for name, group in groups:
        try:
            found += group()
        except Unmeasurable as error:
            found.append(Row(name, NO_TARGET, reason=str(error)))
    return found


class Tool:
    def __init__(self, scratch: Scratch, pairs: int) -> None:
        self.scratch = scratch
        self.pairs = pairs
        self.projects: dict[int, Path] = {}

    def start(self) -> list[Row]:
        bare = self._command([self.scratch.python, "-c", "pass"])
        return [
            time_row(f"{flag} / bare Python", START, alternate(self.scaffold(flag), bare, self.pairs))
            for flag in ("--help", "--version")
        ]

    def nothing_to_do(self, count: int) -> list[Row]:
        project, protoc = self._project(count), self.protoc(self._project(count))
        what = f"{count} contract{'s' if count > 1 else ''}"
        server = alternate(self.scaffold("proto", "server", cwd=project), protoc, self.pairs)
        rows = [time_row(f"proto server, nothing to do, {what} / protoc", no_op_target(count), server)]
        if count == 1:
            bare = self._command([self.scratch.python, "-c", "pass"])
            costs = alternate(self.scaffold("proto", "server", cwd=project), bare, self.pairs)
            return [*rows, time_row(f"proto server, nothing to do, {what} / bare Python", START, costs)]
        generate = alternate(self.scaffold("generate", cwd=project), protoc, self.pairs)
        return [
            *rows,
            time_row(
                f"generate, nothing changed, {what} / protoc", of_thousands(0.05, 0.03, count), generate
            ),
            memory_row(f"peak memory of that / protoc's, {what}", MEMORY, generate),
        ]

    def one_more_rpc(self) -> list[Row]:
        found = []
        for count in (1, self.scratch.many):
            costs = self._one_more_rpc(count)
            what = f"{count} contract{'s' if count > 1 else ''}"
            found.append(time_row(f"generate after one more RPC, {what} / protoc", NO_TARGET, costs))
        return [*found, memory_row(f"peak memory of that / protoc's, {what}", MEMORY, costs)]

    def _one_more_rpc(self, count: int) -> list[tuple[Cost, Cost]]:
        """Untouched projects only. Each RPC has a name of its own, or all but the first would come out of a cache."""
        pristine, work = self._project(count), self.scratch.root / f"work-{count}"
        numbers = itertools.count()

        def restore() -> None:
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(pristine, work)
            changed = contract(0, one_more=f"Act{next(numbers)}")
            (work / "api/part0/v1/part0.proto").write_text(changed, encoding="utf-8")

        ours = self.scaffold("generate", cwd=work, before=restore)
        return alternate(ours, self.protoc(pristine), max(3, self.pairs // 2))

    def new(self) -> list[Row]:
        target, other = self.scratch.root / "new-service", self.scratch.root / "rendered"
        command = ["new", target.name, "--proto", str(self.scratch.protos(1)), "--no-input"]

        def forget() -> None:
            """No project is made twice, so nothing of it comes out of a cache."""
            shutil.rmtree(target, ignore_errors=True)
            self.scratch.forget_results()

        ours = self.scaffold(*command, before=forget)
        flags = ["--no-input", "--output-dir", str(self.scratch.root), str(self.scratch.root / "template")]
        theirs = self._command(
            [self.scratch.python, "-m", "cookiecutter", *flags],
            before=lambda: shutil.rmtree(other, ignore_errors=True),
        )
        costs = alternate(ours, theirs, max(3, self.pairs // 2))
        files = sum(path.is_file() for path in target.rglob("*"))
        what = f"new, {files} files, formatted, without git / cookiecutter, {TEMPLATE_FILES} files"
        return [time_row(what, NEW, costs)]

    def stages(self) -> list[Row]:
        """In one process, imports done: what each stage takes, round by round."""
        many = self.scratch.many
        command = [
            str(self.scratch.python),
            str(STAGES),
            str(self._project(many)),
            str(max(3, self.pairs // 3)),
        ]
        environment = self.scratch.environment
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if result.returncode:
            raise Unmeasurable("\n".join(result.stderr.splitlines()[-6:]))
        rounds: list[dict[str, float]] = json.loads(result.stdout)
        own = ("model", "plan", "templates", "compare")
        whole = (*own, "stubs", "format")
        return [
            _stage_row(
                f"{', '.join(own)} / protoc, {many} contracts", of_thousands(0.15, 0.09, many), rounds, own
            ),
            _stage_row(f"the same with {' and '.join(whole[4:])} / protoc", NO_TARGET, rounds, whole),
        ]

    def _project(self, count: int) -> Path:
        """A project that is up to date with `count` contracts."""
        if count not in self.projects:
            name = f"parts-{count}"
            self.projects[count] = self.scratch.project(name, self.scratch.protos(count))
        return self.projects[count]

    def protoc(self, project: Path) -> Command:
        """The descriptor set of the project's own contracts, by grpcio-tools' protoc as a process of its own."""
        api = project / "api"
        names = [path.relative_to(api).as_posix() for path in sorted(api.rglob("*.proto"))]
        google = importlib.util.find_spec("google.api")
        if google is None or not google.submodule_search_locations:
            raise Unmeasurable("googleapis-common-protos, which the contracts import from, is not installed")
        common = Path(next(iter(google.submodule_search_locations))).parent.parent
        flags = [f"-I{api}", f"-I{common}", f"--descriptor_set_out={os.devnull}"]
        return self._command([self.scratch.python, "-m", "grpc_tools.protoc", *flags, *names])

    def scaffold(
        self, *arguments: str, cwd: Path | None = None, before: Callable[[], object] = lambda: None
    ) -> Command:
        return self._command([self.scratch.scaffold, *arguments], cwd, before)

    def _command(
        self,
        arguments: Sequence[str | Path],
        cwd: Path | None = None,
        before: Callable[[], object] = lambda: None,
    ) -> Command:
        return Command(arguments, cwd or self.scratch.root, self.scratch.environment, before)


def _stage_row(what: str, target: Target, rounds: Sequence[dict[str, float]], names: Sequence[str]) -> Row:
    ours = [sum(each[name] for name in names) for each in rounds]
    protoc = [each["protoc"] for each in rounds]
    middle = rounds[sorted(range(len(ours)), key=ours.__getitem__)[len(ours) // 2]]
    parts = ", ".join(f"{name} {middle[name] * 1000:.0f}" for name in names)
    return Row(what, target, ratio_of(ours, protoc), f"{parts}; protoc {middle['protoc'] * 1000:.0f} ms")
