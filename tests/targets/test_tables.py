"""The tables of stored resources, as values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from scaffolder.contract import builder
from scaffolder.contract.model import Contract
from scaffolder.diagnostics import ScaffoldError
from scaffolder.targets.python.storage.columns import column_names
from scaffolder.targets.python.storage.identifiers import RESERVED, constraint_name, shortened
from scaffolder.targets.python.storage.tables import Column, Table
from scaffolder.targets.python.views import ProjectViews
from tests.contract_text import Load

PROTOS = Path(__file__).resolve().parents[1] / "generated/protos"

STORED = """
message X { string name = 1; FIELDS }
message CreateXRequest { X x = 1; }
message GetXRequest { string name = 1; }
service XService { rpc CreateX(CreateXRequest) returns (X); rpc GetX(GetXRequest) returns (X); }
"""


def tables(contract: Contract) -> dict[str, Table]:
    return {table.name: table for table in ProjectViews(contract, "shop", "shop").tables}


def table(load: Load, fields: str, name: str = "Thing", more: str = "") -> Table:
    """The only table of a resource with these fields."""
    text = STORED.replace("FIELDS", fields).replace("X", name).replace(f" {name} x ", f" {name} thing ")
    [found] = tables(load(text + more)).values()
    return found


def column(load: Load, field: str) -> Column:
    return table(load, field).columns[1]


@pytest.fixture(scope="module")
def cupboards() -> dict[str, Table]:
    return tables(builder.load(["cupboards/v1/cupboards.proto"], [PROTOS]))


@pytest.mark.parametrize(
    ("field", "type_", "line"),
    [
        ("int32 n = 2;", "sa.Integer()", "n: Mapped[int]"),
        ("uint32 n = 2;", "sa.BigInteger()", "n: Mapped[int] = mapped_column(BigInteger)"),
        ("sfixed64 n = 2;", "sa.BigInteger()", "n: Mapped[int] = mapped_column(BigInteger)"),
        (
            "fixed64 n = 2;",
            'sa.Numeric(20, 0).with_variant(sa.String(20), "sqlite")',
            "n: Mapped[int] = mapped_column(Unsigned64)",
        ),
        ("float n = 2;", "sa.Double()", "n: Mapped[float]"),
        ("bool b = 2;", "sa.Boolean()", "b: Mapped[bool]"),
        ("bytes b = 2;", "sa.LargeBinary()", "b: Mapped[bytes]"),
        ("optional bool b = 2;", "sa.Boolean()", "b: Mapped[bool | None]"),
    ],
)
def test_column_of_a_scalar(load: Load, field: str, type_: str, line: str) -> None:
    found = column(load, field)
    assert (found.type, found.definition) == (type_, line)
    assert found.nullable == ("optional" in field)
    assert bool(found.default) != found.nullable


def test_enum_is_text_that_a_check_allows(load: Load) -> None:
    """The numbers tell a member that was renamed from one that went."""
    more = "enum Size { SIZE_UNSPECIFIED = 0; SIZE_SMALL = 4; }"
    found = table(load, "Size size = 2; optional Size order = 3; repeated Size sizes = 4;", more=more)
    assert found.columns[1].members == (("UNSPECIFIED", 0), ("SMALL", 4))
    assert found.columns[1].default == '"UNSPECIFIED"'
    assert [(check.name, check.condition) for check in found.checks] == [
        ("ck_things_size", "size IN ('UNSPECIFIED', 'SMALL')"),
        ("ck_things_order", "\"order\" IN ('UNSPECIFIED', 'SMALL')"),
    ]


def test_times_that_the_service_sets_are_never_unset(load: Load) -> None:
    """So that an order by them goes through an index on PostgreSQL, too; a time of another name may be unset."""
    stamp = "google.protobuf.Timestamp"
    text = STORED.replace(
        "FIELDS", f"{stamp} create_time = 2; {stamp} update_time = 3; {stamp} read_time = 4;"
    )
    [found] = tables(load('import "google/protobuf/timestamp.proto";' + text.replace("X", "Thing"))).values()
    _, created, updated, read = found.columns
    assert [each.nullable for each in (created, updated, read)] == [False, False, True]
    line = "create_time: Mapped[datetime.datetime] = mapped_column(default=utc_now)"
    assert (created.definition, created.default) == (line, updated.default)
    assert read.definition == "read_time: Mapped[datetime.datetime | None]"


def test_what_sql_has_no_type_for_is_json(load: Load) -> None:
    more = "message Part { Part part = 1; }"
    fields = "repeated string words = 2; map<string, Part> parts = 3; Part part = 4;"
    found = table(load, fields, more=more).columns[1:]
    assert {each.type for each in found} == {'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'}
    assert [each.nullable for each in found] == [False, False, True]
    assert [each.default for each in found] == ['"[]"', '"{}"', ""]


def test_number_of_a_row_is_given_once(load: Load) -> None:
    text = STORED.replace("string name", "int64 id").replace("FIELDS", "").replace("X", "Thing")
    [found] = tables(load(text)).values()
    assert found.numbered
    assert found.primary_key == ("id",)


NUMBERED = """
message Shelf { uint64 id = 1; string title = 2; }
message Book { uint64 id = 1; uint64 shelf_id = 2; uint64 pages = 3; }
message CreateShelfRequest { Shelf shelf = 1; }
message CreateBookRequest { Book book = 1; }
message GetShelfRequest { uint64 id = 1; }
message GetBookRequest { uint64 id = 1; }
service Books {
  rpc CreateShelf(CreateShelfRequest) returns (Shelf);
  rpc GetShelf(GetShelfRequest) returns (Shelf);
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc GetBook(GetBookRequest) returns (Book);
}
"""


@pytest.mark.parametrize("kind", ["uint64", "fixed64"])
def test_unsigned_identity_is_a_number_that_the_store_gives(load: Load, kind: str) -> None:
    """A key of 64 bits, and so is what refers to it; another field keeps all of its values."""
    found = tables(load(NUMBERED.replace("uint64", kind)))
    assert found["shelves"].numbered
    assert found["books"].numbered
    key, shelf, pages = found["books"].columns
    assert key.type == 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    assert shelf.type == "sa.BigInteger()"
    assert key.definition == "id: Mapped[int] = mapped_column(RowNumber, primary_key=True)"
    assert shelf.definition == "shelf_id: Mapped[int | None] = mapped_column(RowReference)"
    assert pages.type.startswith("sa.Numeric(20, 0)")
    assert [(each.columns, each.table) for each in found["books"].foreign_keys] == [
        (("shelf_id",), "shelves")
    ]


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("int64 shelf_id = 2;", "shelf_id: Mapped[int | None] = mapped_column(BigInteger)"),
        ("optional int64 shelf_id = 2;", "shelf_id: Mapped[int | None] = mapped_column(BigInteger)"),
        (
            "int64 shelf_id = 2 [(google.api.field_behavior) = REQUIRED];",
            "shelf_id: Mapped[int] = mapped_column(BigInteger)",
        ),
    ],
)
def test_parent_that_need_not_be_set_is_null_where_it_is_not(load: Load, field: str, line: str) -> None:
    """Nothing else is: no other field, and no id that nobody looks for."""
    text = NUMBERED.replace("uint64 shelf_id = 2;", f"{field} int64 author_id = 4;").replace(
        "uint64", "int64"
    )
    found = tables(load('import "google/api/field_behavior.proto";' + text))["books"]
    shelf, author, pages = (
        next(each for each in found.columns if each.name == name)
        for name in ("shelf_id", "author_id", "pages")
    )
    assert shelf.definition == line
    assert (shelf.nullable, shelf.default) == ((True, "") if "None" in line else (False, '"0"'))
    assert [each.nullable for each in (author, pages)] == [False, False]
    assert [each.columns for each in found.foreign_keys] == [("shelf_id",)]


def test_tables_stand_behind_those_that_they_refer_to(cupboards: dict[str, Table]) -> None:
    assert list(cupboards) == ["cupboards", "drawers", "things"]
    [key] = cupboards["things"].foreign_keys
    assert (key.columns, key.table, key.refers_to) == (("parent_",), "drawers", ("name",))


def test_columns_of_the_store_are_called_like_no_field(cupboards: dict[str, Table]) -> None:
    """The resource has fields called `parent` and `request_id` itself."""
    own = {each.name: each for each in cupboards["things"].columns[-2:]}
    assert list(own) == ["parent_", "request_id_"]
    assert [each.nullable for each in own.values()] == [False, True]


def test_names_that_a_database_refuses_are_only_keys(cupboards: dict[str, Table]) -> None:
    lines = [each.definition for each in cupboards["things"].columns]
    assert 'xmin: Mapped[builtins.int] = mapped_column("xmin_", key="xmin")' in lines
    assert 'Text: Mapped[str] = mapped_column("Text_", key="Text")' in lines
    names = [each.name for each in cupboards["things"].columns]
    assert all(len(name) <= 63 for name in names)
    assert len({name.lower() for name in names}) == len(names)


@pytest.mark.parametrize("word", sorted(RESERVED | {"xmin", "ctid"}))
def test_a_field_may_be_called_like_a_word_of_sql(word: str) -> None:
    """SQLAlchemy's list of reserved words lacks some of what SQLite refuses."""
    [name] = column_names([word])
    table = sa.Table("t", sa.MetaData(), sa.Column(name, sa.String, nullable=False))
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        sa.Index("ix", table.c[name]).create(connection)
        connection.execute(sa.insert(table).values({name: "b"}))
        query = sa.select(table).where(table.c[name] > "a").order_by(table.c[name])
        assert connection.scalars(query).all() == ["b"]
    engine.dispose()


