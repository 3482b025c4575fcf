"""A project on the disk, its contract, the user at work in it, and what must stand; one step after another."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from scaffolder.app import comparing, contracts, new, pipeline
from scaffolder.app import generate as app
from scaffolder.app.options import MARKERS, Options, Request
from scaffolder.app.report import LEADS_NOWHERE, Report
from scaffolder.artifact import Artifact, Did, Ownership
from scaffolder.diagnostics import ScaffoldError
from scaffolder.merge.lines import has_markers
from scaffolder.render.format import find_ruff
from scaffolder.workspace import lock as locks
from scaffolder.workspace.baseline import CONFLICTS, REPLACED
from scaffolder.workspace.lock import FOLDER
from tests.merge.python_edits import functions, top

from . import contract_machine, user_edits
from .answering import complaints
from .contract_machine import CHANGES, Changed, Contract, Picker
from .importer import importer
from .laws import REMOVED_AS_ASKED, Run, names, parses, state
from .user_edits import PLAIN, PYTHON, Text

Step = tuple[str, str, int]
"""What is done (`contract`, `edit` or `command`), its name, and the number that makes its choices."""

PACKAGE = "shop"
PLAINLY = Options()
FEATURES = ((), (), ("docker", "kubernetes", "ci"))
IMPORT_ONE_IN = int(os.environ.get("SCAFFOLD_IMPORT_ONE_IN", "3"))


@dataclass
class Span:
    """Text of the user's in a file; it stands there, once."""

    path: str
    text: str


def memory() -> Path | None:
    """A file system in memory, where there is one."""
    folder = Path("/dev/shm")
    return folder if folder.is_dir() and os.access(folder, os.W_OK) else None


@contextmanager
def world(number: int) -> Iterator[World]:
    """A world for one sequence of steps."""
    with tempfile.TemporaryDirectory(prefix="scaffold-world-", dir=memory()) as folder:
        yield World.make(Path(folder), number)


