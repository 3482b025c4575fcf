"""What the server gives to a resource: its id, its etag and the moment of a change."""

from __future__ import annotations

import datetime
import re
import uuid

from ..errors import InvalidArgumentError

_RESOURCE_ID = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._~-]{0,61}[A-Za-z0-9])?")


def utc_now() -> datetime.datetime:
    """The present moment, in UTC and with its zone, to the microsecond."""
    return datetime.datetime.now(datetime.UTC)


def resource_id(proposed: str = "", *, field: str = "") -> str:
    """The id that the client proposes, or a random one (a UUID) where it proposes none (AIP-133).

    Raises InvalidArgumentError, about `field`, for an id that could not stand as one segment of a URL's path.
    """
    if not proposed:
        return str(uuid.uuid4())
    if not _RESOURCE_ID.fullmatch(proposed):
        raise InvalidArgumentError.field(
            field,
            f"{proposed[:80]!r} is no resource id: up to 63 letters, digits, '.', '_', '~' or '-', "
            "a letter or digit first and last",
        )
    return proposed


def parent_of(name: str) -> str:
    """The name of the parent, ``shelves/1`` of ``shelves/1/books/2``; ``""`` where there is none."""
    return "/".join(name.split("/")[:-2])


def new_etag() -> str:
    """An etag that no other state of any resource has: strong, and quoted as RFC 9110 section 8.8.3 writes it."""
    return f'"{uuid.uuid4().hex}"'
