"""Handlers of library.v1.BookService."""

from __future__ import annotations

from google.protobuf import empty_pb2

from library_service.biz.book import BookUseCase
from library_service.gen.library.v1 import library_pb2
from library_service.gen.library.v1.book_service_server import BookServiceBase
from library_service.kit.context import Context
from library_service.kit.convert import within
from library_service.service.book_mapping import book_from, book_to


class BookService(BookServiceBase):
    """Keeps the books of a library."""

    def __init__(self, use_case: BookUseCase) -> None:
        self._use_case = use_case

    async def create_book(self, request: library_pb2.CreateBookRequest, context: Context) -> library_pb2.Book:
        """Adds a book."""
        book = await self._use_case.create_book(
            within("book", book_from, request.book), book_id=request.book_id
        )
        return book_to(book)

    async def get_book(self, request: library_pb2.GetBookRequest, context: Context) -> library_pb2.Book:
        """Returns one book."""
        book = await self._use_case.get_book(request.name)
        return book_to(book)

    async def list_books(
        self, request: library_pb2.ListBooksRequest, context: Context
    ) -> library_pb2.ListBooksResponse:
        """Lists the books by name, a page at a time."""
        page = await self._use_case.list_books(page_size=request.page_size, page_token=request.page_token)
        return library_pb2.ListBooksResponse(
            books=[book_to(book) for book in page.items], next_page_token=page.next_token
        )

    async def update_book(self, request: library_pb2.UpdateBookRequest, context: Context) -> library_pb2.Book:
        """Changes the fields of a book that the mask names."""
        book = await self._use_case.update_book(
            within("book", book_from, request.book), request.update_mask.paths
        )
        return book_to(book)

    async def delete_book(self, request: library_pb2.DeleteBookRequest, context: Context) -> empty_pb2.Empty:
        """Removes a book."""
        await self._use_case.delete_book(request.name)
        return empty_pb2.Empty()
