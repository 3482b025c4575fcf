"""Merging by line: readable cases, then laws over random edits, then files as they are generated."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.merge.formats import problem
from scaffolder.merge.lines import has_markers, merge_lines
from scaffolder.merge.result import Choices, Detail, Did, Merged


def lines(text: str) -> str:
    """One line a word: `a b` is `a\\nb\\n`; `_` is a blank line."""
    return "".join(f"{'' if word == '_' else word}\n" for word in text.split())


CLEAN = {
    # claim: (base, current, incoming, result)
    "nothing new leaves the user's text": ("a b c", "a X c", "a b c", "a X c"),
    "an untouched text becomes the incoming one": ("a b c", "a b c", "a c d", "a c d"),
    "changes apart both apply": ("a b c d e", "a B c d e", "a b c D e", "a B c D e"),
    "a replaced line beside a replaced line": ("a b c d", "a B c d", "a b C d", "a B C d"),
    "a replaced line above a removed one": ("a b c d", "a B c d", "a b d", "a B d"),
    "the same change on both sides": ("a b c", "a X c", "a X c", "a X c"),
    "the same insertion on both sides": ("a b", "a X b", "a X b", "a X b"),
    "the user's insertion begins with the tool's": ("a b", "a X Y b", "a X b", "a X Y b"),
    "the tool's insertion holds the user's": ("a b", "a Y b", "a X Y Z b", "a X Y Z b"),
    "an insertion below a line replaced by one": ("a b", "a B", "a b X", "a B X"),
    "an insertion above a line replaced by one": ("a b c", "a X b c", "a B c", "a X B c"),
    "a deleted line stays deleted": ("a b c d e", "a c d e", "a b c d E", "a c d E"),
    "both delete": ("a b c", "a c", "a c", "a c"),
    "the user emptied the file, nothing new": ("a b", "", "a b", ""),
    "the tool emptied the file": ("a b", "a b", "", ""),
    "a first text for an empty file": ("", "", "a b", "a b"),
    "both start a file alike": ("", "a b", "a b", "a b"),
    "repeated lines do not confuse": (
        "x: } y: } z: }",
        "x: } Y: } z: }",
        "x: } y: } z: } w: }",
        "x: } Y: } z: } w: }",
    ),
}


@pytest.mark.parametrize("case", CLEAN.values(), ids=CLEAN.keys())
def test_changes_that_do_not_touch_both_apply(case: tuple[str, str, str, str]) -> None:
    base, current, incoming, result = map(lines, case)
    merged = merge_lines(base, current, incoming)
    assert merged.text == result
    assert (merged.base, merged.conflicts) == (incoming, ())


CONFLICTS = {
    # claim: (base, current, incoming, result, next base, the line of the conflict)
    "one line, two changes": ("a b c", "a X c", "a Y c", "a X c", "a b c", 2),
    "the user deleted what changed": ("a b c", "a c", "a B c", "a c", "a b c", 2),
    "the tool deleted what the user changed": ("a b c", "a B c", "a c", "a B c", "a b c", 2),
    "two insertions at one place": ("a b", "a X b", "a Y b", "a X b", "a b", 2),
    "two insertions at the end": ("a", "a X", "a Y", "a X", "a", 2),
    "an insertion beside a deleted block": ("a b c", "a b c X", "a", "a b c X", "a b c", 2),
    "an insertion within a deleted block": ("a b c d", "a d", "a b X c d", "a d", "a b c d", 2),
    "a line that would stand there twice": ("a b c", "a X c", "a b X", "a X c", "a b c", 2),
    "a conflict among changes": ("a b c d e", "A b X d e", "a b Y d E", "A b X d E", "a b c d E", 3),
    "two new files": ("", "a", "b", "a", "", 1),
}


@pytest.mark.parametrize("case", CONFLICTS.values(), ids=CONFLICTS.keys())
def test_conflict_leaves_its_place_as_it_was(case: tuple[str, str, str, str, str, int]) -> None:
    base, current, incoming, result, following = map(lines, case[:5])
    merged = merge_lines(base, current, incoming)
    assert (merged.text, merged.base) == (result, following)
    (conflict,) = merged.conflicts
    assert re.fullmatch(r"lines [0-9a-f]{8}", conflict.name)
    assert conflict.line == case[5]
    assert conflict.reason
    assert Detail(Did.CONFLICT, conflict.name, conflict.line, conflict.reason) in merged.details


def test_conflict_holds_all_three_sides() -> None:
    (conflict,) = merge_lines("a\nb\nc\n", "a\r\nX\r\nc\r\n", "a\nY\nZ\nc\n").conflicts
    assert (conflict.base, conflict.current, conflict.incoming) == ("b\n", "X\r\n", "Y\nZ\n")


def test_settled_conflict_keeps_the_users_lines_and_moves_on() -> None:
    """Settled: current stands, the base advances, and the next run has nothing left to say."""
    settled = Choices(settled=lambda conflict: conflict.incoming == "Y\n")
    merged = merge_lines("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n", settled)
    assert (merged.text, merged.base, merged.conflicts) == ("a\nX\nc\n", "a\nY\nc\n", ())
    assert [(detail.did, detail.line, detail.reason) for detail in merged.details] == [
        (Did.KEPT, 2, "settled by you")
    ]
    assert merge_lines(merged.base, merged.text, "a\nY\nc\n") == Merged(merged.text, merged.base)


def test_name_of_a_conflict_outlives_the_users_work_on_it() -> None:
    first = merge_lines("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n").conflicts[0]
    later = merge_lines("a\nb\nc\n", "n\na\nX2\nX3\nc\n", "a\nY\nc\n").conflicts[0]
    assert first.name == later.name
    assert first.current_mark != later.current_mark


def test_equal_conflicts_have_names_of_their_own() -> None:
    found = merge_lines(lines("b i b j"), lines("X i X j"), lines("Y i Y j")).conflicts
    assert len({conflict.name for conflict in found}) == len(found) == 2


def test_details_say_what_the_tool_did_in_lines_of_the_result() -> None:
    """The user's own changes are not listed."""
    merged = merge_lines(lines("a b c d e f g"), lines("new a b c d e f g"), lines("a B c X Y d e f"))
    assert merged.text == lines("new a B c X Y d e f")
    assert merged.details == (
        Detail(Did.REMOVED, "1 line after line 9"),
        Detail(Did.UPDATED, "line 3", 3),
        Detail(Did.ADDED, "lines 5-6", 5),
    )


