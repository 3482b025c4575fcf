"""A message as a resource: which field names it, what its names look like, which standard fields it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scaffolder.contract.model import Field, Kind, Message, Method
from scaffolder.standard import patterns
from scaffolder.standard.fields import RefusedError, is_single, is_text, is_time, named
from scaffolder.standard.model import INTEGERS, Resource
from scaffolder.standard.words import fold, snake

KEY_VERBS = frozenset({"get", "update", "delete", "undelete"})
"""Verbs whose requests name one resource."""


@dataclass(frozen=True, slots=True)
class Use:
    """An RPC that may be a standard method of a message, with its request."""

    verb: str
    method: Method
    request: Message


def resource(message: Message, uses: Sequence[Use], called: str = "") -> Resource:
    """The message as a resource; a `RefusedError` where it has no identity, or names that no service can make.

    `called` is what RPCs call it, where that is not its name.
    """
    noun = snake(called or message.name)
    identity = _identity(message, noun, uses)
    found: tuple[str, ...] = ()
    if identity.kind is Kind.STRING and (
        identity.name in ("name", message.resource_name_field) or _literal(_taken(noun, identity, uses))
    ):
        found = _patterns(message, noun, identity, uses)
    fields = [field.name for field in message.fields]
    return Resource(
        message=message,
        identity=identity,
        patterns=found,
        etag=next((f.name for f in message.fields if f.name == "etag" and is_text(f)), ""),
        uid=_uid(message, identity),
        create_time=_time(message, uses, "create_time", "created_at"),
        update_time=_time(message, uses, "update_time", "updated_at"),
        delete_time=_time(message, uses, "delete_time", "deleted_at"),
        purge_time=_time(message, uses, "purge_time"),
        unique=_groups(((f.name,) for f in message.fields if f.unique), message.unique_together, fields),
        indexes=_groups(((f.name,) for f in message.fields if f.index), message.index_on, fields),
        called=called,
    )


def aliases(resource: Resource) -> tuple[str, ...]:
    """What a request may call the identity, its own name first.

    `book` or `book_name` is a resource name, `id` and `book_id` are one id. What is another field of the resource
    is not its identity.
    """
    noun, own = resource.noun, resource.identity.name
    if resource.patterns:
        others: tuple[str, ...] = ("name", noun, f"{noun}_name")
    elif fold(own).endswith("uuid"):
        others = ("uuid", f"{noun}_uuid", "id", f"{noun}_id")
    elif fold(own).endswith("uid"):
        others = ("uid", f"{noun}_uid", "id", f"{noun}_id")
    elif fold(own).endswith("id"):
        others = ("id", f"{noun}_id")
    else:
        others = ()
    fields = {fold(field.name) for field in resource.message.fields} - {fold(own)}
    return (own, *(other for other in others if other != own and fold(other) not in fields))


def in_request(request: Message, resource: Resource) -> Field | None:
    """The field of a request that names a resource, None where it has none or one of another type."""
    found = named(request, *aliases(resource))
    return found if found and is_single(found) and found.kind is resource.identity.kind else None


def _identity(message: Message, noun: str, uses: Sequence[Use]) -> Field:
    candidates = _candidates(message, noun, uses)
    for field in candidates:
        if field.has_presence and field.type_name:
            raise RefusedError(
                f"its {field.name} is a {field.type_name}, which may be absent; an identity may not"
            )
    usable = [field for field in candidates if field.kind is Kind.STRING or field.kind in INTEGERS]
    if not usable:
        if candidates:
            kind = candidates[0].kind.name.lower()
            raise RefusedError(
                f"its {candidates[0].name} is a {kind}, and an identity is a string or an integer"
            )
        raise RefusedError(f"it has no identity: no field name, id, uid, uuid or {noun}_id")
    requests = [use.request for use in uses if use.verb in KEY_VERBS]
    asked = [sum(named(request, field.name) is not None for request in requests) for field in usable]
    return usable[asked.index(max(asked))]


def _candidates(message: Message, noun: str, uses: Sequence[Use]) -> list[Field]:
    """The fields that may name a resource, the likeliest first."""
    single = [field for field in message.fields if is_single(field)]
    if marked := [field for field in single if "IDENTIFIER" in field.behaviors]:
        return marked[:1]
    name = next((f for f in single if f.name == (message.resource_name_field or "name")), None)
    is_name = name is not None and name.kind is Kind.STRING
    if name and is_name and (message.resource_patterns or _literal(_taken(noun, name, uses))):
        return [name]
    words = ("id", "uid", "uuid", f"{noun}_id", f"{noun}_uid", f"{noun}_uuid")
    ids = [field for word in words if (field := named(message, word)) and is_single(field)]
    return ids or ([name] if name else [])


def _taken(noun: str, identity: Field, uses: Sequence[Use]) -> list[str]:
    """What HTTP paths take as the identity: `books/*` of `/v1/{name=books/*}`, `*` of `/v1/books/{name}`."""
    words = {identity.name, *((noun, f"{noun}_name") if identity.name == "name" else ())}
    keys = {
        patterns.of_variable(variable)
        for use in uses
        if use.verb in KEY_VERBS
        for binding in use.method.bindings
        for variable in binding.path.variables
        if variable.field_path[-1] in words
    }
    children = {
        below
        for use in uses
        if use.verb in ("create", "list")
        for binding in use.method.bindings
        for variable in binding.path.variables
        if (below := patterns.below(binding.path, variable.name))
    }
    return sorted(keys or (children if identity.name == "name" else ()))


def _literal(taken: Iterable[str]) -> bool:
    """Whether a path takes more than an id alone."""
    return any(template.strip("*") for template in taken)


def _patterns(message: Message, noun: str, identity: Field, uses: Sequence[Use]) -> tuple[str, ...]:
    taken = _taken(noun, identity, uses)
    if not message.resource_patterns:
        has_parent = any(named(use.request, "parent") for use in uses if use.verb in ("create", "list"))
        if has_parent and not taken:
            raise RefusedError(
                "nothing says what a name with a parent looks like, such as a google.api.resource"
            )
        return patterns.derived(noun, taken)
    found = patterns.declared(message)
    if other := patterns.contradiction(found, taken):
        raise RefusedError(f"a path takes {other} for its name, and its pattern is {found[0]}")
    return found


def _time(message: Message, uses: Sequence[Use], *names: str) -> str:
    """A timestamp that the server sets: the contract says OUTPUT_ONLY, or nothing of a name that AIP-148 reserves.

    What a request of its own repeats is the client's.
    """
    found = next((f for name in names if (f := named(message, name)) and is_time(f)), None)
    if found is None or (found.behaviors and "OUTPUT_ONLY" not in found.behaviors):
        return ""
    requests = [use.request for use in uses if use.request.full_name != message.full_name]
    repeated = any(fold(field.name) == fold(found.name) for request in requests for field in request.fields)
    return found.name if "OUTPUT_ONLY" in found.behaviors or not repeated else ""


def _uid(message: Message, identity: Field) -> str:
    """The id that the server gives beside the name (AIP-148)."""
    found = named(message, "uid")
    if found is None or found is identity or not is_text(found):
        return ""
    return found.name if "OUTPUT_ONLY" in found.behaviors else ""


def _groups(
    single: Iterable[tuple[str, ...]], together: Iterable[tuple[str, ...]], fields: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    found = dict.fromkeys([*single, *together])
    return tuple(sorted(found, key=lambda group: [fields.index(name) for name in group]))
