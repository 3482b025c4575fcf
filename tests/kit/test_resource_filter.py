"""Filters: what parses, what it means, what is refused and where (AIP-160)."""

from __future__ import annotations

import datetime
import decimal
import re
import time
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import InvalidArgumentError
from kit.money import Money
from kit.resource import match
from kit.resource.filtering import MAX_DEPTH, MAX_TERMS, parse
from kit.resource.lexing import MAX_LENGTH
from kit.resource.nodes import And, Not, Or
from kit.resource.syntax import Expression, Literal, Restriction, Value, written

from .library import BOOK, Book, BookAuthor, BookBinding

UTC = datetime.UTC


def eq(path: str, text: str, quoted: bool = False) -> Restriction:
    return Restriction(tuple(path.split(".")), "=", Value((text,), quoted))


A, B, C, D = (eq(name, "1") for name in "abcd")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("  \t\n", None),
        ("a = 1", A),
        ("a=1", A),
        ("a=1 AND b=1", And((A, B))),
        ("a=1 b=1", And((A, B))),
        ("a=1 b=1 AND c=1 d=1", And((A, B, C, D))),
        ("a=1 AND b=1 OR c=1", And((A, Or((B, C))))),
        ("a=1 OR b=1 AND c=1", And((Or((A, B)), C))),
        ("a=1 OR b=1 c=1 OR d=1", And((Or((A, B)), Or((C, D))))),
        ("(a=1 AND b=1) OR c=1", Or((And((A, B)), C))),
        ("((a=1))", A),
        ("NOT a=1", Not(A)),
        ("-a=1", Not(A)),
        ("-(a=1 OR b=1)", Not(Or((A, B)))),
        ("NOT (NOT a=1)", Not(Not(A))),
        ("NOT a=1 OR -b=1", Or((Not(A), Not(B)))),
        ("a.b.c = x", eq("a.b.c", "x")),
        ("a.AND.NOT = x", eq("a.AND.NOT", "x")),
        ("a = -30", eq("a", "-30")),
        ("a = -1.5e-3", eq("a", "-1.5e-3")),
        ("a = com.example.x", eq("a", "com.example.x")),
        ("a = 2012-04-21T11:30:00.5-04:00 b=1", And((eq("a", "2012-04-21T11:30:00.5-04:00"), B))),
        ("a = shelves/1/books/2", eq("a", "shelves/1/books/2")),
        (r"a = 'it\'s'", eq("a", "it's", True)),
        (r'a = "\"\\\n\t\u00e9\*"', eq("a", '"\\\n\té*', True)),
        ('a = "x*"', Restriction(("a",), "=", Value(("x", ""), True))),
        ('a."odd key".b = 1', Restriction(("a", "odd key", "b"), "=", Value(("1",)))),
        ("a = (1 OR 2)", Or((A, eq("a", "2")))),
        ("a != (1 OR -2)", Not(Or((A, eq("a", "-2"))))),
        (
            "a:(1 AND NOT 2)",
            And((Restriction(("a",), ":", Value(("1",))), Not(Restriction(("a",), ":", Value(("2",)))))),
        ),
        ("Hugo", Literal(Value(("Hugo",)))),
        ("com.example", Literal(Value(("com.example",)))),
    ],
)
def test_parses(text: str, tree: Expression | None) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("a =", 4, "expected a value, found the end"),
        ("= 1", 1, "expected a field, found '='"),
        ("a = 1 AND", 10, "expected a field, found the end"),
        ("AND a = 1", 1, "expected a field"),
        ("a = 1 OR OR b = 2", 10, "expected a field"),
        ("a == 1", 4, "expected a value"),
        ("a = AND", 5, "expected a value"),
        ("(a = 1", 7, "the ')' of the '(' in column 1"),
        ("a = 1)", 6, "expected AND, OR or the end"),
        ("()", 2, "expected a field"),
        ("a = 1 AND(b = 2)", 10, "expected a space behind AND"),
        ("NOT(a = 1)", 4, "expected a space behind NOT"),
        ('a = "x"b = 1', 8, "expected a space"),
        ('a = "x"AND b = 1', 8, "expected a space"),
        ("--a = 1", 2, "one negation"),
        ("NOT -a = 1", 5, "one negation"),
        ("NOT NOT a = 1", 5, "expected a field"),
        ("- a = 1", 3, "right behind the '-'"),
        ("regex(a, 'x')", 1, "functions are not offered"),
        ("math.mem('30mb') = 1", 1, "functions are not offered"),
        ("a = now()", 5, "functions are not offered"),
        ('a = "x', 5, "no closing quote"),
        (r'a = "\x"', 6, "no such escape"),
        (r'a = "\ud800"', 6, "no such escape"),
        ('a = "\\u0000"', 6, "U+0000"),
        ('a = "\x00"', 6, "U+0000"),
        ("a = \x00", 5, "no part of a filter"),
        ("a ! b", 3, "'!=' only"),
        ("a = b\\c", 6, "no part of a filter"),
        ("a . b = 1", 3, "expected AND, OR or the end"),
        ("a. b = 1", 4, "right behind the dot"),
        (".5 = a", 1, "expected a field"),
        ("a = 1, b = 2", 6, "expected AND, OR or the end"),
        ("a = 2012-04-21T11:30Z", 18, "expected AND, OR or the end"),
        ("a = (b = 1)", 6, "expected values alone"),
        ("a* = 1", 1, "no wildcard in its path"),
        ('a = x."y"', 7, "no dot"),
        ("a = 'it''s'", 9, "expected a space"),
    ],
)
def test_syntax_errors_name_the_column_and_what_was_expected(text: str, column: int, message: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        parse(text)
    assert error.value.message.startswith(f"filter: column {column}: ")
    assert message in error.value.message
    assert [violation.field for violation in error.value.violations] == ["filter"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * (MAX_DEPTH + 1) + "a = 1" + ")" * (MAX_DEPTH + 1),
        "a = " + "(" * 9000,
        " AND ".join(["a = 1"] * (MAX_TERMS + 1)),
        "a = (" + " OR ".join(["1"] * (MAX_TERMS + 1)) + ")",
        "a = " + "x" * MAX_LENGTH,
        "-(" * 4000,
        "author." + "teacher." * 1200 + "id = x",
        "a = " + "1." * 2000 + "1",
    ],
)
def test_limits_hold(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"column \d+"):
        parse(text)


