"""The rules of one resource that its contract states: names, field behaviour, masks, lists (AIP-122 to 135, 203)."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from ..details import FieldViolation
from ..errors import (
    AbortedError,
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
)
from . import behavior, errors, masks
from .fields import Field, entity_fields, fields_of, read
from .lists import Lists
from .names import Names
from .queries import Query

T = TypeVar("T")


class Rules(Generic[T]):
    """The rules of one resource, made once: `BOOK = Rules(Book, type="library.example.com/Book", …)`.

    `entity` is its dataclass. `type` is what callers are told it is: google.api.resource's type, or its noun. `field`
    is where requests have it, as violations say: ``book`` of ``book.title``, ``""`` where requests repeat its fields.
    `identity` is the field that names it, `patterns` those of its resource name (``shelves/{shelf}/books/{book}``);
    none where the identity is an id alone, and then `parent_field` is the field with the parent's id, if any. With
    `parent_optional`, 0 or ``""`` there says that there is none; such are the first in an order, and may be NULL in a
    table.
    `id_field` is where a request proposes the id of a new one; unless told otherwise ``book_id``, by the entity's name.

    `required`, `output_only`, `input_only` and `immutable` are fields, also those in messages and in lists of messages
    (``author.given_name``, ``authors.given_name``). `oneofs` are groups of fields of which one can be set. All names
    are the contract's; `attributes` maps those whose attribute is called otherwise ({"from": "from_"}). A name that
    the entity does not have is a ValueError.

    A resource with an output-only `delete_time` is deleted softly (AIP-164): lists leave it out.
    """

    def __init__(
        self,
        entity: type[T],
        *,
        type: str,
        field: str = "",
        identity: str = "name",
        patterns: Sequence[str] = (),
        required: Sequence[str] = (),
        output_only: Sequence[str] = (),
        input_only: Sequence[str] = (),
        immutable: Sequence[str] = (),
        oneofs: Sequence[Sequence[str]] = (),
        parent_field: str = "",
        parent_optional: bool = False,
        id_field: str = "",
        delete_time: str = "delete_time",
        attributes: Mapping[str, str] = {},
        max_page_size: int = 1000,
        default_page_size: int = 50,
    ) -> None:
        self._type, self._field = type, field
        self._fields = entity_fields(entity, attributes)
        named = (
            *required,
            *output_only,
            *input_only,
            *immutable,
            *(each for group in oneofs for each in group),
        )
        for path in (identity, *([parent_field] if parent_field else ()), *named):
            _field_at(path, self._fields, entity.__name__)
        self._attributes = dict(attributes)
        self._identity = identity
        self._required = [path for path in required if path not in (*output_only, identity)]
        self._output_only, self._immutable = tuple(output_only), tuple(immutable)
        self._input_only, self._oneofs = tuple(input_only), tuple(oneofs)
        self._owned = behavior.tree(output_only)
        self._names = Names(patterns, identity, id_field or f"{_snake(entity.__name__)}_id")
        self._lists = Lists(
            kind=type,
            fields=self._fields,
            names=self._names,
            identity=identity,
            parent_field=parent_field,
            unset={parent_field: self._fields[parent_field].default()} if parent_optional else {},
            attributes=self._attributes,
            hidden=self._input_only,
            delete_time=delete_time if delete_time in output_only else "",
            default_page_size=default_page_size,
            max_page_size=max_page_size,
        )

    def new_name(self, parent: str = "", proposed: str = "") -> str:
        """The name of a new resource in `parent`, with the id that the client proposes, or a random one.

        Without patterns it is the id alone. Raises InvalidArgumentError about ``parent`` or the id (``book_id``).
        """
        return self._names.new(parent, proposed)

    def check_name(self, name: str, field: str = "") -> str:
        """The same name; InvalidArgumentError about `field` (the identity) where no resource can be called so."""
        return self._names.check(name, field or self._at(self._identity))

    def _at(self, path: str) -> str:
        """Where a request has one of the fields."""
        return f"{self._field}.{path}" if self._field else path

    def new(self, entity: T) -> T:
        """The entity itself, made ready to be stored: its output-only fields are empty (AIP-203).

        Raises InvalidArgumentError with all fields that are required and empty. The identity stays as it is.
        """
        owned = {name: inner for name, inner in self._owned.items() if name != self._identity}
        behavior.restore(entity, None, owned, self._fields)
        if empty := behavior.missing(entity, self._required, self._fields):
            raise InvalidArgumentError.of([_required(self._at(path)) for path in empty])
        return entity

    def updated(self, current: T, incoming: T, mask: Iterable[str] = ()) -> T:
        """A copy of `current` with what the mask names taken from `incoming` (AIP-134, 161); see `masks`.

        The identity stays. A field that is output-only stays as well, but to name it in the mask with another value is
        an error, as is every change of a field that is immutable. By ``*``, an input-only field that is empty stays:
        a client that sends back what it read cannot know it.

        Raises InvalidArgumentError with every path that names no field, every field that may not change and every
        required field that would be empty.
        """
        paths = masks.parse_mask(mask, self._fields)
        wrong = self._named_though_owned(current, incoming, paths)
        result = copy.deepcopy(current)
        self._take(result, incoming, paths)
        for group in self._oneofs:
            behavior.keep_one(result, incoming, group, self._fields)
        behavior.restore(result, current, {**self._owned, self._identity: {}}, self._fields)
        changed = behavior.differing(result, current, self._immutable, self._fields)
        wrong += [
            FieldViolation(self._at(path), "is immutable: it is set once, at creation", "immutable")
            for path in changed
        ]
        was_missing = behavior.missing(current, self._required, self._fields)
        empty = behavior.missing(result, self._required, self._fields)
        wrong += [_required(self._at(path)) for path in empty if path not in (*was_missing, *changed)]
        if wrong:
            raise InvalidArgumentError.of(wrong)
        return result

    def given(self, request: object, names: Sequence[str]) -> list[str]:
        """Those of the fields `names` that a request sets which repeats them: the mask of an update that has none.

        What may be unset is given where it is not, also as 0 or ``""``, and anything else where it is not empty.
        """
        found = entity_fields(type(request), self._attributes)
        return [name for name in names if found[name].holds.is_set(getattr(request, found[name].attribute))]

    def _take(self, result: T, incoming: T, paths: Sequence[masks.Path]) -> None:
        if not paths:
            masks.merge(result, incoming, self._fields)
        elif paths == [("*",)]:
            kept = [name for name in self._input_only if not _is_set(incoming, name, self._fields)]
            masks.replace(result, incoming, self._fields, kept)
        for path in paths:
            if path != ("*",):
                masks.assign(result, incoming, path, self._fields)

    def _named_though_owned(
        self, current: T, incoming: T, paths: Iterable[masks.Path]
    ) -> list[FieldViolation]:
        """What the mask names itself, and would change, though clients do not set it."""
        found = []
        owned = [tuple(each.split(".")) for each in (*self._output_only, self._identity)]
        for path in paths:
            if not any(path[: len(each)] == each for each in owned):
                continue
            if read(incoming, path, self._attributes) != read(current, path, self._attributes):
                text = f"{'.'.join(path)} is set by the server and cannot be updated"
                found.append(FieldViolation(masks.FIELD, text, "output_only"))
        return found

    def query(
        self,
        *,
        parent: str | int | None = None,
        filter: str = "",
        order_by: str = "",
        page_size: int | None = 0,
        page_token: str = "",
        skip: int = 0,
        page: int = 0,
        show_deleted: bool = False,
        counted: bool = False,
        equals: Mapping[str, Any] = {},
    ) -> Query:
        """What is asked of a list, checked; every argument is a field of the request.

        `parent` is None where the contract has none; "" from a client is refused where all names have a parent. Where
        the parent is a field of the resource (`parent_field`), it is one of `equals`, and 0 and "" ask for all.
        `page_size` is None for a list without pages; 0 means the default, more than the maximum the maximum.
        `page` is a number, the first is 1 (and 0). `equals` are further fields that must be equal; None is not asked.

        Raises InvalidArgumentError about the field of the request that is wrong.
        """
        return self._lists.query(
            parent=parent,
            filter=filter,
            order_by=order_by,
            page_size=page_size,
            page_token=page_token,
            skip=skip,
            page=page,
            show_deleted=show_deleted,
            counted=counted,
            equals=equals,
        )

    def not_found(self, name: object) -> NotFoundError:
        """To be raised where no resource has that name."""
        return errors.not_found(self._type, name)

    def already_exists(self, name: object) -> AlreadyExistsError:
        """To be raised where a new resource would have a name that is taken."""
        return errors.already_exists(self._type, name)

    def not_unique(self, *fields: str) -> AlreadyExistsError:
        """To be raised where another resource has the same in fields that are unique, alone or together."""
        return errors.not_unique(self._type, fields)

    def has_children(self, name: object) -> FailedPreconditionError:
        """To be raised where a resource to delete holds others."""
        return errors.has_children(self._type, name)

    def changed(self, name: object) -> AbortedError:
        """To be raised where the client's etag is not the present one."""
        return errors.changed(self._type, name)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _required(path: str) -> FieldViolation:
    return FieldViolation(path, "is required", "required")


def _is_set(entity: Any, name: str, fields: Mapping[str, Field]) -> bool:
    field = fields.get(name)
    return field is not None and field.holds.is_set(getattr(entity, field.attribute))


def _field_at(path: str, fields: Mapping[str, Field], entity: str) -> None:
    """ValueError where the entity has no such field."""
    name, _, rest = path.partition(".")
    if name not in fields:
        raise ValueError(f"{entity} has no field {name!r}")
    if rest:
        holds = fields[name].holds
        inner = holds.element if holds.is_many and holds.element else holds
        if not inner.is_message:
            raise ValueError(f"{name!r} of {entity} is no message and has no {rest!r}")
        _field_at(rest, fields_of(inner.kind), inner.kind.__name__)
