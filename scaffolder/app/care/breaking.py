"""`scaffold breaking`: what a change of the contracts breaks for those who use the service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scaffolder import project as projects
from scaffolder.app.care import buf, past
from scaffolder.app.care.advice import of_breaking, quoted, sentence
from scaffolder.app.care.compiled import Compiled, compiled
from scaffolder.app.care.findings import Findings, by_place
from scaffolder.app.care.rules import Rules, check_level
from scaffolder.app.care.successors import Successors
from scaffolder.contract.compatibility import http_changes
from scaffolder.diagnostics import Diagnostic

NO_HTTP = "wire"
"""The level at which only the binary encoding counts, and so no URL."""

TELLS_OF_RPCS = ("file", "package")
"""The levels at which buf itself tells of an RPC that is gone."""


def breaking(root: Path, against: str = "", level: str = "") -> Findings:
    """Compares the contracts of the project in `root` with those that `against` names: see `scaffolder.app.care.past`.

    `level` is one of `scaffolder.app.care.rules.LEVELS`, "" for what buf.yaml says, which is `file` if it does not.
    """
    check_level(level)
    buf.find()
    project = projects.read(root)
    then = past.read(project, against)
    if isinstance(then, past.Nothing):
        return Findings(root, notes=(f"nothing to compare: {then.why}",))
    now = compiled(project)
    found = [*_by_buf(now, then, level), *_by_urls(now, then, level)]
    return Findings(root, tuple(sorted(found, key=by_place)), then.own, then.label)


def _by_buf(now: Compiled, then: past.Past, level: str) -> Iterator[Diagnostic]:
    successors = Successors(then.contract, now.contract)
    for rules, names in _parted(now, then):
        found = buf.breaking(now.image(names), then.image(names), rules.for_breaking(level))
        for violation in found:
            file = violation.file or successors.file_of(quoted(violation.message))
            line, column = (violation.line, violation.column) if violation.file else (0, 0)
            hint = of_breaking(violation.rule, violation.message, successors)
            place = now.place(file, line, column) if file else None
            yield Diagnostic(violation.rule, sentence(violation.message), hint, place)


def _parted(now: Compiled, then: past.Past) -> Iterator[tuple[Rules, frozenset[str]]]:
    """The contracts of both sides by the rules that hold for them."""
    return now.by_rules(dict.fromkeys([*then.own, *now.found_in_project]))


def _by_urls(now: Compiled, then: past.Past, level: str) -> Iterator[Diagnostic]:
    """What buf does not know of: the bindings of google.api.http."""
    remaining = {method.full_name for service in now.contract.services for method in service.methods}
    for rules, names in _parted(now, then):
        chosen = rules.level(level)
        for service in then.contract.services if chosen != NO_HTTP else ():
            if service.file not in names:
                continue
            before = [
                method
                for method in service.methods
                if method.full_name in remaining or chosen not in TELLS_OF_RPCS
            ]
            for item in http_changes(before, now.contract):
                if not rules.skips(item.code, service.file):
                    yield item if item.location else replace(item, location=now.place(service.file))
