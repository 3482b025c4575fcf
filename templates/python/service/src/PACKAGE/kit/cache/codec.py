"""Entities as bytes."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter

T = TypeVar("T")

_FORMAT = 1
"""Of the entries as a whole; another number makes all older ones unreadable."""


class Codec(Generic[T]):
    """JSON of a dataclass, with all that pydantic can validate in it. `fingerprint` is that of the dataclass' shape: it
    differs as soon as a field, or one of a dataclass inside, has another name or type.

    `encode` raises ValueError for what JSON has no text for and what is not of that shape, `decode` for other bytes.
    """

    def __init__(self, entity: type[T]) -> None:
        config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="strings")
        # A union, because pydantic refuses a configuration for a bare dataclass, yet hands it to nested ones.
        nullable: Any = entity | None
        self._adapter: TypeAdapter[T | None] = TypeAdapter(nullable, config=config)
        shape = json.dumps([_FORMAT, self._adapter.json_schema(mode="serialization")], sort_keys=True)
        self.fingerprint = hashlib.sha256(shape.encode()).hexdigest()[:12]

    def encode(self, entity: T) -> bytes:
        return self._adapter.dump_json(entity, warnings="error")

    def decode(self, data: bytes) -> T:
        entity = self._adapter.validate_json(data)
        if entity is None:
            raise ValueError("null is no entity")
        return entity
