"""Reads files as they were out of git; neither the working tree nor the index is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scaffolder.diagnostics import ScaffoldError, fail
from scaffolder.suggest import nearest
from scaffolder.workspace.git import REDIRECTIONS, TIMEOUT_SECONDS

_LINK, _SUBMODULE = "120000", "160000"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of `git ls-tree`; `path` is relative to the top of its repository."""

    mode: str
    object: str
    path: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository; `top` is the folder of its working tree, with links resolved."""

    git: str
    top: Path

    @classmethod
    def of(cls, folder: Path) -> Repository:
        """The repository that holds `folder`; a `ScaffoldError` with code `git` where there is none."""
        git = shutil.which("git")
        if git is None:
            raise fail("git", "git is not installed", "install it, or compare with a folder: --against DIR")
        done = _call(git, folder, "rev-parse", "--show-toplevel")
        if done.returncode:
            said = _first_line(done.stderr)
            message = said if "not a git repository" not in said else f"{folder} is in no git repository"
            raise fail("git", message, "git init, or compare with a folder: --against DIR")
        return cls(git, Path(os.path.realpath(done.stdout.decode().rstrip("\n"))))

    @property
    def has_commits(self) -> bool:
        """Whether anything was ever committed to what is checked out."""
        return self._run("rev-parse", "--verify", "--quiet", "HEAD").returncode == 0

    def find_commit(self, reference: str) -> str:
        """The hash of the commit that a branch, a tag or a hash names, "" where it names none."""
        if not reference or reference.startswith("-"):
            return ""
        name = f"{reference}^{{commit}}"
        done = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        return "" if done.returncode else done.stdout.decode().split()[-1]

    def unknown(self, reference: str) -> ScaffoldError:
        """The error for a name that leads to no commit: a shallow clone is the usual reason on a build server."""
        message = f"`{reference}` is no branch, tag or commit of this repository, and no file"
        if self._run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            hint = "this clone is shallow; git fetch --unshallow (actions/checkout: fetch-depth: 0)"
            return fail("git", message, hint)
        done = self._run("for-each-ref", "--format=%(refname:short)")
        match = nearest(reference, done.stdout.decode("utf-8", "replace").split())
        return fail("git", message, f"did you mean `{match}`?" if match else "git fetch, or mend the name")

    def read(self, commit: str, path: str) -> bytes | None:
        """A file's content in a commit, None where it is not there; `path` is relative to the top."""
        found = list(self._entries(commit, [path]))
        if [entry.path for entry in found] != [path]:
            return None
        return dict(self._contents(found)).get(path)

    def export(self, commit: str, folders: Sequence[str], suffix: str, target: Path) -> None:
        """Writes the files of a commit that end in `suffix`, below one of `folders` (relative to the top), to `target`.

        Links stay links; with one in it, the whole commit is written, since it may lead anywhere. A submodule is read
        as the commit has it if that can be had without asking a server, else it is left out.

        Raises:
            ScaffoldError: git cannot read an object, as in a damaged or a partial clone.
        """
        entries = list(self._entries(commit, folders))
        if folders and any(entry.mode == _LINK for entry in entries):
            entries = list(self._entries(commit, []))
        wanted = [e for e in entries if e.path.endswith(suffix) or e.mode == _LINK]
        for path, content in self._contents([e for e in wanted if e.mode != _SUBMODULE]):
            mode = next(entry.mode for entry in wanted if entry.path == path)
            _write(target / path, content, link=mode == _LINK)
        for entry in entries:
            if entry.mode == _SUBMODULE and (self.top / entry.path / ".git").exists():
                with suppress(ScaffoldError):
                    inner = Repository(self.git, self.top / entry.path)
                    inner.export(entry.object, [], suffix, target / entry.path)

    def _entries(self, commit: str, paths: Sequence[str]) -> Iterator[_Entry]:
        named = [path for path in paths if path != "."] if "." not in paths else []
        done = self._run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *named)
        if done.returncode:
            raise fail("git", f"git cannot read {commit[:12]}: {_first_line(done.stderr)}", "git fetch")
        for line in filter(None, done.stdout.split(b"\0")):
            about, _, raw = line.partition(b"\t")
            mode, _, identity = about.decode().split()
            path = os.fsdecode(raw)
            if ".." not in path.split("/"):
                yield _Entry(mode, identity, path)

    def _contents(self, entries: Sequence[_Entry]) -> Iterator[tuple[str, bytes]]:
        """Path and content of each entry, all by one process."""
        if not entries:
            return
        wanted = "".join(f"{entry.object}\n" for entry in entries).encode()
        done = self._run("cat-file", "--batch", given=wanted)
        rest = done.stdout
        for entry in entries:
            header, _, rest = rest.partition(b"\n")
            about = header.split()
            if done.returncode or len(about) != 3:
                raise fail("git", f"git cannot read {entry.path} as it was", "git fetch --refetch")
            size = int(about[2])
            yield entry.path, rest[:size]
            rest = rest[size + 1 :]

    def _run(self, *arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        return _call(self.git, self.top, *arguments, given=given)


def _call(
    git: str, folder: Path, *arguments: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs git, without the variables that a hook sets for its own index, and with messages in English."""
    environment = {name: value for name, value in os.environ.items() if name not in REDIRECTIONS}
    try:
        return subprocess.run(
            [git, *arguments],
            cwd=folder,
            env=environment | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            input=given or b"",
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise fail("git", f"git cannot be run: {error}", "git --version") from error


def _write(path: Path, content: bytes, *, link: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not link:
        path.write_bytes(content)
        return
    with suppress(OSError):  # a system without links; what it leads to is missed where it is imported
        path.symlink_to(os.fsdecode(content))


def _first_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else "it gave no reason"
