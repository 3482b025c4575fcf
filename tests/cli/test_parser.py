"""The small parser and typer read the same from the same words: where the first one answers, both agree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.cli.parser import parse
from scaffolder.cli.table import COMMANDS, COMMON, Command, Parameter
from scaffolder.cli.typer_app import interpret
from scaffolder.diagnostics import ScaffoldError

words = st.sampled_from(
    ["order-service", "api/order.proto", "a=b", "x", "-", "--", "-q", "-Cx", "--nope", "", "é", "1"]
)


@st.composite
def options(draw: st.DrawFn, parameter: Parameter) -> list[str]:
    """One spelling of an option, with a value where it takes one."""
    flag = draw(st.sampled_from(parameter.flags))
    if parameter.is_flag:
        return [flag]
    value = draw(words)
    return [f"{flag}={value}"] if flag.startswith("--") and draw(st.booleans()) else [flag, value]


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A command line, mostly one that means something."""
    command: Command = draw(st.sampled_from(COMMANDS))
    pieces = [
        draw(st.one_of(words.map(lambda word: [word]), st.sampled_from(_options(command)).flatmap(options)))
        for _ in range(draw(st.integers(0, 4)))
    ]
    before = draw(st.lists(st.sampled_from(COMMON).flatmap(options), max_size=1))
    return (
        [part for piece in before for part in piece]
        + command.words.split()
        + [p for piece in pieces for p in piece]
    )


def _options(command: Command) -> list[Parameter]:
    return [parameter for parameter in command.parameters if not parameter.is_argument]


@settings(max_examples=150, deadline=None)
@given(lines())
def test_both_agree(line: list[str]) -> None:
    """Whatever the small parser reads, typer reads as well; whatever typer refuses, it refuses."""
    quick = parse(line)
    try:
        slow = interpret(line)
    except ScaffoldError:
        slow = None
    if quick is not None:
        assert slow is not None and not isinstance(slow, int)
        assert (slow[0].words, slow[1]) == (quick[0].words, quick[1])


@pytest.mark.parametrize(
    "line",
    [
        "new order-service",
        "new order-service --proto a.proto --proto=b.proto -I protos -I . --with docker,ci --output there",
        "new --template ../t --checkout main --extra a=b --extra c=d --replay --no-input",
        "new -- -strange-",
        "proto add api/order/v1/order.proto --json",
        "proto client",
        "proto server a.proto b.proto -t src/a/b -n",
        "-C there generate --dry-run",
        "generate -C there -q",
        "diff --json -v",
        "generate --prune --restore README.md --restore=a.py::A.b --rename a.B=C --conflict markers",
        "proto client --prune",
        "upgrade --conflict=keep -n",
        "check",
        "lint",
        "lint api/order/v1 b.proto --json",
        "breaking --against main --level=wire-json",
        "run --reload",
        "routes",
    ],
)
def test_ordinary_lines_need_no_typer(line: str) -> None:
    """What people type is read by the small parser, and typer agrees."""
    quick = parse(line.split())
    assert quick is not None
    assert interpret(line.split()) == quick


@pytest.mark.parametrize(
    "line",
    ["-qv generate", "generate -Cthere", "proto server -tsrc/a/b", "new a --out there", "generate -qn"],
)
def test_rare_spellings_are_left_to_typer(line: str) -> None:
    """The small parser does not guess."""
    assert parse(line.split()) is None


def test_common_options_stand_anywhere() -> None:
    """Before the command and after it; the later one counts."""
    for line in (["-C", "a", "generate", "-C", "b", "-q"], ["-C", "a", "-q", "generate", "-C", "b"]):
        for read in (parse, interpret):
            outcome = read(line)
            assert isinstance(outcome, tuple)
            assert outcome[1] == {
                "directory": "b",
                "quiet": True,
                "verbose": False,
                "prune": False,
                "rename": [],
                "restore": [],
                "conflict": None,
                "dry_run": False,
                "json": False,
            }


def test_every_command_can_be_called() -> None:
    """Each handler exists and takes what its command reads."""
    import inspect
    from importlib import import_module

    for command in COMMANDS:
        module, _, name = command.handler.partition(":")
        parameters = inspect.signature(getattr(import_module(module), name)).parameters
        read = {parameter.name for parameter in command.parameters} - {p.name for p in COMMON}
        assert set(parameters) == read | {"console"}, command.words
