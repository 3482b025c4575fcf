"""What is true of recognition whatever the contract is."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.contract import builder
from scaffolder.contract.model import Contract
from scaffolder.standard import VERBS, Standard, recognise

from .books import BATCH_RPCS, BATCHES, FLAT, NAMED, REPLIES, RPCS, SOFT
from .support import IMPORTS, message, rpc

SHELF = "option (google.api.resource) = {type: 'x.y/Shelf' pattern: 'shelves/{shelf}'};, name, theme"


def _users(text: str) -> str:
    return text.replace("Book", "User").replace("book", "user")


MESSAGES = [
    *NAMED.items(),
    *BATCHES.items(),
    *((_users(name), _users(body)) for name, body in FLAT.items()),
    ("Shelf", SHELF),
    ("CreateShelfRequest", "Shelf shelf, shelf_id"),
]
METHODS = [
    *(f"{name} {types}" for name, types in {**RPCS, **BATCH_RPCS}.items()),
    *(_users(f"{name} {types}") for name, types in REPLIES.items()),
    "UndeleteBook GetBookRequest Book",
    "AddShelf CreateShelfRequest Shelf",
    "CreateShelf CreateShelfRequest Shelf",
    "MoveBook GetBookRequest Book",
    "WatchBook GetBookRequest ~Book",
]
LINES = [message(name, SOFT if name == "Book" else body) for name, body in dict(MESSAGES).items()]


def loaded(messages: list[str], methods: list[str]) -> Contract:
    text = f'syntax = "proto3"; package shop.v1; {IMPORTS}' + "\n".join(messages)
    text += f"\nservice LibraryService {{ {' '.join(map(rpc, methods))} }}"
    with TemporaryDirectory() as folder:
        (Path(folder) / "shop.proto").write_text(text, encoding="utf-8")
        return builder.load(["shop.proto"], [Path(folder)])


def told(found: Standard) -> dict[str, object]:
    """All that recognition says, without the places of messages."""
    resources = {
        name: (r.identity.name, r.patterns, r.parent, r.is_soft, r.etag)
        for name, r in found.resources.items()
    }
    methods = {
        name: [getattr(each, slot) for slot in each.__dataclass_fields__ if slot not in ("resource", "item")]
        for name, each in found.methods.items()
    }
    return {"resources": resources, "methods": methods, "reasons": dict(found.reasons)}


EXPECTED = told(recognise(loaded(LINES, METHODS)))


@settings(max_examples=20, deadline=None)
@given(st.permutations(LINES), st.permutations(METHODS))
def test_order_of_messages_and_rpcs_means_nothing(messages: list[str], methods: list[str]) -> None:
    assert told(recognise(loaded(messages, methods))) == EXPECTED


def test_the_contract_of_the_law_has_all_verbs() -> None:
    methods = recognise(loaded(LINES, METHODS)).methods
    assert {each.verb for each in methods.values()} == set(VERBS)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(METHODS), unique=True))
def test_every_rpc_has_a_reason(methods: list[str]) -> None:
    """A sentence that begins with what it was taken for; and somebody creates what is got, listed and deleted."""
    contract = loaded(LINES, methods)
    found = recognise(contract)
    assert set(found.reasons) == {m.full_name for s in contract.services for m in s.methods}
    for name, reason in found.reasons.items():
        standard = found.methods.get(name)
        start = (
            f"{standard.verb.replace('_', ' ')} of {standard.resource.message.full_name}: "
            if standard
            else "custom: "
        )
        assert reason.startswith(start)
    created = {each.resource.message.full_name for each in found.methods.values() if each.verb == "create"}
    assert (
        {each.resource.message.full_name for each in found.methods.values()}
        == created
        == set(found.resources)
    )


@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from(METHODS)))
def test_custom_is_followed_always(methods: set[str]) -> None:
    """What scaffold.yaml calls custom is never a standard method, and nothing is wrong with saying so."""
    overrides = {f"shop.v1.LibraryService.{each.split()[0]}": "custom" for each in methods}
    found = recognise(loaded(LINES, METHODS), overrides)
    assert not found.problems
    assert not set(overrides) & set(found.methods)


def test_time_grows_with_the_contract_and_no_faster() -> None:
    """Eight times as many resources are not sixty-four times as much work: a package may have a thousand RPCs."""

    def spent(count: int) -> float:
        messages, methods = [], []
        for number in range(count):
            name = f"Book{chr(ord('A') + number // 26)}{chr(ord('a') + number % 26)}"
            messages += [message(name, "int64 id, title"), message(f"Create{name}Request", f"{name} body")]
            methods += [
                f"Create{name} Create{name}Request {name}",
                f"DeleteThe{name} Create{name}Request Empty",
            ]
        contract = loaded(messages, methods)
        start = perf_counter()
        assert len(recognise(contract).resources) == count
        return perf_counter() - start

    small = min(spent(50) for _ in range(3))
    assert spent(400) < 8 * 4 * small