@dataclass
class World:
    folder: Path
    contract: Contract
    features: tuple[str, ...]
    generated: Contract
    spans: list[Span] = field(default_factory=list)
    broken: dict[str, bytes] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    deleted: set[tuple[str, str]] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    snapshot: dict[str, bytes] = field(default_factory=dict)
    rolled_back: bool = False
    edited: bool = False
    deletions: int = 0
    count: int = 0
    log: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    @classmethod
    def make(cls, folder: Path, number: int) -> World:
        contract = contract_machine.first(number)
        (folder / ".git").mkdir()
        features = FEATURES[number % len(FEATURES)]
        made = cls(folder, contract, features, contract)
        made._new(contract, folder)
        (folder / "neighbour.txt").write_text("not the tool's")
        return made

    @property
    def root(self) -> Path:
        return self.folder / PACKAGE

    def _new(self, contract: Contract, output: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="contracts-", dir=self.folder) as source:
            for name, text in contract.texts().items():
                path = Path(source, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            protos = [f"{source}/{name}" for name in contract.texts()]
            new.new(new.Request(PACKAGE, protos, [source], self.features or ["none"], output))

    # ---- steps ----

    def play(self, step: Step) -> None:
        """Does one step; what it did is in the log."""
        kind, name, number = step
        pick = Picker(number)
        self.log.append(f"{kind} {name} {number}")
        try:
            match kind:
                case "contract":
                    self._change(name, pick)
                case "edit":
                    self._edit(name, pick)
                case _:
                    COMMANDS[name](self, pick)
        except AssertionError as error:
            raise AssertionError("\n".join([str(error), "", *self.log])) from error

    def _change(self, name: str, pick: Picker) -> None:
        change = CHANGES[name](self.contract, pick)
        changed, renames = (change.contract, change.renames) if isinstance(change, Changed) else (change, ())
        if changed is None or changed == self.contract or not changed.is_sound():
            self.seen["impossible"] += 1
            return
        self._put_contract(changed)
        self.seen[name] += 1
        if renames and self.generated == self.contract_before and pick.chance(2):
            self.seen["told rename"] += 1
            self.generate(Options(rename=renames), pick)

    contract_before: Contract | None = None

    def _put_contract(self, contract: Contract) -> None:
        texts, before = contract.texts(), self.contract.texts()
        api = self.root / "api"
        for name in before.keys() - texts.keys():
            (api / name).unlink()
        for name, text in texts.items():
            path = api / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
        config = self.root / "scaffold.yaml"
        head, _, rest = config.read_text().partition("contracts:\n")
        lines = rest.split("\n")
        while lines and lines[0].startswith("  - "):
            del lines[0]
        entries = [f"  - {name}" for name in texts]
        config.write_text("\n".join([f"{head}contracts:", *entries, *lines]))
        self.contract_before, self.contract = self.contract, contract

    def _edit(self, name: str, pick: Picker) -> None:
        self.edited = True
        if name in FILE_EDITS:
            FILE_EDITS[name](self, pick)
            return
        python = name in PYTHON
        path = self._choose(pick, python=python, name=name)
        if path is None:
            self.seen["impossible"] += 1
            return
        raw = (self.root / path).read_bytes()
        if python and not parses(raw):
            return
        self.count += 1
        crlf = b"\r\n" in raw
        text = Text(raw.decode().replace("\r\n", "\n"), self.count)
        edit = (PYTHON if python else PLAIN)[name]
        try:
            done = edit(text, pick)
        except (IndexError, ValueError):
            done = False
        mine = [*(span.text for span in self.spans if span.path == path), *text.spans]
        done = done and all(text.text.count(span) == 1 for span in mine)
        if not done or not (parses(text.text.encode()) if python else _is_valid(path, text.text)):
            self.seen["impossible"] += 1
            return
        self.seen[name] += 1
        self.log.append(f"  {path}: {text.spans or text.deleted}")
        (self.root / path).write_bytes(
            text.text.replace("\n", "\r\n").encode() if crlf else text.text.encode()
        )
        self.touched.add(path)
        self.spans += [Span(path, span) for span in text.spans]
        left = names(text.text.encode()) if text.deleted else set()
        self.deleted |= {(path, gone) for gone in text.deleted if gone not in left}
        self.deletions += len(text.deleted)

    def merged(self) -> list[str]:
        """The merged files that are there."""
        lock, _ = locks.read(self.root)
        files = [path for path, entry in lock.files.items() if entry.owner is Ownership.MERGED]
        return sorted(path for path in files if (self.root / path).is_file() and path not in self.broken)

    def _choose(self, pick: Picker, *, python: bool, name: str) -> str | None:
        found = [path for path in self.merged() if path.endswith(".py") == python]
        found = [path for path in found if not path.endswith("__init__.py")]
        if python and not pick.chance(6):
            inner = ("/biz/", "/service/", "/data/", "wiring.py", "/transport/")
            found = [path for path in found if any(part in path for part in inner)]
        if name == "container_property":
            found = [path for path in found if path.endswith("wiring.py")]
        if name == "entry":
            found = [path for path in found if "/transport/" in path]
        return pick.one(found) if found else None

    # ---- runs ----

    def generate(
        self, options: Options = PLAINLY, pick: Picker | None = None, *, scope: Any = "server"
    ) -> Run | None:
        """A preview, the run, and the run after it; every law that holds of all runs. None where it was refused."""
        pick = pick or Picker(0)
        request = Request(self.root, scope, options=options)
        before, around = state(self.root), self._around()
        was, _ = locks.read(self.root)
        with self._generating_once(scope) as fresh:
            try:
                preview = app.preview(request)
            except ScaffoldError as error:
                self._refused(request, error, before)
                return None
            assert state(self.root) == before, "a preview wrote"
            report = app.generate(request)
            assert preview.changes == report.changes, _difference(preview, report)
            assert preview.warnings == report.warnings, f"{preview.warnings}\n{report.warnings}"
            now, _ = locks.read(self.root)
            run = Run(request, report, before, state(self.root), was, now, fresh)
            self.seen["conflict"] += len(report.conflicts)
            self.seen["leads nowhere"] += any(item.code == LEADS_NOWHERE for item in report.warnings)
            run.every_law()
            assert self._around() == around, "something outside of the project was touched"
            self._spans_stand(run)
            self._deleted_stays(run)
            self._untouched_is_fresh(run)
            self._again(request, run)
        if pick.chance(IMPORT_ONE_IN):
            self._imports(run)
            self._defines(run)
        if scope == "server":
            self.generated = self.contract
        return run

    @contextmanager
    def _generating_once(self, scope: str) -> Iterator[dict[str, Artifact]]:
        """Preview, run and second run look at one generation in memory; gives that, by path."""
        fresh: dict[str, Artifact] = {}
        load, generate = contracts.load, pipeline.generate
        held: dict[str, Any] = {}

        def loaded(*arguments: Any) -> Any:
            held["contract"] = held.get("contract") or load(*arguments)
            return held["contract"]

        def output(*arguments: Any) -> Any:
            assert arguments[2] == scope
            held["output"] = held.get("output") or generate(*arguments)
            fresh.update({item.path: item for item in held["output"].artifacts})
            return held["output"]

        with (
            mock.patch.object(comparing, "load", loaded),
            mock.patch.object(pipeline, "generate", output),
        ):
            yield fresh

    def _imports(self, run: Run) -> None:
        """After an accepted merge every module can be imported, if it could before."""
        if run.now.conflicts or run.report.needs_attention or self.broken:
            return
        self.seen["imported"] += 1
        failures = importer().failures(self.root)
        if not failures:
            return
        with tempfile.TemporaryDirectory(prefix="before-", dir=self.folder) as folder:
            for path, (content, _, _) in run.before.items():
                target = Path(folder, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            earlier = importer().failures(Path(folder))
        assert earlier, f"cannot be imported: {failures}\n{_told(run.report)}"

    def _refused(self, request: Request, error: ScaffoldError, before: Any) -> None:
        """A contract that is none, most of all: nothing is written, twice."""
        codes = {item.code for item in error.diagnostics}
        assert not codes & {"generated", "template"}, [str(item) for item in error.diagnostics]
        self.seen[f"refused {' '.join(sorted(codes))}"] += 1
        self.log.append(f"  refused: {[str(item) for item in error.diagnostics][:2]}")
        assert state(self.root) == before, "a preview wrote"
        try:
            app.generate(request)
        except ScaffoldError:
            assert state(self.root) == before, "a refused run wrote"
        else:
            raise AssertionError(f"the preview refused, the run did not: {codes}")
        if request.options.rename or request.options.restore:
            return
        self._put_contract(self.generated)

    def _around(self) -> dict[str, int]:
        found = {item.name: item.stat().st_mtime_ns for item in self.folder.iterdir() if item.name != PACKAGE}
        return found | {"": self.folder.stat().st_mtime_ns}

    def answers(self) -> None:
        """The service starts and every RPC is there, where the user broke nothing and nothing is left to them."""
        stale = (
            "conflict",
            "leads nowhere",
            "lost",
            "rolled back",
            "restored",
            "machine_file",
            "future",
            "body_whole",
        )
        if self.deletions or self.broken or any(self.seen[name] for name in stale):
            return
        found = complaints(self.root, PACKAGE, self.generated)
        self.seen["started"] += 1
        assert not found, "\n".join(["does not answer", *found, *self.log])

    def _defines(self, run: Run) -> None:
        """No name is used that is not defined, where the user deleted none."""
        if self.deletions or self.broken or run.now.conflicts:
            return
        command = [find_ruff(), "check", "--isolated", "--no-cache", "--quiet", "--select", "F821"]
        result = subprocess.run([*command, "."], cwd=self.root, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"{result.stdout}\n{_told(run.report)}"

    def _spans_stand(self, run: Run) -> None:
        moved = {change.moved_from: change.path for change in run.report.changes if change.moved_from}
        kept = "\n".join(
            content.decode("utf-8", "replace")
            for path, (content, _, _) in run.after.items()
            if path.startswith(f"{REPLACED}/")
        ).replace("\r\n", "\n")
        options = run.request.options
        asked = {item.partition("::")[0] for item in options.restore}
        pruned = {
            change.path
            for change in run.report.changes
            if options.prune
            and (change.after is None or any(item.reason == REMOVED_AS_ASKED for item in change.details))
        }
        left = []
        for span in self.spans:
            span.path = moved.get(span.path, span.path)
            content = run.content(span.path)
            text = content.decode("utf-8", "replace").replace("\r\n", "\n") if content is not None else ""
            times = text.count(span.text)
            if times == 0 and (
                span.path in asked or (span.path in pruned and (content is not None or span.text in kept))
            ):
                continue
            assert times == 1, (
                f"stands {times} times in {span.path}:\n{span.text}\n\n{_told(run.report)}\n\n{text}"
            )
            left.append(span)
        self.spans = left
        self.touched |= {moved[path] for path in self.touched & moved.keys()}
        self.broken = {moved.get(path, path): content for path, content in self.broken.items()}

    def _deleted_stays(self, run: Run) -> None:
        options = run.request.options
        if options.restore or options.rename or self.rolled_back or run.was.lost:
            self.deleted.clear()
            self.gone = {path for path in self.gone if path not in run.after}
            return
        if not run.fresh or run.request.scope == "client":
            return
        for path in sorted(self.gone):
            if path not in run.fresh:
                self.gone.discard(path)
            else:
                assert path not in run.after, f"{path} was deleted, and is back"
        known = {path: names(run.fresh[path].content) for path, _ in self.deleted if path in run.fresh}
        there = {
            path: names(run.after[path][0])
            for path in known
            if path in run.after and parses(run.after[path][0])
        }
        for path, name in sorted(self.deleted):
            if name not in known.get(path, ()) or path not in there:
                self.deleted.discard((path, name))
            else:
                assert name not in there[path], (
                    f"{path}: {name} was deleted, and is back\n{_told(run.report)}"
                )

    def _untouched_is_fresh(self, run: Run) -> None:
        """What nobody edited is what a new project would hold."""
        for change in run.report.changes:
            stayed = any(item.did in (Did.KEPT, Did.CONFLICT) for item in change.details)
            if (
                stayed
                or run.was.lost
                or self.rolled_back
                or (change.conflicts and run.request.options.conflict == MARKERS)
            ):
                self.touched.add(change.path)
        for path, artifact in run.fresh.items():
            if artifact.ownership is Ownership.MERGED and path not in self.touched | self.gone:
                assert run.content(path) == artifact.content, f"{path} is not what a new project holds"

    def _again(self, request: Request, run: Run) -> None:
        """The run after a run finds nothing to do, whether it looks or not."""
        plain = Request(request.root, request.scope)
        told = app.generate(plain)
        now, wrote = state(self.root), set[str]()
        if now != run.after:
            wrote = {path for path in now.keys() | run.after.keys() if now.get(path) != run.after.get(path)}
        marked = {
            change.proposal for change in run.report.conflicts if has_markers((change.after or b"").decode())
        }
        assert not wrote - marked - ({locks.FILE} if marked else set()), (
            f"a second run wrote: {wrote}\n{_told(told)}"
        )
        if request.scope == "client" and not run.fresh:
            return
        with mock.patch.object(app, "_nothing_to_do", lambda *_: None):
            prepared = app.prepare(plain)
        assert not prepared.report.written, f"a second run would write:\n{_told(prepared.report)}"
        assert not prepared.bookkeeping, [item.path for item in prepared.bookkeeping]
        assert prepared.lock is not None
        written = (self.root / locks.FILE).read_bytes()
        assert locks.render(prepared.lock) == written, _lock_difference(written, locks.render(prepared.lock))

    def equals_new(self) -> None:
        """Where nothing was edited the tree is that of a new project, but for what is written once and never again."""
        with tempfile.TemporaryDirectory(prefix="fresh-", dir=self.folder) as folder:
            self._new(self.contract, Path(folder))
            wanted, found = _regenerated(Path(folder, PACKAGE)), _regenerated(self.root)
        paths = sorted(path for path in wanted.keys() | found.keys() if wanted.get(path) != found.get(path))
        assert not paths, f"not as in a new project: {paths}\n" + "\n".join(
            _lock_difference(wanted.get(p, (b"", 0))[0], found.get(p, (b"", 0))[0]) for p in paths[:3]
        )

    def is_virgin(self) -> bool:
        return not (self.edited or self.touched or self.rolled_back)


def _is_valid(path: str, text: str) -> bool:
    from scaffolder.merge.formats import problem

    return problem(path, text) is None


def _told(report: Report) -> str:
    lines = []
    for change in report.changes:
        if change.details or change.action != "keep" or change.note:
            lines.append(f"{change.action} {change.path} {change.note}")
            lines += [f"    {item.did} {item.name}:{item.line} {item.reason}" for item in change.details]
    return "\n".join(
        [*lines, *(f"{item.severity} {item.message} ({item.location})" for item in report.warnings)]
    )


def _difference(left: Report, right: Report) -> str:
    pairs = zip(left.changes, right.changes, strict=False)
    return "the preview said otherwise: " + "\n".join(f"{a}\n{b}" for a, b in pairs if a != b)[:2000]


def _regenerated(root: Path) -> dict[str, tuple[bytes, int]]:
    """Content and mode of what a run writes anew: no contracts, no settings, no revisions, which are a history."""
    once = ("configs/config.yaml", "migrations", ".scaffold/schema.json")
    found = {
        path: (text, mode)
        for path, (text, mode, _) in state(root).items()
        if not path.startswith(("api/", "migrations/versions/", *once[::2]))
    }
    lock, mode = found[locks.FILE]
    lines = [line for line in lock.splitlines() if not line.startswith(tuple(f'"{p}'.encode() for p in once))]
    found[locks.FILE] = (b"\n".join(lines), mode)
    return found


def _lock_difference(left: bytes, right: bytes) -> str:
    one, two = (text.decode("utf-8", "replace").splitlines() for text in (left, right))
    return "\n".join(difflib.unified_diff(one, two, "on the disk", "next", lineterm="", n=0))


# ---- commands ----


def generate(it: World, pick: Picker) -> None:
    it.generate(pick=pick)


def prune(it: World, pick: Picker) -> None:
    it.generate(Options(prune=True), pick)


def client(it: World, pick: Picker) -> None:
    it.generate(pick=pick, scope="client")


def twice(it: World, pick: Picker) -> None:
    """Two runs, the second without the shortcut of a run that has nothing to do."""
    it.generate(pick=pick)
    with mock.patch.object(app, "_nothing_to_do", lambda *_: None):
        before = state(it.root)
        app.generate(Request(it.root))
        assert state(it.root) == before, "a second full run wrote"


def restore(it: World, pick: Picker) -> None:
    """Something that was deleted, or is in conflict, comes back as generated."""
    lock, _ = locks.read(it.root)
    found = (
        sorted(it.gone) + [f"{path}::{name}" for path, name in sorted(it.deleted)] + sorted(lock.conflicts)
    )
    found = [
        item for item in found if not item.endswith("::the file") and item.partition("::")[0] not in it.broken
    ]
    if not found:
        it.seen["impossible"] += 1
        return
    item = pick.one(found)
    path, _, name = item.partition("::")
    it.touched.add(path)
    run = it.generate(Options(restore=[item]), pick)
    if run is None:
        return
    it.seen["restored"] += 1
    content = run.content(path)
    if path in run.fresh and path not in it.broken:
        assert content is not None, f"{path} was asked for, and is not there"
        if name and path.endswith(".py") and name in names(run.fresh[path].content) and parses(content):
            assert name in names(content), f"{item} was asked for, and is not there\n{_told(run.report)}"
        assert item not in run.now.conflicts, f"{item} was asked for, and is in conflict still"


def settle_by_deleting(it: World, pick: Picker) -> None:
    """The proposals are deleted: what was in conflict stays as it is."""
    lock, _ = locks.read(it.root)
    if not lock.conflicts:
        it.seen["impossible"] += 1
        return
    shutil.rmtree(it.root / CONFLICTS, ignore_errors=True)
    for path in {name.partition("::")[0] for name in lock.conflicts}:
        it.touched.add(path)
    before = it.generated
    run = it.generate(pick=pick)
    if run is None or before != it.contract:
        return
    it.seen["settled"] += 1
    left = [
        name
        for name in run.now.conflicts
        if name in lock.conflicts
        and not name.endswith("::the file")
        and run.now.conflicts[name] == lock.conflicts[name]
    ]
    assert not left, (
        f"the proposals were deleted, and these are in conflict still: {left}\n{_told(run.report)}"
    )


def settle_by_editing(it: World, pick: Picker) -> None:
    """The user works on a definition that is in conflict."""
    lock, _ = locks.read(it.root)
    found = [name for name in lock.conflicts if ".py::" in name and not name.endswith("::the file")]
    if not found:
        it.seen["impossible"] += 1
        return
    item = pick.one(sorted(found))
    path, _, name = item.partition("::")
    content = it.root / path
    if not content.is_file() or not parses(content.read_bytes()):
        return
    raw = content.read_bytes().decode()
    text = raw.replace("\r\n", "\n")
    node = next((node for full, node in functions(text) if full == name), None)
    if node is None:
        return
    it.count += 1
    last = node.body[-1]
    edited = Text(text, it.count)
    edited.put(
        top(last),
        [f"mark_{it.count} = 'settled'"],
        user_edits.indent_of(edited, top(last)),
    )
    remembered = [span.text for span in it.spans if span.path == path]
    if not parses(edited.text.encode()) or any(
        span in text and span not in edited.text for span in remembered
    ):
        return  # it would part what is to stand together
    content.write_bytes((edited.text.replace("\n", "\r\n") if "\r\n" in raw else edited.text).encode())
    it.touched.add(path)
    it.spans += [Span(path, span) for span in edited.spans]
    same = it.generated == it.contract
    run = it.generate(pick=pick)
    if run is not None and same:
        it.seen["settled"] += 1
        assert item not in run.now.conflicts, (
            f"{item} was edited, and is in conflict still\n{_told(run.report)}"
        )


def markers(it: World, pick: Picker) -> None:
    """Conflicts are written into the files; the user then takes their own side."""
    run = it.generate(Options(conflict=MARKERS), pick)
    if run is None:
        return
    marked = [path for path in it.merged() if has_markers((it.root / path).read_text(encoding="utf-8"))]
    for path in marked:
        it.seen["marked"] += 1
        it.touched.add(path)
        raw = (it.root / path).read_bytes().decode()
        (it.root / path).write_bytes(_yours(raw).encode())
    if marked:
        it.generate(pick=pick)


def _yours(text: str) -> str:
    """The user's side of every conflict."""
    kept, side = [], ""
    for line in text.split("\n"):
        head = line[:8].rstrip("\r")
        if head == "<<<<<<< ":
            side = "yours"
        elif side and head in ("||||||| ", "======="):
            side = "other"
        elif side and head == ">>>>>>> ":
            side = ""
        elif side != "other":
            kept.append(line)
    return "\n".join(kept)


def lose_lock(it: World, pick: Picker) -> None:
    """The lock, or all of .scaffold, is lost: only what is missing is added."""
    way = pick.below(3)
    if way == 0:
        (it.root / locks.FILE).unlink()
    elif way == 1:
        (it.root / locks.FILE).write_text("{ not json")
    else:
        shutil.rmtree(it.root / FOLDER)
    if it.generated != it.contract and pick.chance(2):
        it._put_contract(it.generated)
    before = state(it.root)
    run = it.generate(pick=pick)
    if run is None:
        shutil.rmtree(it.root / FOLDER, ignore_errors=True)
        return
    it.seen["lost"] += 1
    for path, (content, _, _) in before.items():
        if path.startswith(f"{FOLDER}/"):
            continue
        assert path in run.after, f"the lock was lost, and then {path}"
        if path in run.fresh and run.fresh[path].ownership is Ownership.MERGED:
            lines, left = content.split(b"\n"), set(run.after[path][0].split(b"\n"))
            lost = [
                line
                for line in lines
                if line.strip() and line not in left and not line.startswith((b"from", b"import"))
            ]
            assert not lost, f"the lock was lost, and then lines of {path}: {lost}"


def remember(it: World, pick: Picker) -> None:
    """git keeps .scaffold as it is now."""
    it.snapshot = {p: c for p, (c, _, _) in state(it.root).items() if p.startswith(f"{FOLDER}/")}


def roll_back(it: World, pick: Picker) -> None:
    """.scaffold comes back from git as it was once."""
    if not it.snapshot:
        it.seen["impossible"] += 1
        return
    shutil.rmtree(it.root / FOLDER)
    for path, content in it.snapshot.items():
        target = it.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    it.rolled_back = True
    it.deleted.clear()
    it.gone.clear()
    it.seen["rolled back"] += 1
    it.generate(pick=pick)


COMMANDS: dict[str, Callable[[World, Picker], None]] = {
    each.__name__: each
    for each in (
        generate, prune, client, twice, restore, settle_by_deleting, settle_by_editing, markers, lose_lock, remember,
        roll_back,
    )
}  # fmt: skip


# ---- edits of whole files ----


def own_module(it: World, pick: Picker) -> None:
    """A module of the user's that imports generated names."""
    found = [path for path in it.merged() if path.startswith("src/") and path.endswith(".py")]
    found = [path for path in found if any(part in path for part in ("/biz/", "/service/", "/data/"))]
    path = pick.one(found)
    content = (it.root / path).read_bytes()
    if not parses(content):
        return
    module = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    held = sorted(name for name in names(content) if name.isidentifier())
    it.count += 1
    mark = f"mark_{it.count}"
    text = f'"""Our own {mark}."""\n\nimport {module}\n'
    if held:
        text += f"from {module} import {pick.one(held)} as {mark}\n"
    own = f"src/{PACKAGE}/own_{it.count}.py"
    (it.root / own).write_text(text)
    it.spans.append(Span(own, text))
    it.seen["own_module"] += 1
    it.log.append(f"  {own}: {text!r}")


def delete_file(it: World, pick: Picker) -> None:
    found = [p for p in it.merged() if p.startswith(("src/", "tests/")) or "/" not in p]
    path = pick.one(found)
    if any(span.path == path for span in it.spans):
        return
    (it.root / path).unlink()
    it.gone.add(path)
    it.deletions += 1
    it.deleted = {item for item in it.deleted if item[0] != path}
    it.seen["delete_file"] += 1
    it.log.append(f"  {path}")


def reformat(it: World, pick: Picker) -> None:
    """Another formatter's pass over some files."""
    found = [path for path in it.merged() if path.endswith(".py")]
    paths = [path for path in found if pick.chance(4)]
    paths = [path for path in paths if path not in it.broken]
    if not paths:
        return
    width, quotes = pick.one((("60", "double"), ("100", "single"), ("200", "single")))
    subprocess.run(
        [find_ruff(), "format", "--isolated", "--no-cache", "--quiet", "--line-length", width, "--config",
         f"format.quote-style='{quotes}'", *paths],
        cwd=it.root, check=False, capture_output=True,
    )  # fmt: skip
    it.touched |= set(paths)
    it.seen["reformat"] += 1
    it.log.append(f"  {width} {quotes} {paths}")
    _in_lines(it, set(paths))


def _in_lines(it: World, paths: set[str]) -> None:
    """Spans in files that were formatted count line by line, as far as these stand."""
    spans = []
    for span in it.spans:
        if span.path not in paths:
            spans.append(span)
            continue
        text = (it.root / span.path).read_bytes().decode().replace("\r\n", "\n")
        lines = [line.strip() for line in span.text.split("\n") if "mark_" in line]
        spans += [Span(span.path, line) for line in lines if text.count(line) == 1]
    it.spans = spans


def crlf(it: World, pick: Picker) -> None:
    path = pick.one([path for path in it.merged() if not path.endswith("__init__.py")])
    raw = (it.root / path).read_bytes()
    (it.root / path).write_bytes(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    it.touched.add(path)
    it.seen["crlf"] += 1
    it.log.append(f"  {path}")


def no_final_newline(it: World, pick: Picker) -> None:
    path = pick.one([path for path in it.merged() if (it.root / path).stat().st_size])
    raw = (it.root / path).read_bytes()
    (it.root / path).write_bytes(raw.rstrip(b"\r\n"))
    it.touched.add(path)
    it.seen["no_final_newline"] += 1
    it.log.append(f"  {path}")


def break_file(it: World, pick: Picker) -> None:
    """Half-written Python."""
    found = [p for p in it.merged() if p.endswith(".py") and (it.root / p).stat().st_size]
    path = pick.one(found)
    raw = (it.root / path).read_bytes()
    it.broken[path] = raw
    (it.root / path).write_bytes(
        raw + pick.one((b"\ndef half(\n", b"\n    x = = 1\n", b"\n<<<<<<< HEAD\n=======\n>>>>>>> x\n"))
    )
    it.touched.add(path)
    it.seen["break_file"] += 1
    it.log.append(f"  {path}")


def mend_file(it: World, pick: Picker) -> None:
    if not it.broken:
        it.seen["impossible"] += 1
        return
    path = pick.one(sorted(it.broken))
    (it.root / path).write_bytes(it.broken.pop(path))
    it.seen["mend_file"] += 1
    it.log.append(f"  {path}")


def machine_file(it: World, pick: Picker) -> None:
    """The user writes into a file of the machine's."""
    lock, _ = locks.read(it.root)
    found = [
        p
        for p, entry in lock.files.items()
        if entry.owner is Ownership.MACHINE and p.endswith((".py", ".pyi"))
    ]
    found = [p for p in sorted(found) if (it.root / p).is_file()]
    if not found:
        return
    path = pick.one(found)
    it.count += 1
    raw = (it.root / path).read_bytes()
    edited = raw + f"# mine: mark_{it.count}\n".encode()
    (it.root / path).write_bytes(edited)
    it.seen["machine_file"] += 1
    it.log.append(f"  {path}")


def delete_machine_file(it: World, pick: Picker) -> None:
    lock, _ = locks.read(it.root)
    found = [
        p for p, entry in lock.files.items() if entry.owner is Ownership.MACHINE and (it.root / p).is_file()
    ]
    path = pick.one(sorted(found))
    (it.root / path).unlink()
    it.seen["delete_machine_file"] += 1
    it.log.append(f"  {path}")


FILE_EDITS: dict[str, Callable[[World, Picker], None]] = {
    each.__name__: each
    for each in (
        own_module, delete_file, reformat, crlf, no_final_newline, break_file, mend_file, machine_file,
        delete_machine_file,
    )
}  # fmt: skip

STEPS: list[tuple[str, str]] = [
    *(("contract", name) for name in CHANGES),
    *(("edit", name) for name in (*PYTHON, *PLAIN, *FILE_EDITS)),
    *(("command", name) for name in COMMANDS),
    *[("command", "generate")] * 24,
]
