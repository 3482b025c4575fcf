"""What is recognised in a contract: resources that a service stores, and what its RPCs do to them.

Names of fields are the contract's. `""` and `()` stand for what a contract does not have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scaffolder.contract.model import Field, Kind, Message
from scaffolder.standard.words import snake

INTEGERS = frozenset(
    {
        *(Kind.INT32, Kind.SINT32, Kind.SFIXED32, Kind.UINT32, Kind.FIXED32),
        *(Kind.INT64, Kind.SINT64, Kind.SFIXED64, Kind.UINT64, Kind.FIXED64),
    }
)
"""Kinds that a numeric identity, a page size or a page's number may have."""

VERBS = (
    "create",
    "get",
    "list",
    "update",
    "delete",
    "undelete",
    "batch_get",
    "batch_create",
    "batch_update",
    "batch_delete",
)
"""What a standard method can do to a resource."""


Pairs = tuple[tuple[str, str], ...]
"""Fields of a message and those of a resource that they are: (the message's, the resource's)."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A message that the project stores.

    `identity` is the field that names it. `patterns` are those of its resource name (AIP-122),
    ``shelves/{shelf}/books/{book}``; none where the identity is an id alone, a text or a number.

    `parent` is the full name of the message that a resource belongs to, where the project stores that as well, and
    `parent_field` the field with the parent's identity; a resource name holds its parent's, and needs no such field.
    `needs_parent` is false where that field alone says it and may be left out, so that there are some without a parent.
    `has_parent` is true where names have more than one id, whether or not the parent is stored. Where it is not the
    only parent that its names have in front, `above` are the full names of the nearest that are stored.

    `etag` (AIP-154), `uid`, `create_time`, `update_time` (AIP-148), `delete_time` and `purge_time` (AIP-164) are the
    standard fields that the resource has, as it calls them. `is_soft` is true where a delete only marks it (AIP-164).
    `called` is what RPCs call it where that is not the message's name: ``Student`` of the message StudentInfo.
    `unique` and `indexes` are lists of fields, those of the options of scaffold/storage.proto.
    """

    message: Message
    identity: Field
    patterns: tuple[str, ...] = ()
    parent: str = ""
    parent_field: str = ""
    etag: str = ""
    create_time: str = ""
    update_time: str = ""
    delete_time: str = ""
    purge_time: str = ""
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    uid: str = ""
    is_soft: bool = False
    above: tuple[str, ...] = ()
    called: str = ""
    needs_parent: bool = True

    @property
    def name(self) -> str:
        """What RPCs call it, as a message would be called: ``Student``."""
        return self.called or self.message.name

    @property
    def noun(self) -> str:
        """The same in snake case: ``order_item``."""
        return snake(self.name)

    @property
    def is_integer(self) -> bool:
        """Whether the identity is a number, which the store assigns."""
        return self.identity.kind in INTEGERS

    @property
    def has_parent(self) -> bool:
        """Whether a resource name has another one in front: ``shelves/{shelf}`` in ``shelves/{shelf}/books/{book}``."""
        return any(len(re.findall(r"\{", pattern)) > 1 for pattern in self.patterns)

    @property
    def server_fields(self) -> tuple[str, ...]:
        """Fields that a client cannot set: the identity and what the contract calls OUTPUT_ONLY or IDENTIFIER."""
        owned = {"OUTPUT_ONLY", "IDENTIFIER"}
        standard = {
            self.etag,
            self.uid,
            self.create_time,
            self.update_time,
            self.delete_time,
            self.purge_time,
        }
        return tuple(
            f.name
            for f in self.message.fields
            if f is self.identity or owned & f.behaviors or f.name in standard
        )


@dataclass(frozen=True, slots=True)
class StandardMethod:
    """What an RPC does to a resource: `verb` is one of `VERBS`.

    Of the request: `identity` names the resource (get, delete, undelete), `payload` holds it (create, update) or is
    ``""`` where the request repeats its fields, which `fields` then pairs: (request's, resource's). `parent` is the
    parent's name, `id_field` the id that a client proposes (AIP-133), `mask` the update mask; `etag`, `request_id`
    (AIP-155), `validate_only` (AIP-163), `allow_missing`, `force` and `read_mask` (AIP-157) are what they are called.

    Of a list: `filter`, `order_by`, `page_size`, `page_token`, `skip`, `page` (a number, the first is 1) and
    `show_deleted`; `equals` pairs further fields with the resource's that have to be equal where they are set.

    Of a batch: `requests` is the repeated field, of names or of requests; `item` is the standard method that each of
    these requests is one of, None where they are names.

    An update that `replaces` has no mask and is bound to PUT alone: it sets each field of its payload or of `fields`.

    Of the response: `items` are the resources of a list or a batch, `result` the field that holds the resource, ``""``
    where the response is the resource; `next_token` and `total_size` as they are called. `result_identity` is the only
    field of a response that holds no more of the resource than its identity; `is_empty` is true where the response
    holds nothing of it, and `success` then the flag that it has alone, which is true. `copy` is the message that stands
    where the resource is meant to, with fields of it that it repeats, and `shows` pairs these: a whole response such as
    GetBookReply, or what `result` or `items` holds.

    `why` says in words what the RPC was taken for, and by what.
    """

    verb: str
    resource: Resource
    identity: str = ""
    payload: str = ""
    fields: Pairs = ()
    parent: str = ""
    id_field: str = ""
    mask: str = ""
    etag: str = ""
    request_id: str = ""
    validate_only: str = ""
    allow_missing: str = ""
    force: str = ""
    read_mask: str = ""
    filter: str = ""
    order_by: str = ""
    page_size: str = ""
    page_token: str = ""
    skip: str = ""
    page: str = ""
    show_deleted: str = ""
    equals: Pairs = ()
    requests: str = ""
    item: StandardMethod | None = None
    items: str = ""
    result: str = ""
    next_token: str = ""
    total_size: str = ""
    is_empty: bool = False
    replaces: bool = False
    result_identity: str = ""
    success: str = ""
    copy: Message | None = None
    shows: Pairs = ()
    why: str = ""
