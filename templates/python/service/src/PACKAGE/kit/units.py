"""Configuration values with a unit: a duration and a size in bytes, each written with its unit or not
accepted.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_NUMBER_AND_UNIT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)\s*\Z")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def parse_duration(value: object) -> timedelta:
    """From "500ms", "10s", "5m", "1h" or "1d"; a timedelta stays what it is. ValueError for anything else."""
    if isinstance(value, timedelta):
        return value
    return timedelta(seconds=_parse(value, _SECONDS, "30s"))


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]


class ByteSize(int):
    """A number of bytes, from "512B", "64KiB", "4MiB", "1GiB" (or the decimal KB, MB, GB)."""

    @classmethod
    def parse(cls, value: object) -> ByteSize:
        """ValueError for anything without a unit, except a ByteSize."""
        return value if isinstance(value, ByteSize) else cls(_parse(value, _BYTES, "4MiB"))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse)


def _parse(value: object, units: dict[str, Any], example: str) -> float:
    known = ", ".join(units)
    if isinstance(value, int | float):
        raise ValueError(f"{value} has no unit; write it like {example!r} (units: {known})")
    found = _NUMBER_AND_UNIT.match(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r} is not a number with a unit, like {example!r} (units: {known})")
    if found[2] not in units:
        raise ValueError(f"{value!r} has an unknown unit {found[2]!r} (units: {known})")
    return float(found[1]) * float(units[found[2]])
