"""What a contract's rules for a field mean in JSON Schema."""

from __future__ import annotations

from typing import Any

from scaffolder.contract.model import Field

_FORMATS = {"UUID4": "uuid", "IPV4": "ipv4", "IPV6": "ipv6", "IPV4_OR_IPV6": ""}


def constraints(field: Field) -> dict[str, Any]:
    """The keywords for a field's validation rules."""
    return {}


def note(field: Field) -> dict[str, Any]:
    """The format that google.api.field_info names; only said, since the service does not check it."""
    return {"x-google-format": field.format} if field.format else {}
