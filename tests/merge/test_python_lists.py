"""Imports, and lists that tool and user both fill."""

from __future__ import annotations

import pytest

from tests.merge.python_samples import LIST, MORE, merged

USE = "\n\ndef f():\n    return b, c\n"
NEW = "\n\ndef g():\n    return d\n"
IMPORTS = {
    "one line": ("from a import b, c\n", "from a import b, c, d\n"),
    "with a comment": ("from a import b, c  # mine\n", "from a import b, c, d  # mine\n"),
    "lines of their own": (
        "from a import (\n    b,  # b\n    c,\n)\n",
        "from a import (\n    b,  # b\n    c,\n    d,\n)\n",
    ),
    "no trailing comma": (
        "from a import (\n    b,\n    c  # c\n)\n",
        "from a import (\n    b,\n    c,  # c\n    d,\n)\n",
    ),
    "bracket on the last line": ("from a import (\n    b,\n    c)\n", "from a import (\n    b,\n    c, d)\n"),
    "backslash": ("from a import b, \\\n    c\n", "from a import b, \\\n    c, d\n"),
    "star": ("from a import *\nfrom a import b, c\n", "from a import *\nfrom a import b, c, d\n"),
    "user's order": ("from a import c, b\n", "from a import c, b, d\n"),
    "user's alias": ("from a import z as y, b, c\n", "from a import z as y, b, c, d\n"),
}


@pytest.mark.parametrize("form", IMPORTS)
def test_a_new_import_goes_into_the_users_statement(form: str) -> None:
    """The user's form of an import -> one more name needed -> it is put in, every other byte equal."""
    before, after = IMPORTS[form]
    result = merged(
        "from a import b, c\n" + USE, before + USE + "\n# mine\n", "from a import b, c, d\n" + USE + NEW
    )
    assert result.text.startswith(after)


def test_packages_of_one_root_do_not_clash() -> None:
    """`import a.b` -> `import a.c` needed -> both."""
    result = merged(
        "import a.b\n\nx = a.b\n",
        "import a.b\n\nx = a.b\nmine = 1\n",
        "import a.b\nimport a.c\n\nx = a.b\ny = a.c\n",
    )
    assert result.text == "import a.b\nimport a.c\n\nx = a.b\ny = a.c\nmine = 1\n"


@pytest.mark.parametrize("head", ["", "#!/usr/bin/python\n", '"""Doc."""\n', "# licence\n\n"])
def test_a_future_import_comes_first(head: str) -> None:
    """The tool needs annotations of the future -> merged -> the statement stands where Python takes it."""
    result = merged(
        "import a\n\na.x()\n",
        f"{head}import mine\nimport a\n\na.x()\n",
        "from __future__ import annotations\n\nimport a\n\na.x()\n",
    )
    compile(result.text, "result", "exec")
    assert "import mine\nimport a\n" in result.text


def test_an_import_that_the_user_removed_comes_back_only_for_new_code() -> None:
    """An unused import removed -> merged -> stays away; new code uses it -> it is back."""
    base, current = "from a import b, d\n" + USE, "from a import b\n\n\ndef f():\n    return b\n"
    assert merged(base, current, base.replace("c\n", "c  # same\n").replace("  # same", "")).text == current
    assert "from a import b, d" in merged(base, current, base + NEW).text


LISTS = {
    "an entry and comments": (["one(),  # first", "mine(),", "two(),"], ["two(),", "three(),"]),
    "no trailing comma": (["one(),", "two()  # last"], ["two(),  # last", "three(),"]),
    "starred": (["*mine(),", "one(),", "two(),"], ["three(),"]),
}


@pytest.mark.parametrize("form", LISTS)
def test_a_new_registration_goes_beside_the_users(form: str) -> None:
    """The user's entries in a list -> a service added -> its entry is in, theirs stand."""
    entries, after = ("".join(f"            {line}\n" for line in lines) for lines in LISTS[form])
    current = LIST.replace("            one(),\n            two(),\n", entries).replace(
        "def f():", "def f():\n    mine()"
    )
    result = merged(LIST, current, MORE)
    assert not result.conflicts
    assert after in result.text


@pytest.mark.parametrize("form", ["[mine(), (two())]", "[x for x in all()]", "build()", "[*all()] + [one()]"])
def test_a_list_of_an_odd_form_is_a_conflict_and_never_damage(form: str) -> None:
    """A list that is no plain display any more -> a service added -> the function stays as it is, in conflict."""
    current = f"def f():\n    return serve(\n        services={form},\n    )\n"
    result = merged(LIST, current, MORE)
    assert result.text == current
    assert [item.name for item in result.conflicts] == ["f"]


def test_a_removed_registration_leaves_the_users_comment() -> None:
    """A service removed, its entry commented by the user -> merged -> the entry gone, the comment there."""
    current = MORE.replace("three(),", "three(),  # mine").replace("def f():", "def f():\n    mine()")
    result = merged(MORE, current, LIST)
    assert "            two(),\n            # mine\n        ]" in result.text
