"""Failures that the property tests found, each kept as the smallest case of it."""

from __future__ import annotations

import pytest

from tests.merge.python_samples import did, merged

FIELDS = 'class Order:\n    """An order."""\n\n    name: str = ""\n    size: str = ""\n'
EMPTY = 'class Order:\n    """An order."""\n'


def test_the_last_members_go_from_a_file_without_final_newline() -> None:
    """All fields gone, no final newline -> merged -> no half of a field is left."""
    assert merged(FIELDS, FIELDS.rstrip("\n"), EMPTY).text == EMPTY


def test_blank_lines_below_a_class_stay_when_all_its_fields_change() -> None:
    """Every field replaced, a function below -> merged -> two blank lines between them, the right line told."""
    below = "\n\ndef f() -> None: ...\n"
    incoming = EMPTY + '\n    # What it is.\n    note: str = ""\n' + below
    result = merged(FIELDS + below, FIELDS.replace('""\n', "''\n").replace("\"''", '"""') + below, incoming)
    assert result.text == incoming


def test_the_line_of_a_definition_is_that_of_its_new_comment() -> None:
    """A comment generated above a field -> merged -> the field's line is where the comment begins."""
    incoming = FIELDS.replace("    size", "    # How large.\n    size")
    result = merged(FIELDS, FIELDS + "    mine = 1\n", incoming)
    assert [(item.name, item.line) for item in result.details] == [("Order.size", 5)]


@pytest.mark.parametrize("mine", ["", "\n\nmine = money\n"])
def test_an_import_that_becomes_a_definition_is_replaced_by_it(mine: str) -> None:
    """`money` imported, then defined in the file -> merged -> defined once, imported no more, and back again."""
    imported = "from kit import money\n\n\ndef f():\n    return money\n"
    defined = "def money(): ...\n\n\ndef f():\n    return money\n"
    there = merged(imported, imported + mine + "# x\n", defined)
    assert "import" not in there.text
    assert there.text.count("def money") == 1
    back = merged(there.base, there.text, imported)
    assert "from kit import money\n" in back.text
    assert "def money" not in back.text


def test_an_import_for_type_checkers_alone_does_not_serve_new_code() -> None:
    """The user moved an import below `TYPE_CHECKING` -> new code needs it when it runs -> it is imported."""
    base = "from a import X\n\n\ndef f():\n    return X\n"
    mine = "if TYPE_CHECKING:\n    from a import X\n"
    current = mine + '\n\ndef f():\n    return "X"\n'
    assert merged(base, current, base).text == current
    result = merged(base, current, base + "\n\ndef g():\n    return X\n")
    assert did(result, result.details[0].did) == ["from a import X", "g"]
    assert mine in result.text


def test_the_head_of_a_class_is_no_class() -> None:
    """All members of a class gone -> merged -> what is left parses, though its head was seen before with members."""
    result = merged("class A:\n    def f(self): ...\n", "class A:\n    def f(self): ...\n# x\n", "")
    assert result.text == "# x\n"


def test_a_lone_comment_does_not_come_to_lead_what_is_added() -> None:
    """A class with nothing but a comment of the user's, no base -> a method added -> the comment stays alone."""
    current = 'class A:\n    """Doc."""\n\n    # mine\n'
    result = merged(None, current, 'class A:\n    """Doc."""\n    def f(self): ...\n')
    assert result.text == current + "\n    def f(self): ...\n"


def test_an_assignment_taken_apart_is_not_taken_for_the_users() -> None:
    """`A, B = 1, 2` generated as two assignments now -> merged -> both are there, the old one is gone."""
    result = merged("A, B = 1, 2\n", "A, B = 1, 2\nmine = 1\n", "A = 1\nB = 2\n")
    assert sorted(result.text.split("\n")) == ["", "A = 1", "B = 2", "mine = 1"]


def test_imports_that_only_your_body_uses_are_booked_once() -> None:
    """A body in conflict uses two imports of sections that are no longer generated -> merged twice -> the same base."""
    was = (
        "from importlib.resources import files\n\nfrom a.b import one\nfrom b.c import two\nfrom k import x\n"
    )
    now = "from b.b import one\nfrom k import x\n"
    body = "\n\ndef serve():\n    return x({})\n"
    base, current = was + body.format("files, one, two"), was + body.format("0, files, one, two")
    result = merged(base, current, now + body.format("one"))
    assert [item.name for item in result.conflicts] == ["serve"]
    assert "import files" in result.base
    assert "import two" in result.base
