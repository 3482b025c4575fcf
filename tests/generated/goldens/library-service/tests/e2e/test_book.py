"""library.v1.BookService as a client sees it."""

from typing import Any

import pytest

from library_service.client import AsyncBookClient
from library_service.gen.library.v1 import book_service_rpc as rpc
from library_service.gen.library.v1 import library_pb2
from library_service.kit.client import AsyncChannel
from library_service.kit.errors import Code, ServiceError
from library_service.kit.rpc import Method

from ..conftest import Server
from .answers import answer


@pytest.mark.parametrize("method", rpc.METHODS, ids=lambda method: method.name)
async def test_every_rpc_answers(server: Server, method: Method[Any, Any]) -> None:
    """An empty request gets a defined answer, whatever it is."""
    async with AsyncChannel(server.grpc) as channel:
        assert await answer(channel, method) not in (Code.UNKNOWN, Code.INTERNAL, Code.UNAVAILABLE)


@pytest.mark.parametrize("transport", ["grpc", "http"])
async def test_book_lives_from_create_to_delete(server: Server, transport: str) -> None:
    async with AsyncBookClient(getattr(server, transport)) as client:
        created = await client.create_book(
            library_pb2.CreateBookRequest(book=library_pb2.Book(title="sample"))
        )
        found = await client.get_book(library_pb2.GetBookRequest(name=created.name))
        assert found == created
        listed = await client.list_books(library_pb2.ListBooksRequest())
        assert created in listed.books
        await client.delete_book(library_pb2.DeleteBookRequest(name=created.name))
        with pytest.raises(ServiceError) as caught:
            await client.get_book(library_pb2.GetBookRequest(name=created.name))
        assert caught.value.code is Code.NOT_FOUND
