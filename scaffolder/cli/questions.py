"""Questions on a terminal, each with a sensible answer ready. The end of the input is never an answer."""

from __future__ import annotations

import typer

from scaffolder.diagnostics import ScaffoldError, fail
from scaffolder.project import FEATURES
from scaffolder.project.names import validate_project_name


def ask_for_contracts() -> list[str]:
    """The contract to begin with; none stands for the sample."""
    answer = _ask("Contract, a .proto file or a folder (empty: a sample)", "")
    return [answer] if answer else []


def ask_for_features() -> list[str]:
    """The optional parts."""
    return [part.strip() for part in _ask("Features, or none", ",".join(FEATURES)).split(",") if part.strip()]


def ask_for_name() -> str:
    """A project name that is possible, asked for until there is one."""
    while True:
        name = _ask("Project name", "order-service")
        try:
            validate_project_name(name)
        except ScaffoldError as error:
            typer.echo(str(error), err=True)
            continue
        return name


def _ask(question: str, default: str) -> str:
    try:
        answer = typer.prompt(question, default=default, show_default=bool(default), err=True)
    except typer.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise fail(
            "no-answer", "the input has ended; nothing was made", "scaffold new NAME --no-input"
        ) from error
    return str(answer).strip()
