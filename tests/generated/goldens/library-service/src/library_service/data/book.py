"""The book repositories on SQLAlchemy."""

import datetime

from sqlalchemy import Enum, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from library_service.biz.book_types import Book, BookAuthor, BookBinding
from library_service.data import Base
from library_service.kit.database import Database, JsonOf, UtcDateTime
from library_service.kit.errors import AlreadyExistsError, NotFoundError


class BookRow(Base):
    __tablename__ = "books"

    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    authors: Mapped[list[BookAuthor]] = mapped_column(JsonOf(list[BookAuthor]))
    binding: Mapped[BookBinding] = mapped_column(Enum(BookBinding, native_enum=False, length=64))
    page_count: Mapped[int]
    labels: Mapped[dict[str, str]] = mapped_column(JsonOf(dict[str, str]))
    isbn: Mapped[str | None]
    create_time: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime.datetime | None] = mapped_column(UtcDateTime)


class SqlBookRepository:
    """Keeps books in the table books."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, book: Book) -> Book:
        row = _book_row(book)
        try:
            async with self._database.session() as session:
                session.add(row)
                await session.flush()
                return _book_entity(row)
        except IntegrityError as error:
            raise AlreadyExistsError(f"book {book.name} already exists") from error

    async def get(self, name: str) -> Book:
        async with self._database.read() as session:
            row = await session.get(BookRow, name)
            if row is None:
                raise _no_book(name)
            return _book_entity(row)

    async def list_after(self, name: str, limit: int | None) -> list[Book]:
        key = BookRow.name
        query = select(BookRow).where(key > name).order_by(key).limit(limit)
        async with self._database.read() as session:
            return [_book_entity(row) for row in await session.scalars(query)]

    async def update(self, book: Book) -> Book:
        async with self._database.session() as session:
            if await session.get(BookRow, book.name) is None:
                raise _no_book(book.name)
            return _book_entity(await session.merge(_book_row(book)))

    async def delete(self, name: str) -> None:
        key = BookRow.name
        async with self._database.session() as session:
            found = await session.scalar(delete(BookRow).where(key == name).returning(key))
            if found is None:
                raise _no_book(name)


def _no_book(name: str) -> NotFoundError:
    return NotFoundError(f"book {name} does not exist")


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
