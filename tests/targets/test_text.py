"""Texts of a contract inside Python: valid, whatever they say."""

import ast
import inspect
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder.targets.python.text import comment, docstring, literal, summary

NASTY = [
    'ends with "',
    'has """ inside',
    "a \\ b \\N \\u",
    "{{ name }} {% if %}",
    '"""',
    'ends with four """"',
    "tab\there",
    "zero\u200bwidth",
    "é 漢",
]


def parsed(text: str) -> str | None:
    """The docstring that Python reads back."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = ast.parse(f"def f():\n{docstring(text, 4)}\n    return None\n")
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    return ast.get_docstring(function)


@pytest.mark.parametrize("text", NASTY)
def test_nasty_comment_is_a_valid_docstring(text: str) -> None:
    assert parsed(text) is not None


@given(st.text(max_size=400))
def test_any_comment_is_a_valid_docstring(text: str) -> None:
    parsed(text)


@given(
    st.text(
        alphabet=st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=80
    )
)
def test_one_line_reads_back_as_it_was(text: str) -> None:
    read = parsed(text)
    assert (read or "") == inspect.cleandoc(text.strip() and text.rstrip())


@given(st.text(max_size=400))
def test_any_comment_is_valid_comment_lines(text: str) -> None:
    source = comment(text, 4)
    assert all(line.startswith("    #") for line in source.splitlines())
    ast.parse(f"class C:\n{source}    x = 1\n")


def test_long_line_is_wrapped() -> None:
    assert max(map(len, docstring("word " * 60, 8).splitlines())) <= 110


def test_summary_is_the_first_sentence() -> None:
    assert summary("Places an order. Then waits.\n\nMore.") == "Places an order."
    assert summary("No stop\nhere") == "No stop here"


@pytest.mark.parametrize(
    "text", ["type: ignore", "mypy: ignore-errors", "fmt: off", "ruff: noqa", "see # type: ignore[x]"]
)
def test_comment_gives_no_orders_to_a_checker(text: str) -> None:
    """A dataclass with an unneeded `# type: ignore` is an error under mypy --strict."""
    order = text.partition("# ")[2] or text
    assert f"# {order}" not in comment(text, 4)
    assert order.replace(":", " :") in comment(text, 4)


def test_comment_keeps_its_colons() -> None:
    assert comment("Its type: one of a, b", 0) == "# Its type: one of a, b\n"


@given(
    st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
)
def test_literal_is_read_back(value: object) -> None:
    assert ast.literal_eval(literal(value)) == value


@pytest.mark.parametrize("text", ["it's", 'a "b"', "plain", "back\\", "both ' and \""])
def test_literal_has_the_quotes_of_a_formatter(text: str) -> None:
    assert (literal(text)[0] == '"') is ('"' not in text)
