"""Run inside the generated gaps project: nothing is deleted that has something below it, however far, but by force.

python gaps.py TARGET
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any


def code_of(call: Callable[[], object]) -> str:
    errors: Any = importlib.import_module("gaps_service.kit.errors")
    try:
        call()
    except errors.ServiceError as error:
        return f"{error.code.name} {error.reason}"
    return "OK"


def main(target: str) -> None:
    clients: Any = importlib.import_module("gaps_service.client")
    pb: Any = importlib.import_module("gaps_service.gen.gaps.v1.gaps_pb2")
    with clients.LibraryClient(target) as libraries, clients.BookClient(target) as books:
        for name in ("a", "ab"):
            libraries.create_library(pb.CreateLibraryRequest(library_id=name))
            shelf = pb.CreateShelfRequest(parent=f"libraries/{name}/rooms/r", shelf_id="s")
            shelf = libraries.create_shelf(shelf).name
            for parent in (shelf, f"{shelf}/rows/1"):
                book = books.create_book(pb.CreateBookRequest(parent=parent, book_id="b")).name
                books.create_note(pb.CreateNoteRequest(parent=book, note_id="n"))
        room, row = "libraries/a/rooms/r", "libraries/a/rooms/r/shelves/s/rows/1"

        def delete_shelf(name: str, *, force: bool = False) -> str:
            return code_of(lambda: libraries.delete_shelf(pb.DeleteShelfRequest(name=name, force=force)))

        def delete_library(name: str, *, force: bool = False) -> str:
            return code_of(lambda: libraries.delete_library(pb.DeleteLibraryRequest(name=name, force=force)))

        def note(name: str) -> str:
            return code_of(lambda: books.get_note(pb.GetNoteRequest(name=name)))

        assert delete_library("libraries/a") == "FAILED_PRECONDITION RESOURCE_HAS_CHILDREN"
        assert delete_shelf(f"{room}/shelves/s") == "FAILED_PRECONDITION RESOURCE_HAS_CHILDREN"
        for wildcard in ("libraries/-/rooms/-/shelves/-", f"{room}/shelves/-"):
            for force in (False, True):
                assert delete_shelf(wildcard, force=force) == "NOT_FOUND RESOURCE_NOT_FOUND"
        assert note(f"{row}/books/b/notes/n") == note(f"{room}/shelves/s/books/b/notes/n") == "OK"
        assert delete_shelf(f"{room}/shelves/s", force=True) == "OK"
        assert note(f"{row}/books/b/notes/n") == "NOT_FOUND RESOURCE_NOT_FOUND"
        assert note(f"{room}/shelves/s/books/b/notes/n") == "NOT_FOUND RESOURCE_NOT_FOUND"
        assert delete_library("libraries/a") == "OK"
        other = row.replace("libraries/a", "libraries/ab")
        assert note(f"{other}/books/b/notes/n") == "OK"
        assert delete_library("libraries/ab", force=True) == "OK"
        assert note(f"{other}/books/b/notes/n") == "NOT_FOUND RESOURCE_NOT_FOUND"
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