@pytest.mark.parametrize("word", ["collation", "concurrently", "lateral", "tablesample"])
def test_words_that_postgresql_alone_refuses_are_no_columns(word: str) -> None:
    assert column_names([word, f"{word}_"]) == [f"{word}_", f"{word}__"]


def test_indexes_are_for_what_lists_ask(cupboards: dict[str, Table]) -> None:
    """Each that is not declared ends with the identity, the last key of every order. What is unique has an index."""
    assert [each.columns for each in cupboards["things"].indexes] == [
        ("parent_", "name"),
        ("parent_", "create_time", "name"),
        ("owner_name", "name"),
        ("text",),
        ("text", "big"),
    ]


def test_unique_constraints_are_those_declared_and_the_request(cupboards: dict[str, Table]) -> None:
    assert [each.columns for each in cupboards["things"].unique] == [("code",), ("request_id_",)]
    assert [each.name for each in cupboards["drawers"].unique] == ["uq_drawers_label_color"]


def test_resource_of_two_services_has_two_tables(load: Load) -> None:
    """A child of it refers to the one of its own service."""
    child = """
    message Page { string id = 1; string book_id = 2; }
    message CreatePageRequest { Page page = 1; }
    message GetPageRequest { string id = 1; }
    """
    stored = STORED.replace("string name", "string id").replace("FIELDS", "").replace("X", "Book")
    own = "rpc CreatePage(CreatePageRequest) returns (Page); rpc GetPage(GetPageRequest) returns (Page);"
    rpcs = "rpc CreateBook(CreateBookRequest) returns (Book); rpc GetBook(GetBookRequest) returns (Book);"
    found = tables(load(stored + child + f"service AdminService {{ {rpcs} {own} }}"))
    assert set(found) == {"books", "admin_books", "pages"}
    assert [key.table for key in found["pages"].foreign_keys] == ["admin_books"]


