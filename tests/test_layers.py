"""Imports run downward only: cli → app → stages; a stage knows the shared values, never another stage.

The targets know the contract they write for, what is standard in it, and the merge that they teach their language;
nobody else knows either.
"""

import ast
from pathlib import Path

import pytest

import scaffolder

ROOT = Path(scaffolder.__file__).parent

VALUES = {"artifact", "cache", "diagnostics", "paths", "suggest", "resources", ""}
"""Shared by all: values, and helpers that know nothing of the pipeline. The root holds the version."""

ALLOWED: dict[str, set[str]] = {
    "artifact": set(),
    "cache": set(),
    "diagnostics": set(),
    "paths": set(),
    "suggest": set(),
    "resources": {"", "diagnostics"},
    "overlay": {"paths", "diagnostics"},
    "project": VALUES,
    "contract": VALUES,
    "merge": VALUES,
    "standard": VALUES | {"contract"},
    "targets": VALUES | {"contract", "merge", "standard"},
    "plan": VALUES | {"targets", "overlay"},
    "render": VALUES | {"overlay"},
    "workspace": VALUES | {"overlay"},
    "app": VALUES
    | {"contract", "merge", "overlay", "standard", "targets", "plan", "render", "workspace", "project"},
    "cli": VALUES | {"app", "project"},
    "__main__": {"cli"},
}


def part(module: str) -> str:
    """The part of the tool that a dotted module belongs to: `contract` of `scaffolder.contract.model`."""
    return [*module.split("."), ""][1]


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = node.module == "scaffolder"
            found |= {f"scaffolder.{alias.name}" for alias in node.names} if inside else {node.module}
    return {part(name) for name in found if name.split(".")[0] == "scaffolder"}


@pytest.mark.parametrize(
    "path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_imports_run_downward(path: Path) -> None:
    own = path.relative_to(ROOT).with_suffix("").parts[0]
    if own == "__init__":
        return
    foreign = imported(path) - {own, "__version__"}
    assert foreign <= ALLOWED[own], f"{own} may not import {sorted(foreign - ALLOWED[own])}"


def test_contract_model_knows_no_language() -> None:
    """A second output language would need nothing changed below `targets/`."""
    for path in (ROOT / "contract").rglob("*.py"):
        assert "targets" not in imported(path)


def test_merge_knows_no_language() -> None:
    """What merges definitions learns of a language through values that the target hands it."""
    for path in (ROOT / "merge").rglob("*.py"):
        assert imported(path) <= {"merge", "artifact"}, path.name
