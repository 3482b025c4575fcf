"""What keeps a merged file from being read, in one line that says where."""

from __future__ import annotations

import json
import tomllib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.merge.formats import problem

PROBLEMS = {
    # claim: (path, text, how the answer begins)
    "bad indentation": ("deploy/a.yaml", "a: 1\n b: 2\n", "line 2: mapping values are not allowed"),
    "a tab": ("a.yml", "a:\n\tb: 1\n", "line 2: found character that cannot start any token"),
    "a key twice": ("A.YAML", "a: 1\nb: 2\na: 3\n", "line 3: the key 'a' stands twice"),
    "a key twice, deep in a list": ("a.yaml", "a:\n  - b: 1\n    b: 2\n", "line 3: the key 'b' stands twice"),
    "a key twice, in the second document": (
        "a.yaml",
        "a: 1\n---\na: 1\n'a': 2\n",
        "line 4: the key 'a' stands twice",
    ),
    "an alias of nothing": ("a.yaml", "a: 1\nb: *c\n", "line 2: found undefined alias"),
    "braces of a template": (
        "a.yaml",
        "a: {{ .Values.a }}\n",
        "line 1: a mapping or list stands where a key belongs",
    ),
    "conflict markers": (
        "a.yaml",
        "a: 1\n<<<<<<< yours\nb: 1\n=======\nb: 2\n>>>>>>> generated\n",
        "line 3: ",
    ),
    "a control character in YAML": (
        "a.yaml",
        "a: 1\nb: \x07\n",
        "line 2: control characters are not allowed",
    ),
    "a lone surrogate in YAML": ("a.yaml", "a: 1\nb: \ud800\n", "line 2: "),
    "lines of Windows": ("a.yaml", "a: 1\r\na: 2\r\n", "line 2: the key 'a' stands twice"),
    "a TOML key twice": ("pyproject.toml", "a = 1\na = 2\n", "line 2: Cannot overwrite a value"),
    "a TOML table twice": ("a.toml", "[a]\nb = 1\n[a]\n", "line 3: Cannot declare ('a',) twice"),
    "an open TOML array": ("a.toml", "a = [\n  1,\n", "line 2: Invalid value"),
    "a comma in JSON": ("a.json", '{\n  "a": 1,\n}\n', "line "),
    "a JSON key twice": (
        "a.json",
        '{"b": {"a": 1},\n "a": 1,\n "\\u0061": 2}',
        "line 3: the key 'a' stands twice",
    ),
    "nothing is no JSON": ("a.json", "", "line 1: Expecting value"),
    "too deep JSON": ("a.json", "[" * 200_000, "line 1: nested too deeply"),
}


@pytest.mark.parametrize("case", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_problem_is_one_line_with_its_place(case: tuple[str, str, str]) -> None:
    path, text, beginning = case
    found = problem(path, text)
    assert found is not None
    assert found.startswith(beginning)
    assert "\n" not in found


FINE = {
    "tags of one program": ("a.yaml", "a: !Ref b\nc: !Sub {d: !GetAtt [e, f]}\ng: !!python/name:x y\n"),
    "documents": ("a.yaml", "a: 1\n---\na: 2\n...\n---\n"),
    "nothing": ("a.yaml", ""),
    "only a comment": ("a.yaml", "# nothing\n"),
    "anchors and merge keys": ("a.yaml", "a: &x {b: 1}\nc:\n  <<: *x\n  <<: *x\n  b: 2\n"),
    "an anchor that holds itself": ("a.yaml", "&x a:\n  b: &y [*y]\n"),
    "equal keys of two types": ("a.yaml", "1: a\n'1': b\n"),
    "equal keys of two mappings": ("a.yaml", "a: {b: 1}\nc: {b: 1}\n"),
    "TOML": ("a.toml", "[[a]]\nb = 1\n[[a]]\nb = 2\n"),
    "JSON, braces in a text": ("a.json", '[{"a": "{\\"a\\": 1}"}, {"a": {"a": ":"}}]'),
    "a Makefile": ("Makefile", "a: {\n"),
    "a Dockerfile": ("Dockerfile", "<<<<<<<"),
    "a folder named like a file": ("a.yaml/README.md", "a: a: a"),
    "a deep list": ("a.yaml", "[" * 500 + "]" * 500),
    "no suffix": ("yaml", "ok: 1"),
}


@pytest.mark.parametrize("case", FINE.values(), ids=FINE.keys())
def test_what_its_reader_reads_is_no_problem(case: tuple[str, str]) -> None:
    assert problem(*case) is None


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8", exclude_categories=["C"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab{}:\"\\'", max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(values)
def test_what_a_writer_wrote_is_no_problem(value: object) -> None:
    assert problem("a.json", json.dumps(value, indent=1)) is None
    assert problem("a.json", json.dumps(value, ensure_ascii=False)) is None
    assert problem("a.yaml", yaml.safe_dump(value, allow_unicode=True)) is None


@settings(deadline=None)
@given(st.text("a=[]\"{}:-, \n\r\t#1'\\&*!|>%@`\x00\x85\u2028\ufeff"))
def test_any_text_is_answered(text: str) -> None:
    """Never a traceback; and what is called fine is read by the strictest usual reader."""
    assert (problem("a.toml", text) is None) == reads(tomllib.loads, text)
    if problem("a.json", text) is None:
        json.loads(text)
    found = problem("a.yaml", text)
    assert found is None or found.startswith("line ")


def reads(read: object, text: str) -> bool:
    assert callable(read)
    try:
        read(text)
    except ValueError:
        return False
    return True
