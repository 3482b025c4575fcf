"""What the tool's commands cost, as ratios of alternating runs: the first table of the speed targets.

Ratios travel between machines, milliseconds do not. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 15
SCAFFOLD = [str(Path(sys.executable).with_name("scaffold"))]
COOKIECUTTER = [str(Path(sys.executable).with_name("cookiecutter")), "--no-input"]
BARE = [sys.executable, "-c", "pass"]

Step = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """`run` against `baseline`; `prepare` runs before each of them and is not measured."""

    name: str
    run: list[str]
    baseline: list[str]
    target: float
    folder: Path
    prepare: Step = lambda: None


def main() -> int:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as folder:
        rows = list(make_rows(Path(folder)))
        print(f"{'':<52} {'ms':>7} {'against':>8} {'ratio':>7} {'target':>7}")
        return int(any([missed(row) for row in rows]))


def make_rows(folder: Path) -> list[Row]:
    one = project(folder, "one", 1)
    fifty = project(folder, "fifty", 50)
    template(folder)

    def clean() -> None:
        for made in ("new", "made"):
            shutil.rmtree(folder / made, ignore_errors=True)

    new = [*SCAFFOLD, "new", "new", "--proto", "protos-1", "-q"]
    return [
        Row("--help / bare Python", [*SCAFFOLD, "--help"], BARE, 6, folder),
        Row("generate, nothing to do / bare Python", [*SCAFFOLD, "generate"], BARE, 6, one),
        Row(
            "proto server, nothing to do, 1 contract / protoc",
            [*SCAFFOLD, "proto", "server"],
            protoc(one),
            1.8,
            one,
        ),
        Row("the same, 50 contracts / protoc", [*SCAFFOLD, "proto", "server"], protoc(fifty), 1.5, fifty),
        Row("new / cookiecutter with 60 files", new, [*COOKIECUTTER, "template"], 0.6, folder, clean),
    ]


def project(folder: Path, name: str, contracts: int) -> Path:
    """A generated project of so many contracts, with nothing left to do."""
    protos = folder / f"protos-{contracts}"
    for number in range(contracts):
        text = f'syntax = "proto3";\npackage p{number}.v1;\nmessage Item {{ string name = 1; }}\n'
        text += f"service P{number}Service {{ rpc Get(Item) returns (Item); }}\n"
        path = protos / f"p{number}" / "v1" / f"p{number}.proto"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    # Inside a repository no first commit is made, which would measure git.
    (folder / ".git").mkdir(exist_ok=True)
    subprocess.run([*SCAFFOLD, "new", name, "--proto", str(protos), "-q"], cwd=folder, check=True)
    return folder / name


def protoc(root: Path) -> list[str]:
    names = [path.relative_to(root / "api").as_posix() for path in sorted((root / "api").rglob("*.proto"))]
    flags = ["-Iapi", "--include_imports", f"--descriptor_set_out={os.devnull}"]
    return [sys.executable, "-m", "grpc_tools.protoc", *flags, *names]


def template(folder: Path) -> None:
    """A cookiecutter template of 60 files of 40 lines."""
    files = folder / "template" / "{{ cookiecutter.slug }}"
    files.mkdir(parents=True)
    (folder / "template" / "cookiecutter.json").write_text('{"slug": "made"}', encoding="utf-8")
    for number in range(60):
        (files / f"f{number}.py").write_text('x = "{{ cookiecutter.slug }}"\n' * 40, encoding="utf-8")


def missed(row: Row) -> bool:
    """Measures a row, prints it, and says whether it misses its target."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(milliseconds(row.run, row))
        theirs.append(milliseconds(row.baseline, row))
    ratio = statistics.median(ours) / statistics.median(theirs)
    verdict = "missed" if ratio > row.target else ""
    print(
        f"{row.name:<52} {statistics.median(ours):>7.1f} {statistics.median(theirs):>8.1f} "
        f"{ratio:>7.2f} {row.target:>7} {verdict}"
    )
    return bool(verdict)


def milliseconds(command: list[str], row: Row) -> float:
    row.prepare()
    start = time.perf_counter()
    subprocess.run(command, cwd=row.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    sys.exit(main())
