"""Lists: orders, page sizes, tokens, and what `select` finds (AIP-132, 158, 159, 164)."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import math
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import InvalidArgumentError
from kit.resource import OrderKey, Page, Query, Rules, select

from .library import BOOK, LOAN, LOOSE_LOAN, PLAIN, Book, BookAuthor, BookBinding, Loan

UTC = datetime.UTC


@dataclasses.dataclass
class Draft:
    id: str = ""
    deleted_at: datetime.datetime | None = None


def refused(field: str, **arguments: Any) -> str:
    with pytest.raises(InvalidArgumentError) as error:
        BOOK.query(**arguments)
    assert [violation.field for violation in error.value.violations] == [field]
    return error.value.message


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", []),
        ("  ", []),
        ("title", [OrderKey(("title",))]),
        ("title asc", [OrderKey(("title",))]),
        (" title  desc , pages ", [OrderKey(("title",), True), OrderKey(("pages",))]),
        ("isbn", [OrderKey(("isbn",), False, True)]),
        ("author.family_name desc", [OrderKey(("author", "family_name"), True, True)]),
        ("from", [OrderKey(("from",))]),
    ],
)
def test_an_order_ends_with_the_identity(text: str, keys: list[OrderKey]) -> None:
    assert BOOK.query(order_by=text).order == (*keys, OrderKey(("name",)))


def test_nothing_is_ordered_behind_the_identity() -> None:
    assert BOOK.query(order_by="name desc, title").order == (OrderKey(("name",), True),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titel", "did you mean 'title'?"),
        ("author.famly_name", "did you mean 'author.family_name'?"),
        ("title,", "missing beside a comma"),
        (",", "missing beside a comma"),
        ("title, title desc", "title is named twice"),
        ("title up", "'asc' or 'desc'"),
        ("title desc desc", "'asc' or 'desc'"),
        ("title DESC", "'asc' or 'desc'"),
        ("title; drop table", "'asc' or 'desc'"),
        ("author", "author is a message and has no order"),
        ("tags", "tags is a list and has no order"),
        ("authors.family_name", "authors is a list and has no fields"),
        ("labels.color", "labels is a map and has no fields"),
        ("cover", "cover is bytes and has no order"),
        ("details", "has no order"),
        ("title.x", "title is a text and has no fields"),
        ("password", "never shown"),
        ("author..born", "no field"),
        (".", "no field"),
        ("author." + "teacher." * 1200 + "id", "more than 30 names"),
        (
            "title, pages, rating, binding, on_loan, isbn, edition, price, uid, printed, lent_for",
            "more than 10",
        ),
    ],
)
def test_an_order_is_refused(text: str, message: str) -> None:
    assert message in refused("order_by", order_by=text)


@pytest.mark.parametrize(
    ("page_size", "limit"), [(0, 50), (1, 1), (1000, 1000), (1001, 1000), (2**31 - 1, 1000), (None, None)]
)
def test_page_sizes_are_within_limits(page_size: int | None, limit: int | None) -> None:
    assert BOOK.query(page_size=page_size).limit == limit


def test_negative_numbers_are_refused() -> None:
    assert "-1 is negative" in refused("page_size", page_size=-1)
    assert "negative" in refused("page_size", page_size=-(2**31))
    assert "negative" in refused("skip", skip=-1)
    assert "negative" in refused("page", page=-1)


def test_a_page_number_skips_the_pages_before() -> None:
    assert BOOK.query(page=1, page_size=20).skip == 0
    assert BOOK.query(page=0, page_size=20, skip=3).skip == 3
    assert BOOK.query(page=4, page_size=20, skip=3).skip == 63
    assert BOOK.query(page=2**63, page_size=1000).skip == 2**63 - 1


books = [Book(name=f"shelves/{shelf}/books/{n}", title=f"t{n}") for shelf in (1, 2) for n in range(5)]


def found(**arguments: Any) -> list[str]:
    return [book.name for book in select(BOOK.query(**arguments), books).items]


def test_a_list_is_of_a_parent_or_of_any() -> None:
    assert found(parent="shelves/1") == [f"shelves/1/books/{n}" for n in range(5)]
    assert found(parent="shelves/-") == [book.name for book in books]
    assert found(parent="shelves/3") == []
    assert found() == [book.name for book in books]


def test_what_says_that_it_is_deleted_may_be_called_otherwise() -> None:
    rules = Rules(Draft, type="draft", identity="id", output_only=["deleted_at"], delete_time="deleted_at")
    here, gone = Draft("1"), Draft("2", datetime.datetime.now(datetime.UTC))
    assert select(rules.query(), [here, gone]).items == [here]
    assert select(rules.query(show_deleted=True), [here, gone]).items == [here, gone]


@pytest.mark.parametrize(
    "parent", ["", "-", "shelves", "shelves/", "shelves/1/books/2", "rooms/1", "/shelves/1", "shelves/\x00"]
)
def test_a_list_of_what_is_no_parent_is_refused(parent: str) -> None:
    refused("parent", parent=parent)


def test_a_parent_by_id_is_a_field_that_must_be_equal() -> None:
    loans = [Loan(loan_id="a", shelf_id="1"), Loan(loan_id="b", shelf_id="2")]
    assert select(LOAN.query(parent="2"), loans).items == loans[1:]
    assert select(LOAN.query(parent=""), loans).items == loans
    assert LOAN.query(parent="2").equals == (("shelf_id", "2"),)


def test_without_a_parent_is_a_value_like_others_and_the_first_of_them() -> None:
    loans = [Loan(loan_id="a", shelf_id="1"), Loan(loan_id="b"), Loan(loan_id="c", shelf_id="2")]

    def names(**asked: Any) -> str:
        return "".join(loan.loan_id for loan in select(LOOSE_LOAN.query(**asked), loans).items)

    assert (names(), names(parent=""), names(parent="1")) == ("abc", "abc", "a")
    assert names(filter='shelf_id = ""') == names(equals={"shelf_id": ""}) == "b"
    assert names(filter='shelf_id != "1"') == names(filter='NOT shelf_id = "1"') == "bc"
    assert names(filter="shelf_id:*") == "ac"
    assert names(order_by="shelf_id") == "bac"
    assert names(order_by="shelf_id desc") == "cab"


def test_only_what_is_given_must_be_equal() -> None:
    assert found(equals={"title": "t3", "binding": None}) == ["shelves/1/books/3", "shelves/2/books/3"]


def test_deleted_resources_are_shown_on_request() -> None:
    gone = Book(name="shelves/1/books/9", delete_time=datetime.datetime(2024, 1, 1, tzinfo=UTC))
    assert select(BOOK.query(), [gone]).items == []
    assert select(BOOK.query(show_deleted=True), [gone]).items == [gone]
    assert select(PLAIN.query(), [gone]).items == [gone]


def test_all_are_counted_whatever_the_page() -> None:
    query = BOOK.query(parent="shelves/1", filter='title != "t0"', page_size=2, counted=True)
    first = select(query, books)
    assert (len(first.items), first.total_size) == (2, 4)
    query = BOOK.query(
        parent="shelves/1", filter='title != "t0"', page_size=2, counted=True, page_token=first.next_token
    )
    assert select(query, books) == Page([books[3], books[4]], "", 4)


def test_skipping_counts_from_the_token_and_past_the_end_finds_nothing() -> None:
    token = select(BOOK.query(page_size=2), books).next_token
    assert found(page_size=3, page_token=token, skip=4) == [book.name for book in books[6:9]]
    assert select(BOOK.query(skip=100), books) == Page([])


def test_a_token_is_of_one_list_but_of_any_page_size() -> None:
    asked: dict[str, Any] = {
        "parent": "shelves/-",
        "filter": "pages = 0",
        "order_by": "title",
        "equals": {"pages": 0},
    }
    token = select(BOOK.query(**asked, page_size=3), books).next_token
    assert len(select(BOOK.query(**asked, page_size=4, counted=True, page_token=token), books).items) == 4
    others: list[dict[str, Any]] = [
        {"parent": "shelves/1"},
        {"filter": "pages = 1"},
        {"filter": ""},
        {"order_by": "title desc"},
        {"order_by": ""},
        {"equals": {"pages": 1}},
        {"equals": {}},
        {"show_deleted": True},
    ]
    for other in others:
        assert "another list" in refused("page_token", **{**asked, **other}, page_token=token)
    with pytest.raises(InvalidArgumentError, match="another list"):
        PLAIN.query(filter="pages = 0", order_by="title", equals={"pages": 0}, page_token=token)


def test_a_page_number_beside_a_token_is_refused() -> None:
    token = select(BOOK.query(page_size=2), books).next_token
    refused("page", page=2, page_token=token)


TOKEN = select(BOOK.query(order_by="title, edition", page_size=2), books).next_token


@given(st.integers(0, len(TOKEN) - 1), st.characters())
@settings(max_examples=500)
def test_a_token_with_one_other_character_is_refused(place: int, character: str) -> None:
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    if changed != TOKEN:
        refused("page_token", order_by="title, edition", page_token=changed)


def test_every_bit_of_a_token_counts() -> None:
    data = base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            token = base64.urlsafe_b64encode(changed).decode().rstrip("=")
            refused("page_token", order_by="title, edition", page_token=token)


@given(st.one_of(st.text(min_size=1), st.text(st.sampled_from(TOKEN), min_size=1, max_size=80)))
def test_what_is_no_token_is_refused(text: str) -> None:
    assert "gave out" in refused("page_token", page_token=text) or text == TOKEN


def test_a_token_cut_or_extended_is_refused() -> None:
    for changed in (TOKEN[:-1], TOKEN[1:], TOKEN + "A", TOKEN + "=", TOKEN + "\n", " " + TOKEN):
        refused("page_token", order_by="title, edition", page_token=changed)


def test_a_token_is_not_to_be_read_in_passing() -> None:
    data = base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    assert b"shelves" not in data
    assert all(character.isalnum() or character in "-_" for character in TOKEN)


class Mood(enum.Enum):
    """An enum without numbers."""

    NONE = "n"
    GOOD = "g"


keys: dict[str, st.SearchStrategy[Any]] = {
    "title": st.text(max_size=3),
    "pages": st.integers(-(2**63), 2**63),
    "rating": st.floats(),
    "on_loan": st.booleans(),
    "binding": st.sampled_from(BookBinding),
    "price": st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    "uid": st.none() | st.uuids(),
    "printed": st.none() | st.dates(),
    "read_at": st.none() | st.times(),
    "lent_for": st.none() | st.timedeltas(),
    "create_time": st.none() | st.datetimes(timezones=st.just(UTC)),
    "isbn": st.none() | st.text(max_size=2),
    "author": st.none()
    | st.builds(
        BookAuthor, family_name=st.sampled_from("ab"), born=st.none() | st.datetimes(timezones=st.just(UTC))
    ),
}
orders = st.lists(
    st.sampled_from([*(name for name in keys if name != "author"), "author.family_name", "author.born"]),
    unique=True,
    max_size=3,
).flatmap(lambda names: st.tuples(*(st.sampled_from([name, f"{name} desc"]) for name in names)))


@st.composite
def shelves(draw: st.DrawFn, prefix: str) -> list[Book]:
    drawn = draw(st.lists(st.fixed_dictionaries(keys), max_size=12))
    ids = draw(st.permutations(range(len(drawn))))
    return [Book(name=f"shelves/1/books/{prefix}{n}", **fields) for n, fields in zip(ids, drawn, strict=True)]


@given(shelves("a"), st.lists(shelves("b"), max_size=1), orders, st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_pages_have_each_resource_once_whatever_comes_in_between(
    stable: list[Book], added: list[list[Book]], order: tuple[str, ...], page_size: int
) -> None:
    new = added[0] if added else []
    seen: list[str] = []
    token, here = "", list(stable)
    for _ in range(100):
        query = PLAIN.query(order_by=",".join(order), page_size=page_size, page_token=token)
        page = select(query, here)
        seen += [book.name for book in page.items]
        token = page.next_token
        if not token:
            break
        if new:
            here.append(new.pop())
    assert len(seen) == len(set(seen))
    whole = select(PLAIN.query(order_by=",".join(order), page_size=None), stable).items
    names = {book.name for book in stable}
    assert [name for name in seen if name in names] == [book.name for book in whole]


def test_unset_comes_first_and_last_when_descending() -> None:
    some = [Book(name=str(n), edition=e) for n, e in enumerate([3, None, 1])]
    assert [b.edition for b in select(PLAIN.query(order_by="edition"), some).items] == [None, 1, 3]
    assert [b.edition for b in select(PLAIN.query(order_by="edition desc"), some).items] == [3, 1, None]


def test_nan_comes_behind_every_number_and_an_enum_by_its_name() -> None:
    some = [Book(name=str(n), rating=r) for n, r in enumerate([math.nan, math.inf, -1.0, math.nan])]
    assert [b.name for b in select(PLAIN.query(order_by="rating"), some).items] == ["2", "1", "0", "3"]
    bound = [Book(name=str(n), binding=b) for n, b in enumerate(BookBinding)]
    assert [b.binding.name for b in select(PLAIN.query(order_by="binding"), bound).items] == [
        "HARDCOVER",
        "PAPERBACK",
        "UNSPECIFIED",
    ]


def test_a_query_of_ones_own_pages_too() -> None:
    assert [len(select(Query(limit=3), books).items), select(Query(limit=20), books).next_token] == [3, ""]


def test_values_of_another_type_in_a_token_are_refused() -> None:
    from kit.resource.tokens import decode, encode

    kinds: list[tuple[Any, bool, Any]] = [
        (str, False, 1),
        (str, False, None),
        (int, False, True),
        (int, False, 1.5),
        (int, False, "1"),
        (bool, False, 1),
        (float, False, "x"),
        (BookBinding, False, "NONE"),
        (BookBinding, False, 1),
        (Mood, False, []),
        (datetime.datetime, False, "2024"),
        (datetime.datetime, True, 10**30),
        (datetime.timedelta, True, 10**30),
        (datetime.date, True, "2024-02-30"),
        (datetime.time, True, "24:01"),
        (decimal.Decimal, True, "x"),
        (uuid.UUID, True, "x"),
    ]
    for kind, nullable, value in kinds:
        with pytest.raises(InvalidArgumentError, match="page_token"):
            decode(encode(b"12345678", [value]), b"12345678", [(kind, nullable)])
    for count in (0, 2):
        with pytest.raises(InvalidArgumentError, match="page_token"):
            decode(encode(b"12345678", ["a"] * count), b"12345678", [(str, False)])


def test_a_page_of_integers_in_a_field_of_numbers_goes_on() -> None:
    some = [Book(name=str(n), rating=n) for n in range(4)]
    token = select(PLAIN.query(order_by="rating", page_size=2), some).next_token
    assert select(PLAIN.query(order_by="rating", page_size=2, page_token=token), some).items == some[2:]


def test_rules_that_name_no_field_are_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="Book has no field 'titel'"):
        Rules(Book, type="Book", required=["titel"])
    with pytest.raises(ValueError, match="BookAuthor has no field 'x'"):
        Rules(Book, type="Book", immutable=["authors.x"])
    with pytest.raises(ValueError, match="no message"):
        Rules(Book, type="Book", output_only=["title.x"])
