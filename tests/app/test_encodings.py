"""A merge takes over a file's own ways: its encoding, its byte order mark, its line ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.support import HANDLERS, FakePipeline, change_contract, handlers, regenerate, state

COOKIE = "# -*- coding: latin-1 -*-\n"
MINE, BOTH = handlers(get="'mine é'", put="1"), handlers(get="'mine é'", put="2", watch="1")
NEW = handlers(get="1", put="2", watch="1")


def merged(root: Path, fake: FakePipeline, mine: bytes, incoming: str = NEW) -> bytes:
    """The user's file after the contract changed `put` and brought `watch`; a second run writes nothing."""
    regenerate(root)
    (root / HANDLERS).write_bytes(mine)
    change_contract(root)
    fake.server[HANDLERS] = incoming
    assert not regenerate(root).needs_attention
    before = state(root)
    assert regenerate(root).changes == ()
    assert state(root) == before
    return (root / HANDLERS).read_bytes()


@pytest.mark.parametrize(
    ("before", "after", "encoding", "newline"),
    [
        ("", "", "utf-8", "\n"),
        ("", "", "utf-8-sig", "\n"),
        ("", "", "utf-8", "\r\n"),
        ("", "", "utf-8-sig", "\r\n"),
        (COOKIE, "", "latin-1", "\n"),
        (COOKIE, "", "latin-1", "\r\n"),
        ("", "x = 1  # no newline", "utf-8", "\n"),
        ("# \u2028 \x0c \x85\n", "", "utf-8", "\n"),
    ],
    ids=["plain", "bom", "crlf", "bom-crlf", "latin-1", "latin-1-crlf", "open-end", "odd-separators"],
)
def test_edited_file_keeps_its_ways(  # noqa: PLR0917 (the columns of the table)
    root: Path, fake: FakePipeline, before: str, after: str, encoding: str, newline: str
) -> None:
    """What is spliced in takes the ways of the file, and every other byte stays."""

    def made(text: str) -> bytes:
        return (before + text + after).replace("\n", newline).encode(encoding)

    if after:
        assert merged(root, fake, made(MINE), handlers(get="1", put="2")) == made(
            handlers(get="'mine é'", put="2")
        )
    else:
        assert merged(root, fake, made(MINE)) == made(BOTH)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_line_ends_of_a_checkout_are_no_edit(root: Path, fake: FakePipeline, encoding: str) -> None:
    """A file that git checked out with CRLF follows the contract as if untouched, and keeps its line ends."""
    mine = handlers(get="1", put="1").replace("\n", "\r\n").encode(encoding)
    assert merged(root, fake, mine) == NEW.replace("\n", "\r\n").encode(encoding)


def test_character_that_the_encoding_lacks(root: Path, fake: FakePipeline) -> None:
    """What cannot be written in the file's encoding is a conflict of the file, which stays to the byte."""
    regenerate(root)
    mine = (COOKIE + MINE).encode("latin-1")
    (root / HANDLERS).write_bytes(mine)
    change_contract(root)
    fake.server[HANDLERS] = handlers(get="1", put="'…'")
    report = regenerate(root)
    assert report.needs_attention
    assert (
        "latin-1" in report.conflicts[0].conflicts[0].reason
        or "iso-8859-1" in report.conflicts[0].conflicts[0].reason
    )
    assert (root / HANDLERS).read_bytes() == mine


@pytest.mark.parametrize(
    "mine", [b"# caf\xe9\nx = 1\n", b"x = '\0'\n", b"# coding: nonsense\nx = 1\n", b"\xff\xfe\x00"]
)
def test_file_that_is_no_text_is_left_alone(root: Path, fake: FakePipeline, mine: bytes) -> None:
    """Bytes that are no text in the declared encoding are a conflict of the whole file; nothing is guessed."""
    regenerate(root)
    (root / HANDLERS).write_bytes(mine)
    change_contract(root)
    fake.server[HANDLERS] = NEW
    assert regenerate(root).needs_attention
    before = state(root)
    assert regenerate(root).needs_attention
    assert state(root) == before
    assert (root / HANDLERS).read_bytes() == mine
