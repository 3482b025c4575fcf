"""Each row of the merge's table, as a small before and after."""

from __future__ import annotations

import pytest

from scaffolder.merge.result import Did, Merged
from tests.merge.python_samples import BASE, DROPPED, MINE, did, merged, swap, with_list


def test_same_on_all_sides_is_nothing() -> None:
    """Row 1: nothing changed -> merged -> nothing happens."""
    assert merged(BASE, BASE, BASE) == Merged(BASE, BASE)


def test_what_only_the_contract_changed_is_taken() -> None:
    """Row 2: the contract changes one docstring, the user another method -> merged -> both."""
    current = swap(BASE, ("await self._use_case.drop(request.id)", "pass  # mine"))
    result = merged(BASE, current, swap(BASE, ("Returns one.", "Returns an order.")))
    assert result.text == swap(current, ("Returns one.", "Returns an order."))
    assert did(result, Did.UPDATED) == ["Orders.get"]


def test_what_only_the_user_changed_stays() -> None:
    """Row 3: an edited body, the contract the same -> merged -> byte for byte the user's."""
    current = swap(BASE, MINE)
    assert merged(BASE, current, BASE).text == current


def test_changed_alike_is_no_conflict() -> None:
    """Row 4: both make the same change -> merged -> the user's text, nothing to tell."""
    incoming = swap(BASE, ("Returns one.", "Returns an order."))
    result = merged(BASE, incoming + "\n# mine\n", incoming)
    assert result.text == incoming + "\n# mine\n"
    assert not result.details


def test_header_and_body_merge_separately() -> None:
    """Row 5: a body edited, the request's type changed -> merged -> the new header above the user's body."""
    current = swap(BASE, MINE)
    result = merged(BASE, current, swap(BASE, ("order_pb2.Get)", "order_pb2.GetOrder)")))
    assert result.text == swap(current, ("order_pb2.Get)", "order_pb2.GetOrder)"))


def test_changed_differently_is_a_conflict_that_leaves_the_definition() -> None:
    """Row 5: one body changed on both sides -> merged -> the user's and the base stay, three sides are told."""
    current = swap(BASE, MINE)
    incoming = swap(
        BASE, ("get_from(request)", "get_from(request), 1"), ("Returns one.", "Returns an order.")
    )
    result = merged(BASE, current, incoming)
    assert (result.text, result.base) == (current, BASE)
    [conflict] = result.conflicts
    assert (conflict.name, conflict.line) == ("Orders.get", 14)
    assert "get_from(request), 1" in conflict.incoming
    assert "# mine" in conflict.current


def test_a_settled_conflict_is_over() -> None:
    """A conflict that the user dealt with -> merged -> their text, the tool's base."""
    incoming = swap(BASE, ("get_from(request)", "get_from(request), 1"))
    result = merged(BASE, swap(BASE, MINE), incoming, settled=lambda _: True)
    assert (result.text, result.base, result.conflicts) == (swap(BASE, MINE), incoming, ())


def test_deleted_stays_deleted_until_restored() -> None:
    """Row 6: a method deleted -> merged twice -> gone, and told if it would have changed; restored -> there."""
    incoming = swap(BASE, ("request.id", "request.key"))
    result = merged(BASE, DROPPED, incoming)
    assert result.text == DROPPED
    assert did(result, Did.KEPT) == ["Orders.drop"]
    for name in ("Orders.drop", "Orders", "*"):
        assert merged(BASE, DROPPED, incoming, restore=frozenset({name})).text == incoming


def test_restore_brings_back_what_was_edited() -> None:
    """An edited method asked for by name -> merged -> as generated; another one stays."""
    current = swap(BASE, MINE, ("request.id", "request.mine"))
    result = merged(BASE, current, BASE, restore=frozenset({"Orders.get"}))
    assert result.text == swap(BASE, ("request.id", "request.mine"))
    assert did(result, Did.RESTORED) == ["Orders.get"]


def test_untouched_and_gone_is_removed() -> None:
    """Row 7: an RPC removed, its method untouched -> merged -> gone; the helper under it survives."""
    current = BASE + "\n    def helper(self) -> int:\n        return 1\n"
    result = merged(BASE, current, DROPPED)
    assert result.text == DROPPED + "\n    def helper(self) -> int:\n        return 1\n"
    assert did(result, Did.REMOVED) == ["Orders.drop"]


def test_edited_and_gone_is_kept_and_told_until_pruned() -> None:
    """Row 8: an RPC removed, its method edited -> merged -> kept and told; pruned -> gone."""
    current = swap(BASE, ("request.id", "request.mine"))
    result = merged(BASE, current, DROPPED)
    assert result.text == current
    assert did(result, Did.KEPT) == ["Orders.drop"]
    assert merged(result.base, result.text, DROPPED, prune=True).text == DROPPED


