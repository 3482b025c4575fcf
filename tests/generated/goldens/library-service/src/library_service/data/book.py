"""The book repositories on SQLAlchemy."""

import datetime

from sqlalchemy import CheckConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from library_service.biz.book import BOOK
from library_service.biz.book_types import Book, BookAuthor, BookBinding
from library_service.data import Base
from library_service.kit.database import Database, EnumName, JsonOf, constraints, replace_row, select_page
from library_service.kit.resource import Page, Query, utc_now


class BookRow(Base):
    __tablename__ = "books"
    __table_args__ = (
        CheckConstraint("binding IN ('UNSPECIFIED', 'HARDCOVER', 'PAPERBACK')", name="ck_books_binding"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    authors: Mapped[list[BookAuthor]] = mapped_column(JsonOf(list[BookAuthor]))
    binding: Mapped[BookBinding] = mapped_column(EnumName(BookBinding))
    page_count: Mapped[int]
    labels: Mapped[dict[str, str]] = mapped_column(JsonOf(dict[str, str]))
    isbn: Mapped[str | None]
    create_time: Mapped[datetime.datetime] = mapped_column(default=utc_now)
    update_time: Mapped[datetime.datetime] = mapped_column(default=utc_now)


class SqlBookRepository:
    """Keeps books in the table books."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, book: Book) -> Book:
        row = _book_row(book)
        async with self._database.session() as session:
            session.add(row)
            with constraints(unique=BOOK.already_exists(book.name)):
                await session.flush()
            return _book_entity(row)

    async def get(self, name: str, *, for_update: bool = False) -> Book:
        async with self._database.read() as session:
            row = await session.get(BookRow, name, with_for_update=for_update, populate_existing=for_update)
            if row is None:
                raise BOOK.not_found(name)
            return _book_entity(row)

    async def find(self, query: Query) -> Page[Book]:
        async with self._database.read() as session:
            return await select_page(session, select(BookRow), query, _book_entity)

    async def update(self, book: Book) -> Book:
        async with self._database.session() as session:
            row = await replace_row(session, _book_row(book))
            if row is None:
                raise BOOK.not_found(book.name)
            return _book_entity(row)

    async def delete(self, name: str) -> None:
        this = delete(BookRow).where(BookRow.name == name).returning(BookRow.name)
        async with self._database.session() as session:
            found = await session.scalar(this)
            if found is None:
                raise BOOK.not_found(name)


def _book_row(book: Book) -> BookRow:
    return BookRow(
        name=book.name,
        title=book.title,
        authors=book.authors,
        binding=book.binding,
        page_count=book.page_count,
        labels=book.labels,
        isbn=book.isbn,
        create_time=book.create_time,
        update_time=book.update_time,
    )


def _book_entity(row: BookRow) -> Book:
    return Book(
        name=row.name,
        title=row.title,
        authors=row.authors,
        binding=row.binding,
        page_count=row.page_count,
        labels=row.labels,
        isbn=row.isbn,
        create_time=row.create_time,
        update_time=row.update_time,
    )