def test_what_limits_allow_parses() -> None:
    assert parse("(" * MAX_DEPTH + "a = 1" + ")" * MAX_DEPTH) == A
    assert parse(" AND ".join(["a = 1"] * MAX_TERMS)) == And((A,) * MAX_TERMS)


def test_reading_takes_time_in_proportion_to_the_length() -> None:
    def duration(text: str) -> float:
        start = time.process_time_ns()
        for _ in range(20):
            parse(text)
        return time.process_time_ns() - start

    unit = 'a = "' + "x" * 40 + '"'
    short, long = " AND ".join([unit] * 10), " AND ".join([unit] * 180)
    # 18 times as long; were it the square, it would take 324 times as long.
    assert min(duration(long) / duration(short) for _ in range(5)) < 80


TEXT = re.compile(r"(?!-)[\w/@%+~-]+\Z", re.ASCII)
names = st.text(st.sampled_from("abcxyz_0189 .\"'\\*é"), min_size=1, max_size=8)
quoted = st.lists(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8),
    min_size=1,
    max_size=3,
)
bare = st.lists(
    st.from_regex(TEXT, fullmatch=True).filter(lambda t: t not in ("AND", "OR", "NOT")),
    min_size=1,
    max_size=1,
)
values = st.one_of(
    st.builds(lambda pieces: Value(tuple(pieces), True), quoted),
    st.builds(lambda pieces: Value(tuple(pieces), False), bare),
)
restrictions = st.builds(
    Restriction,
    st.lists(names, min_size=1, max_size=3).map(tuple),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">=", ":"]),
    values,
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(restrictions, st.builds(Literal, values)),
    lambda inner: st.one_of(
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=2, max_size=4)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=2, max_size=4)),
        st.builds(Not, inner),
    ),
    max_leaves=12,
)


@given(expressions)
@settings(max_examples=150, deadline=None)
def test_a_tree_written_and_parsed_is_the_same_tree(tree: Expression) -> None:
    assert parse(written(tree)) == tree


