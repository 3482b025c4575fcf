"""The rules of one resource that its contract states: names, field behaviour, masks, lists (AIP-122 to 135, 203)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from ..errors import AbortedError, AlreadyExistsError, FailedPreconditionError, NotFoundError
from . import errors
from .earlier import apply_mask
from .ids import resource_id
from .queries import OrderKey, Query

T = TypeVar("T")


class Rules(Generic[T]):
    """The rules of one resource, made once: `BOOK = Rules(Book, type="library.example.com/Book", …)`.

    `entity` is its dataclass. `type` is what callers are told it is: google.api.resource's type, or its noun.
    `identity` is the field that names it, `patterns` those of its resource name (``shelves/{shelf}/books/{book}``);
    none where the identity is an id alone, and then `parent_field` is the field with the parent's id, if any.

    `required`, `output_only`, `input_only` and `immutable` are fields, also those in messages and in lists of messages
    (``author.given_name``, ``authors.given_name``). `oneofs` are groups of fields of which one can be set. All names
    are the contract's; `attributes` maps those whose attribute is called otherwise ({"from": "from_"}).

    A resource with an output-only ``delete_time`` is deleted softly (AIP-164): lists leave it out.
    """

    def __init__(
        self,
        entity: type[T],
        *,
        type: str,
        identity: str = "name",
        patterns: Sequence[str] = (),
        required: Sequence[str] = (),
        output_only: Sequence[str] = (),
        input_only: Sequence[str] = (),
        immutable: Sequence[str] = (),
        oneofs: Sequence[Sequence[str]] = (),
        parent_field: str = "",
        attributes: Mapping[str, str] = {},
        max_page_size: int = 1000,
        default_page_size: int = 50,
    ) -> None:
        self._type = type
        self._identity = identity
        self._output_only = output_only

    def new_name(self, parent: str = "", proposed: str = "") -> str:
        """The name of a new resource in `parent`, with the id that the client proposes, or a random one.

        Without patterns it is the id alone. Raises InvalidArgumentError about ``parent`` or the id (``book_id``).
        """
        return resource_id(proposed)

    def check_name(self, name: str, field: str = "") -> str:
        """The same name; InvalidArgumentError about `field` (the identity) where no resource can be called so."""
        return name

    def new(self, entity: T) -> T:
        """The entity itself, made ready to be stored: its output-only fields are empty (AIP-203).

        Raises InvalidArgumentError with all fields that are required and empty. The identity stays as it is.
        """
        return entity

    def updated(self, current: T, incoming: T, mask: Iterable[str]) -> T:
        """A copy of `current` with what the mask names taken from `incoming` (AIP-134, 161); see `masks`.

        Raises InvalidArgumentError with every path that names no field, every field that may not change and every
        required field that would be empty.
        """
        return apply_mask(current, incoming, mask, self._output_only)

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

        `parent` is None where the contract has none; "" from a client is refused where names have a parent.
        `page_size` is None for a list without pages; 0 means the default, more than the maximum the maximum.
        `page` is a number, the first is 1 (and 0). `equals` are further fields that must be equal; None is not asked.

        Raises InvalidArgumentError about the field of the request that is wrong.
        """
        return Query(parent=str(parent or ""), order=(OrderKey((self._identity,)),), limit=page_size or 50)

    def not_found(self, name: object) -> NotFoundError:
        """To be raised where no resource has that name."""
        return errors.not_found(self._type, name)

    def already_exists(self, name: object) -> AlreadyExistsError:
        """To be raised where a new resource would have a name that is taken."""
        return errors.already_exists(self._type, name)

    def has_children(self, name: object) -> FailedPreconditionError:
        """To be raised where a resource to delete holds others."""
        return errors.has_children(self._type, name)

    def changed(self, name: object) -> AbortedError:
        """To be raised where the client's etag is not the present one."""
        return errors.changed(self._type, name)
