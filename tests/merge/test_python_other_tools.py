"""What other generators got wrong about merging text, by the number of the issue."""

from __future__ import annotations

import pytest

from tests.merge.python_samples import BASE, DROPPED, LIST, MORE, merged, with_list


@pytest.mark.parametrize(
    "body", ['x = """{{ a }}"""', "x = '\\\\'", "x = r'\\d{2}'", "x = '''\"\"\"'''", "x = '{% raw %}'"]
)
def test_gqlgen_3067_bodies_with_quotes_braces_and_backslashes_survive(body: str) -> None:
    """A body that a template language would choke on -> an RPC added -> verbatim, and valid Python."""
    current = BASE.replace("        return order_to(", f"        {body}\n        return order_to(")
    assert merged(BASE, current, with_list(BASE)).text == with_list(current)


def test_gqlgen_1171_an_import_is_not_swapped_for_one_of_the_same_name() -> None:
    """The user imports another `page_to` -> the tool needs its own -> nothing is swapped: a conflict of the file."""
    current = BASE.replace("from shop.mapping", "from mine import page_to\nfrom shop.mapping")
    result = merged(BASE, current, with_list(BASE))
    assert result.text == current
    assert [item.name for item in result.conflicts] == ["the file"]


def test_gqlgen_1123_an_import_that_only_the_users_code_uses_is_not_dropped() -> None:
    """Imports with aliases and for side effects -> an RPC removed -> all are there, in their order."""
    own = "import mine  # noqa: F401\nfrom mine import codec as json\nimport shop.gen as g\n"
    current = BASE.replace("from shop.gen import order_pb2\n", own + "from shop.gen import order_pb2\n")
    assert own in merged(BASE, current, DROPPED).text


def test_gqlgen_1045_helpers_are_not_moved_or_commented_out() -> None:
    """Helpers above, between and below -> RPCs added and removed -> each where it was, as it was."""
    helper = "    def _helper(self) -> int:\n        return 1\n\n"
    current = (
        BASE.replace("    async def get", helper + "    async def get") + "\n\ndef below() -> None: ...\n"
    )
    result = merged(BASE, current, with_list(BASE))
    assert result.text == with_list(current)


@pytest.mark.parametrize("issue", ["kubebuilder_3495", "gf_4217", "hertz_1488"])
def test_kubebuilder_3495_gf_4217_hertz_1488_an_edited_fragment_is_not_inserted_twice(issue: str) -> None:
    """A generated line edited, wrapped or re-formatted by the user -> merged again and again -> it stands once."""
    edited = {
        "kubebuilder_3495": ("            two(),\n", "            wrap(two()),\n"),
        "gf_4217": ("            two(),\n", "            two(  ),  # mine\n"),
        "hertz_1488": ("            one(),\n            two(),\n", "            two(), one(),\n"),
    }[issue]
    current = LIST.replace(*edited)
    result = merged(LIST, current, MORE)
    again = merged(result.base, result.text, MORE)
    assert again.text == result.text
    assert result.text.count("two(") == result.text.count("one(") == 1
    assert result.text.count("three(") <= 1
