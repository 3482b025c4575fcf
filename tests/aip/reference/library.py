"""The rules of the standard methods, in memory. Small methods, so that a mutant breaks one rule by overriding one."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any

from . import masks
from .contract import fields_that_are, message, methods, option
from .filters import FilterError, Filters, Predicate, comparable

_ID = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._~-]{0,61}[A-Za-z0-9])?")
_VERBS = re.compile(
    r"(BatchGet|BatchCreate|BatchUpdate|BatchDelete|Create|Get|List|Update|Delete|Undelete)\w+"
)
_PURGE_SECONDS = 30 * 24 * 3600


class RefusedError(Exception):
    """A call that fails: `violations` are (field, description) of BadRequest, `resource` is (type, name)."""

    def __init__(
        self,
        code: str,
        text: str,
        reason: str,
        *,
        violations: Sequence[tuple[str, str]] = (),
        resource: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        self.code, self.text, self.reason = code, text, reason
        self.violations, self.resource = list(violations), resource


def invalid(*violations: tuple[str, str]) -> RefusedError:
    text = "; ".join(f"{name}: {what}" for name, what in violations)
    return RefusedError("INVALID_ARGUMENT", text, "INVALID_REQUEST", violations=violations)


@dataclass(eq=False)
class Kind:
    """A resource: `noun` names its field in requests, `plural` its collection."""

    noun: str
    plural: str
    parent: Kind | None = None
    soft: bool = False
    children: list[Kind] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.message = message(f"aip.v1.{self.noun.capitalize()}")
        self.type = option(self.message.DESCRIPTOR, "google.api.resource").type
        self.required = [f.name for f in fields_that_are(self.message, 2)]
        self.output_only = [f.name for f in fields_that_are(self.message, 3)]
        self.immutable = [f.name for f in fields_that_are(self.message, 5)]
        if self.parent is not None:
            self.parent.children.append(self)

    def has(self, name: str) -> bool:
        return name in self.message.DESCRIPTOR.fields_by_name


def given(request: Any, name: str, default: Any = "") -> Any:
    """A field of a request, where it has one of that name."""
    return getattr(request, name) if name in request.DESCRIPTOR.fields_by_name else default


def copy(original: Any) -> Any:
    made = type(original)()
    made.CopyFrom(original)
    return made


class Library:
    """All standard methods, on every kind of resource."""

    MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE, MAX_BATCH = 1000, 50, 100

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
        return await getattr(self, verb)(kind, request, response)

    # Transactions

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

    # Create

    async def create(self, kind: Kind, request: Any, response: Any) -> Any:
        async with self.transaction(discard=given(request, "validate_only", False)):
            return await self.insert(kind, request)

    async def insert(self, kind: Kind, request: Any, place: str = "") -> Any:
        resource = self.payload(kind, request, place)
        parent = given(request, "parent")
        if kind.parent is not None:
            await self.check_parent(kind, parent, f"{place}parent")
        self.clear_server_fields(kind, resource)
        self.check_required(kind, resource, f"{place}{kind.noun}.")
        proposed = given(request, f"{kind.noun}_id")
        self.check_id(kind, proposed, f"{place}{kind.noun}_id")
        key = (parent, given(request, "request_id"))
        if key[1] and (done := self.repeated(key)) is not None:
            return copy(done)
        resource.name = self.new_name(kind, parent, self.chosen_id(proposed))
        await self.check_free(kind, resource.name)
        self.created(kind, resource)
        self.write(kind, resource)
        if key[1]:
            self.requests[key] = resource.name
        return resource

    def payload(self, kind: Kind, request: Any, place: str = "") -> Any:
        if not request.HasField(kind.noun):
            raise invalid((f"{place}{kind.noun}", "is required"))
        return copy(getattr(request, kind.noun))

    async def check_parent(self, kind: Kind, parent: str, place: str) -> None:
        assert kind.parent is not None
        if not parent:
            raise invalid((place, "is required"))
        if await self.read(parent) is None or "/-" in parent:
            raise self.not_found(kind.parent, parent)

    def clear_server_fields(self, kind: Kind, resource: Any) -> None:
        for name in (*kind.output_only, "name", "etag"):
            if kind.has(name):
                resource.ClearField(name)

    def check_required(self, kind: Kind, resource: Any, place: str) -> None:
        if missing := [
            (f"{place}{name}", "is required") for name in kind.required if not getattr(resource, name)
        ]:
            raise invalid(*missing)

    def check_id(self, kind: Kind, proposed: str, place: str) -> None:
        if proposed and not _ID.fullmatch(proposed):
            raise invalid((place, f"{proposed!r} is no id"))

    def repeated(self, key: tuple[str, str]) -> Any:
        return self.store.get(self.requests.get(key, ""))

    def chosen_id(self, proposed: str) -> str:
        return proposed or str(uuid.uuid4())

    def new_name(self, kind: Kind, parent: str, id: str) -> str:
        return "/".join([*([parent] if parent else []), kind.plural, id])

    async def check_free(self, kind: Kind, name: str) -> None:
        if await self.read(name) is not None:
            raise self.already_exists(kind, name)

    def created(self, kind: Kind, resource: Any) -> None:
        self.stamp(kind, resource, "create_time")
        self.stamp(kind, resource, "update_time")
        if kind.has("uid"):
            resource.uid = str(uuid.uuid4())

    def stamp(self, kind: Kind, resource: Any, name: str, ahead: int = 0) -> None:
        if kind.has(name):
            now = self.now()
            getattr(resource, name).seconds = now // 1_000_000_000 + ahead
            getattr(resource, name).nanos = now % 1_000_000_000 // 1000 * 1000

    def now(self) -> int:
        """Nanoseconds since 1970."""
        return time.time_ns()

    # Errors

    def not_found(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("NOT_FOUND", f"{name} does not exist", "NOT_FOUND", resource=(kind.type, name))

    def already_exists(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("ALREADY_EXISTS", f"{name} exists", "ALREADY_EXISTS", resource=(kind.type, name))

    def stale(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError("ABORTED", f"{name} was changed", "ETAG_MISMATCH", resource=(kind.type, name))

    # Get

    async def get(self, kind: Kind, request: Any, response: Any) -> Any:
        if not request.name:
            raise invalid(("name", "is required"))
        found = await self.existing(kind, request.name)
        return self.masked(found, request)

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

    # List

    async def list(self, kind: Kind, request: Any, response: Any) -> Any:
        parent = given(request, "parent")
        if kind.parent is not None and not parent:
            raise invalid(("parent", "is required"))
        limit = self.limit(request.page_size)
        predicate = self.predicate(kind, given(request, "filter"))
        keys = self.keys(kind, given(request, "order_by"))
        found = [
            each
            for each in self.below(kind, parent)
            if self.is_shown(kind, each, request) and predicate(each)
        ]
        found.sort(key=cmp_to_key(lambda one, other: self.compare(keys, one, other)))
        total = len(found)
        if request.page_token:
            found = self.behind(keys, found, self.place_of(request))
        page = found[:limit]
        getattr(response, kind.plural).extend(self.masked(copy(each), request) for each in page)
        if self.has_more(found, limit):
            response.next_page_token = self.token(request, [key_of(page[-1], path) for path, _ in keys])
        if "total_size" in response.DESCRIPTOR.fields_by_name:
            response.total_size = self.total(total, page)
        return response

    def limit(self, page_size: int) -> int:
        if page_size < 0:
            raise invalid(("page_size", f"{page_size} is negative"))
        return min(page_size or self.DEFAULT_PAGE_SIZE, self.MAX_PAGE_SIZE)

    def predicate(self, kind: Kind, text: str) -> Predicate:
        try:
            return self.filters(kind).compile(text)
        except FilterError as error:
            raise invalid(("filter", str(error))) from error

    def filters(self, kind: Kind) -> Filters:
        return Filters(kind.message.DESCRIPTOR)

    def keys(self, kind: Kind, order_by: str) -> list[tuple[list[str], bool]]:
        """Paths and whether each descends; the name is the last one."""
        found = []
        for part in order_by.split(",") if order_by.strip() else []:
            words = part.split()
            if len(words) not in (1, 2) or words[1:] not in ([], ["desc"]):
                raise invalid(("order_by", f"{part!r} is no field"))
            found.append((self.order_path(kind, words[0]), self.descends(words)))
        return [*found, (["name"], False)]

    def descends(self, words: Sequence[str]) -> bool:
        return len(words) == 2

    def order_path(self, kind: Kind, text: str) -> list[str]:
        descriptor = kind.message.DESCRIPTOR
        path = text.split(".")
        for name in path:
            found = descriptor.fields_by_name.get(name) if descriptor is not None else None
            if found is None or found.is_repeated:
                raise invalid(("order_by", f"{text!r} is no field"))
            descriptor = found.message_type
        return path

    def compare(self, keys: list[tuple[list[str], bool]], one: Any, other: Any) -> int:
        return compare_keys(
            keys, [key_of(one, path) for path, _ in keys], [key_of(other, path) for path, _ in keys]
        )

    def below(self, kind: Kind, parent: str) -> Iterable[Any]:
        wanted = parent.split("/") if parent else []
        for name, each in self.store.items():
            if isinstance(each, kind.message) and self.is_below(name.split("/")[:-2], wanted):
                yield each

    def is_below(self, above: Sequence[str], wanted: Sequence[str]) -> bool:
        return len(above) == len(wanted) and all(w in ("-", a) for a, w in zip(above, wanted, strict=True))

    def is_shown(self, kind: Kind, resource: Any, request: Any) -> bool:
        return not kind.soft or given(request, "show_deleted", False) or not resource.HasField("delete_time")

    def behind(self, keys: list[tuple[list[str], bool]], found: Sequence[Any], last: list[Any]) -> list[Any]:
        return [
            each for each in found if compare_keys(keys, [key_of(each, path) for path, _ in keys], last) > 0
        ]

    def has_more(self, found: Sequence[Any], limit: int) -> bool:
        return len(found) > limit

    def total(self, total: int, page: Sequence[Any]) -> int:
        return total

    def query_of(self, request: Any) -> list[str]:
        """What a token is only good for."""
        return [given(request, name) for name in ("parent", "filter", "order_by")]

    def token(self, request: Any, last: list[Any]) -> str:
        body = json.dumps([self.query_of(request), last], default=str)
        check = hashlib.sha256(body.encode()).hexdigest()[:16]
        return base64.urlsafe_b64encode(f"{check}{body}".encode()).decode()

    def place_of(self, request: Any) -> list[Any]:
        try:
            text = base64.b64decode(request.page_token, altchars=b"-_", validate=True).decode()
            check, body = text[:16], text[16:]
            if self.is_damaged(check, body):
                raise ValueError("damaged")
            query, last = json.loads(body)
        except ValueError as error:
            raise invalid(("page_token", "is no token of this list")) from error
        if query != self.query_of(request):
            raise invalid(("page_token", "is a token of another list"))
        return list(last)

    def is_damaged(self, check: str, body: str) -> bool:
        return hashlib.sha256(body.encode()).hexdigest()[:16] != check

    # Update

    async def update(self, kind: Kind, request: Any, response: Any) -> Any:
        async with self.transaction(discard=given(request, "validate_only", False)):
            return await self.change(kind, request)

    async def change(self, kind: Kind, request: Any) -> Any:
        incoming = self.payload(kind, request)
        if not incoming.name:
            raise invalid((f"{kind.noun}.name", "is required"))
        current = await self.read(incoming.name)
        if current is None and given(request, "allow_missing", False):
            return await self.put(kind, incoming)
        current = await self.existing(kind, incoming.name)
        if kind.soft and current.HasField("delete_time"):
            raise self.is_deleted(kind, current.name)
        self.check_etag(kind, current, given(incoming, "etag"))
        updated = self.applied(kind, current, incoming, list(request.update_mask.paths))
        self.check_required(kind, updated, f"{kind.noun}.")
        self.updated(kind, updated)
        self.write(kind, updated)
        return updated

    async def put(self, kind: Kind, incoming: Any) -> Any:
        name = incoming.name
        if kind.parent is not None:
            await self.check_parent(kind, name.rsplit("/", 2)[0], f"{kind.noun}.name")
        self.clear_server_fields(kind, incoming)
        self.check_required(kind, incoming, f"{kind.noun}.")
        incoming.name = name
        self.created(kind, incoming)
        self.write(kind, incoming)
        return incoming

    def is_deleted(self, kind: Kind, name: str) -> RefusedError:
        return RefusedError(
            "FAILED_PRECONDITION", f"{name} is deleted", "DELETED", resource=(kind.type, name)
        )

    def check_etag(self, kind: Kind, current: Any, etag: str) -> None:
        if etag and etag != current.etag:
            raise self.stale(kind, current.name)

    def updated(self, kind: Kind, resource: Any) -> None:
        self.stamp(kind, resource, "update_time")

    def applied(self, kind: Kind, current: Any, incoming: Any, paths: list[str]) -> Any:
        named = bool(paths) and "*" not in paths
        chosen = self.all_fields(kind) if "*" in paths else paths or self.populated(incoming)
        updated = copy(current)
        for path in chosen:
            self.apply(kind, current, updated, incoming, path, named=named)
        return updated

    def all_fields(self, kind: Kind) -> list[str]:
        return [f.name for f in kind.message.DESCRIPTOR.fields]

    def populated(self, incoming: Any) -> list[str]:
        return [f.name for f, _ in incoming.ListFields()]

    def apply(self, kind: Kind, current: Any, updated: Any, incoming: Any, path: str, *, named: bool) -> None:
        try:
            steps = masks.split(path)
            if steps[0] in (*kind.output_only, "name", "etag"):
                self.apply_server_field(current, incoming, steps, named)
                return
            self.take(updated, incoming, steps)
        except masks.MaskError as error:
            raise invalid(("update_mask", f"{path!r} is no field")) from error
        self.check_immutable(kind, current, updated, steps[0])

    def take(self, updated: Any, incoming: Any, steps: list[str]) -> None:
        masks.take(updated, incoming, steps)

    def apply_server_field(self, current: Any, incoming: Any, steps: list[str], named: bool) -> None:
        trial = copy(current)
        masks.take(trial, incoming, steps)
        if named and trial != current:
            raise invalid(("update_mask", f"{steps[0]} is set by the server"))

    def check_immutable(self, kind: Kind, current: Any, updated: Any, name: str) -> None:
        if name in kind.immutable and getattr(updated, name) != getattr(current, name):
            raise invalid((f"{kind.noun}.{name}", "cannot be changed"))

    # Delete

    async def delete(self, kind: Kind, request: Any, response: Any) -> Any:
        async with self.transaction(discard=given(request, "validate_only", False)):
            return await self.remove(kind, request, response)

    async def remove(self, kind: Kind, request: Any, response: Any) -> Any:
        if not request.name:
            raise invalid(("name", "is required"))
        current = await self.read(request.name)
        if current is None or (kind.soft and current.HasField("delete_time")):
            if given(request, "allow_missing", False):
                return response if current is None else copy(current)
            raise self.not_found(kind, request.name)
        self.check_etag(kind, current, given(request, "etag"))
        if kind.soft:
            return self.mark_deleted(kind, copy(current))
        below = self.descendants(request.name)
        if below and not given(request, "force", False):
            raise self.has_children(kind, request.name)
        for name in below:
            self.store.pop(name, None)
        self.store.pop(request.name, None)
        return response

    def has_children(self, kind: Kind, name: str) -> RefusedError:
        text = f"{name} has children"
        return RefusedError("FAILED_PRECONDITION", text, "HAS_CHILDREN", resource=(kind.type, name))

    def descendants(self, name: str) -> list[str]:
        return [each for each in self.store if each.startswith(f"{name}/")]

    def mark_deleted(self, kind: Kind, resource: Any) -> Any:
        self.stamp(kind, resource, "delete_time")
        self.stamp(kind, resource, "purge_time", _PURGE_SECONDS)
        self.write(kind, resource)
        return resource

    async def undelete(self, kind: Kind, request: Any, response: Any) -> Any:
        async with self.transaction():
            current = await self.existing(kind, request.name)
            if not current.HasField("delete_time"):
                raise self.already_exists(kind, request.name)
            self.check_etag(kind, current, request.etag)
            self.mark_living(current)
            self.write(kind, current)
            return current

    def mark_living(self, resource: Any) -> None:
        resource.ClearField("delete_time")
        resource.ClearField("purge_time")

    # Batches

    def check_batch(self, request: Any, items: str) -> None:
        count = len(getattr(request, items))
        if not count:
            raise invalid((items, "is required"))
        if count > self.MAX_BATCH:
            raise invalid((items, f"has more than {self.MAX_BATCH} items"))

    def check_batch_parent(self, parent: str, others: Iterable[str], place: str) -> None:
        wanted = parent.split("/")
        for number, other in enumerate(others):
            if parent and not self.is_below(other.split("/"), wanted):
                raise invalid((place.format(number), f"is not of {parent}"))

    def above(self, names: Iterable[str]) -> list[str]:
        return ["/".join(name.split("/")[:-2]) for name in names]

    async def batch_get(self, kind: Kind, request: Any, response: Any) -> Any:
        self.check_batch(request, "names")
        self.check_batch_parent(given(request, "parent"), self.above(request.names), "names[{}]")
        found = [await self.existing(kind, name) for name in request.names]
        getattr(response, kind.plural).extend(self.masked(each, request) for each in found)
        return response

    async def batch_create(self, kind: Kind, request: Any, response: Any) -> Any:
        self.check_batch(request, "requests")
        parents = [each.parent or request.parent for each in request.requests]
        self.check_batch_parent(request.parent, parents, "requests[{}].parent")
        async with self.transaction():
            for number, each in enumerate(request.requests):
                item = copy(each)
                item.parent = item.parent or request.parent
                made = await self.insert(kind, item, f"requests[{number}].")
                getattr(response, kind.plural).append(made)
        return response

    async def batch_update(self, kind: Kind, request: Any, response: Any) -> Any:
        self.check_batch(request, "requests")
        names = [getattr(each, kind.noun).name for each in request.requests]
        self.check_batch_parent(request.parent, self.above(names), "requests[{}]." + f"{kind.noun}.name")
        async with self.transaction():
            for each in request.requests:
                getattr(response, kind.plural).append(await self.change(kind, each))
        return response

    async def batch_delete(self, kind: Kind, request: Any, response: Any) -> Any:
        self.check_batch(request, "names")
        self.check_batch_parent(request.parent, self.above(request.names), "names[{}]")
        delete = message(f"aip.v1.Delete{kind.noun.capitalize()}Request")
        async with self.transaction():
            for name in request.names:
                await self.remove(kind, delete(name=name), response)
        return response


Keys = list[tuple[list[str], bool]]


def key_of(resource: Any, path: list[str]) -> list[Any]:
    """What a resource is ordered by: [0] where the field is not set, else [1, value]; JSON can hold it."""
    value = resource
    for name in path:
        if value.DESCRIPTOR.fields_by_name[name].has_presence and not value.HasField(name):
            return [0]
        value = getattr(value, name)
    made = comparable(value)
    if hasattr(value, "nanos"):
        return [1, value.seconds, value.nanos]
    return [1, float(made) if isinstance(value, float) else made]


def compare_keys(keys: Keys, one: list[Any], other: list[Any]) -> int:
    for (_, descending), mine, theirs in zip(keys, one, other, strict=True):
        if mine != theirs:
            return (1 if mine > theirs else -1) * (-1 if descending else 1)
    return 0


def unlocked() -> AbstractAsyncContextManager[Any]:
    """What lets everybody in at once."""
    return contextlib.nullcontext()
