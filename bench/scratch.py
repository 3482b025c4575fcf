"""What is measured: the tool out of its own wheel, in an environment of its own, and projects made with it.

A checkout is not what users run: an editable install looks for the tool's files elsewhere, and its fingerprint
covers the code as well. So a wheel is built from the tree and installed, without dependencies, into a new virtual
environment; one .pth file lends it the dependencies of the environment that runs this. pip compiles what it installs.
The baselines run on the same interpreter with the same path.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.inputs import contract, cookiecutter_template
from bench.measure import Unmeasurable

# Variables that would keep Python from writing .pyc files, or lead either side to other code or other caches.
UNWANTED = (
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONHOME"),
    *("SCAFFOLD_TEMPLATES", "SCAFFOLD_NO_CACHE"),
)
TEMPLATE_FILES = 60


@dataclass(frozen=True, slots=True)
class Scratch:
    """Everything below `.bench/`. `python` and `scaffold` are those of the new environment; `many` contracts."""

    repository: Path
    root: Path
    python: Path
    scaffold: Path
    many: int

    @classmethod
    def make(cls, repository: Path, root: Path, many: int) -> Scratch:
        """Builds and installs the wheel, and writes the inputs; raises `Unmeasurable` where that fails."""
        shutil.rmtree(root, ignore_errors=True)
        (root / "tmp").mkdir(parents=True)
        python, scripts = _environment(root / "venv", _wheel(repository, root / "wheel"))
        name = "scaffold.exe" if os.name == "nt" else "scaffold"
        scratch = cls(repository, root, python, scripts / name, many)
        for count in (1, many):
            for number in range(count):
                path = scratch.protos(count) / f"part{number}" / "v1" / f"part{number}.proto"
                path.parent.mkdir(parents=True)
                path.write_text(contract(number), encoding="utf-8")
        cookiecutter_template(root / "template", TEMPLATE_FILES)
        return scratch

    @property
    def environment(self) -> dict[str, str]:
        """The children's environment: bytecode is written, caches and temporary files are ours, no git on PATH.

        `scaffold new` makes a first commit where it finds git, which would measure git. What the tool writes on its
        way has to be on the file system that the baselines write to.
        """
        kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        cache = str(self.root / "cache")
        # sys.executable's folder holds ruff, which is looked for beside the interpreter first.
        path = os.pathsep.join([str(self.python.parent), str(Path(sys.executable).parent)])
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.root / "tmp"))
        return kept | temporary | {"PATH": path, "XDG_CACHE_HOME": cache, "LOCALAPPDATA": cache}

    def forget_results(self) -> None:
        """Empties the caches of what was made of contracts; compiled templates, which are no project's, stay."""
        for name in ("format", "messages"):
            shutil.rmtree(self.root / "cache" / "scaffold" / name, ignore_errors=True)

    def protos(self, count: int) -> Path:
        """The folder of `count` contracts."""
        return self.root / f"protos-{count}"

    def project(self, name: str, protos: Path, *contracts: str) -> Path:
        """A new project from the contracts below `protos`; all of them unless some are named."""
        command = [str(self.scaffold), "new", name, "-q", "--no-input", "-I", str(protos)]
        for each in contracts or (".",):
            command += ["--proto", str(protos / each)]
        _check(command, self.root, self.environment)
        return self.root / name


def _wheel(repository: Path, folder: Path) -> Path:
    """The wheel of the tree as it is; the build backend is taken from this environment if it is there."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder)]
    if importlib.util.find_spec("hatchling"):
        command.append("--no-build-isolation")
    _check([*command, str(repository)], repository, dict(os.environ))
    return next(folder.glob("*.whl"))


def _environment(folder: Path, wheel: Path) -> tuple[Path, Path]:
    """A virtual environment with the wheel in it: its interpreter, and its folder of scripts."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    variables = {"base": str(folder), "platbase": str(folder)}
    scripts = Path(sysconfig.get_path("scripts", "venv", variables))
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    _check([*pip, str(wheel)], folder, dict(os.environ))
    lent = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    Path(sysconfig.get_path("purelib", "venv", variables), "bench.pth").write_text(
        "\n".join(lent) + "\n", "utf-8"
    )
    return python, scripts


def _check(command: Sequence[str], cwd: Path, environment: dict[str, str]) -> None:
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        said = "\n".join((result.stdout + result.stderr).splitlines()[-6:])
        raise Unmeasurable(f"exit code {result.returncode} of: {' '.join(command)}\n{said}")