def test_lost_baseline_keeps_the_users_file() -> None:
    merged = merge_lines(None, "mine\n", "theirs\n")
    assert (merged.text, merged.base, merged.conflicts) == ("mine\n", "theirs\n", ())
    (detail,) = merged.details
    assert (detail.did, detail.name) == (Did.KEPT, "file")
    assert detail.reason == "differs from what is generated now; the baseline is lost"
    assert merge_lines(None, "a \r\nb", "a\nb\n") == Merged("a \r\nb", "a\nb\n")


ENDS = {
    # claim: (base, current, incoming, text)
    "inserted lines end like most of the file": (
        "a\nb\n",
        "a\r\nb\r\nc\n",
        "a\nx\nb\n",
        "a\r\nx\r\nb\r\nc\n",
    ),
    "carriage returns alone": ("a\nb\n", "a\rb\r", "a\nx\nb\n", "a\rx\rb\r"),
    "each line keeps its own end": ("a\nb\nc\nd\n", "a\rb\r\nc\nd\n", "a\nb\nC\nd\n", "a\rb\r\nC\nd\n"),
    "no final newline, change above": ("a\nb\n", "a\nb", "A\nb\n", "A\nb"),
    "no final newline, line added below": ("a\n", "a", "a\nb\n", "a\nb"),
    "no final newline, last line gone": ("a\nb\n", "a\nb", "a\n", "a"),
    "no final newline on the tool's side": ("a", "a\n", "a\nb", "a\nb\n"),
    "the tool adds the final newline": ("a", "a", "a\n", "a\n"),
    "form feed, NEL and U+2028 are text": (
        "a\fb\x85c\u2028d\nz\n",
        "a\fb\x85c\u2028d\nz\n",
        "y\nz\n",
        "y\nz\n",
    ),
    "two ends never become one": ("a\nx\n\nb\n", "a\rx\n\nb\n", "a\n\nb\n", "a\r\rb\n"),
    "trailing space is no change": ("a\nb\nc\n", "a  \nb\t\nc\n", "a\nb\nC\n", "a  \nb\t\nC\n"),
    "trailing space of the tool": ("a\nb\n", "a\nb\nc\n", "a  \nb\n", "a  \nb\nc\n"),
    "byte order mark stays": ("a\nb\n", "\ufeffa\nb\n", "a\nB\n", "\ufeffa\nB\n"),
    "one line without an end takes the tool's": ("a\n", "a", "a\r\nb\r\n", "a\r\nb"),
}


