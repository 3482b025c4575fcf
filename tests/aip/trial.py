"""One check at work on one resource over one transport: what it needs, what it sends, what it expects."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import text_format
from google.protobuf.descriptor import FieldDescriptor

from .expectations import Expectations, FailedError, put, shortened
from .http_requests import InexpressibleError
from .messages import Builder
from .model import IMMUTABLE, INPUT_ONLY, REQUIRED, Rpc, Subject
from .transports import Answer, Api

SERVER_FIELDS = ("create_time", "update_time", "delete_time", "purge_time", "expire_time", "etag", "uid")
"""Fields of AIP-148, 154 and 164, which a server sets."""

_LEAKS = ("traceback", "sqlalchemy", "sqlite", "asyncpg", "psycopg", "insert into", "select ", 'file "')


class NotApplicableError(Exception):
    """The contract lacks what the check needs; says what."""


@dataclass(frozen=True, slots=True)
class Call:
    """What was sent and what came back."""

    rpc: Rpc
    request: Any
    answer: Answer

    def __str__(self) -> str:
        sent = text_format.MessageToString(self.request, as_one_line=True)
        if self.answer.code == "OK":
            got = text_format.MessageToString(self.answer.message, as_one_line=True)
        else:
            got = f"{self.answer.text!r} {self.answer.violations or ''} {self.answer.reason}".rstrip()
        return f"{self.rpc.descriptor.name}({shortened(sent)}) → {self.answer.code} {shortened(got)}"

    @property
    def signature(self) -> tuple[Any, ...]:
        """What has to be the same over every transport."""
        return self.rpc.verb, self.answer.code, tuple(sorted(self.answer.violations)), self.answer.reason


@dataclass(slots=True)
class Trial(Expectations):
    """What a check works with. `apis` are the transports to the service, the one to use first."""

    subject: Subject
    apis: list[Api]
    rng: random.Random
    calls: list[Call] = field(default_factory=list)
    compared: bool = True  # False where the transports may differ, by their limits
    _made: list[tuple[Subject, str]] = field(default_factory=list)

    @property
    def api(self) -> Api:
        return self.apis[0]

    @property
    def build(self) -> Builder:
        return Builder(self.subject, self.rng)

    # What the contract has

    def skip(self, reason: str) -> None:
        """Says that the check does not apply, and why."""
        raise NotApplicableError(reason)

    def rpc(self, verb: str) -> Rpc:
        """The standard method; not applicable where there is none, or it has no HTTP binding."""
        found = self.subject.rpcs.get(verb)
        if found is None:
            raise NotApplicableError(f"{self.subject} has no {verb} method")
        if not self.api.serves(found):
            raise NotApplicableError(f"{found.descriptor.name} has no HTTP binding")
        return found

    def needs(self, verb: str, *fields: str) -> None:
        """Not applicable where the method, or one of these fields of its request, is not there."""
        rpc = self.rpc(verb)
        for name in fields:
            if not rpc.has(name):
                raise NotApplicableError(f"{rpc.request.name} has no {name}")

    def needs_field(self, *names: str) -> None:
        """Not applicable where the resource has not these fields."""
        for name in names:
            if name not in self.subject.resource.fields_by_name:
                raise NotApplicableError(f"{self.subject} has no {name}")

    def needs_parent(self) -> None:
        if not self.subject.has_parent:
            raise NotApplicableError(f"{self.subject} has no parent")

    def child(self) -> Subject:
        """A resource whose names nest below this one's."""
        if not self.subject.children:
            raise NotApplicableError(f"{self.subject} has no children")
        return self.subject.children[0]

    def writable(self, *, mutable: bool = True) -> list[FieldDescriptor]:
        """Fields that a client sets, reads and, if `mutable`, may change later, outside oneofs."""
        found = [
            f
            for f in self.subject.fields()
            if (f.containing_oneof is None or f.containing_oneof.name.startswith("_"))
            and not (mutable and IMMUTABLE in self.subject.behaviors(f))
            and INPUT_ONLY not in self.subject.behaviors(f)
            and self.subject.contract.extension(f, "google.api.resource_reference") is None
            and Builder(self.subject, random.Random(0)).varies(f)
        ]
        if not found:
            raise NotApplicableError(f"{self.subject} has no field that a client may change")
        return found

    # What it sends

    async def call(
        self, verb: str, *, via: Api | None = None, of: Subject | None = None, **fields: Any
    ) -> Answer:
        """Calls a standard method. `resource`, `id` and `mask` stand for the fields that hold them."""
        subject = of or self.subject
        rpc = subject.rpcs.get(verb) if of else self.rpc(verb)
        if rpc is None:
            raise NotApplicableError(f"{subject} has no {verb} method")
        request = self.request(rpc, subject, **fields)
        try:
            answer = await (via or self.api).call(rpc, request)
        except InexpressibleError as error:
            raise NotApplicableError(f"no HTTP request says this: {error}") from error
        self.calls.append(Call(rpc, request, answer))
        self._judge(answer)
        if answer.code == "OK" and not fields.get("validate_only"):
            self._remember(subject, verb, answer.message)
        return answer

    def _remember(self, subject: Subject, verb: str, message: Any) -> None:
        stored = [message] if verb in ("create", "update") else []
        if verb == "batch_create":
            stored = list(getattr(message, subject.items(verb)))
        for each in stored:
            made = (subject, str(getattr(each, subject.identity)))
            if made not in self._made:
                self._made.append(made)

    def request(self, rpc: Rpc, subject: Subject, **fields: Any) -> Any:
        request = subject.contract.message_class(rpc.request)()
        for name, value in fields.items():
            place = {
                "resource": _payload_of(rpc, subject),
                "id": subject.id_field,
                "mask": "update_mask",
            }.get(name, name)
            if not rpc.has(place):
                raise NotApplicableError(f"{rpc.request.name} has no {place}")
            if place in ("update_mask", "read_mask"):
                getattr(request, place).paths.extend(value)
            elif isinstance(value, (list, tuple)):
                getattr(request, place).extend(value)
            elif rpc.request.fields_by_name[place].message_type is not None:
                getattr(request, place).CopyFrom(value)
            else:
                setattr(request, place, value)
        proposed = rpc.request.fields_by_name.get(subject.id_field) if rpc.verb == "create" else None
        if proposed is not None and "id" not in fields and REQUIRED in subject.behaviors(proposed):
            setattr(request, proposed.name, self.new_id())
        return request

    def _judge(self, answer: Answer) -> None:
        """What no answer may ever be: a failure without a name, or one that tells what is inside."""
        if answer.code in ("INTERNAL", "UNKNOWN", "UNIMPLEMENTED", "DATA_LOSS"):
            raise FailedError(f"answered {answer.code}")
        if answer.code != "OK" and any(word in answer.text.lower() for word in _LEAKS):
            raise FailedError(f"the message tells what is inside: {answer.text}")

    def new_id(self) -> str:
        """An id that AIP-122 allows: letter first, lower case, digits and hyphens."""
        return f"c{uuid.UUID(int=self.rng.getrandbits(128), version=4)}"[:30]

    async def parent(self) -> str:
        """The name of a new parent; "" where the resource has none."""
        return await self._parent_of(self.subject)

    async def _parent_of(self, subject: Subject) -> str:
        if not subject.has_parent:
            return ""
        above = subject.parent
        if above is not None:
            return str(getattr(await self.create(of=above), above.identity))
        # A parent that nobody stores is a name alone.
        pattern = subject.pattern.rpartition("/{")[0].rpartition("/")[0]
        return "/".join(self.new_id() if part.startswith("{") else part for part in pattern.split("/"))

    async def create(self, *, of: Subject | None = None, **fields: Any) -> Any:
        """A new resource, stored; under a new parent and with all its fields set unless told otherwise."""
        subject = of or self.subject
        if subject.has_parent and "parent" not in fields:
            fields["parent"] = await self._parent_of(subject)
        if not subject.has_parent or not subject.rpcs["create"].has("parent"):
            fields.pop("parent", None)
        fields.setdefault("resource", Builder(subject, self.rng).full())
        answer = await self.call("create", of=subject, **fields)
        return self.ok(answer)

    async def family(self, count: int, **values: Any) -> tuple[str, list[Any]]:
        """The name of a new parent and resources under it; `values` gives fields one value for each of them."""
        parent = await self.parent()
        made = []
        for index in range(count):
            message = self.build.full()
            for path, given in values.items():
                put(message, path, list(given)[index])
            made.append(await self.create(parent=parent, resource=message))
        return parent, made

    def same(self, got: Any, expected: Any, *, ignoring: Iterable[str] = (), what: str = "it") -> None:
        """Two messages that have to be equal, but for some fields, and for what is never shown (AIP-203)."""
        shown = type(expected)()
        shown.CopyFrom(expected)
        self._hide(shown)
        Expectations.same(self, got, shown, ignoring=ignoring, what=what)

    def _hide(self, message: Any) -> None:
        for f, value in message.ListFields():
            if INPUT_ONLY in self.subject.behaviors(f):
                message.ClearField(f.name)
            elif f.message_type is not None and not f.message_type.GetOptions().map_entry:
                for each in value if f.is_repeated else [value]:
                    self._hide(each)

    async def get(self, name: str) -> Any:
        """The stored resource."""
        return self.ok(await self.call("get", name=name))

    async def walk(
        self, parent: str = "", *, pages: int = 2000, of: Subject | None = None, **fields: Any
    ) -> list[Any]:
        """All items of a list, page by page."""
        subject = of or self.subject
        fields = self.listing(parent, **fields)
        rpc = subject.rpcs.get("list")
        if rpc is None:
            raise NotApplicableError(f"{subject} has no list method")
        fields = {key: value for key, value in fields.items() if key != "parent" or rpc.has("parent")}
        items: list[Any] = []
        for _ in range(pages):
            response = self.ok(await self.call("list", of=subject, **fields))
            items += getattr(response, subject.items("list"))
            fields["page_token"] = getattr(response, "next_page_token", "")
            if not fields["page_token"]:
                return items
        raise FailedError(f"no last page after {pages}")

    def listing(self, parent: str, **fields: Any) -> dict[str, Any]:
        """The fields of a list request."""
        rpc = self.rpc("list")
        if "page_size" not in fields and rpc.has("page_size"):
            fields["page_size"] = 1000
        return fields | ({"parent": parent} if rpc.has("parent") else {})

    def mine(self, items: Iterable[Any], made: Iterable[Any]) -> list[int]:
        """The places in `made` of the items that are of it, in the items' order: there may be others' in a list."""
        places = {self.name(each): index for index, each in enumerate(made)}
        return [places[self.name(item)] for item in items if self.name(item) in places]

    def name(self, message: Any) -> str:
        return str(getattr(message, self.subject.identity))

    async def clean(self) -> None:
        """Removes what this trial made, children first, and nothing else; how that goes is not the check's matter."""
        forced = {name for subject, name in self._made if _forces(subject)}
        for subject, name in reversed(self._made):
            rpc = subject.rpcs.get("delete")
            if rpc is None or any(name.startswith(f"{above}/") for above in forced):
                continue
            api = next((api for api in self.apis if api.serves(rpc)), None)
            if api is not None:
                options: dict[str, Any] = {"force": True} if _forces(subject) else {}
                with suppress(InexpressibleError):  # the service made a name that is none
                    await api.call(rpc, self.request(rpc, subject, name=name, **options))


def _forces(subject: Subject) -> bool:
    return "delete" in subject.rpcs and subject.rpcs["delete"].has("force")


def _payload_of(rpc: Rpc, subject: Subject) -> str:
    return next((f.name for f in rpc.request.fields if f.message_type is subject.resource), subject.payload)
