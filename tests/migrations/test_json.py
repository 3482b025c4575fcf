"""What is kept as JSON follows the contract: rows before, the revision, rows after, and back, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.util import CommandError

from scaffolder.targets.python.migrations.state import Renames
from scaffolder.targets.python.storage.columns import JSON
from scaffolder.targets.python.storage.tables import Column, Key, Table
from tests.migrations.chain import Chain
from tests.migrations.library import number, table, text
from tests.migrations.workshop import CONTRACT, told, workshop

PRESS, CITY, KIND = "library.v1.Press", "library.v1.City", "library.v1.Kind"
COLUMNS = (
    text("name", default=""),
    Column("press", JSON, nullable=True),
    Column("presses", JSON, default='"[]"'),
)
KEYS = (
    Key("", "press", PRESS, "message", nullable=True),
    Key("", "presses", PRESS, "message", "list"),
    Key(PRESS, "title", "str"),
    Key(PRESS, "founded", "int"),
    Key(PRESS, "motto", "str", nullable=True),
    Key(PRESS, "kind", KIND, "enum"),
    Key(PRESS, "cities", CITY, "message", "map"),
    Key(PRESS, "parent", PRESS, "message", nullable=True),
    Key(CITY, "zip", "str"),
    Key(CITY, "streets", "str", container="list"),
    *(Key(KIND, str(value), name, "member") for value, name in enumerate(("UNKNOWN", "SMALL", "LARGE"))),
)
BOOKS = table("books", *COLUMNS, keys=KEYS)


def press(title: str, **more: Any) -> dict[str, Any]:
    city = {"zip": f"zip of {title}", "streets": ["a", "b"]}
    plain = {"title": title, "founded": 1900, "motto": None, "kind": 1, "cities": {"x": city}, "parent": None}
    return plain | more


NESTED = press("child", parent=press("parent", founded=1800, kind=2))
MANY = [press("first"), press("second", parent=press("inner"))]


@pytest.fixture
def filled(chain: Chain) -> Chain:
    """Rows with a press in a press, in a list, and none."""
    chain.change(BOOKS)
    chain.upgrade()
    put(chain, "b1", NESTED, MANY)
    put(chain, "b2", None, [])
    return chain


def put(chain: Chain, name: str, one: object, many: object) -> None:
    texts = [
        "NULL" if value is None else "'" + json.dumps(value).replace(":", "\\:") + "'"
        for value in (one, many)
    ]
    chain.run(f"INSERT INTO books (name, press, presses) VALUES ('{name}', {', '.join(texts)})")


def rows(chain: Chain, column: str = "press") -> list[Any]:
    found = chain.run(f"SELECT {column} FROM books ORDER BY name")
    return [json.loads(value) if isinstance(value, str) else value for (value,) in found]


def with_keys(*keys: Key, without: tuple[tuple[str, str], ...] = ()) -> Table:
    """The table with keys in the place of those of the same names, or added, and others taken away."""
    changed = {(key.owner, key.name): key for key in keys}
    kept = [changed.pop((key.owner, key.name), key) for key in KEYS if (key.owner, key.name) not in without]
    return replace(BOOKS, keys=(*kept, *changed.values()))


def test_nothing_is_written_where_keys_are_the_same_or_new(filled: Chain) -> None:
    assert filled.change(BOOKS).steps == ()
    plan = filled.change(with_keys(Key(PRESS, "motive", "str"), Key(KIND, "3", "HUGE", "member")))
    assert (plan.steps, plan.lost) == ((), ())


def test_renamed_keys_are_renamed_wherever_they_are_and_back(filled: Chain) -> None:
    """In a message, in one inside of it, in those of a list, in the values of a map; two may change places."""
    after = with_keys(
        Key(CITY, "postcode", "str"), Key(PRESS, "since", "int"), without=((CITY, "zip"), (PRESS, "founded"))
    )
    names = {("books", CITY, "postcode"): "zip", ("books", PRESS, "since"): "founded"}
    plan = filled.change(after, renames=Renames(keys=names))
    assert plan.lost == ()
    filled.upgrade()
    old, fresh = json.dumps([NESTED, MANY]), json.dumps([rows(filled)[0], rows(filled, "presses")[0]])
    assert json.loads(fresh) == json.loads(old.replace('"zip"', '"postcode"').replace('"founded"', '"since"'))
    assert rows(filled)[1] is None
    assert rows(filled, "presses")[1] == []
    filled.downgrade("-1")
    assert [rows(filled)[0], rows(filled, "presses")[0]] == [NESTED, MANY]
    filled.upgrade()
    filled.check()


def test_keys_that_change_places_change_values(filled: Chain) -> None:
    swapped = Renames(keys={("books", PRESS, "title"): "motto", ("books", PRESS, "motto"): "title"})
    after = with_keys(Key(PRESS, "title", "str", nullable=True), Key(PRESS, "motto", "str", nullable=True))
    before = with_keys(Key(PRESS, "title", "str", nullable=True), Key(PRESS, "motto", "str", nullable=True))
    filled.change(before)
    filled.change(after, renames=swapped)
    filled.upgrade()
    assert (rows(filled)[0]["motto"], rows(filled)[0]["title"]) == ("child", None)
    filled.downgrade("-1")
    assert rows(filled)[0] == NESTED


def test_columns_and_tables_that_are_renamed_as_well_are_followed(filled: Chain) -> None:
    columns = (text("id", default=""), Column("house", JSON, nullable=True), COLUMNS[2])
    keys = (
        Key("", "house", PRESS, "message", nullable=True),
        *KEYS[1:8],
        Key(CITY, "postcode", "str"),
        *KEYS[9:],
    )
    after = replace(table("works", *columns, keys=keys), resource=BOOKS.resource)
    renames = Renames(
        tables={"works": "books"},
        columns={("works", "house"): "press", ("works", "id"): "name"},
        keys={("works", CITY, "postcode"): "zip"},
    )
    filled.change(after, renames=renames)
    filled.upgrade()
    (found, _) = filled.run("SELECT house FROM works ORDER BY id")
    house = json.loads(found[0]) if isinstance(found[0], str) else found[0]
    assert house["parent"]["cities"]["x"] == {"postcode": "zip of parent", "streets": ["a", "b"]}
    filled.check()
    filled.downgrade("-1")
    assert rows(filled)[0] == NESTED


def test_key_that_goes_is_told_with_its_path_and_stays_in_the_rows(filled: Chain) -> None:
    plan = filled.change(with_keys(without=((CITY, "zip"),)))
    (lost,) = plan.lost
    assert (lost.table, lost.column) == ("books", "press")
    assert lost.text.startswith("books.press.cities.zip: in the message no more; a row keeps it until")
    assert plan.steps == ()
    assert filled.change(with_keys(without=((CITY, "zip"),))).lost == ()
    plan = filled.change(BOOKS)
    assert (plan.steps, plan.lost) == ((), ())
    assert rows(filled)[0] == NESTED


def test_rename_that_is_told_late_finds_what_rows_still_have(filled: Chain) -> None:
    renamed = with_keys(Key(CITY, "postcode", "str"), without=((CITY, "zip"),))
    filled.change(renamed)
    put(filled, "b3", press("new", cities={"x": {"postcode": "new one", "streets": []}}), [])
    plan = filled.change(renamed, renames=Renames(keys={("books", CITY, "postcode"): "zip"}))
    assert plan.lost == ()
    filled.upgrade()
    found = [row["cities"]["x"] for row in rows(filled) if row]
    assert [(city["postcode"], "zip" in city) for city in found] == [
        ("zip of child", False),
        ("new one", False),
    ]
    filled.downgrade("-1")
    assert [row["cities"]["x"]["postcode"] for row in rows(filled) if row] == ["zip of child", "new one"]


def test_key_that_comes_back_with_another_type_leaves_the_old_values_aside(filled: Chain) -> None:
    filled.change(with_keys(without=((CITY, "zip"),)))
    plan = filled.change(with_keys(Key(CITY, "zip", "int")))
    (lost,) = plan.lost
    assert (
        "books.press.cities.zip: values of before may not fit its new type; a row keeps them as zip_before_0003"
        in lost.text
    )
    filled.upgrade()
    assert rows(filled)[0]["cities"]["x"] == {"zip_before_0003": "zip of child", "streets": ["a", "b"]}
    filled.run("DELETE FROM books")
    put(filled, "new", press("new", cities={"x": {"zip": 5, "streets": []}}), [])
    put(filled, "old", press("old", cities={"x": {"zip": 5, "zip_before_0003": "five", "streets": []}}), [])
    filled.downgrade("-1")
    assert [row["cities"]["x"] for row in rows(filled)] == [{"streets": []}, {"zip": "five", "streets": []}]


def test_number_becomes_text_and_back_and_null_goes_where_it_may_not_be(filled: Chain) -> None:
    filled.change(with_keys(Key(PRESS, "founded", "str"), Key(PRESS, "motto", "str")))
    filled.upgrade()
    found = rows(filled)[0]
    assert (found["founded"], found["parent"]["founded"]) == ("1900", "1800")
    assert "motto" not in found and found["parent"]["parent"] is None
    filled.downgrade("-1")
    assert rows(filled)[0]["parent"]["founded"] == 1800


def test_enum_that_loses_a_value_stops_the_revision_where_a_row_has_it(filled: Chain) -> None:
    less = with_keys(without=((KIND, "2"),))
    filled.change(less)
    assert "rows of books have a press.kind that is not allowed any more" in filled.last
    with pytest.raises(
        CommandError, match="changed nothing: the row 'b1' of books stands against it: it holds 2, which is"
    ):
        filled.upgrade()
    assert rows(filled)[0] == NESTED
    filled.run("DELETE FROM books WHERE name = 'b1'")
    filled.upgrade()


def test_value_that_is_renamed_under_its_number_needs_no_change(filled: Chain) -> None:
    plan = filled.change(with_keys(Key(KIND, "2", "BIG", "member")))
    assert (plan.steps, plan.lost) == ((), ())


@pytest.mark.parametrize(
    "fresh",
    [
        Key("", "press", PRESS, "message", "list"),
        Key("", "press", "str", container="list"),
        Key("", "press", CITY, "message", nullable=True),
    ],
)
def test_column_that_holds_something_else_now_leaves_the_old_one(filled: Chain, fresh: Key) -> None:
    plan = filled.change(with_keys(fresh))
    assert plan.destroys == ("books.press_before_0002",)
    filled.upgrade()
    filled.check()
    assert rows(filled) == [None, None]
    assert rows(filled, "press_before_0002")[0] == NESTED
    filled.downgrade("-1")
    assert rows(filled)[0] == NESTED


def test_message_of_another_name_with_the_same_keys_is_the_same(filled: Chain) -> None:
    keys = [
        replace(key, owner=key.owner.replace(PRESS, "x.House"), type=key.type.replace(PRESS, "x.House"))
        for key in KEYS
    ]
    plan = filled.change(replace(BOOKS, keys=tuple(keys)))
    assert (plan.steps, plan.lost) == ((), ())


def test_snapshot_that_knows_no_keys_changes_nothing(filled: Chain) -> None:
    filled.state = replace(filled.state, tables=(replace(BOOKS, keys=()),))
    plan = filled.change(with_keys(Key(CITY, "zip", "int")))
    assert (plan.steps, plan.lost) == ((), ())


def test_more_rows_than_a_page_are_all_changed(filled: Chain) -> None:
    filled.run("DELETE FROM books")
    for start in range(0, 2500, 500):
        values = (
            f"('b{number}', '{{\"title\"\\: \"t{number}\"}}', '[]')" for number in range(start, start + 500)
        )
        filled.run(f"INSERT INTO books (name, press, presses) VALUES {', '.join(values)}")
    renames = Renames(keys={("books", PRESS, "label"): "title"})
    filled.change(with_keys(Key(PRESS, "label", "str"), without=((PRESS, "title"),)), renames=renames)
    filled.upgrade()
    assert sorted(row["label"] for row in rows(filled)) == sorted(f"t{number}" for number in range(2500))


def test_numbered_rows_are_changed_too(chain: Chain) -> None:
    columns = (number("id", 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'), *COLUMNS[1:])
    books = table("books", *columns, keys=KEYS, numbered=True)
    chain.change(books)
    chain.upgrade()
    chain.run("INSERT INTO books (id, press, presses) VALUES (9000000000, '{\"title\"\\: \"t\"}', '[]')")
    keys = tuple(replace(key, name="label") if key.name == "title" else key for key in KEYS)
    chain.change(replace(books, keys=keys), renames=Renames(keys={("books", PRESS, "label"): "title"}))
    chain.upgrade()
    ((found,),) = chain.run("SELECT press FROM books")
    assert (json.loads(found) if isinstance(found, str) else found) == {"label": "t"}


CONTENTS = """
import asyncio, sys
from demo.biz.library import Book, Shelf
from demo.biz.library_types import *
from demo.config import Config
from demo.data.library import SqlBookRepository, SqlShelfRepository
from demo.kit.config import load
from demo.kit.database import Database

