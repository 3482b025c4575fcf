"""`scaffold lint`: what is unusual in the project's contracts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scaffolder import project as projects
from scaffolder.app.care import buf
from scaffolder.app.care.advice import of_lint, sentence
from scaffolder.app.care.compiled import Compiled, compiled
from scaffolder.app.care.findings import Findings, by_place
from scaffolder.app.care.rules import LINT
from scaffolder.app.contracts import named
from scaffolder.diagnostics import Diagnostic


def lint(root: Path, paths: Sequence[str] = ()) -> Findings:
    """Checks the contracts of the project in `root`; with `paths` (files, folders, import names) only what they name.

    A path may name a contract that scaffold.yaml does not list; all are compiled together, for some rules compare them.
    """
    buf.find()
    project = projects.read(root)
    wanted = named(paths, project)
    contracts = compiled(project, wanted)
    checked = [name for name in contracts.own if not wanted or name in wanted]
    checked += [name for name in wanted if name not in checked]
    found = [item for item in _found(contracts, checked) if item is not None]
    return Findings(root, tuple(sorted(found, key=by_place)), tuple(checked))


def _found(contracts: Compiled, checked: Sequence[str]) -> list[Diagnostic]:
    """What buf and the rules of google.api.http have against the contracts `checked`."""
    found = []
    together = dict.fromkeys([*contracts.own, *checked])
    reasons = {reason.location for enum in contracts.contract.errors for reason in enum.errors}
    for rules, names in contracts.by_rules(together):
        for violation in buf.lint(contracts.image(names), rules.for_lint()):
            if not violation.file or violation.file in checked:
                place = contracts.place(violation.file, violation.line, violation.column)
                # Callers see the name of a reason: it is chosen for them, and a prefix would be a part of it.
                if rules.lint is LINT and violation.rule == "ENUM_VALUE_PREFIX" and place in reasons:
                    continue
                hint = of_lint(violation.rule, violation.message)
                found.append(Diagnostic(violation.rule, sentence(violation.message), hint, place))
    places = {contracts.place(name).path for name in checked}
    for item in contracts.contract.warnings:
        if item.location and item.location.path in places:
            found.append(Diagnostic(item.code, item.message, item.hint, item.location))
    return found
