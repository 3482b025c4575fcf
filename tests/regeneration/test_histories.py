"""A public contract with years between two of its versions: a service that was lived in follows it, there and back."""

from __future__ import annotations

import ast
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest

from scaffolder.contract import builder
from tests.generated.contracts import Source
from tests.generated.projects import Project, Running, make
from tests.generated.test_running import DEFINED, call

from .support import Workplace

pytestmark = pytest.mark.slow

VERSIONS = {"old": "1.0.0", "new": "4.0.0"}
PUBSUB = "google/pubsub/v1"
PACKAGE = "src/pub_sub"
NOT_COMPARED = {".git", "var", "__pycache__", ".mypy_cache", ".ruff_cache"}

OWN = '''\
"""A module of our own."""

from collections.abc import Callable
from typing import TypeVar

from pub_sub.biz.publisher_types import Topic

F = TypeVar("F", bound=Callable[..., object])

NOTHING = Topic()


def traced(function: F) -> F:
    return function
'''

APPENDED = {
    "Dockerfile": "# ours\n",
    "Makefile": "\nours:\n\techo ours\n",
    "README.md": "\n## Ours\n\nWho to call at night.\n",
    "pyproject.toml": "\n[tool.ours]\nkey = 1\n",
    "deploy/service.yaml": "# ours\n",
    f"{PACKAGE}/config.py": "\n\ndef ours() -> int:\n    return 1\n",
    "tests/unit/test_publisher.py": "\n\ndef test_ours() -> None:\n    assert True\n",
}


@dataclass(frozen=True)
class Versions:
    """A project made from each version of the contract; nobody works in these."""

    fresh: Mapping[str, Project]

    def copy(self, version: str, folder: Path) -> Workplace:
        root = folder / "pub-sub"
        shutil.copytree(self.fresh[version].root, root)
        return Workplace(Project(root, "pub_sub"))

    def bring(self, home: Workplace, version: str) -> None:
        """What is the owner's becomes that of a version: the contract, the list of its files, the settings."""
        shutil.rmtree(home.root / "api")
        shutil.copytree(self.fresh[version].root / "api", home.root / "api")
        shutil.copy(self.fresh[version].root / "scaffold.yaml", home.root)
        shutil.copy(self.fresh[version].root / "configs/config.yaml", home.root / "configs")

    def changed(self, path: str) -> set[str]:
        """The functions of a file whose bodies are others in the new version."""
        old, new = (_bodies(self.fresh[version].root / path) for version in VERSIONS)
        return {name for name, body in old.items() if new.get(name, body) != body}


def _bodies(path: Path) -> dict[str, str]:
    nodes = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, Function)
    ]
    return {
        node.name: ast.unparse(ast.Module(node.body[ast.get_docstring(node) is not None :], []))
        for node in nodes
    }


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    folder = tmp_path_factory.mktemp("versions")
    return Versions({name: make("pub-sub", fetched(folder / name, name), folder / name) for name in VERSIONS})


def fetched(folder: Path, version: str) -> Source:
    """The contracts of one version of the npm package @google-cloud/pubsub."""
    npm, package = shutil.which("npm"), f"@google-cloud/pubsub@{VERSIONS[version]}"
    if npm is None:
        pytest.skip(f"npm is not installed, so {package} cannot be fetched")
    folder.mkdir(parents=True)
    command = [npm, "pack", package, "--silent"]
    packed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if packed.returncode:
        pytest.skip(f"npm could not fetch {package}: {packed.stderr.strip()[-300:]}")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder / "npm", filter="data")
    found = next((folder / "npm").rglob(f"{PUBSUB}/pubsub.proto")).parent
    shutil.copytree(found, folder / "contracts" / PUBSUB)
    return Source((folder / "contracts" / PUBSUB,), (folder / "contracts",))


