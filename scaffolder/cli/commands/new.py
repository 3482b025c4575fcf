"""`new`: asks for what is missing where there is somebody to ask, and prints the project at the end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scaffolder.app.report import Report
from scaffolder.cli.console import Console
from scaffolder.cli.reporting import print_json
from scaffolder.cli.tree import draw
from scaffolder.diagnostics import Diagnostic, ScaffoldError, fail
from scaffolder.paths import shown
from scaffolder.project import FEATURES


def new(
    *,
    console: Console,
    name: str | None,
    protos: list[str],
    include: list[str],
    features: list[str],
    output: str | None,
    template: str | None,
    checkout: str | None,
    extra: list[str],
    replay: bool,
    no_input: bool,
    dry_run: bool,
    json: bool,
) -> int:
    """`scaffold new`."""
    ask = not no_input and sys.stdin.isatty() and sys.stderr.isatty()
    if template is not None:
        _refuse_together("--template", {"--proto": protos, "-I": include, "--with": features})
        from scaffolder.app.template import TemplateRequest, new_from_template

        name = name or _ask_for_name(ask)
        skip = not ask and not replay
        folder = Path(output or "")
        wanted = TemplateRequest(name, template, checkout or "", _pairs(extra), replay, skip, folder)
        report = new_from_template(wanted, dry_run=dry_run)
    else:
        _refuse_alone("--template", {"--checkout": checkout, "--extra": extra, "--replay": replay})
        from scaffolder.app.new import Request
        from scaffolder.app.new import new as make

        features = [part for item in features for part in item.split(",") if part]
        if name is None:
            name = _ask_for_name(ask)
            protos, features = _ask_for_rest(protos, features)
        report = make(
            Request(name, protos, include, features or FEATURES, Path(output or "")), dry_run=dry_run
        )
    _print(report, console, as_json=json)
    return 0


def _ask_for_name(ask: bool) -> str:
    if not ask:
        raise fail("usage", "Missing argument 'NAME'", "scaffold new order-service")
    from scaffolder.cli.questions import ask_for_name

    return ask_for_name()


def _ask_for_rest(protos: list[str], features: list[str]) -> tuple[list[str], list[str]]:
    from scaffolder.cli.questions import ask_for_contracts, ask_for_features

    return protos or ask_for_contracts(), features or ask_for_features()


def _pairs(extra: list[str]) -> dict[str, str]:
    wrong = [item for item in extra if not item.partition("=")[1]]
    if wrong:
        raise ScaffoldError(
            Diagnostic("usage", f"--extra {item}: no `=` in it", "--extra key=value") for item in wrong
        )
    return dict(item.split("=", 1) for item in extra)


def _refuse_together(option: str, others: dict[str, list[str]]) -> None:
    for other, values in others.items():
        if values:
            hint = (
                "a template brings its own contracts; add yours with `scaffold proto server PATH` afterwards"
            )
            raise fail("usage", f"{other} cannot be combined with {option}", hint)


def _refuse_alone(option: str, others: dict[str, object]) -> None:
    for other, value in others.items():
        if value:
            raise fail(
                "usage", f"{other} means nothing without {option}", f"add {option} SRC, or leave it out"
            )


def _print(report: Report, console: Console, *, as_json: bool) -> None:
    console.diagnostics(report.warnings)
    if as_json:
        print_json(report, console)
        return
    if console.quiet:
        return
    console.result(draw(report.root.name, [change.path for change in report.changes]))
    if report.dry_run:
        console.note("\nnothing was written: this was a dry run")
        return
    steps = [f"cd {shown(report.root)}", *_steps(report)]
    console.result("\nnext:\n" + "\n".join(f"  {step}" for step in steps))


def _steps(report: Report) -> list[str]:
    """The next commands, those that the project has."""
    paths = {change.path for change in report.changes}
    if "scaffold.yaml" not in paths:
        return []
    if "Makefile" in paths and os.name != "nt":
        return ["make test", "make run", "scaffold routes"]
    python = ".venv\\Scripts\\python" if os.name == "nt" else ".venv/bin/python"
    return [f"python -m venv .venv && {python} -m pip install -e .", "scaffold run", "scaffold routes"]
