"""The messages of one call, of the stranger's classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..descriptors import Rpc


@dataclass(frozen=True)
class Sent:
    """What is sent to `rpc` and what its handler shall answer."""

    rpc: Rpc
    requests: list[Any]
    responses: list[Any]