@pytest.mark.parametrize("case", ENDS.values(), ids=ENDS.keys())
def test_text_keeps_its_own_ways(case: tuple[str, str, str, str]) -> None:
    base, current, incoming, text = case
    merged = merge_lines(base, current, incoming)
    assert (merged.text, merged.conflicts, merged.base) == (text, (), incoming)


def test_only_an_end_changed_is_still_told() -> None:
    assert merge_lines("a", "a", "a\n").details[0].did is Did.UPDATED


def test_markers_stand_in_the_text_like_gits() -> None:
    merged = merge_lines(lines("a b c d"), "a\nX\nc\nd", lines("a Y c D"), markers=True)
    assert merged.text == ("a\n<<<<<<< yours\nX\n||||||| base\nb\n=======\nY\n>>>>>>> generated\nc\nD\n")
    assert merged.base == lines("a b c D")
    assert has_markers(merged.text)
    (conflict,) = merged.conflicts
    assert conflict.line == 2
    assert Detail(Did.UPDATED, "line 10", 10) in merged.details


def test_markers_of_two_conflicts_are_counted() -> None:
    merged = merge_lines(lines("a b c d e"), lines("a c E"), lines("a B c d X"), markers=True)
    found = merged.text.splitlines()
    assert [found[conflict.line - 1] for conflict in merged.conflicts] == ["<<<<<<< yours"] * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> other\n", True),
        ("<<<<<<< HEAD\r\nx\r\n=======\r\ny\r\n>>>>>>> other", True),
        ("Title\n=======\n", False),
        ("say <<<<<<< HEAD\n=======\n>>>>>>> other\n", False),
        (">>>>>>> other\n=======\n<<<<<<< HEAD\n", False),
        ("<<<<<<<< HEAD\n=======\n>>>>>>> other\n", False),
        ("", False),
    ],
)
def test_markers_are_found(text: str, expected: bool) -> None:
    assert has_markers(text) is expected


@pytest.mark.parametrize("kind", ["apart", "repeated"])
def test_large_files_merge_at_once(kind: str) -> None:
    """5,000 lines, a change on each side every 500 lines; also where nearly all lines are alike."""
    old = [f"line {n}" if kind == "apart" else ("}", "  - name: x", "")[n % 3] for n in range(5_000)]
    mine, theirs = list(old), list(old)
    for n in range(0, 5_000, 500):
        mine[n], theirs[n + 250] = f"mine {n}", f"theirs {n}"
    begun = time.perf_counter()
    base, current, incoming = ("\n".join(side) + "\n" for side in (old, mine, theirs))
    merged = merge_lines(base, current, incoming)
    assert time.perf_counter() - begun < 2
    assert not merged.conflicts
    assert merged.text.count("mine ") == merged.text.count("theirs ") == 10


# Laws.