def content(root: Path) -> dict[str, bytes]:
    """By path; without the settings' line in the lock, which is of when they were written, and without revisions.

    The new version stores something: its tables, once made, are part of any project's history.
    """
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and NOT_COMPARED.isdisjoint(path.relative_to(root).parts)
    }
    lock = found[".scaffold/lock.json"].splitlines(keepends=True)
    outside = (b'"configs/config.yaml"', b'"migrations', b".scaffold/schema.json")
    kept = b"".join(line for line in lock if not any(part in line for part in outside))
    return {
        path: kept if path == ".scaffold/lock.json" else text
        for path, text in found.items()
        if not path.startswith("migrations/versions/") and path != ".scaffold/schema.json"
    }


def differences(one: Path, other: Path) -> list[str]:
    left, right = content(one), content(other)
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))


def test_an_unedited_project_is_as_made_today(versions: Versions, tmp_path: Path) -> None:
    """Made from the old contract -> the new one, the old one, the new one -> each time byte for byte a new project."""
    home = versions.copy("old", tmp_path)
    for version in ("new", "old", "new"):
        versions.bring(home, version)
        home.generate()
        assert differences(home.root, versions.fresh[version].root) == []


@pytest.mark.parametrize("width", [0, 88], ids=["as-written", "reformatted"])
def test_a_project_that_was_lived_in_follows(versions: Versions, tmp_path: Path, width: int) -> None:
    """Edited in every layer -> the new contract, the old one, the new one -> all of it stands, the rest is new."""
    home = versions.copy("old", tmp_path)
    written = live_in(home, versions)
    if width:
        folders = [f"{PACKAGE}/{name}" for name in ("biz", "service", "transport")]
        home.project.run("ruff", "format", "--quiet", f"--line-length={width}", *folders, "tests")
        written = {
            path: [piece for piece in pieces if piece in home.read(path)] for path, pieces in written.items()
        }
    for version, code in (("new", 1), ("old", 0), ("new", 1)):
        versions.bring(home, version)
        report = home.report(code=code)
        conflicts = [item["path"] for item in report["changes"] if item["proposal"]]
        assert conflicts == [f"{PACKAGE}/service/publisher_mapping.py"] * code, (
            "the one that both sides changed"
        )
        lost = [
            (path, piece)
            for path, pieces in written.items()
            for piece in pieces
            if piece not in home.read(path)
        ]
        assert lost == []
        before = home.state()
        home.generate(code=code)
        assert home.state() == before
    assert "async def detach_subscription(" in home.read(f"{PACKAGE}/biz/publisher.py")
    assert "def schema_service(self)" in home.read(f"{PACKAGE}/wiring.py")
    if not width:
        is_sound(home)
    home.generate("--restore", f"{PACKAGE}/service/publisher_mapping.py::topic_to")
    assert home.generate() == "nothing to do\n"


def is_sound(home: Workplace) -> None:
    """Linter, formatter, types; and it starts, and answers every RPC of the new contract."""
    home.project.run("ruff", "check", "--quiet", ".")
    home.project.run("ruff", "format", "--check", "--quiet", ".")
    home.project.run("mypy")
    names = [f"{PUBSUB}/pubsub.proto", f"{PUBSUB}/schema.proto"]
    services = builder.load(names, [home.root / "api"]).services
    assert {item.name for item in services} == {"Publisher", "Subscriber", "SchemaService"}
    with Running(home.project) as service, grpc.insecure_channel(f"127.0.0.1:{service.grpc}") as channel:
        for method in (method for item in services for method in item.methods):
            owner = next(item for item in services if method in item.methods)
            code, details = call(channel, owner, method)
            assert code in DEFINED, f"{method.full_name}: {code} {details}"


