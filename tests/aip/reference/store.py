"""The stored resources, their transactions, and the errors that all methods share."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from . import masks
from .contract import message, methods
from .kinds import Kind, RefusedError, copy, given, invalid

_VERBS = re.compile(
    r"(BatchGet|BatchCreate|BatchUpdate|BatchDelete|Create|Get|List|Update|Delete|Undelete)\w+"
)


class Store:
    """The stored resources, and what all methods share."""

    def __init__(self) -> None:
        shelf = Kind("shelf", "shelves")
        book = Kind("book", "books", shelf)
        self.kinds = [shelf, book, Kind("review", "reviews", book), Kind("reader", "readers", soft=True)]
        self.store: dict[str, Any] = {}
        self.requests: dict[tuple[str, str], str] = {}
        self._lock = asyncio.Lock()
        self._methods = methods()

    async def answer(self, path: str, request: Any) -> Any:
        """The response of a method; raises RefusedError."""
        name = self._methods[path].name
        match = _VERBS.fullmatch(name)
        assert match is not None
        noun = name[len(match[1]) :].lower()
        kind = next(each for each in self.kinds if noun in (each.noun, each.plural))
        verb = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", match[1]).lower()
        response = message(self._methods[path].output_type.full_name)()
        answer = copy(await getattr(self, "list_page" if verb == "list" else verb)(kind, request, response))
        self.hide(kind, answer)
        return answer

    def hide(self, kind: Kind, answer: Any) -> None:
        """Takes what is INPUT_ONLY out of the resources in an answer."""
        if isinstance(answer, kind.message):
            for name in kind.input_only:
                answer.ClearField(name)
            return
        for field, value in answer.ListFields():
            if field.is_repeated and field.message_type is kind.message.DESCRIPTOR:
                for each in value:
                    self.hide(kind, each)

    def alone(self) -> AbstractAsyncContextManager[Any]:
        return self._lock

    @asynccontextmanager
    async def transaction(self, *, discard: bool = False) -> AsyncIterator[None]:
        """Nothing that happens inside stays, where it fails or `discard` is set."""
        async with self.alone():
            before, requests = {name: copy(each) for name, each in self.store.items()}, dict(self.requests)
            try:
                yield
            except BaseException:
                self.roll_back(before, requests)
                raise
            if discard:
                self.roll_back(before, requests)

    def roll_back(self, store: dict[str, Any], requests: dict[tuple[str, str], str]) -> None:
        self.store, self.requests = store, requests

    async def read(self, name: str) -> Any:
        """What is stored under a name, or None; others may run meanwhile."""
        await asyncio.sleep(0)
        return self.store.get(name)

    def write(self, kind: Kind, resource: Any) -> None:
        if kind.has("etag"):
            resource.etag = self.new_etag(resource)
        self.store[resource.name] = copy(resource)

    def new_etag(self, resource: Any) -> str:
        return uuid.uuid4().hex

    def stamp(self, kind: Kind, resource: Any, name: str, ahead: int = 0) -> None:
        if kind.has(name):
            now = self.now()
            getattr(resource, name).seconds = now // 1_000_000_000 + ahead
            getattr(resource, name).nanos = now % 1_000_000_000 // 1000 * 1000

    def now(self) -> int:
        """Nanoseconds since 1970."""
        return time.time_ns()

    def not_found(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("NOT_FOUND", f"{name} does not exist", "NOT_FOUND", resource=(kind.type, name))

    def already_exists(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("ALREADY_EXISTS", f"{name} exists", "ALREADY_EXISTS", resource=(kind.type, name))

    def stale(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("ABORTED", f"{name} was changed", "ETAG_MISMATCH", resource=(kind.type, name))

    async def existing(self, kind: Kind, name: str) -> Any:
        found = await self.read(name)
        if found is None or not isinstance(found, kind.message):
            raise self.not_found(kind, name)
        return copy(found)

    def masked(self, resource: Any, request: Any) -> Any:
        paths = given(request, "read_mask", None)
        try:
            return resource if paths is None else masks.picked(resource, paths.paths)
        except masks.MaskError as error:
            raise invalid(("read_mask", f"{error} is no field")) from error
