"""A plan as a revision's file: its name, and what the template is given."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from scaffolder.targets.python.migrations import words
from scaffolder.targets.python.migrations.code import Code
from scaffolder.targets.python.migrations.diff import Plan
from scaffolder.targets.python.migrations.operations import INDENT
from scaffolder.targets.python.migrations.retyping import family
from scaffolder.targets.python.migrations.steps import undone
from scaffolder.targets.python.storage.tables import Table

FOLDER = "migrations/versions"
_VARIANT = re.compile(r"sa\.\w+\([^()]*\)\.with_variant\(\w+\.\w+\([^()]*\), \"\w+\"\)")


@dataclass(frozen=True, slots=True)
class Revision:
    """`path` is relative to the project; `view` is what ``revision.py.j2`` is rendered from."""

    id: str
    path: str
    view: dict[str, Any]


def revision(plan: Plan, before: Sequence[Table], number: str, parents: tuple[str, ...]) -> Revision:
    """The revision of a plan that follows `parents`; one of several heads merges them."""
    was, now = ({table.name: table for table in tables} for tables in (before, plan.state.tables))
    up = Code(was | now, was | now).statements(plan.steps)
    down = Code(was | now, now | was).statements(undone(plan.steps))
    types, up, down = _shared_types(up, down)
    key = json.dumps([number, sorted(parents), types, up, down], ensure_ascii=False)
    identifier = sha256(key.encode()).hexdigest()[:12]
    view = {
        "id": identifier,
        "parents": parents,
        "title": words.title(plan.steps),
        "notes": _notes(plan),
        "types": types,
        "destroys": plan.destroys,
        "upgrade": _body(up),
        "downgrade": _body(down),
        "has": any("_has(" in line for line in (*up, *down)),
        "rewrites": any("_rewrite(" in line for line in (*up, *down)),
        "refuses": any("_refuse(" in line for line in (*up, *down)),
    }
    return Revision(identifier, f"{FOLDER}/{number}_{words.slug(plan.steps)}.py", view)


def _shared_types(up: list[str], down: list[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """Types that differ on the databases have a name, by which the statements go."""
    found = sorted({kind for line in (*up, *down) for kind in _VARIANT.findall(line)})
    names: dict[str, str] = {}
    for kind in found:
        name = {"text": "TEXT", "json": "JSON", "int": "NUMBER", "numeric": "UNSIGNED"}.get(
            family(kind), "TYPE"
        )
        names[name if name not in names else f"{name}_{len(names)}"] = kind

    def named(line: str) -> str:
        for name, kind in names.items():
            line = line.replace(kind, name)
        return line

    return names, [named(line) for line in up], [named(line) for line in down]


def _notes(plan: Plan) -> list[str]:
    """What a reader has to know of the revision beside its code."""
    phrases = words.phrases(plan.steps)
    told = phrases if len("; ".join(phrases)) > 100 else []
    doubts = [f"fails, and changes nothing, where {doubt}" for doubt in words.doubts(plan.steps)]
    lost = [each.text for each in plan.lost]
    return [*told, *words.losses(plan.steps), *lost, *doubts]


def _body(lines: Sequence[str]) -> list[str]:
    code = [line for line in lines if line.strip() != "pass"]
    return [INDENT + line for line in (lines if code else ["pass"])]