words = st.sampled_from(
    [
        *(
            "(",
            ")",
            "=",
            "<",
            ">",
            ":",
            ".",
            ",",
            "-",
            "*",
            "'",
            '"',
            " ",
            "\\",
            "!",
            "AND",
            "OR",
            "NOT",
            " AND ",
            " OR ",
        ),
        *(
            "title",
            "pages",
            "author.family_name",
            "tags",
            "labels",
            "authors.",
            "details.x",
            "isbn",
            "null",
            "true",
        ),
        *('"x*"', "1", "1.5", "2012-04-21T11:30:00Z", "20s", "HARDCOVER"),
    ]
)


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(words, max_size=25).map("".join),
        st.lists(words, max_size=12).map(" ".join),
    )
)
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_filter_or_refused_with_a_column(text: str) -> None:
    try:
        where = BOOK.query(parent="shelves/1", filter=text).where
    except InvalidArgumentError as error:
        assert re.match(r"filter: column \d+: .", error.message, re.DOTALL)
        assert int(error.message.split()[2].rstrip(":")) <= len(text) + 1
    else:
        assert where is None or match(where, BOOK_1) in (True, False)


BOOK_1 = Book(
    name="shelves/1/books/1",
    title="Emma Foo",
    author=BookAuthor(
        given_name="Jane", family_name="Austen", born=datetime.datetime(1775, 12, 16, tzinfo=UTC), class_="A"
    ),
    authors=[BookAuthor(given_name="Ann", family_name="B"), BookAuthor(given_name="Cy", family_name="D")],
    binding=BookBinding.PAPERBACK,
    pages=300,
    rating=4.5,
    on_loan=True,
    price=decimal.Decimal("12.50"),
    uid=uuid.UUID(int=5),
    printed=datetime.date(2001, 2, 3),
    read_at=datetime.time(14, 30, 0, 500000),
    fee=Money("EUR", decimal.Decimal("2.50")),
    tags=["classic", "new york"],
    numbers=[1, 42],
    labels={"color": "red", "odd key.": "1", "empty": ""},
    places={5: BookAuthor(family_name="Five")},
    flags={True: 7},
    details={"a": {"b": 1}, "n": None},
    isbn="",
    lent_for=datetime.timedelta(seconds=90, microseconds=500000),
    from_="home",
    create_time=datetime.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
)
BOOK_2 = Book(name="shelves/1/books/2")


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ('title = "Emma Foo"', True, False),
        ('title = "emma foo"', False, False),
        ('title:"Emma Foo"', True, False),
        ('title:"Emma"', False, False),
        ("title = Emma*", True, False),
        ('title = "*Foo"', True, False),
        ('title = "*a F*"', True, False),
        ('title != "*a F*"', False, True),
        ('title = "E*Foo"', True, False),
        ('title = "E*m*a*o"', True, False),
        ('title = "E**Foo"', True, False),
        ('title = "Emma*a Foo"', False, False),
        ('title = "*"', True, True),
        (r'title = "\*"', False, False),
        ('title != "x"', True, True),
        ('title > "Emma"', True, False),
        ('title <= "Z"', True, True),
        ("title:*", True, False),
        ("pages = 300", True, False),
        ("pages > -1", True, True),
        ("pages >= 300 AND pages <= 300", True, False),
        ("pages != 300", False, True),
        ("pages:*", True, False),
        ("rating = 4.5", True, False),
        ("rating > 4", True, False),
        ("rating < 1e3", True, True),
        ("on_loan = true", True, False),
        ("on_loan = false", False, True),
        ('on_loan != "true"', False, True),
        ("on_loan:*", True, False),
        ("binding = PAPERBACK", True, False),
        ("binding = BINDING_PAPERBACK", True, False),
        ("binding = BOOK_BINDING_PAPERBACK", True, False),
        ("binding != PAPERBACK", False, True),
        ("binding:PAPERBACK", True, False),
        ("binding:*", True, False),
        ("price = 12.5", True, False),
        ("price < 1e2", True, False),
        ("uid = 00000000-0000-0000-0000-000000000005", True, False),
        ("printed = 2001-02-03", True, False),
        ("printed < 2001-02-04", True, False),
        ("read_at = 14:30:00.5", True, False),
        ('read_at > "14:30:00"', True, False),
        ("fee.amount = 2.5 fee.currency_code = EUR", True, False),
        ("create_time > 2024-01-02T03:04:05Z", True, False),
        ('create_time = "2024-01-01T23:04:05.678901999-04:00"', True, False),
        ("create_time < 2024-01-02T03:04:05Z", False, False),
        ("create_time != 2024-01-02T03:04:05Z", True, True),
        ("NOT create_time < 2024-01-02T03:04:05Z", True, True),
        ("create_time:*", True, False),
        ("lent_for = 90.5s", True, False),
        ("lent_for > -1s", True, False),
        ("isbn:*", True, False),
        ('isbn = ""', True, False),
        ("isbn = null", False, True),
        ("isbn != null", True, False),
        ('isbn = "null"', False, False),
        ("edition:*", False, False),
        ("edition = 0", False, False),
        ("edition != 0", True, True),
        ("author:*", True, False),
        ("author = null", False, True),
        ("author:family_name", True, False),
        ("author:seen", False, False),
        ("author.family_name = Austen", True, False),
        ('author.family_name = ""', False, False),
        ('author.family_name != ""', True, True),
        ("author.family_name:*", True, False),
        ("author.seen:*", False, False),
        ("author.born < 1800-01-01T00:00:00Z", True, False),
        ("author.class = A", True, False),
        ("author.teacher.teacher.family_name = x", False, False),
        ("from = home", True, False),
        ("tags:classic", True, False),
        ('tags:"new*"', True, False),
        ("tags:new", False, False),
        ("tags:*", True, False),
        ("NOT tags:classic", False, True),
        ('tags:(classic AND "new york")', True, False),
        ("tags:(x OR classic)", True, False),
        ("numbers:42", True, False),
        ("numbers:43", False, False),
        ("authors.family_name:D", True, False),
        ("authors.family_name:D authors.given_name:Ann", True, False),
        ("authors.teacher.family_name:D", False, False),
        ("authors.seen:0", True, False),
        ("authors:*", True, False),
        ("labels:color", True, False),
        ('labels:"odd key."', True, False),
        ("labels.color:*", True, False),
        ("labels.color = red", True, False),
        ("labels.color:red", True, False),
        ("labels.color:r*", True, False),
        ('labels."odd key." = 1', True, False),
        ('labels.empty = ""', True, False),
        ("labels.empty:*", True, False),
        ("labels.none = null", True, True),
        ("labels.color != red", False, True),
        ("labels:*", True, False),
        ("places:5", True, False),
        ("places.5.family_name = Five", True, False),
        ("places.6.family_name = Five", False, False),
        ("flags.true = 7", True, False),
        ("flags:false", False, False),
        ("details:*", True, False),
        ("details:a", True, False),
        ("details.a.b:*", True, False),
        ("details.n:*", False, False),
        ("details.a.b.c:*", False, False),
        ("title:* -pages = 300", False, False),
        ("pages = 0 OR pages = 300 AND on_loan = true", True, False),
    ],
)
def test_means(text: str, first: bool, second: bool) -> None:
    where = BOOK.query(filter=text).where
    assert where is not None
    assert [match(where, BOOK_1), match(where, BOOK_2)] == [first, second]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titel = x", "column 1: there is no field 'titel'; did you mean 'title'?"),
        (
            "pages = 1 AND author.family_nam = x",
            "column 15: there is no field 'family_nam'; did you mean 'family_name'?",
        ),
        ("title.x = 1", "title is a text and has no field 'x'"),
        ("pages = x", "column 9: pages takes a whole number, not x"),
        ("pages = 1.5", "a whole number"),
        ("pages = 1e3", "a whole number"),
        ("pages = ''", "a whole number"),
        ("pages = 18446744073709551616", "64 bits"),
        ("pages = -9223372036854775809", "64 bits"),
        ("pages = " + "9" * 5000, "64 bits"),
        ("pages = ٣", "a whole number"),
        ("pages = 1*", "without wildcards"),
        ("rating = 1e999", "a number"),
        ("rating = NaN", "a number"),
        ("rating = 1_0", "a number"),
        ("on_loan = True", "true or false"),
        ("on_loan > false", "by = and != only"),
        ("binding = 2", "one of UNSPECIFIED, HARDCOVER, PAPERBACK"),
        ("binding = paperback", "one of UNSPECIFIED"),
        ("binding = INDING_PAPERBACK", "one of UNSPECIFIED"),
        ("binding > HARDCOVER", "by = and != only"),
        ("create_time > 2024-01-02", "RFC 3339"),
        ("create_time > '2024-01-02T03:04:05'", "RFC 3339"),
        ("create_time > '2024-02-30T03:04:05Z'", "RFC 3339"),
        ("create_time > '0001-01-01T00:00:00+23:00'", "RFC 3339"),
        ("create_time > '2024-01-02T03:04:60Z'", "RFC 3339"),
        ("lent_for > 20", "20s or 1.5s"),
        ("lent_for > 20m", "20s or 1.5s"),
        ("price = 1e999999", "a decimal number"),
        ("uid = 5", "a UUID"),
        ("uid < 00000000-0000-0000-0000-000000000005", "by = and != only"),
        ("printed = 2001-02-30", "a date"),
        ("read_at = 24:00:00", "a time of day"),
        ("read_at = 14:30", "expected AND, OR or the end"),
        ("read_at = 14:30:00Z", "a time of day"),
        ("fee.units = 2", "which has currency_code and amount"),
        ("fee = 2", "is a message and cannot be compared"),
        ("cover = x", "cannot be compared"),
        ("author = x", "is a message and cannot be compared"),
        ("author:nam", "there is no field 'nam'"),
        ("tags = classic", "ask for an element by ':'"),
        ("authors.family_name = D", "ask for an element by ':'"),
        ("authors:D", "name a field"),
        ("authors.0.family_name:D", "no number"),
        ("numbers:x", "a whole number"),
        ("labels = x", "is a map and cannot be compared"),
        ("labels:co*", "without wildcards"),
        ("labels > x", "is a map"),
        ("places:x", "whole numbers"),
        ("flags.x = 1", "true or false"),
        ("details.a = 1", "no type to be compared by"),
        ("details.a:b", "no type to be compared by"),
        ("title > a*", "wildcards with = and != only"),
        ("title = null", "always has a value"),
        ("author.family_name = null", "always has a value"),
        ("password = x", "password cannot be asked for"),
        ("password:*", "password cannot be asked for"),
        ("Hugo", "column 1: 'Hugo' stands alone; there is no search in all fields"),
        ("title = x and pages = 1", "AND is written in capitals"),
        ("on_loan", "on_loan = …"),
        ("from_ = x", "did you mean 'from'?"),
    ],
)
def test_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        BOOK.query(filter=text)
    assert message in error.value.message
    assert [violation.field for violation in error.value.violations] == ["filter"]


