"""The pages that a service has beside its RPCs, by path: probes and metrics."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .. import metrics
from ..health import Health
from .reply import JSON


@dataclass(frozen=True, slots=True)
class Page:
    """A page's body as a GET answers it."""

    body: bytes
    content_type: bytes = JSON
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


PageCall = Callable[[], Awaitable[Page]]
Pages = dict[str, PageCall]


def probes(health: Health) -> Pages:
    """/healthz (the process answers), /readyz (it wants traffic, else 503) and /metrics (Prometheus)."""

    async def healthz() -> Page:
        return Page(b'{"status":"ok"}')

    async def readyz() -> Page:
        readiness = await health.ready()
        status = "ready" if readiness.ready else "not ready"
        body = json.dumps({"status": status, "checks": readiness.checks}).encode()
        return Page(body, status=200 if readiness.ready else 503)

    async def exposition() -> Page:
        return Page(metrics.exposition(), metrics.CONTENT_TYPE.encode())

    return {"/healthz": healthz, "/readyz": readyz, "/metrics": exposition}