def test_long_names_are_cut_to_different_ones() -> None:
    one, other = (shortened("x" * 70 + end, 63) for end in "ab")
    assert len(one) == len(other) == 63
    assert one != other


def test_constraints_over_different_columns_have_different_names() -> None:
    taken: set[str] = set()
    assert constraint_name("ix", "t", ["a_b", "c"], taken) == "ix_t_a_b_c"
    assert constraint_name("ix", "t", ["a", "b_c"], taken) != "ix_t_a_b_c"


def test_table_of_a_long_name_leaves_room_for_what_is_called_after_it(load: Load) -> None:
    found = table(load, "", name="T" + "hing" * 15)
    assert len(found.name) == 56


def test_table_is_not_called_like_those_of_sqlite(load: Load) -> None:
    assert table(load, "", name="SqliteMaster").name == "stored_sqlite_masters"


def test_resource_with_more_fields_than_a_table_has_columns(load: Load) -> None:
    fields = " ".join(f"bool f{number} = {number};" for number in range(2, 1602))
    with pytest.raises(
        ScaffoldError, match=re.escape("error[wide-resource]: shop.v1.Thing needs 1601 columns")
    ):
        table(load, fields)


def test_words_of_sql_are_those_of_postgresql(postgresql: str) -> None:
    import asyncio

    import asyncpg  # type: ignore[import-untyped,unused-ignore]

    async def words() -> set[str]:
        connection = await asyncpg.connect(postgresql)
        found = await connection.fetch("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")
        await connection.close()
        return {row["word"] for row in found}

    assert asyncio.run(words()) <= RESERVED