SECOND = datetime.timedelta(seconds=1)


def seconds(length: datetime.timedelta) -> str:
    return f"{'-' * (length < 0 * SECOND)}{abs(length) // SECOND}.{abs(length).microseconds:06}s"


scalars: dict[str, tuple[st.SearchStrategy[Any], Any]] = {
    "title": (
        st.text(st.sampled_from("abÄ é*\"\\'"), max_size=4),
        lambda v: '"' + v.replace("\\", "\\\\").replace('"', '\\"').replace("*", "\\*") + '"',
    ),
    "pages": (st.integers(-3, 3), str),
    "rating": (st.sampled_from([-1.5, 0.0, 1e-3, 2.5e10]), repr),
    "edition": (st.none() | st.integers(0, 2), lambda v: "0" if v is None else str(v)),
    "lent_for": (st.none() | st.timedeltas(-9 * SECOND, 9 * SECOND), lambda v: seconds(v or 0 * SECOND)),
    "create_time": (
        st.none() | st.datetimes(timezones=st.just(UTC)),
        lambda v: (v or datetime.datetime(2000, 1, 1, tzinfo=UTC)).isoformat(),
    ),
}


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_comparisons_are_those_of_python_and_nothing_is_both_true_and_false(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(scalars)))
    strategy, text = scalars[field]
    have, constant = data.draw(strategy), data.draw(strategy.filter(lambda v: v is not None))
    book = Book(**{field: have})

    def holds(op: str, prefix: str = "") -> bool:
        where = BOOK.query(filter=f"{prefix}{field} {op} {text(constant)}").where
        assert where is not None
        return match(where, book)

    assert holds("=") == (have == constant)
    assert holds("!=") == (have != constant) == holds("=", "NOT ")
    assert holds("<") == (have is not None and have < constant) == (not holds("<", "-"))
    assert holds(">=") == (have is not None and have >= constant)