async def main():
    database = Database(load(Config, None).database)
    shelves, books = SqlShelfRepository(database), SqlBookRepository(database)
    try:
        if sys.argv[1:] == ["write"]:
            await shelves.create(Shelf(name="shelves/1"))
            inner = Press(title="inner", city=City(zip="1000"), kind=Kind.LARGE)
            press = Press(title="outer", city=City(zip="2000"), kind=Kind.LARGE, parent=inner)
            cities = {"x": City(zip="3")}
            await books.create(Book(name="shelves/1/books/1", press=press, reprints=[press], cities=cities))
        else:
            book = await books.get("shelves/1/books/1")
            print(book.press.city.postcode, book.press.parent.city.postcode, book.press.parent.kind.name,
                book.reprints[0].parent.city.postcode, book.cities["x"].postcode)
    finally:
        await database.close()

asyncio.run(main())
"""
PRESSES = """
message Press { string title = 1; Kind kind = 2; City city = 3; Press parent = 4; }
message City { string zip = 1; }
enum Kind { KIND_UNSPECIFIED = 0; KIND_SMALL = 1; KIND_LARGE = 2; }
"""


@pytest.mark.slow
def test_service_reads_under_the_new_names_what_it_wrote_under_the_old_ones(
    tmp_path: Path, database_url: str
) -> None:
    fields = "Press press = 6;\n  repeated Press reprints = 7;\n  map<string, City> cities = 8;"
    contract = CONTRACT.replace("int32 pages = 4;", f"int32 pages = 4;\n  {fields}") + PRESSES
    shop = workshop(tmp_path, database_url, contract)
    shop.place.write("contents.py", CONTENTS)
    path: dict[str, Any] = {"PYTHONPATH": f"{shop.root}/src:{shop.root}"}
    shop.alembic("upgrade", "head")
    shop.run("contents", "write", **path)
    shop.contract(("string zip = 1;", "string postcode = 1;"), ("KIND_LARGE", "KIND_BIG"))
    renames = ("--rename", "library.v1.City.zip=postcode", "--rename", "library.v1.Kind.KIND_LARGE=KIND_BIG")
    assert told(shop.place.report(*renames), "destructive") == []
    shop.alembic("upgrade", "head")
    shop.alembic("check")
    assert shop.run("contents", **path).split()[-5:] == ["2000", "1000", "BIG", "1000", "3"]
    for tool in (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)):
        shop.place.project.run(*tool, "migrations")
    shop.alembic("downgrade", "-1")
    shop.alembic("upgrade", "head")
    shop.contract(("string postcode = 1;", "string code = 1;"))
    (lost,) = told(shop.place.report(), "destructive")
    assert lost["location"].startswith("src/demo/data/library.py:")
    assert lost["message"].startswith(
        "books.press.city.postcode: in the message no more; a row keeps it until"
    )


def test_what_takes_a_database_is_not_written_as_sql(filled: Chain) -> None:
    renames = Renames(keys={("books", PRESS, "label"): "title"})
    filled.change(with_keys(Key(PRESS, "label", "str"), without=((PRESS, "title"),)), renames=renames)
    with pytest.raises(
        CommandError, match=r"changes in the JSON of books takes a database: upgrade one, without --sql"
    ):
        command.upgrade(filled.settings(), "head", sql=True)
