"""Messages of library.v1.BookService from and to what biz knows."""

from __future__ import annotations

from library_service.biz import book_types as biz
from library_service.gen.library.v1 import library_pb2
from library_service.kit.convert import datetime_from, enum_of, timestamp_to


def book_from(message: library_pb2.Book) -> biz.Book:
    return biz.Book(
        name=message.name,
        title=message.title,
        authors=[book_author_from(item) for item in message.authors],
        binding=enum_of(biz.BookBinding, message.binding, "binding"),
        page_count=message.page_count,
        labels=dict(message.labels),
        isbn=message.isbn if message.HasField("isbn") else None,
        create_time=datetime_from(message.create_time, "create_time")
        if message.HasField("create_time")
        else None,
        update_time=datetime_from(message.update_time, "update_time")
        if message.HasField("update_time")
        else None,
    )


def book_to(value: biz.Book) -> library_pb2.Book:
    return library_pb2.Book(
        name=value.name,
        title=value.title,
        authors=[book_author_to(item) for item in value.authors],
        binding=library_pb2.Book.Binding.ValueType(value.binding),
        page_count=value.page_count,
        labels=value.labels,
        isbn=value.isbn,
        create_time=timestamp_to(value.create_time) if value.create_time is not None else None,
        update_time=timestamp_to(value.update_time) if value.update_time is not None else None,
    )


def book_author_from(message: library_pb2.Book.Author) -> biz.BookAuthor:
    return biz.BookAuthor(given_name=message.given_name, family_name=message.family_name)


def book_author_to(value: biz.BookAuthor) -> library_pb2.Book.Author:
    return library_pb2.Book.Author(given_name=value.given_name, family_name=value.family_name)
