"""What is done with each contract: a project is made of it, checked, started and called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from tests.generated.projects import Project

from .contracts import Source
from .descriptors import Contract
from .probe import probe

REPOSITORY = Path(__file__).resolve().parents[2]
_MAX_FAILURE = 3000

# A process counts what its parent held when it was forked, so that the one to be measured needs a small parent.
_MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=sys.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@dataclass
class Result:
    """What came of one project. `seconds` is by step, `memory` the peak of `scaffold new` in MiB.

    `elsewhere` has the bindings whose paths are another RPC's as well, which wins: RPC, winner, binding.
    """

    source: Source
    services: int = 0
    rpcs: int = 0
    bindings: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    elsewhere: list[tuple[str, str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    memory: float = 0.0
    failures: list[str] = field(default_factory=list)

    @property
    def compared(self) -> int:
        """Calls whose request and response were compared."""
        return sum(count for kind, count in self.counts.items() if "," in kind)


class Check:
    """All steps for one project, below `folder`; `cache` is mypy's, which several projects share in turn."""

    def __init__(self, source: Source, folder: Path, cache: Path, *, seeds: int) -> None:
        self.result = Result(source)
        self._source = source
        self._folder = folder
        self._cache = cache
        self._seeds = seeds
        self._project = Project(folder / source.project, source.project.replace("-", "_"))

    def run(self) -> Result:
        """Every step in turn; without a project there is nothing to do for those that follow."""
        self._folder.mkdir(parents=True, exist_ok=True)
        described = self._folder / f"{self._source.project}.binpb"
        with self._timed("protoc"):
            self._source.describe(described)
        contract = Contract(described, self._source.packages)
        self.result.services, self.result.rpcs = len(contract.services), len(contract.rpcs)
        self.result.bindings = sum(len(rpc.rules) for rpc in contract.rpcs)
        if self._make():
            self._again()
            self._lint()
            self._types()
            self._imports()
            self._document()
            with self._timed("service"):
                self.result.failures += probe(self._project, contract)
            self._calls(described)
        return self.result

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.result.seconds[step] = time.perf_counter() - start

    def _make(self) -> bool:
        protos = [part for name in self._source.files for part in ("--proto", str(self._source.root / name))]
        command = [sys.executable, "-m", "scaffolder", "new", self._source.project, *protos]
        command += ["-I", str(self._source.root), "-I", str(self._source.common)]
        command += ["--output", str(self._folder), "--no-input"]
        with self._timed("generate"):
            log = self._folder / "new.log"
            with log.open("wb") as output:
                done = subprocess.run(
                    [sys.executable, "-c", _MEASURED, *command],
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=output,
                    check=False,
                )
        if done.returncode:
            self._fail("scaffold new", log.read_text(errors="replace"))
            return False
        self.result.memory = int(done.stdout) / (1024 if sys.platform != "darwin" else 1024**2)
        return True

    def _again(self) -> None:
        output = self._step("generate again", "scaffolder", "check", extra=_environment())
        if output:
            self._fail("generate again", output)

    def _lint(self) -> None:
        self._step("ruff check", "ruff", "check", "--no-cache", "--quiet", ".")
        self._step("ruff format", "ruff", "format", "--no-cache", "--quiet", "--check", ".")

    def _types(self) -> None:
        self._step("mypy", "mypy", "--strict", "--cache-dir", str(self._cache))

    def _imports(self) -> None:
        """Every module, with whatever it warns of as an error, from a folder that is not the project."""
        modules = [
            ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
            for source in (self._project.root / "src", self._project.root / "clients/python/src")
            for path in sorted(source.rglob("*.py"))
            if path.name != "__main__.py"
        ]
        # The client's package has the service's messages once more, which one process cannot hold.
        own = [name for name in modules if name.split(".")[0] == self._project.package]
        for part in (own, sorted(set(modules) - set(own))):
            code = (
                "import importlib, sys\nfor name in sys.stdin.read().split(): importlib.import_module(name)"
            )
            self._run("import", [sys.executable, "-P", "-W", "error", "-c", code], given=" ".join(part))

    def _document(self) -> None:
        """The OpenAPI document is a valid one; there is none where nothing is bound."""
        for path in (self._project.root / "src" / self._project.package / "gen").glob("openapi.json"):
            with self._timed("document"):
                try:
                    OpenAPIV31SpecValidator(json.loads(path.read_text(encoding="utf-8"))).validate()
                except OpenAPIValidationError as error:
                    self._fail("document", str(error))

    def _calls(self, described: Path) -> None:
        arguments = [self._project.package, ",".join(self._source.packages), str(described), str(self._seeds)]
        paths = os.pathsep.join([str(self._project.root / "src"), str(REPOSITORY)])
        command = [sys.executable, "-P", "-m", "tests.corpus.inside", *arguments]
        output = self._run("calls", command, extra={"PYTHONPATH": paths})
        if output is not None:
            found = json.loads(output.splitlines()[-1])
            self.result.counts.update(found["counts"])
            self.result.elsewhere = [tuple(each) for each in found["elsewhere"]]
            self._told()
            self.result.failures += found["failures"]

    def _told(self) -> None:
        """What another RPC gets was said when the project was made."""
        told = (self._folder / "new.log").read_text(errors="replace").splitlines()
        for rpc, winner, binding in self.result.elsewhere:
            if not any(f" of {rpc} " in line and winner in line for line in told):
                self._fail("warnings", f"{binding} of {rpc} goes to {winner}, which nothing told")

    def _step(self, step: str, *module: str, extra: dict[str, str] | None = None) -> str | None:
        return self._run(step, [sys.executable, "-m", *module], extra=extra)

    def _run(
        self, step: str, command: list[str], *, given: str = "", extra: dict[str, str] | None = None
    ) -> str | None:
        """The command's output; None, and a failure, where it fails."""
        with self._timed(step):
            done = subprocess.run(
                command,
                cwd=self._project.root,
                env=self._project.environment() | (extra or {}),
                input=given,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            self._fail(step, f"{done.stdout}\n{done.stderr}")
            return None
        return done.stdout

    def _fail(self, step: str, output: str) -> None:
        self.result.failures.append(f"{step}: {output.strip()[-_MAX_FAILURE:]}")


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(REPOSITORY)}
