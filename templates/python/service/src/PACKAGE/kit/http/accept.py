"""Choosing a media type by the Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"\s*({_TOKEN})/({_TOKEN})\s*\Z")
_QUALITY = re.compile(r"0(\.[0-9]{0,3})?\Z|1(\.0{0,3})?\Z")
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PARAMETER = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')


@dataclass(frozen=True, slots=True)
class _Range:
    """One element of the header: `specificity` is 0 for "*/*", 1 for "text/*", 2 for "text/plain"."""

    type: str
    subtype: str
    quality: float

    @property
    def specificity(self) -> int:
        return (self.type != "*") + (self.subtype != "*")

    def matches(self, media_type: str) -> bool:
        kind, _, subtype = media_type.partition("/")
        return self.type in ("*", kind) and self.subtype in ("*", subtype)


def preferred(accept: str | None, offers: Sequence[str]) -> str | None:
    """The one of `offers` (lower case, the server's favourite first) that the client likes best.

    None where it takes none of them. Without a header, or with one that holds no media range, it takes
    anything. Of what it likes equally, what it names wins over what "*" stands for, and then the first offer.
    Parameters of a range, other than its weight, are not looked at.
    """
    ranges = [found for text in _ELEMENT.findall(accept or "") if (found := _parse(text)) is not None]
    if not ranges:
        return offers[0]
    rated = [(*_rate(offer, ranges), -index) for index, offer in enumerate(offers)]
    quality, _, index = max(rated)
    return offers[-index] if quality > 0 else None


def _rate(offer: str, ranges: Sequence[_Range]) -> tuple[float, int]:
    """The weight of the most specific range that matches, and how specific that one is."""
    matching = [(found.specificity, found.quality) for found in ranges if found.matches(offer)]
    specificity, quality = max(matching, default=(0, 0.0))
    return quality, specificity


def _parse(text: str) -> _Range | None:
    """None for what is not a media range, which is passed over."""
    parts = _PARAMETER.findall(text)
    found = _RANGE.match(parts[0]) if parts else None
    if found is None or (found[1] == "*" and found[2] != "*"):
        return None
    quality = 1.0
    for parameter in parts[1:]:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            value = value.strip()
            if not _QUALITY.match(value):
                return None
            quality = float(value)
    return _Range(found[1].lower(), found[2].lower(), quality)
