"""What a request of a standard method may hold. A field that nothing would heed refuses the whole method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scaffolder.standard.fields import RefusedError, is_flag, is_integer, is_mask, is_text
from scaffolder.standard.model import StandardMethod
from scaffolder.standard.request_reader import RequestReader
from scaffolder.standard.words import a

SIZES = ("page_size", "limit", "per_page")
PAGES = ("page", "page_number", "page_num")
SKIPS = ("skip", "offset")


def made(verb: str, reader: RequestReader, **more: Any) -> StandardMethod:
    """The standard method of the fields that were taken, whose response is not known yet."""
    slots: dict[str, Any] = {**reader.slots, **more}
    return StandardMethod(verb, reader.resource, **slots)


def create(reader: RequestReader) -> StandardMethod:
    """AIP-133: the resource, or its fields; the parent; a proposed id; `request_id`, `validate_only`."""
    resource = reader.resource
    if reader.is_resource and resource.patterns:
        _refuse_identity(reader)
    flat = not reader.take_payload()
    reader.take_parent(needed=True, paired=flat)
    pairs = reader.take_pairs() if flat else ()
    if not resource.is_integer:
        noun_id = f"{resource.noun}_id"
        own = () if resource.patterns else (resource.identity.name, "id")
        reader.take("id_field", (noun_id, *own), is_text)
    elif reader.is_resource:
        reader.left.pop(resource.identity.name, None)  # the store assigns it
    reader.take("validate_only", ("validate_only",), is_flag)
    reader.take("request_id", ("request_id",), is_text)
    _refuse_identity(reader)
    reader.finish()
    if flat:
        _refuse_too_little(reader, pairs)
    return made("create", reader, fields=pairs)


def _refuse_identity(reader: RequestReader) -> None:
    resource, name = reader.resource, reader.resource.message.name
    if resource.identity.name not in reader.left:
        return
    what = f"the request's field {resource.identity.name}"
    if resource.is_integer:
        raise RefusedError(f"{what} would be the new {name}'s number, and those the store gives")
    noun_id = f"{resource.noun}_id"
    raise RefusedError(
        f"{what} would be the new {name}'s whole name, and a create proposes its {noun_id} (AIP-133)"
    )


def _refuse_too_little(reader: RequestReader, pairs: Sequence[tuple[str, str]]) -> None:
    resource, name = reader.resource, reader.resource.message.name
    if not pairs:
        raise RefusedError(f"the request holds no {name} and none of its fields")
    given = {own for _, own in pairs} | {resource.identity.name, *resource.server_fields}
    needed = (f.name for f in resource.message.fields if "REQUIRED" in f.behaviors and f.name not in given)
    if missing := next(needed, None):
        raise RefusedError(f"the request has no field {missing}, which {a(name)} requires")


def get(reader: RequestReader) -> StandardMethod:
    """AIP-131: the identity, a `read_mask`."""
    _take_key(reader)
    reader.take("read_mask", ("read_mask",), is_mask)
    reader.finish()
    return made("get", reader)


def delete(reader: RequestReader) -> StandardMethod:
    """AIP-135: the identity; `etag`, `force`, `allow_missing`, `validate_only`."""
    _take_key(reader)
    _take_etag(reader)
    for name in ("force", "allow_missing", "validate_only"):
        reader.take(name, (name,), is_flag)
    reader.finish()
    return made("delete", reader)


def undelete(reader: RequestReader) -> StandardMethod:
    """AIP-164: the identity; `etag`, `validate_only`."""
    if not reader.resource.delete_time:
        raise RefusedError(f"{a(reader.resource.message.name)} has no delete_time (AIP-164)")
    _take_key(reader)
    _take_etag(reader)
    reader.take("validate_only", ("validate_only",), is_flag)
    reader.finish()
    return made("undelete", reader)


def update(reader: RequestReader) -> StandardMethod:
    """AIP-134: the resource, or its identity and its fields; a mask; `etag`, `allow_missing`, `validate_only`."""
    resource, name = reader.resource, reader.resource.message.name
    flat = not reader.take_payload()
    if not reader.take_identity() and flat:
        raise RefusedError(f"the request has neither {a(name)} nor its {resource.identity.name}")
    reader.take_parent(paired=flat)
    reader.refuse_ancestors()
    reader.take("mask", ("update_mask", "field_mask", "mask"), is_mask)
    _take_etag(reader)
    pairs = reader.take_pairs() if flat else ()
    if not resource.is_integer:
        reader.take("allow_missing", ("allow_missing",), is_flag)
    reader.take("validate_only", ("validate_only",), is_flag)
    reader.finish()
    if flat and not pairs:
        raise RefusedError(f"the request holds no {name} and none of its fields")
    bound = [binding.verb for method in reader.methods for binding in method.bindings]
    replaces = "mask" not in reader.slots and bool(bound) and set(bound) == {"PUT"}
    return made("update", reader, fields=pairs, replaces=replaces)


def list_(reader: RequestReader) -> StandardMethod:
    """AIP-132: the parent, pages, `filter`, `order_by`, `show_deleted`, `read_mask`, fields that have to be equal."""
    resource = reader.resource
    own = {each.name for each in resource.message.fields}
    reader.take_parent(paired=True)
    reader.take("page_size", [name for name in SIZES if name not in own], is_integer)
    reader.take("page_token", ("page_token",), is_text)
    reader.take("skip", [name for name in SKIPS if name not in own], is_integer)
    reader.take("page", [name for name in PAGES if name not in own], is_integer)
    reader.take("filter", ("filter",), is_text)
    reader.take("order_by", ("order_by",), is_text)
    reader.take("read_mask", ("read_mask",), is_mask)
    if resource.delete_time:
        reader.take("show_deleted", ("show_deleted",), is_flag)
    reader.left.pop("return_partial_success", None)  # AIP-217: one store is never reached in part
    equals = reader.take_pairs(equal=True)
    reader.finish()
    ways = [reader.slots[way] for way in ("page_token", "skip", "page") if way in reader.slots]
    if "page" in reader.slots and len(ways) > 1:
        raise RefusedError(f"the request's fields {' and '.join(ways)} say in two ways where a page begins")
    return made("list", reader, equals=equals)


def _take_key(reader: RequestReader) -> None:
    """Takes the identity, and beside an id that of its parent."""
    resource = reader.resource
    if not reader.take_identity():
        raise RefusedError(
            f"the request has no {resource.identity.name}, which names {a(resource.message.name)}"
        )
    if not resource.patterns:
        reader.take_parent()
        reader.refuse_ancestors()


def _take_etag(reader: RequestReader) -> None:
    if reader.resource.etag:
        reader.take("etag", ("etag",), is_text)
