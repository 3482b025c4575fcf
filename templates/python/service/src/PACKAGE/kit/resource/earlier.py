"""Pages by one key and update masks for use cases that were written before `Rules`; new ones call those."""

from __future__ import annotations

import base64
import copy
import dataclasses
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from ..errors import InvalidArgumentError

T = TypeVar("T")

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000


def page_start(page_size: int, page_token: str) -> tuple[int, str]:
    """How many items a page has, and the key of the last item before it (`""` for the first page).

    AIP-158: 0 means the default, more than the maximum means the maximum, a negative size is an error.
    Raises InvalidArgumentError, also for a token that no list gave out.
    """
    if page_size < 0:
        raise InvalidArgumentError.field("page_size", f"{page_size} is negative")
    limit = min(page_size or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
    try:
        return limit, base64.b64decode(page_token, altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise InvalidArgumentError.field("page_token", "not a token of this list") from error


def apply_mask(current: T, incoming: T, paths: Iterable[str], keep: Collection[str] = ()) -> T:
    """A copy of `current` with the fields that the paths name taken from `incoming` (AIP-134).

    Without a path every field that `incoming` sets is taken; ``*`` takes all. The fields in `keep` belong to the
    server and never change. Raises InvalidArgumentError for a path that names no field.
    """
    updated = copy.deepcopy(current)
    names = [field.name for field in dataclasses.fields(updated)]  # type: ignore[arg-type]
    chosen = list(paths)
    if not chosen:
        chosen = [name for name in names if getattr(incoming, name)]
    elif chosen == ["*"]:
        chosen = names
    for path in chosen:
        if path.split(".")[0] not in keep:
            _copy_path(updated, incoming, path)
    return updated


def _copy_path(target: Any, source: Any, path: str) -> None:
    *parents, last = path.split(".")
    for name in parents:
        attribute = _attribute(target, name, path)
        inner, given = getattr(target, attribute), getattr(source, attribute)
        if inner is None and given is None:
            return
        # A field inside a message that is not set has its default.
        if inner is None:
            inner = _empty(given, path)
            setattr(target, attribute, inner)
        target, source = inner, _empty(inner, path) if given is None else given
    attribute = _attribute(target, last, path)
    setattr(target, attribute, copy.deepcopy(getattr(source, attribute)))


def _empty(like: Any, path: str) -> Any:
    """What has the type of `like` and nothing set."""
    if not dataclasses.is_dataclass(like):
        raise InvalidArgumentError.field("update_mask", f"{path!r} names no field")
    kind: Any = type(like)
    return kind()


def _attribute(value: Any, name: str, path: str) -> str:
    """The attribute of a field; one that Python keeps for itself has an underscore behind it."""
    names = {field.name for field in dataclasses.fields(value)} if dataclasses.is_dataclass(value) else ()
    for attribute in (name, f"{name}_"):
        if attribute in names:
            return attribute
    raise InvalidArgumentError.field("update_mask", f"{path!r} names no field")
