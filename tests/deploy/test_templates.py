"""What holds for every rendered file of every shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .shapes import SHAPES

Rendered = Callable[[str], Path]


def texts(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("shape", SHAPES)
def test_text_is_tidy(rendered: Rendered, shape: str) -> None:
    """No template syntax, trailing space or pile of empty lines is left; one line end is last."""
    for path, text in texts(rendered(shape)).items():
        assert not re.search(r"(?<!\$)\{\{|\{%|[ \t]+$", text, re.M), path
        assert not re.search(r"\n{3,}", text), path
        assert text.endswith("\n") and not text.endswith("\n\n"), path


def test_ports_come_from_one_place(rendered: Rendered) -> None:
    """A project with other ports has them everywhere, and the usual ones nowhere."""
    found = texts(rendered("three-services"))

    assert not [path for path, text in found.items() if re.search(r"\b[89]000\b", text)]
    for path in (
        "configs/config.yaml",
        "Dockerfile",
        "compose.yaml",
        "deploy/deployment.yaml",
        "deploy/service.yaml",
    ):
        assert {"9100", "8100"} <= set(re.findall(r"\b\d{4}\b", found[path])), path


@pytest.mark.parametrize("shape", SHAPES)
def test_owner_is_in_the_first_line(rendered: Rendered, shape: str) -> None:
    """Every file that can hold a comment begins with its owner."""
    for path, text in texts(rendered(shape)).items():
        owner = "Yours" if path == "configs/config.yaml" else "Merged"
        assert path.endswith(".md") or text.startswith(f"# {owner}: "), path


def test_a_feature_that_is_off_leaves_no_trace(rendered: Rendered) -> None:
    """Without features there is no file of theirs, and no text that speaks of one."""
    found = texts(rendered("no-features"))

    traces = re.compile(r"docker|kubectl|kubernetes|compose|workflow", re.I)
    assert not [path for path in found if path.startswith((".github", "deploy")) or "ocker" in path]
    mentions = {path for path, text in found.items() if traces.search(text)}
    assert mentions <= {"constraints.txt"}