bodies = st.sampled_from(["", "}", "a", "b", "c", "  d: 1", "x\u2028y", "f\fg", "n\x85m", "t ", "- a\t"])
ends = st.sampled_from(["\n", "\n", "\r\n", "\r"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Any text, of lines that often repeat; the last may have no end, the first a byte order mark."""
    found = "".join(body + end for body, end in draw(st.lists(st.tuples(bodies, ends), max_size=8)))
    return draw(st.sampled_from(["", "", "", "\ufeff"])) + found + draw(st.sampled_from(["", "", "last"]))


def split(text: str) -> list[str]:
    """The lines without their ends and what stands after the text, independent of the code under test."""
    found = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    return [line.rstrip(" \t") for line in (found[:-1] if found[-1] == "" else found)]


@settings(max_examples=600, deadline=None)
@given(texts(), texts(), texts(), st.booleans())
def test_merging_again_changes_nothing(base: str, current: str, incoming: str, all_settled: bool) -> None:
    choices = Choices(settled=lambda _: all_settled)
    once = merge_lines(base, current, incoming, choices)
    again = merge_lines(once.base, once.text, incoming, choices)
    assert (again.text, again.base) == (once.text, once.base)
    assert [found.name for found in again.conflicts] == [found.name for found in once.conflicts]
    if not once.conflicts:
        assert once.base == incoming
        assert again.details == ()


@settings(deadline=None)
@given(texts(), texts())
def test_nothing_incoming_changes_nothing(base: str, current: str) -> None:
    assert merge_lines(base, current, base) == Merged(current, base)


@settings(deadline=None)
@given(texts(), texts())
def test_untouched_becomes_incoming(base: str, incoming: str) -> None:
    """Line for line, trailing white space too; each end is one that the file or the tool already uses."""
    merged = merge_lines(base, base, incoming)
    assert split(merged.text) == split(incoming)
    assert re.sub(r"\r\n|\r", "\n", merged.text) == re.sub(r"\r\n|\r", "\n", incoming)
    assert (merged.base, merged.conflicts) == (incoming, ())


@settings(max_examples=400, deadline=None)
@given(texts(), texts(), texts())
def test_no_line_is_made_up_or_glued(base: str, current: str, incoming: str) -> None:
    """Every line of the result is a line of one side; every line of the next base one of the tool's."""
    merged = merge_lines(base, current, incoming)
    assert set(split(merged.text)) <= set(split(current)) | set(split(incoming))
    assert set(split(merged.base)) <= set(split(base)) | set(split(incoming))
    assert set(split(current)) - set(split(base)) <= set(split(merged.text))


@settings(deadline=None)
@given(texts(), texts(), texts())
def test_markers_hold_every_line_of_a_conflict(base: str, current: str, incoming: str) -> None:
    plain = merge_lines(base, current, incoming)
    marked = merge_lines(base, current, incoming, markers=True)
    assert marked.base == plain.base
    assert has_markers(marked.text) is bool(plain.conflicts)
    found = split(marked.text)
    for conflict in marked.conflicts:
        mine, old, new = map(split, (conflict.current, conflict.base, conflict.incoming))
        expected = ["<<<<<<< yours", *mine, "||||||| base", *old, "=======", *new, ">>>>>>> generated"]
        assert found[conflict.line - 1 :][: len(expected)] == expected


@st.composite
def disjoint_edits(draw: st.DrawFn) -> tuple[list[str], list[str], list[str], list[str]]:
    """(base, the user's, the tool's, both together): replaced or deleted lines, each by one side only.

    Each line is unlike every other; no side inserts, for where insertions touch there are cases of their own.
    """
    old = [f"line {n}" for n in range(draw(st.integers(1, 25)))]
    mine, theirs, both = [], [], []
    for n, line in enumerate(old):
        did = draw(st.sampled_from(["none", "none", "mine", "theirs", "mine gone", "theirs gone"]))
        new = [] if did.endswith("gone") else [f"{did} {n}"]
        mine += new if did.startswith("mine") else [line]
        theirs += new if did.startswith("theirs") else [line]
        both += [line] if did == "none" else new
    return old, mine, theirs, both


@settings(max_examples=400, deadline=None)
@given(disjoint_edits(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_disjoint_edits_all_apply(
    edits: tuple[list[str], list[str], list[str], list[str]], end: str, closed: bool
) -> None:
    """Whichever side is the user's."""
    base, mine, theirs, both = ("".join(f"{line}\n" for line in side) for side in edits)
    current = mine.replace("\n", end)
    if not closed:
        current = current.removesuffix(end)
    merged = merge_lines(base, current, theirs)
    expected = both.replace("\n", end)
    assert merged.conflicts == ()
    assert split(merged.text) == split(expected)
    if current:
        assert merged.text == (expected if current.endswith(end) else expected.removesuffix(end))
    assert merge_lines(base, theirs, mine).text == both


@st.composite
def user_edits(draw: st.DrawFn) -> tuple[str, str, str, list[str]]:
    """(base, current, incoming, the user's own lines in order); tool and user both insert, replace and delete."""
    old = [f"line {n}" for n in range(draw(st.integers(0, 15)))]

    def edited(who: str) -> list[str]:
        found: list[str] = []
        for n, line in enumerate([*old, None]):
            found += [f"{who} {n} {m}" for m in range(draw(st.sampled_from([0, 0, 0, 1, 2])))]
            if line is not None and draw(st.sampled_from([True, True, True, False])):
                found.append(line)
        return found

    mine, theirs = edited("mine"), edited("theirs")
    base, current, incoming = ("".join(f"{line}\n" for line in side) for side in (old, mine, theirs))
    return base, current, incoming, [line for line in mine if line.startswith("mine")]


@settings(max_examples=400, deadline=None)
@given(user_edits())
def test_every_line_of_the_user_stands(edit: tuple[str, str, str, list[str]]) -> None:
    """In order; and each of the tool's new lines is in the text or in a conflict."""
    base, current, incoming, own = edit
    merged = merge_lines(base, current, incoming)
    found = split(merged.text)
    assert [line for line in found if line.startswith("mine")] == own
    told = {line for conflict in merged.conflicts for line in split(conflict.incoming)}
    assert {line for line in split(incoming) if line.startswith("theirs")} <= set(found) | told


# Files as they are generated.

GENERATED = Path(__file__).parent / "fixtures"


def changed(text: str, *replacements: tuple[str, str]) -> str:
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def merged_file(name: str, mine: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> Merged:
    """A generated file with the user's changes on one side and the tool's on the other; what is merged can be read."""
    base = (GENERATED / name).read_text(encoding="utf-8")
    merged = merge_lines(base, changed(base, *mine), changed(base, *theirs))
    assert problem(name, merged.text) is None
    if not merged.conflicts:
        assert merged.text == changed(base, *mine, *theirs)
    return merged


def test_readme_follows_the_contract_around_what_was_written() -> None:
    """The user explains their service; an RPC comes, another goes."""
    merged = merged_file(
        "README.md",
        mine=[
            ("# Shop\n", "# The shop\n\nAsk #team-shop.\n"),
            ("`make` lists what else", "`make help` tells what else"),
        ],
        theirs=[
            ("| DeleteShop | `DELETE /v1/{name=shops/*}` | `delete_shop` |\n", ""),
            ("| GetShop |", "| CloseShop | `POST /v1/{name=shops/*}:close` | `close_shop` |\n| GetShop |"),
        ],
    )
    assert not merged.conflicts
    assert [detail.did for detail in merged.details] == [Did.REMOVED, Did.ADDED]


def test_pyproject_takes_both_sides_dependencies() -> None:
    """Floors move, a tool is configured, the user's dependency and version stand."""
    merged = merged_file(
        "pyproject.toml",
        mine=[
            ('version = "0.1.0"', 'version = "1.4.2"'),
            ('    "sqlalchemy[asyncio]', '    "redis>=7",\n    "sqlalchemy[asyncio]'),
            ("line-length = 110", "line-length = 100"),
        ],
        theirs=[
            ('"grpcio>=1.85.1"', '"grpcio>=1.90"'),
            ('"uvloop>=0.22",\n', '"uvloop>=0.23",\n    "xxhash>=3",\n'),
            ("[tool.pyright]", "[tool.coverage.run]\nbranch = true\n\n[tool.pyright]"),
        ],
    )
    assert not merged.conflicts


def test_pyproject_conflict_names_the_one_line() -> None:
    mine = [('requires-python = ">=3.11"', 'requires-python = ">=3.12"')]
    theirs = [
        ('requires-python = ">=3.11"', 'requires-python = ">=3.13"'),
        ("line-length = 110", "line-length = 120"),
    ]
    merged = merged_file("pyproject.toml", mine, theirs)
    (conflict,) = merged.conflicts
    assert conflict.current == 'requires-python = ">=3.12"\n'
    assert merged.text.splitlines()[conflict.line - 1] + "\n" == conflict.current
    assert "line-length = 120" in merged.text


def test_compose_keeps_the_users_services() -> None:
    """The user adds a database and a volume; the tool moves a port and a time."""
    merged = merged_file(
        "compose.yaml",
        mine=[
            ("\nvolumes:\n", "  postgres:\n    image: postgres:18\n\nvolumes:\n"),
            ("  data:\n", "  data:\n  postgres:\n"),
            ("image: shop:dev", "image: registry.example.com/shop:dev"),
        ],
        theirs=[('"9000:9000"', '"9001:9000"'), ("stop_grace_period: 30s", "stop_grace_period: 45s")],
    )
    assert not merged.conflicts


def test_compose_line_for_a_deleted_service_is_never_given_to_its_neighbour() -> None:
    """The user removed `redis`; what the tool adds to it is a conflict, not a setting of `shop`."""
    base = "services:\n  shop:\n    image: shop\n  redis:\n    image: redis\n"
    merged = merge_lines(base, "services:\n  shop:\n    image: shop\n", base + "    restart: always\n")
    assert "restart" not in merged.text
    assert len(merged.conflicts) == 1