def live_in(home: Workplace, versions: Versions) -> dict[str, list[str]]:
    """Edits in every layer, of which one meets a change of the contract; what was written, by file."""
    written = {path: [text] for path, text in APPENDED.items()}
    for path, text in APPENDED.items():
        home.write(path, home.read(path) + text)
    home.write(f"{PACKAGE}/ours.py", OWN)
    written[f"{PACKAGE}/ours.py"] = [OWN]
    for noun in ("publisher", "subscriber"):
        for name, edit in (
            (f"biz/{noun}.py", use_cases),
            (f"biz/{noun}_types.py", types),
            (f"service/{noun}.py", bodies),
            (f"service/{noun}_mapping.py", bodies),
        ):
            path = f"{PACKAGE}/{name}"
            pieces = list(edit(home.read(path), versions.changed(path) - {"topic_to"}))
            text = inserted(home.read(path), pieces)
            home.write(path, text)
            written.setdefault(path, []).extend(block for _, block in pieces)
    home.edit(f"{PACKAGE}/wiring.py", "        return [\n", "        # none of ours yet\n        return [\n")
    home.edit(f"{PACKAGE}/transport/grpc.py", "publisher_service),\n", "publisher_service),  # the busiest\n")
    written[f"{PACKAGE}/wiring.py"] = ["        # none of ours yet\n        return [\n"]
    written[f"{PACKAGE}/transport/grpc.py"] = ["publisher_service),  # the busiest\n"]
    return written


Function = ast.FunctionDef | ast.AsyncFunctionDef

Piece = tuple[int, str]
"""The number, from 1, of the line above which a block of whole lines goes."""


def inserted(text: str, pieces: list[Piece]) -> str:
    lines = text.splitlines(keepends=True)
    for line, block in sorted(pieces, reverse=True):
        lines.insert(line - 1, block)
    return "".join(lines)


def use_cases(text: str, changed: set[str]) -> Iterator[Piece]:
    """In every method a comment and a call; decorators, and helpers between the methods."""
    (owner,) = (node for node in classes(text) if node.name.endswith("UseCase"))
    import_line = next(
        number for number, line in enumerate(text.splitlines(), 1) if "kit.errors import" in line
    )
    yield import_line + 1, "from pub_sub.ours import traced\n"
    for number, node in enumerate(methods(owner)):
        if node.name not in changed | {"__init__"}:
            yield (
                first(node),
                f'        # größe {{{{ }}}} of {node.name}\n        self._note("{node.name}")\n',
            )
            if number % 2:
                yield node.lineno, f"    # ours, above {node.name}\n    @traced\n"
            elif number % 3 == 0:
                yield node.lineno, f"    def _helper_{number}(self) -> int:\n        return {number}\n\n"
    yield (
        (owner.end_lineno or 0) + 1,
        '\n    def _note(self, name: str) -> None:\n        """Ours."""\n        self._noted = name\n',
    )


def types(text: str, changed: set[str]) -> Iterator[Piece]:
    """Every third message has a field and a method more."""
    for number, node in enumerate(classes(text)):
        if number % 3 == 0 and node.decorator_list and node.name not in changed:
            yield (
                (node.end_lineno or 0) + 1,
                (
                    f"    our_{number}: int = {number}  # ours\n\n    def is_{number}(self) -> bool:\n"
                    f"        return self.our_{number} == {number}\n"
                ),
            )


def bodies(text: str, changed: set[str]) -> Iterator[Piece]:
    """Lines in the body of every other function that has not `changed`, comments above the rest."""
    tree = ast.parse(text)
    found = [node for node in tree.body if isinstance(node, Function)]
    found += [node for owner in classes(text) for node in methods(owner) if node.name != "__init__"]
    for number, node in enumerate(found):
        indent = " " * node.col_offset
        if node.name == "topic_to" or (number % 2 and node.name not in changed):
            yield first(node), f'{indent}    ours = "{node.name}"\n{indent}    assert ours\n'
        else:
            yield node.lineno, f"{indent}# ours, above {node.name}\n"


def classes(text: str) -> list[ast.ClassDef]:
    return [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]


def methods(owner: ast.ClassDef) -> list[Function]:
    return [node for node in owner.body if isinstance(node, Function)]


def first(node: Function) -> int:
    """The line of the first statement behind the docstring."""
    return node.body[1 if ast.get_docstring(node) is not None else 0].lineno
