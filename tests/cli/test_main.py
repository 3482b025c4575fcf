"""Ways in and ways out: where output goes, what the exit code says, and that nobody sees a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from scaffolder.app import generate as app
from scaffolder.cli import help as pages
from scaffolder.cli.main import main
from scaffolder.cli.style import Style
from scaffolder.cli.table import COMMANDS
from tests.app.support import FakePipeline
from tests.workspace.support import contents, fill

RUN = [sys.executable, "-m", "scaffolder"]


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The tool as a process of its own, with nobody at the keyboard."""
    return subprocess.run(
        [*RUN, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
    )


def test_report_of_a_run(root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """Changes go to stdout, the summary to stderr; a second run has nothing to tell on stdout."""
    assert main(["generate"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "create   src/order_service/gen/order.py",
        "create   src/order_service/service/order.py",
        "create   README.md",
    ]
    assert said.err == "3 created\n"
    assert main(["generate"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "nothing to do\n")
    assert main(["generate", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_and_diff(root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 while there is a difference, conflicts included, and 0 afterwards; nothing is written."""
    before = contents(root)
    assert main(["check"]) == 1
    assert main(["diff", "-q"]) == 1
    assert (
        "+++ b/README.md\n@@ -0,0 +1 @@\n+readme\n\\ No newline at end of file\n" in capsys.readouterr().out
    )
    assert contents(root) == before
    assert main(["generate", "-q"]) == 0
    assert main(["check"]) == main(["diff"]) == 0

    fill(root, {"README.md": "mine", "api/order/v1/order.proto": 'syntax = "proto3"; // new\n'})
    fake.server["README.md"] = "readme v2"
    capsys.readouterr()
    assert main(["diff"]) == main(["check", "-q"]) == 1
    said = capsys.readouterr()
    assert re.search(
        r"^conflict README.md:1: lines \w+: you changed lines that are now generated", said.err, re.M
    )
    assert main(["generate"]) == main(["check"]) == main(["diff"]) == 1
    assert (root / "README.md").read_text() == "mine"


def test_json(root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]) -> None:
    """One object on stdout, the same for a dry run and the real one."""
    assert main(["generate", "--dry-run", "--json"]) == 0
    dry = json.loads(capsys.readouterr().out)
    assert main(["generate", "--json"]) == 0
    real = json.loads(capsys.readouterr().out)
    assert real["changes"] == dry["changes"]
    assert real["changes"][0] == {
        "path": "src/order_service/gen/order.py",
        "action": "create",
        "owner": "machine",
        "note": "",
        "moved_from": "",
        "proposal": "",
        "details": [],
    }
    assert (dry["conflicts"], real["conflicts"]) == ([], [])
    assert (dry["dry_run"], real["dry_run"]) == (True, False)


def test_json_of_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who reads JSON gets JSON for an error, too."""
    assert main(["generate", "--json", "-C", str(tmp_path)]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["changes"] == []
    assert [(item["code"], item["severity"]) for item in said["diagnostics"]] == [("no-project", "error")]


def test_directory(root: Path, fake: FakePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-C` is where everything happens."""
    monkeypatch.chdir(tmp_path)
    assert main(["-C", "order-service/api", "generate", "-q"]) == 0
    assert (root / "README.md").exists()


def test_fault_of_the_tool(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug is a sentence and exit 70; `-v` shows the traceback."""

    def broken(*_: object, **__: object) -> None:
        raise KeyError("gone")

    monkeypatch.setattr(app, "generate", broken)
    assert main(["generate"]) == 70
    assert capsys.readouterr().err == (
        "scaffold: internal error: KeyError: 'gone'\n"
        "  This is a fault of scaffold. Please report it; `-v` shows where.\n"
    )
    assert main(["generate", "-v"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_interrupted(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C is one line and exit 130."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "generate", interrupted)
    assert main(["generate"]) == 130
    assert capsys.readouterr().err == "\nscaffold: interrupted\n"


def test_operating_system_says_no(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be read is named."""

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "scaffold.yaml")

    monkeypatch.setattr(app, "generate", denied)
    assert main(["generate"]) == 2
    assert capsys.readouterr().err == "scaffold.yaml: error[io]: Permission denied\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_reader_that_goes_away(tmp_path: Path) -> None:
    """`scaffold --help | head -1` ends quietly."""
    process = subprocess.Popen([*RUN, "--help"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() in (0, 141)


@pytest.mark.parametrize("words", ["", *(command.words for command in COMMANDS), "proto"])
def test_golden_help(words: str) -> None:
    """The help pages, read as a whole."""
    golden = Path(__file__).parent / "help" / f"{words.replace(' ', '-') or 'scaffold'}.txt"
    page = pages.page(words.split(), Style(None))
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(page, encoding="utf-8")
    assert page == golden.read_text(encoding="utf-8")
    assert max(map(len, page.splitlines())) <= 120


@pytest.mark.parametrize("line", ["--help", "-h", "", "generate --help", "--help generate", "new a -h"])
def test_help_is_a_success(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Help goes to stdout and is no failure, wherever it is asked for."""
    assert main(line.split()) == 0
    assert capsys.readouterr().out.startswith("Usage: scaffold")


def test_version(tmp_path: Path) -> None:
    """`--version` and `python -m scaffolder` know the version."""
    from scaffolder import __version__

    assert run("--version", cwd=tmp_path).stdout == f"scaffold {__version__}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(tmp_path: Path, shell: str) -> None:
    """The script of the shell, and what it gets when it asks."""
    source = run(cwd=tmp_path, _SCAFFOLD_COMPLETE=f"source_{shell}")
    assert "_SCAFFOLD_COMPLETE" in source.stdout
    asked = {"COMP_WORDS": "scaffold pro", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "scaffold pro"}
    answer = run(
        cwd=tmp_path, _SCAFFOLD_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_FISH_ACTION="get-args", **asked
    )
    assert "proto" in answer.stdout


def test_no_colour_in_pipes(tmp_path: Path) -> None:
    """Nobody gets escape sequences who is not a terminal."""
    assert "\033" not in run("--help", cwd=tmp_path).stdout
    assert "\033" not in run("generate", cwd=tmp_path).stderr


class Terminal:
    """A stream that says it is a terminal."""

    closed = False

    def isatty(self) -> bool:
        return True


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal has colour, unless NO_COLOR is set or it is a dumb one."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal: object = Terminal()
    assert Style(terminal).red("x") == "\033[31mx\033[0m"  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert Style(terminal).red("x") == "x"  # type: ignore[arg-type]
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert Style(terminal).red("x") == "x"  # type: ignore[arg-type]


def test_narrow_encoding(tmp_path: Path) -> None:
    """A console that cannot draw lines gets a tree of plain characters."""
    result = run("new", "order-service", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert "`-- " in result.stdout


class Keyboard:
    """Answers to the questions of a run, then the end of the input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        left = iter(answers)

        def read(_: object = "") -> str:
            try:
                return next(left)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
        monkeypatch.setattr(typer, "prompt", lambda _, default, **__: self.prompt(read, default))

    @staticmethod
    def prompt(read: object, default: str) -> str:
        try:
            return read() or default  # type: ignore[operator]
        except EOFError:
            raise typer.Abort from None


def test_questions(root: Path, fake: FakePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the name is asked for until it is possible; an empty answer takes the default."""
    Keyboard(monkeypatch, "types", "shop", "", "docker")
    assert main(["new"]) == 0
    assert (root / "shop/scaffold.yaml").read_text().count("docker") == 2


def test_end_of_input_is_never_yes(
    root: Path, fake: FakePipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The end of the input at any question stops the run, and nothing is made."""
    before = contents(root)
    for answers in ([], ["shop"], ["shop", ""]):
        Keyboard(monkeypatch, *answers)
        assert main(["new"]) == 2
        assert "error[no-answer]" in capsys.readouterr().err
    assert contents(root) == before


def test_new_prints_tree_and_next_steps(
    root: Path, fake: FakePipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    """At the end of `new` stand the tree, machine folders folded, and what to do next."""
    assert main(["new", "shop", "--no-input"]) == 0
    assert capsys.readouterr().out == (
        "shop/\n"
        "├── README.md\n"
        "├── scaffold.yaml\n"
        "├── .scaffold/  (1 file, the machine's)\n"
        "├── api/\n"
        "│   └── shop/\n"
        "│       └── v1/\n"
        "│           └── shop.proto\n"
        "└── src/\n"
        "    └── order_service/\n"
        "        ├── gen/  (1 file, the machine's)\n"
        "        └── service/\n"
        "            └── order.py\n"
        "\nnext:\n  cd shop\n  python -m venv .venv && .venv/bin/python -m pip install -e .\n"
        "  scaffold run\n  scaffold routes\n"
    )
