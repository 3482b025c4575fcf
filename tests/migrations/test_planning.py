"""Which revisions a run writes, and what it says of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.generated.projects import Project
from tests.migrations.workshop import MODEL, Workshop, told, workshop
from tests.regeneration.support import Workplace

pytestmark = pytest.mark.slow

SUBTITLE = ("int32 pages = 4;", "int32 pages = 4;\n  string subtitle = 5;")
BOOK = "INSERT INTO books (name, title, isbn, pages, parent) VALUES ('n', 't', '', 1, 'shelves/1')"
ROOM = ("string theme = 2;", "string theme = 2;\n  string room = 3;")
SCHEMA = ".scaffold/schema.json"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workshop(tmp_path_factory.mktemp("library")).root


@pytest.fixture
def shop(untouched: Path, tmp_path: Path) -> Workshop:
    """A copy of the project."""
    shutil.copytree(untouched, tmp_path / "demo")
    return Workshop(Workplace(Project(tmp_path / "demo", "demo")), f"sqlite+aiosqlite:///{tmp_path}/test.db")


def test_a_new_project_creates_its_tables(shop: Workshop) -> None:
    assert shop.revisions() == ["0001_create_shelves_and_books.py"]
    shop.alembic("upgrade", "head")
    shop.alembic("check")
    shop.alembic("downgrade", "base")


def test_a_run_writes_what_changed_and_the_next_one_nothing(shop: Workshop) -> None:
    shop.contract(SUBTITLE)
    report = shop.place.report()
    made = {
        item["path"]: (item["action"], item["owner"])
        for item in report["changes"]
        if "migrations" in item["path"]
    }
    assert made["migrations/versions/0002_add_books_subtitle.py"] == ("create", "yours")
    before = shop.place.state()
    assert "nothing to do" in shop.place.generate()
    assert shop.place.state() == before
    shop.place.generate("--prune")  # which goes through everything
    assert shop.place.state() == before
    shop.place.project.run("ruff", "check", "migrations")
    shop.place.project.run("ruff", "format", "--check", "migrations")
    shop.place.project.run("mypy", "migrations")


def test_a_dry_run_and_a_diff_show_the_revision_and_write_none(shop: Workshop) -> None:
    shop.contract(SUBTITLE)
    before = shop.place.state()
    assert "0002_add_books_subtitle.py" in shop.place.generate("--dry-run")
    shown = shop.place.scaffold("diff")
    assert "+        batch.add_column(" in shown.stdout
    assert shop.place.scaffold("check").returncode == 1
    assert shop.place.state() == before


def test_a_revision_that_was_deleted_stays_deleted(shop: Workshop) -> None:
    shop.contract(SUBTITLE)
    shop.place.generate()
    (shop.root / "migrations/versions/0002_add_books_subtitle.py").unlink()
    shop.place.generate()
    shop.place.generate("--prune")
    assert shop.revisions() == ["0001_create_shelves_and_books.py"]


def test_a_revision_that_was_edited_stays_edited(shop: Workshop) -> None:
    path = "migrations/versions/0001_create_shelves_and_books.py"
    shop.place.write(path, shop.place.read(path) + "\n\nMINE = 1\n")
    shop.contract(SUBTITLE)
    shop.place.generate()
    assert shop.place.read(path).endswith("MINE = 1\n")
    assert len(shop.revisions()) == 2


def test_client_code_is_no_reason_for_a_revision(shop: Workshop) -> None:
    shop.contract(SUBTITLE)
    shop.place.scaffold("proto", "client")
    assert len(shop.revisions()) == 1
    assert shop.place.scaffold("proto", "server").returncode == 0
    assert len(shop.revisions()) == 2


def test_what_is_destructive_or_may_fail_is_reported_with_its_place(shop: Workshop) -> None:
    shop.contract(("  string isbn = 3;\n", "  reserved 3;\n"), ("string title = 2;", "int32 title = 2;"))
    report = shop.place.report()
    (name,) = shop.revisions()[1:]
    lost = told(report, "destructive")
    assert [item["location"] for item in lost] == [f"migrations/versions/{name}:1:1"] * 2
    assert any("books.isbn" in item["message"] for item in lost)
    assert any("title_before_0002" in item["message"] for item in lost)


def test_a_renamed_field_renames_its_column(shop: Workshop) -> None:
    shop.contract(("string isbn = 3;", "string code = 3;"))
    shop.place.generate("--rename", "library.v1.Book.isbn=code")
    assert shop.revisions()[1] == "0002_rename_books_isbn_to_code.py"


def test_a_renamed_message_renames_its_table(shop: Workshop) -> None:
    text = shop.place.read("api/library/v1/library.proto").replace("Book", "Volume")
    text = text.replace("book_id", "volume_id").replace("Volume book = 2", "Volume volume = 2")
    text = text.replace("/books/{book}", "/volumes/{volume}")
    shop.place.write("api/library/v1/library.proto", text)
    shop.alembic("upgrade", "head")
    shop.sql(
        "INSERT INTO shelves VALUES ('shelves/1', '')",
        "INSERT INTO books (name, title, isbn, pages, parent) VALUES ('n', 't', '', 1, 'shelves/1')",
    )
    renames = [
        option
        for pair in (
            "Book=Volume",
            *(f"{v}BookRequest={v}VolumeRequest" for v in ("Create", "Get", "Delete")),
        )
        for option in ("--rename", f"library.v1.{pair}")
    ]
    renames += [
        option
        for v in ("Create", "Get", "Delete")
        for option in ("--rename", f"library.v1.LibraryService.{v}Book={v}Volume")
    ]
    shop.place.generate(*renames, code=0)
    assert "rename_books_to_volumes" in shop.revisions()[1], shop.revisions()
    shop.alembic("upgrade", "head")
    shop.alembic("check")
    assert shop.sql("SELECT title FROM volumes") == [("t",)]


def test_a_column_that_the_user_changed_is_theirs(shop: Workshop) -> None:
    text = shop.place.read(MODEL)
    line = next(line for line in text.splitlines() if line.strip().startswith("pages:"))
    shop.place.edit(MODEL, line, "    pages: Mapped[int] = mapped_column(BigInteger)")
    shop.contract(
        ("int32 pages = 4;", "string pages = 4;"),
        ("string theme = 2;", "string theme = 2;\n  string room = 3;"),
    )
    report = shop.place.report(code=1)
    (yours,) = told(report, "yours")
    assert yours["message"].startswith("books.pages is yours")
    assert yours["location"].startswith(f"{MODEL}:")
    assert shop.revisions()[1:] == ["0002_add_shelves_room.py"]


def indexed(shop: Workshop) -> None:
    """The contract wants an index of ISBNs, and unique titles."""
    shop.contract(
        ("string isbn = 3;", "string isbn = 3 [(scaffold.index) = true];"),
        ("string title = 2;", "string title = 2 [(scaffold.unique) = true];"),
        ("\nservice", 'import "scaffold/storage.proto";\n\nservice'),
    )


def test_an_index_of_the_users_own_is_no_claim_on_the_others(shop: Workshop) -> None:
    entry = next(line for line in shop.place.read(MODEL).splitlines(True) if '["shelves.name"]' in line)
    shop.place.edit(MODEL, entry, entry + '        Index("ix_mine", "pages"),\n')
    shop.place.edit(MODEL, "ForeignKeyConstraint,", "ForeignKeyConstraint, Index,")
    indexed(shop)
    assert not told(shop.place.report(), "yours")
    shop.alembic("upgrade", "head")
    shop.alembic("revision", "--autogenerate", "-m", "mine")
    assert shop.place.read(f"migrations/versions/{shop.revisions()[-1]}").count("create_index") == 1
    shop.alembic("upgrade", "head")
    shop.alembic("check")


def test_an_index_that_the_user_changed_is_theirs(shop: Workshop) -> None:
    indexed(shop)
    shop.place.generate()
    shop.place.edit(MODEL, 'Index("ix_books_isbn", "isbn")', 'Index("ix_books_isbn", "isbn", "pages")')
    shop.contract(
        (" [(scaffold.index) = true]", ""), ("[(scaffold.unique) = true];", ";\n  string room = 5;")
    )
    (yours,) = told(shop.place.report(code=1), "yours")
    assert yours["message"].startswith("books.__table_args__ is yours")
    written = shop.place.read(f"migrations/versions/{shop.revisions()[-1]}")
    assert "room" in written
    assert "uq_books_title" not in written and "ix_books_isbn" not in written


def test_a_column_that_the_user_removed_is_theirs(shop: Workshop) -> None:
    text = shop.place.read(MODEL)
    line = next(line for line in text.splitlines(keepends=True) if line.strip().startswith("isbn:"))
    shop.place.edit(MODEL, line, "")
    shop.contract(("  string isbn = 3;\n", "  reserved 3;\n"))
    report = shop.place.report()
    assert [item["message"].partition(" is yours")[0] for item in told(report, "yours")] == ["books.isbn"]
    shop.place.generate("--prune")
    assert len(shop.revisions()) == 1


def test_a_project_from_before_gets_everything_in_its_first_revision(shop: Workshop) -> None:
    shutil.rmtree(shop.root / "migrations")
    (shop.root / SCHEMA).unlink()
    lock = json.loads(shop.place.read(".scaffold/lock.json"))
    files = {k: v for k, v in lock["files"].items() if k and not k.startswith(("migrations/", SCHEMA))}
    lock["files"] = {**files, "": None}
    shop.place.write(".scaffold/lock.json", json.dumps(lock))
    shop.place.generate()
    assert shop.revisions() == ["0001_create_shelves_and_books.py"]
    shop.alembic("upgrade", "head")


def test_a_lost_snapshot_is_made_anew_from_what_is_there(shop: Workshop) -> None:
    (shop.root / SCHEMA).unlink()
    assert "is made anew" in shop.place.generate()
    assert len(shop.revisions()) == 1
    shop.contract(SUBTITLE)
    shop.place.generate()
    assert shop.revisions()[1:] == ["0002_add_books_subtitle.py"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"format": 9}', '{"format": 1, "tables": {"a": 1}}', "<<<<<<< ours\n"]
)
def test_a_damaged_snapshot_is_told_and_nothing_is_written_from_it(shop: Workshop, text: str) -> None:
    shop.place.write(SCHEMA, text)
    shop.contract(SUBTITLE)
    report = shop.place.report()
    assert [item["location"].partition(":")[0] for item in told(report, "migrations")] == [SCHEMA]
    assert len(shop.revisions()) == 1
    assert shop.place.read(SCHEMA) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("revision = \n", "cannot be read"),
        ("x = 1\n", "has no `revision`"),
        ('revision = "b"\ndown_revision = "a"\n', "follows a"),
    ],
)
def test_a_revision_that_alembic_cannot_use_is_told_with_its_place(
    shop: Workshop, text: str, message: str
) -> None:
    shop.place.write("migrations/versions/0002_mine.py", text)
    (problem,) = told(shop.place.report(), "migrations")
    assert message in problem["message"]
    assert problem["location"] == "migrations/versions/0002_mine.py:1:1"


def test_nothing_follows_a_revision_that_is_half_written(shop: Workshop) -> None:
    shop.place.write("migrations/versions/0002_mine.py", "def upgrade(:\n")
    shop.contract(SUBTITLE)
    assert "no revision was written" in shop.place.generate()
    head = shop.place.read("migrations/versions/0001_create_shelves_and_books.py").split('revision = "')[1][
        :12
    ]
    mine = f'revision = "mine"\ndown_revision = "{head}"\n\n\ndef upgrade() -> None: ...\n'
    shop.place.write("migrations/versions/0002_mine.py", mine)
    shop.place.generate()
    assert shop.revisions()[2:] == ["0003_add_books_subtitle.py"]
    assert 'down_revision = "mine"' in shop.place.read("migrations/versions/0003_add_books_subtitle.py")
    shop.alembic("upgrade", "head")
    shop.alembic("check")


def test_a_revision_of_the_users_own_is_numbered_and_ours_continue_behind_it(shop: Workshop) -> None:
    """As `make revision` writes it."""
    shop.alembic("upgrade", "head")
    shop.place.edit(
        MODEL, "    pages: Mapped[int]\n", "    pages: Mapped[int]\n    loans: Mapped[int | None]\n"
    )
    shop.alembic("revision", "--autogenerate", "--message", "Count the loans!")
    assert shop.revisions()[1:] == ["0002_count_the_loans.py"]
    shop.alembic("upgrade", "head")
    shop.alembic("revision", "--autogenerate", "--message", "")
    shop.contract(SUBTITLE)
    shop.place.generate()
    assert shop.revisions()[2:] == ["0003_revision.py", "0004_add_books_subtitle.py"]
    shop.alembic("upgrade", "head")
    assert len(shop.sql("SELECT version_num FROM alembic_version")) == 1
    assert shop.sql("SELECT loans, subtitle FROM books") == []
    shop.alembic("check")
    shop.alembic("downgrade", "base")


def test_a_revision_of_the_users_own_is_formatted(shop: Workshop) -> None:
    """Alembic renders lines of any length, and not every step needs SQLAlchemy; an empty one is to be filled."""
    shop.alembic("upgrade", "head")
    column = '    loans: Mapped[int] = mapped_column(server_default="0", comment="how often it was lent")\n'
    index = '        Index("ix_loans", "loans"),\n'
    key = next(line for line in shop.place.read(MODEL).splitlines(True) if '["shelves.name"]' in line)
    changes = (("    pages: Mapped[int]\n", column), (key, index), ("", ""))
    shop.place.edit(MODEL, "ForeignKeyConstraint,", "ForeignKeyConstraint, Index,")
    for number, (above, more) in enumerate(changes, 2):
        if more:
            shop.place.edit(MODEL, above, above + more)
        shop.alembic("revision", "--autogenerate", "--message", "mine")
        shop.alembic("upgrade", "head")
        written = f"migrations/versions/{number:04}_mine.py"
        shop.place.project.run("ruff", "format", "--check", written)
        shop.place.project.run("ruff", "check", *([] if more else ["--ignore", "F401"]), written)
        imports = {line for line in shop.place.read(written).splitlines() if "import" in line}
        assert imports == {"from alembic import op", *(["import sqlalchemy as sa"] if more != index else [])}


def two_branches(shop: Workshop, theirs: tuple[str, str], ours: tuple[str, str]) -> None:
    """Both change the contract and regenerate; then one is merged into the other."""
    shop.git("checkout", "-qb", "other")
    for name, edit in (("other", theirs), ("-", ours)):
        if name == "-":
            shop.git("checkout", "-q", "-")
        shop.contract(edit)
        shop.place.generate()
        shop.git("add", "-A")
        shop.git("commit", "-qm", name)
    shop.git("merge", "-q", "--no-edit", "other")


def test_two_branches_are_merged_by_the_next_revision(shop: Workshop) -> None:
    two_branches(shop, ROOM, ("  string isbn = 3;\n", "  reserved 3;\n"))
    assert "0003_merge.py" in shop.place.generate("--dry-run")
    (warning,) = told(shop.place.report(), "branches")
    assert warning["location"] == "migrations/versions/0003_merge.py:1:1"
    assert warning["message"].endswith(
        "of two branches, 0002_add_shelves_room.py and 0002_remove_books_isbn.py"
    )
    assert "`alembic upgrade head` runs, one after the other, what a database lacks" in warning["hint"]
    assert shop.revisions() == [
        "0001_create_shelves_and_books.py",
        "0002_add_shelves_room.py",
        "0002_remove_books_isbn.py",
        "0003_merge.py",
    ]
    shop.alembic("upgrade", "head")
    shop.alembic("check")
    before = shop.place.state()
    shop.place.generate("--prune")
    assert shop.place.state() == before
    shop.contract(SUBTITLE)
    shop.place.generate()
    shop.alembic("upgrade", "head")
    shop.alembic("check")
    shop.alembic("downgrade", "base")


def test_two_branches_can_be_merged_by_alembic_too(shop: Workshop) -> None:
    two_branches(shop, ROOM, ("  string isbn = 3;\n", "  reserved 3;\n"))
    assert "Multiple head revisions" in shop.alembic("upgrade", "head", code=255)
    shop.alembic("merge", "heads", "-m", "both")
    assert told(shop.place.report(), "branches") == []
    assert len(shop.revisions()) == 4
    shop.contract(SUBTITLE)
    shop.place.generate()
    assert "0003_add_books_subtitle.py" in shop.revisions()
    shop.alembic("upgrade", "head")
    shop.alembic("check")
    shop.alembic("downgrade", "base")


def test_two_branches_that_make_the_same_column_are_told_what_fails(shop: Workshop) -> None:
    """One of them by a line of its own in the revision."""
    two_branches(shop, ROOM, SUBTITLE)
    shop.git("reset", "-q", "--hard", "HEAD^")
    mine = '    op.add_column("shelves", sa.Column("room", sa.String()))\n\n\ndef downgrade'
    shop.place.edit("migrations/versions/0002_add_books_subtitle.py", "\n\ndef downgrade", mine)
    shop.git("commit", "-qam", "mine")
    shop.git("merge", "-q", "--no-edit", "other")
    (warning,) = told(shop.place.report(), "branches")
    assert "which both make shelves.room: the second fails" in warning["message"]
    assert "duplicate column name: room" in shop.alembic("upgrade", "head", code=255)


def test_five_changes_in_a_row_keep_the_rows_on_postgresql(shop: Workshop, postgresql_url: str) -> None:
    """With the project's own test, on both databases, and a hand edit in the model."""
    shop = Workshop(shop.place, postgresql_url)
    shop.alembic("upgrade", "head")
    shop.sql("INSERT INTO shelves VALUES ('shelves/1', 'sea')", BOOK)
    field = "  string isbn = 3;\n"
    for edits, options in (
        ((SUBTITLE,), ()),
        (((field, field.replace("isbn", "code")),), ("--rename", "library.v1.Book.isbn=code")),
        ((("int32 pages", "int64 pages"), ROOM), ()),
        (((field.replace("isbn", "code"), "  reserved 3;\n"),), ()),
        ((("int64 pages", "string pages"), ("string theme = 2;", "repeated string theme = 2;")), ()),
    ):
        shop.contract(*edits)
        shop.place.generate(*options)
        shop.alembic("upgrade", "head")
        shop.alembic("check")
    assert len(shop.revisions()) == 6
    assert shop.sql("SELECT title, code, pages, subtitle FROM books") == [("t", "", "1", "")]
    assert shop.sql("SELECT room FROM shelves") == [("",)]
    for server in ({}, {"TEST_DATABASE_URL": postgresql_url}):
        shop.run("pytest", "-q", "tests/integration/test_migrations.py", code=0, **server)
    shop.place.project.run("ruff", "check", "--quiet", "migrations", "tests")
    shop.place.project.run("ruff", "format", "--check", "--quiet", "migrations", "tests")