FORMS = [
    "def list(self):\n        return 1",
    "list = other",
    "if x:\n        def list(self): ...",
    "try:\n        from x import list\n    except ImportError:\n        list = None",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_name_that_the_user_wrote_first_is_not_written_twice(form: str) -> None:
    """Row 9: the user has the name in any form -> merged -> kept and told, no second one."""
    current = f"{BASE}\n    {form}\n"
    result = merged(BASE, current, swap(with_list(BASE), ("list_from, ", ""), (", page_to", "")))
    assert result.text == current
    assert did(result, Did.KEPT) == ["Orders.list"]


def test_an_added_rpc_is_one_insertion() -> None:
    """An RPC added to an edited file -> merged -> one insertion and its import, every other byte equal."""
    current = swap(BASE, MINE)
    result = merged(BASE, current, with_list(BASE))
    assert result.text == with_list(current)
    assert did(result, Did.ADDED)[-1:] == ["Orders.list"]


def test_a_lost_base_only_adds() -> None:
    """No base, an edited file -> merged -> the missing method added, the edited one kept and told."""
    result = merged(None, swap(BASE, MINE), with_list(BASE))
    assert result.text == with_list(swap(BASE, MINE))
    assert did(result, Did.KEPT) == ["Orders.get"]


def test_what_the_users_code_still_uses_is_pinned() -> None:
    """A function no longer generated, used by the user's in the same file -> merged -> kept, with what it uses."""
    base = "def a():\n    return b()\n\n\ndef b():\n    return 1\n\n\ndef c():\n    return 2\n"
    result = merged(base, base + "\n\ndef mine():\n    return a()\n", "")
    assert "def a" in result.text
    assert "def b" in result.text
    assert "def c" not in result.text


def test_a_reordering_is_told_and_not_made() -> None:
    """RPCs in another order, the file edited -> merged -> the user's order stays, and that is told once."""
    head, get, drop = (
        BASE.partition("    async def get")[0],
        *(
            part
            for part in [
                BASE[BASE.index("    async def get") : BASE.index("    async def drop")],
                BASE[BASE.index("    async def drop") :],
            ]
        ),
    )
    current = swap(BASE, MINE)
    result = merged(BASE, current, head + drop + "\n" + get.rstrip("\n") + "\n")
    assert result.text == current
    assert [item.reason for item in result.details] == ["generated in another order now; yours stays"]


MOVED = {
    "methods in another order": DROPPED.replace(
        "    async def get", BASE[BASE.index("    async def drop") :] + "\n    async def get"
    ),
    "a method moved to a mixin": DROPPED + "\n\nclass Mixin:\n" + BASE[BASE.index("    async def drop") :],
}


@pytest.mark.parametrize("how", MOVED)
def test_what_the_user_moved_stays_where_it_is(how: str) -> None:
    """Methods moved -> an RPC added -> each is there once, where the user put it."""
    result = merged(BASE, MOVED[how], with_list(BASE))
    assert result.text.count("async def drop") == 1
    assert result.text.count("async def list") == 1


def test_a_renamed_class_gets_nothing_and_it_is_told() -> None:
    """The class renamed by the user -> an RPC added -> the file as it was, with a detail."""
    current = BASE.replace("class Orders(", "class Mine(")
    result = merged(BASE, current, with_list(BASE))
    assert result.text == current
    assert did(result, Did.KEPT) == ["Orders"]


def test_a_class_of_a_name_that_is_generated_only_now_is_the_users() -> None:
    """The user has a class `Page` -> the tool generates one -> the user's stays, told."""
    page = "\n\nclass Page:\n    size = 1\n"
    current = BASE + page.replace("1", "2")
    result = merged(BASE, current, BASE + page)
    assert result.text == current
    assert did(result, Did.KEPT) == ["Page"]


def test_a_class_that_loses_all_members_keeps_a_body() -> None:
    """One method deleted by the user, the other one's RPC removed -> merged -> `pass`."""
    base = "class A:\n    def f(self): ...\n\n    def g(self): ...\n"
    result = merged(base, "class A:\n    def g(self): ...\n", "class A:\n    def f(self): ...\n")
    assert result.text == "class A:\n    pass\n"


def test_a_class_docstring_comes_and_goes_with_the_blank_line_below_it() -> None:
    """A file that the user edited; a comment on a message appears, or goes -> merged -> as a formatter has it."""
    bare, mine = "class A:\n    # the first\n    a: int = 0\n", "\n\ndef mine() -> None: ...\n"
    documented = bare.replace(":\n", ':\n    """Known now."""\n\n', 1)
    assert merged(bare, bare + mine, documented).text == documented + mine
    assert merged(documented, documented + mine, bare).text == bare + mine
    assert merged(bare, (bare + mine).replace("\n", "\r\n"), documented).text == (documented + mine).replace(
        "\n", "\r\n"
    )


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("after", range(3))
def test_a_message_that_is_emptied_or_filled(before: int, after: int) -> None:
    """Bare, documented alone, documented with a field: whichever becomes whichever, the class is as generated."""
    head, mine = "@dataclass\nclass A:\n", "\n\ndef mine() -> None: ...\n"
    documented = f'{head}    """Of one thing."""\n'
    forms = f"{head}    pass\n", documented, f"{documented}\n    # the first\n    a: int = 0\n"
    result = merged(forms[before], forms[before] + mine, forms[after])
    assert result.text == forms[after] + mine
    assert result.conflicts == ()
