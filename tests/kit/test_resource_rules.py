"""What the contract says of a resource's fields and names, applied (AIP-122, 133, 134, 154, 161, 203)."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import re
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from google.rpc import error_details_pb2  # type: ignore[import-untyped,unused-ignore]
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import Code, InvalidArgumentError, ServiceError
from kit.resource import Rules, new_etag, no_transaction, select, utc_now
from kit.resource.fields import read
from kit.resource.masks import MAX_TOLD

from .library import BOOK, LOAN, PLAIN, Book, BookAuthor, BookBinding, BookEbook, BookPaper, Loan

UTC = datetime.UTC
NOW = datetime.datetime(2024, 1, 2, tzinfo=UTC)


def stored(**fields: Any) -> Book:
    return Book(**{"name": "shelves/1/books/2", "title": "Emma", "create_time": NOW, "etag": '"1"', **fields})


def refused(current: Book, incoming: Book, *mask: str, rules: Rules[Book] = BOOK) -> list[tuple[str, str]]:
    before = copy.deepcopy((current, incoming))
    with pytest.raises(InvalidArgumentError) as error:
        rules.updated(current, incoming, mask)
    assert (current, incoming) == before
    return [(violation.field, violation.description) for violation in error.value.violations]


@pytest.mark.parametrize(
    ("mask", "incoming", "changes"),
    [
        (["title"], {"title": "New", "pages": 5}, {"title": "New"}),
        (["title", "title", "pages"], {"title": "New", "pages": 5}, {"title": "New", "pages": 5}),
        (["pages"], {}, {"pages": 0}),
        (["isbn"], {"isbn": "1"}, {}),
        (["from"], {"from_": "x"}, {"from_": "x"}),
        (["tags"], {"tags": ["b"]}, {"tags": ["b"]}),
        (["tags"], {}, {"tags": []}),
        (["tags.*"], {"tags": ["b"]}, {"tags": ["b"]}),
        (["labels.a"], {"labels": {"a": "2", "z": "9"}}, {"labels": {"a": "2", "odd.key": "o"}}),
        (["labels.a"], {}, {"labels": {"odd.key": "o"}}),
        (["labels.none"], {}, {}),
        (["labels.`odd.key`"], {"labels": {"odd.key": "p"}}, {"labels": {"a": "1", "odd.key": "p"}}),
        (["labels.new", "labels"], {"labels": {"new": "n"}}, {"labels": {"new": "n"}}),
        (
            ["places.5.given_name"],
            {"places": {5: BookAuthor(given_name="G", family_name="no")}},
            {"places": {5: BookAuthor(given_name="G", family_name="Five")}},
        ),
        (
            ["places.6.given_name"],
            {"places": {6: BookAuthor(given_name="G")}},
            {"places": {5: BookAuthor(family_name="Five"), 6: BookAuthor(given_name="G")}},
        ),
        (["places.6.given_name"], {}, {}),
        (["places.5"], {}, {"places": {}}),
        (["details.x.y"], {"details": {"x": {"y": 1, "z": 2}}}, {"details": {"x": {"y": 1}}}),
        (["details.x"], {"details": {"x": [1]}}, {"details": {"x": [1]}}),
        (["details.x.y"], {"details": {"x": 5}}, {}),
        (["ebook.size"], {}, {}),
        (["edition"], {"edition": 0}, {"edition": 0}),
        (["binding"], {"binding": BookBinding.PAPERBACK}, {"binding": BookBinding.PAPERBACK}),
        (
            ["*"],
            {"title": "New", "isbn": "1"},
            {
                "title": "New",
                "pages": 0,
                "tags": [],
                "labels": {},
                "places": {},
                "details": None,
                "author": None,
            },
        ),
        ([], {"title": "New", "pages": 0, "labels": {"n": "1"}}, {"title": "New", "labels": {"n": "1"}}),
        ([], {"edition": 0}, {"edition": 0}),
        ([], {}, {}),
    ],
)
def test_a_mask_takes_what_it_names(
    mask: list[str], incoming: dict[str, Any], changes: dict[str, Any]
) -> None:
    current = stored(
        pages=3,
        isbn="1",
        tags=["a"],
        labels={"a": "1", "odd.key": "o"},
        places={5: BookAuthor(family_name="Five")},
        details={},
        author=BookAuthor(given_name="Jane", family_name="Austen"),
    )
    before = copy.deepcopy(current)
    assert BOOK.updated(current, Book(name=current.name, **incoming), mask) == dataclasses.replace(
        before, **changes
    )
    assert current == before


JANE = BookAuthor(given_name="Jane", family_name="Austen", id="server's")


@pytest.mark.parametrize(
    ("mask", "now", "incoming", "then"),
    [
        (
            ["author.given_name"],
            JANE,
            BookAuthor(given_name="J"),
            BookAuthor(given_name="J", family_name="Austen", id="server's"),
        ),
        (["author.given_name"], JANE, None, BookAuthor(family_name="Austen", id="server's")),
        (
            ["author.family_name"],
            None,
            BookAuthor(given_name="no", family_name="New"),
            BookAuthor(family_name="New"),
        ),
        (["author.given_name"], None, None, None),
        (
            ["author.teacher.given_name"],
            JANE,
            BookAuthor(teacher=BookAuthor(given_name="T")),
            dataclasses.replace(JANE, teacher=BookAuthor(given_name="T")),
        ),
        (["author.class"], JANE, BookAuthor(class_="A"), dataclasses.replace(JANE, class_="A")),
        (
            ["author"],
            JANE,
            BookAuthor(family_name="New", id="client's"),
            BookAuthor(family_name="New", id="server's"),
        ),
        (["author"], JANE, None, None),
        (["author"], None, BookAuthor(family_name="New", id="client's"), BookAuthor(family_name="New")),
        (
            ["*"],
            JANE,
            BookAuthor(family_name="New", id="client's"),
            BookAuthor(family_name="New", id="server's"),
        ),
        (
            [],
            JANE,
            BookAuthor(given_name="J", id="client's"),
            BookAuthor(given_name="J", family_name="Austen", id="server's"),
        ),
        ([], None, BookAuthor(family_name="New"), BookAuthor(family_name="New")),
        (["author.id"], JANE, BookAuthor(id="server's"), JANE),
        (["author.*"], JANE, BookAuthor(family_name="New"), BookAuthor(family_name="New", id="server's")),
    ],
)
def test_a_mask_leads_into_messages(
    mask: list[str], now: BookAuthor | None, incoming: BookAuthor | None, then: BookAuthor | None
) -> None:
    updated = BOOK.updated(stored(author=now), Book(title="Emma", author=incoming), mask)
    assert updated.author == then
    assert updated.author is None or updated.author is not now


def test_what_was_taken_is_a_copy() -> None:
    current, incoming = stored(), Book(tags=["a"], author=JANE, details={"a": {"b": []}})
    for mask in ([], ["*"], ["tags", "author", "details"], ["details.a.b", "tags", "author.given_name"]):
        incoming.title = "Emma"
        updated = PLAIN.updated(current, incoming, mask)
        assert updated.tags == ["a"] and updated.tags is not incoming.tags
        assert updated.author is not JANE
        assert updated.details is not None and updated.details["a"]["b"] is not incoming.details["a"]["b"]  # type: ignore[index]


def test_elements_keep_what_the_server_gave_them_while_they_are_the_same() -> None:
    ann = BookAuthor(family_name="Ann", id="1", seen=5)
    bob = BookAuthor(family_name="Bob", id="2", seen=6)
    current = stored(authors=[ann, bob], places={1: ann, 2: bob})
    plain = [BookAuthor(family_name=name, id="client's") for name in ("Ann", "Zed", "New")]
    updated = BOOK.updated(
        current, Book(authors=plain, places={2: plain[1], 3: plain[2]}), ["authors", "places"]
    )
    assert updated.authors == [ann, BookAuthor(family_name="Zed"), BookAuthor(family_name="New")]
    assert updated.places == {2: BookAuthor(family_name="Zed", id="2"), 3: BookAuthor(family_name="New")}
    assert BOOK.updated(current, copy.deepcopy(current), ["authors"]) == current


@pytest.mark.parametrize(
    ("mask", "description"),
    [
        (["titel"], "'titel': there is no field 'titel'; did you mean 'title'?"),
        (["author.nam"], "'author.nam': there is no field 'nam'"),
        ([""], "'': a name is missing in the path"),
        (["title", ""], "'': a name is missing in the path"),
        (["author..born"], "'author..born': a name is missing in the path"),
        (["title."], "'title.': a name is missing in the path"),
        (["*", "title"], "'*': stands for all fields, and stands alone"),
        (["`*`", "title"], "'`*`': stands for all fields, and stands alone"),
        (["authors.0"], "'authors.0': authors is a list, and is named as a whole"),
        (["authors.0.id"], "'authors.0.id': authors is a list, and is named as a whole"),
        (["authors.*.family_name"], "'authors.*.family_name': authors is a list, and is named as a whole"),
        (["authors.family_name"], "'authors.family_name': authors is a list, and is named as a whole"),
        (["title.x"], "'title.x': title is a text, and is named as a whole"),
        (["labels.a.b"], "'labels.a.b': labels.a is a text, and is named as a whole"),
        (["labels.`a"], "'labels.`a': a backtick is not closed"),
        (["labels.`a`b"], "'labels.`a`b': a dot is missing between the names"),
        (["places.x"], "'places.x': has keys that are whole numbers"),
        (["flags.true"], "'flags.true': flags is a map, and is named as a whole"),
        (["from_"], "'from_': there is no field 'from_'; did you mean 'from'?"),
        (["author." + "teacher." * 1200 + "id"], "'author.teacher."),
        (["book.title"], "'book.title': there is no field 'book'"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(mask: list[str], description: str) -> None:
    (found,) = refused(stored(), Book(title="x"), *mask)
    assert found[0] == "update_mask"
    assert found[1].startswith(description)


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = refused(stored(), Book(), "titel", "x", "title")
    assert [field for field, _ in wrong] == ["update_mask", "update_mask"]
    current = stored(isbn="1", authors=[BookAuthor(family_name="A")])
    wrong = refused(
        current, Book(isbn="2", authors=[BookAuthor()]), "isbn", "create_time", "title", "authors"
    )
    assert [field for field, _ in wrong] == ["update_mask", "isbn", "title", "authors[0].family_name"]


@pytest.mark.parametrize("mask", [["create_time"], ["title", "create_time"], ["name"], ["etag"]])
def test_a_field_of_the_server_may_be_named_while_it_stays(mask: list[str]) -> None:
    current = stored()
    assert BOOK.updated(current, copy.deepcopy(current), mask) == current
    other = Book(name="shelves/1/books/3", title="Emma", create_time=NOW + datetime.timedelta(1), etag="x")
    for path in set(mask) - {"title"}:
        ((field, description),) = refused(current, other, path)
        assert (field, description) == ("update_mask", f"{path} is set by the server and cannot be updated")


def test_of_many_unknown_paths_the_first_are_told() -> None:
    wrong = refused(stored(), Book(), *(f"titel{number}" for number in range(10_000)))
    assert len(wrong) == MAX_TOLD


def test_a_name_that_none_could_be_is_not_told_in_full() -> None:
    error = BOOK.not_found("x" * 1_000_000)
    assert len(error.message) < 1100
    assert error.metadata == {"resource": "x" * 1000 + "…"}


def test_a_field_of_the_server_stays_where_it_is_not_named() -> None:
    other = Book(name="shelves/1/books/3", title="New", create_time=None, etag="x")
    for mask in ([], ["*"], ["title"]):
        assert BOOK.updated(stored(), other, mask) == stored(title="New")


@pytest.mark.parametrize("mask", [["isbn"], ["*"], []])
def test_an_immutable_field_stays_the_same_or_is_an_error(mask: list[str]) -> None:
    current = stored(isbn="1")
    assert BOOK.updated(current, Book(title="Emma", isbn="1"), mask).isbn == "1"
    (found,) = refused(current, Book(title="Emma", isbn="2"), *mask)
    assert found == ("isbn", "is immutable: it is set once, at creation")


def test_a_field_that_is_required_and_immutable_is_told_once() -> None:
    rules = Rules(Book, type="Book", required=["title"], immutable=["title"])
    for mask in (["*"], ["title"]):
        ((field, description),) = refused(stored(), Book(), *mask, rules=rules)
        assert (field, description) == ("title", "is immutable: it is set once, at creation")


def test_an_immutable_field_of_a_message() -> None:
    current = stored(author=BookAuthor(family_name="A", born=NOW))
    ((field, _),) = refused(current, Book(author=BookAuthor(family_name="A")), "author")
    assert field == "author.born"
    assert BOOK.updated(
        current, Book(author=BookAuthor(family_name="B", born=NOW)), ["author"]
    ).author == BookAuthor(family_name="B", born=NOW)
    assert BOOK.updated(current, Book(), ["author"]).author is None


def test_a_required_field_is_not_emptied() -> None:
    assert refused(stored(), Book(), "title") == [("title", "is required")]
    assert [field for field, _ in refused(stored(), Book(isbn=None), "*")] == ["title"]
    assert BOOK.updated(stored(), Book(), ["pages"]).title == "Emma"
    old = stored(title="")  # from before the contract required it
    assert BOOK.updated(old, Book(pages=5), ["pages"]).pages == 5


def test_of_a_oneof_the_newer_field_stays() -> None:
    current = stored(paper=BookPaper(weight=5))
    ebook = Book(ebook=BookEbook(size=7))
    for mask in ([], ["ebook"], ["ebook.size"], ["ebook", "paper"], ["paper", "ebook"]):
        updated = BOOK.updated(current, ebook, mask)
        assert (updated.paper, updated.ebook) == (None, BookEbook(size=7))
    for mask in (["title"], ["ebook"], ["ebook.size"], ["paper.weight"]):
        updated = BOOK.updated(current, Book(title="Emma", paper=BookPaper(weight=5)), mask)
        assert (updated.paper, updated.ebook) == (BookPaper(weight=5), None)
    assert BOOK.updated(current, Book(), ["paper"]).paper is None


def test_what_clients_never_read_stays_when_they_send_back_what_they_read() -> None:
    current = stored(password="secret")
    assert BOOK.updated(current, Book(title="New"), ["*"]).password == "secret"
    assert BOOK.updated(current, Book(title="New", password="other"), ["*"]).password == "other"
    assert BOOK.updated(current, Book(), ["password"]).password == ""


def test_a_new_resource_has_nothing_of_the_servers_fields() -> None:
    book = stored(author=JANE, authors=[dataclasses.replace(JANE, seen=4)], places={1: JANE}, delete_time=NOW)
    assert BOOK.new(copy.deepcopy(book)) == Book(
        name=book.name,
        title="Emma",
        author=dataclasses.replace(JANE, id=""),
        authors=[dataclasses.replace(JANE, id="")],
        places={1: dataclasses.replace(JANE, id="")},
    )
    assert BOOK.new(book) is book


@pytest.mark.parametrize("owned", [["author", "author.id"], ["author.id", "author"]])
def test_a_message_of_the_servers_is_its_as_a_whole(owned: list[str]) -> None:
    rules = Rules(Book, type="Book", output_only=owned, attributes={"from": "from_"})
    assert rules.new(Book(author=BookAuthor(family_name="Eco"))).author is None
    kept = rules.updated(Book(author=BookAuthor(family_name="Eco")), Book(title="x"), ["*"])
    assert kept.author == BookAuthor(family_name="Eco")


def test_a_new_resource_has_all_that_is_required() -> None:
    book = Book(author=BookAuthor(), authors=[BookAuthor(family_name="A"), BookAuthor()])
    with pytest.raises(InvalidArgumentError) as error:
        BOOK.new(book)
    assert [(v.field, v.description, v.reason) for v in error.value.violations] == [
        ("title", "is required", "required"),
        ("authors[1].family_name", "is required", "required"),
        ("author.family_name", "is required", "required"),
    ]


def test_violations_are_about_where_the_request_has_the_resource() -> None:
    rules = Rules(
        Book, type="Book", field="book", required=["title", "authors.family_name"], immutable=["isbn"]
    )
    with pytest.raises(InvalidArgumentError) as error:
        rules.new(Book(authors=[BookAuthor()]))
    assert [v.field for v in error.value.violations] == ["book.title", "book.authors[0].family_name"]
    wrong = refused(stored(isbn="1"), Book(isbn="2"), "isbn", "title", rules=rules)
    assert [field for field, _ in wrong] == ["book.isbn", "book.title"]


def test_zero_and_false_cannot_be_told_from_nothing() -> None:
    rules = Rules(
        Book,
        type="Book",
        required=[
            "name",
            "pages",
            "rating",
            "on_loan",
            "binding",
            "edition",
            "tags",
            "labels",
            "author",
            "cover",
            "isbn",
        ],
    )
    with pytest.raises(InvalidArgumentError) as error:
        rules.new(Book())
    assert [v.field for v in error.value.violations] == [
        "edition",
        "tags",
        "labels",
        "author",
        "cover",
        "isbn",
    ]
    rules.new(Book(edition=0, tags=[""], labels={"": ""}, author=BookAuthor(), cover=b"x", isbn=""))


BOTH = Rules(
    Book,
    type="x.com/Book",
    patterns=["shelves/{shelf}/books/{book}", "rooms/{room}/boxes/{box}/books/{book}", "books/{book}"],
)
SINGLE = Rules(Book, type="x.com/Config", patterns=["users/{user}/config"])
PAIR = Rules(Book, type="x.com/Pair", patterns=["users/{user}/pairs/{left}~{right}"])
ANY = Rules(Book, type="x.com/UserEvent", patterns=["*"])
REMARK = Rules(Book, type="x.com/Remark", patterns=["books/{book}/reviews/{review}"])
OTHER = Rules(Book, type="x.com/Review", patterns=["books/{book}/reviews/{review}"], id_field="remark.id")


@pytest.mark.parametrize(
    ("rules", "parent", "proposed", "name"),
    [
        (BOOK, "shelves/1", "les-miserables", "shelves/1/books/les-miserables"),
        (BOTH, "shelves/1", "a", "shelves/1/books/a"),
        (BOTH, "rooms/1/boxes/2", "a", "rooms/1/boxes/2/books/a"),
        (BOTH, "", "a", "books/a"),
        (SINGLE, "users/1", "", "users/1/config"),
        (PAIR, "users/1", "a~b", "users/1/pairs/a~b"),
        (ANY, "", "abc", "abc"),
        (LOAN, "", "abc", "abc"),
    ],
)
def test_a_name_is_made_of_the_parents_and_the_id(
    rules: Rules[Any], parent: str, proposed: str, name: str
) -> None:
    assert rules.new_name(parent, proposed) == name
    assert rules.check_name(name) == name


def test_an_id_that_nobody_proposes_is_a_uuid() -> None:
    assert uuid.UUID(BOOK.new_name("shelves/1").removeprefix("shelves/1/books/")).version == 4
    assert uuid.UUID(LOAN.new_name()).version == 4
    assert re.fullmatch(r"users/1/pairs/[0-9a-f-]{36}~[0-9a-f-]{36}", PAIR.new_name("users/1"))


@pytest.mark.parametrize(
    ("rules", "parent", "proposed", "field", "message"),
    [
        (BOOK, "", "a", "parent", "is required, 'shelves/{shelf}'"),
        (BOOK, "shelves/-", "a", "parent", "'shelves/-' is not 'shelves/{shelf}'"),
        (BOOK, "rooms/1", "a", "parent", "is not 'shelves/{shelf}'"),
        (BOOK, "shelves/1/books/2", "a", "parent", "is not"),
        (BOOK, "shelves/", "a", "parent", "is not"),
        (BOOK, "shelves/" + "x" * 2000, "a", "parent", "is not"),
        (BOOK, "shelves/1\n", "a", "parent", "is not"),
        (BOTH, "x", "a", "parent", "'shelves/{shelf}' or 'rooms/{room}/boxes/{box}'"),
        (BOOK, "shelves/1", "-", "book_id", "is no resource id"),
        (BOOK, "shelves/1", "a/b", "book_id", "is no resource id"),
        (BOOK, "shelves/1", "a b", "book_id", "is no resource id"),
        (BOOK, "shelves/1", "é", "book_id", "is no resource id"),
        (BOOK, "shelves/1", "a" * 64, "book_id", "is no resource id"),
        (BOOK, "shelves/1", "..", "book_id", "is no resource id"),
        (PAIR, "users/1", "ab", "book_id", "does not make a name"),
        (REMARK, "books/1", "a/b", "book_id", "is no resource id"),
        (OTHER, "books/1", "a/b", "remark.id", "is no resource id"),
        (LOAN, "", "a/b", "loan_id", "is no resource id"),
        (ANY, "", "a/b", "book_id", "is no resource id"),
    ],
)
def test_a_name_is_refused(rules: Rules[Any], parent: str, proposed: str, field: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=re.escape(message)) as error:
        rules.new_name(parent, proposed)
    assert [violation.field for violation in error.value.violations] == [field]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "shelves/1",
        "shelves/-/books/1",
        "shelves/1/books/-",
        "books/1",
        "shelves/1/books/2/x",
        "shelves//books/2",
    ],
)
def test_what_names_nothing_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        BOOK.check_name(name, "book.name")
    assert [violation.field for violation in error.value.violations] == ["book.name"]


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (BOOK.not_found("shelves/1/books/2"), Code.NOT_FOUND, "RESOURCE_NOT_FOUND"),
        (BOOK.already_exists("shelves/1/books/2"), Code.ALREADY_EXISTS, "RESOURCE_ALREADY_EXISTS"),
        (BOOK.has_children("shelves/1/books/2"), Code.FAILED_PRECONDITION, "RESOURCE_HAS_CHILDREN"),
        (BOOK.changed("shelves/1/books/2"), Code.ABORTED, "RESOURCE_CHANGED"),
    ],
)
def test_errors_say_which_resource(error: ServiceError, code: Code, reason: str) -> None:
    assert (error.code, error.reason, error.metadata) == (code, reason, {"resource": "shelves/1/books/2"})
    assert error.message.startswith('Book "shelves/1/books/2" ')
    info = error.detail(error_details_pb2.ResourceInfo)
    assert info is not None
    assert (info.resource_type, info.resource_name) == ("library.example.com/Book", "shelves/1/books/2")


def test_etags_are_quoted_and_none_is_like_another() -> None:
    found = {new_etag() for _ in range(100)}
    assert len(found) == 100
    assert all(re.fullmatch(r'"[0-9a-f]+"', etag) for etag in found)


async def test_no_transaction_begins_nothing() -> None:
    async with no_transaction(), no_transaction(discard=True):
        assert utc_now().utcoffset() == datetime.timedelta(0)


authors = st.deferred(
    lambda: (
        st.none()
        | st.builds(
            BookAuthor,
            given_name=st.sampled_from(["", "a", "b"]),
            family_name=st.sampled_from(["", "a", "b"]),
            born=st.none() | st.just(NOW),
            seen=st.integers(0, 2),
            teacher=st.none() | st.builds(BookAuthor, given_name=st.sampled_from("ab")),
        )
    )
)
some_books = st.builds(
    Book,
    name=st.just("shelves/1/books/1"),
    title=st.sampled_from(["", "a", "b"]),
    author=authors,
    authors=st.lists(authors.filter(lambda a: a is not None), max_size=2),
    pages=st.integers(0, 2),
    tags=st.lists(st.sampled_from("ab"), max_size=2),
    labels=st.dictionaries(st.sampled_from(["a", "b.c"]), st.sampled_from("12")),
    places=st.dictionaries(st.integers(0, 1), authors.filter(lambda a: a is not None)),
    details=st.none()
    | st.dictionaries(
        st.sampled_from("ab"), st.integers(0, 1) | st.dictionaries(st.sampled_from("ab"), st.integers(0, 1))
    ),
    edition=st.none() | st.integers(0, 1),
)
PATHS: dict[str, Sequence[str]] = {
    ".".join(f"`{name}`" if "." in name else name for name in path): path
    for path in [
        *(
            ("title",),
            ("author",),
            ("authors",),
            ("pages",),
            ("tags",),
            ("labels",),
            ("places",),
            ("details",),
        ),
        *(("edition",), ("author", "given_name"), ("author", "born"), ("author", "teacher", "given_name")),
        *(
            ("author", "teacher"),
            ("labels", "a"),
            ("labels", "b.c"),
            ("places", "0"),
            ("places", "1", "family_name"),
        ),
        *(("details", "a"), ("details", "a", "b")),
    ]
}
masks = st.lists(st.sampled_from(sorted(PATHS)), min_size=1, max_size=4)


@given(some_books, some_books, masks)
@settings(max_examples=150, deadline=None)
def test_named_fields_are_those_of_the_update_and_others_stay(
    current: Book, incoming: Book, mask: list[str]
) -> None:
    updated = PLAIN.updated(current, incoming, mask)
    named = [PATHS[path] for path in mask]
    for path in PATHS.values():
        if any(each == path[: len(each)] or path == each[: len(path)] for each in named):
            continue
        now, before = read(updated, path), read(current, path)
        # A message that was made has its defaults where there was none.
        assert now == before or (before is None and not now)
    for path in named:
        got, want = read(updated, path), read(incoming, path)
        # What a message that the update lacks would have is its default, as is what is nowhere.
        assert got == want or (not got and not want)


@given(some_books, masks)
@settings(max_examples=150, deadline=None)
def test_an_update_with_what_was_read_changes_nothing(book: Book, mask: list[str]) -> None:
    for paths in (mask, ["*"], []):
        assert PLAIN.updated(book, copy.deepcopy(book), paths) == book
        assert BOOK.updated(book, copy.deepcopy(book), paths) == book
    shown = PLAIN.updated(Book(), book, mask)
    assert PLAIN.updated(book, shown, mask) == book


@given(some_books, some_books)
@settings(max_examples=150, deadline=None)
def test_a_replaced_resource_is_the_update_and_a_merged_one_has_all_that_is_set(
    current: Book, incoming: Book
) -> None:
    assert PLAIN.updated(current, incoming, ["*"]) == incoming
    merged = PLAIN.updated(current, incoming, [])
    for path in [
        ("title",),
        ("pages",),
        ("tags",),
        ("labels",),
        ("edition",),
        ("author", "given_name"),
        ("authors",),
    ]:
        expected = read(incoming, path)
        assert read(merged, path) == (
            expected if expected or (path == ("edition",) and expected is not None) else read(current, path)
        ) or (expected == "" and read(current, path) is None)


@given(st.text(max_size=20), some_books)
@settings(max_examples=150, deadline=None)
def test_any_path_is_taken_or_refused_about_the_mask(path: str, book: Book) -> None:
    try:
        PLAIN.updated(book, Book(), [path])
    except InvalidArgumentError as error:
        assert [violation.field for violation in error.violations] == ["update_mask"]


@dataclasses.dataclass(slots=True, kw_only=True)
class Odd:
    """Fields that are called like something else, or otherwise than their attributes."""

    name: str = ""
    enum_: str = ""
    class_: str = ""
    field: str = ""
    inner: Odd | None = None


def test_attributes_may_be_called_otherwise_than_fields() -> None:
    rules = Rules(
        Odd,
        type="Odd",
        attributes={"class": "class_", "__field": "field"},
        required=["__field"],
        immutable=["class"],
    )
    odd = rules.new(Odd(name="a", enum_="e", class_="c", field="f", inner=Odd(class_="i")))
    updated = rules.updated(odd, Odd(enum_="n", field="m"), ["enum_", "__field"])
    assert updated == dataclasses.replace(odd, enum_="n", field="m")
    query = rules.query(
        filter="enum_ = e class = c __field = f inner.class = i", order_by="__field, enum_, class"
    )
    assert select(query, [odd, updated]).items == [odd]
    page = select(rules.query(order_by="__field, class", page_size=1), [odd, updated])
    again = rules.query(order_by="__field, class", page_size=1, page_token=page.next_token)
    assert [*page.items, *select(again, [odd, updated]).items] == [odd, updated]
    assert select(rules.query(equals={"__field": "m"}), [odd, updated]).items == [updated]
    with pytest.raises(InvalidArgumentError, match=r"__field: is required"):
        rules.updated(odd, Odd(), ["__field"])


ALL_PATHS = [
    *PATHS,
    *(
        "*",
        "name",
        "etag",
        "create_time",
        "author.id",
        "author.seen",
        "isbn",
        "author.born",
        "password",
        "paper",
    ),
    *("paper.weight", "ebook", "ebook.size", "places.0.id", "from", "cover", "binding", "authors.*"),
]
ruled_books = st.builds(
    dataclasses.replace,
    some_books.filter(lambda book: bool(book.title)),
    etag=st.sampled_from(["", '"1"']),
    isbn=st.none() | st.sampled_from(["", "1"]),
    create_time=st.none() | st.just(NOW),
    password=st.sampled_from(["", "p"]),
    paper=st.none() | st.builds(BookPaper, weight=st.integers(0, 1)),
)
electronic = st.builds(
    lambda book: dataclasses.replace(book, paper=None, ebook=BookEbook(size=1)), ruled_books
)


@given(ruled_books | electronic, ruled_books | electronic, st.lists(st.sampled_from(ALL_PATHS), max_size=3))
@settings(max_examples=150, deadline=None)
def test_an_update_keeps_the_rules_or_is_refused(current: Book, incoming: Book, mask: list[str]) -> None:
    before = copy.deepcopy((current, incoming))
    try:
        updated = BOOK.updated(current, incoming, mask)
    except InvalidArgumentError as error:
        assert error.violations
    else:
        for field in ("name", "etag", "create_time", "delete_time", "isbn"):
            assert getattr(updated, field) == getattr(current, field)
        assert read(updated, ("author", "id")) in (read(current, ("author", "id")), "", None)
        assert None in (updated.paper, updated.ebook)
        assert updated.title
        assert BOOK.updated(updated, incoming, mask) == updated
    assert (current, incoming) == before


def test_loans_have_no_rules_but_their_types() -> None:
    assert LOAN.updated(Loan(loan_id="1", note="a"), Loan(loan_id="2", note="b"), ["*"]) == Loan(
        loan_id="1", note="b"
    )


@dataclasses.dataclass
class ChangeBook:
    """A request that repeats fields of a book, of which two may be unset."""

    title: str = ""
    pages: int = 0
    note: str | None = None
    stars: int | None = None


@pytest.mark.parametrize(
    ("request_", "given"),
    [
        (ChangeBook(), []),
        (ChangeBook(title="t", stars=0), ["title", "stars"]),
        (ChangeBook(pages=1, note=""), ["pages", "note"]),
    ],
)
def test_a_request_gives_what_is_not_empty_and_what_is_set(request_: ChangeBook, given: list[str]) -> None:
    rules = Rules(ChangeBook, type="x.y/Book", identity="title")
    assert rules.given(request_, ["title", "pages", "note", "stars"]) == given
