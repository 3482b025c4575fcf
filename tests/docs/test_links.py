"""Links of the documents lead to files and to headings that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]

_LINK = re.compile(r"\[[^\]\n]+\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def links(document: Path) -> list[tuple[Path, str]]:
    text = _CODE.sub("", document.read_text(encoding="utf-8"))
    return [
        ((document.parent / path) if path else document, heading) for path, heading in _LINK.findall(text)
    ]


def headings(document: Path) -> set[str]:
    """As GitHub makes anchors of them."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target, heading in links(document):
        assert target.exists(), f"{document.name}: no {target}"
        assert not heading or heading in headings(target), f"{document.name}: no #{heading} in {target.name}"


def test_every_page_is_named_by_the_readme() -> None:
    named = {target.resolve() for target, _ in links(ROOT / "README.md")}
    pages = (ROOT / "docs").glob("*.md")
    assert [page.name for page in pages if page.resolve() not in named] == []
