"""Where in a request the violations are that rules tell of: their words, and the request's."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ..errors import InvalidArgumentError


@contextlib.contextmanager
def under(place: str) -> Iterator[None]:
    """Violations of the block are told below `place`: ``title`` as ``requests[0].title``."""
    with _moved(lambda field: f"{place}.{field}" if field else place):
        yield


@contextlib.contextmanager
def renamed(**fields: str) -> Iterator[None]:
    """Violations of the block are told of what the request calls otherwise: `renamed(page_size="limit")`.

    ``""`` stands for a field that the request has not, but what is in it: by `renamed(book="")`, ``book.title`` is told
    as ``title``.
    """
    with _moved(lambda field: _renamed(field, fields)):
        yield


def _renamed(field: str, fields: Mapping[str, str]) -> str:
    first = re.split(r"[.\[]", field, maxsplit=1)[0]
    if first not in fields:
        return field
    return f"{fields[first]}{field.removeprefix(first)}".lstrip(".")


@contextlib.contextmanager
def _moved(place: Callable[[str], str]) -> Iterator[None]:
    try:
        yield
    except InvalidArgumentError as error:
        found = [replace(each, field=place(each.field)) for each in error.violations]
        if not found:
            raise
        raise InvalidArgumentError.of(found, reason=error.reason) from error
