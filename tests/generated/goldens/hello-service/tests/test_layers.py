"""Who may import whom: transport → service → biz ← data; only wiring knows all."""

import ast
from pathlib import Path

import pytest

import hello_service

SOURCE = Path(hello_service.__file__).parent
FORBIDDEN = {
    "biz": {"gen", "transport", "service", "data", "wiring", "config"},
    "service": {"transport", "data", "wiring", "config"},
    "data": {"gen", "transport", "service", "wiring", "config"},
}
KIT_FOR_BIZ = {"details", "errors", "money", "resource"}


def imported(module: Path) -> set[str]:
    """The modules of this package that a module imports, below the package: ``kit.errors``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    prefix = "hello_service."
    return {name.removeprefix(prefix) for name in found if name.startswith(prefix)}


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_layer_imports_only_what_it_may(layer: str) -> None:
    for module in (SOURCE / layer).rglob("*.py"):
        layers = {name.split(".")[0] for name in imported(module)}
        assert not layers & FORBIDDEN[layer], module


def test_biz_knows_no_transport_of_the_kit() -> None:
    for module in (SOURCE / "biz").rglob("*.py"):
        kit = {name.split(".")[1] for name in imported(module) if name.startswith("kit.")}
        assert kit <= KIT_FOR_BIZ, module
