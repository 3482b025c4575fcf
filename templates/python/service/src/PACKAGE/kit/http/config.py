"""The settings of the HTTP server: the section `http` of the configuration."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from ..config import ByteSize, Duration, Section
from .cors import CorsConfig


class HttpConfig(Section):
    """Port 0 takes a free one. An idle connection is closed after `keep_alive`. `max_header_size` bounds the
    target (path and query) and, apart from it, the header fields of a request.

    `unknown_fields` says what becomes of query parameters and fields of a body that the request message does
    not have. With `rpc_paths` every RPC is reachable at POST /package.Service/Method as well. With `docs` there
    are /openapi.json and, for people, /docs.

    `websocket` serves RPCs that stream over WebSocket; without it, those that stream from the client answer 501.
    After `heartbeat` of silence a stream of server-sent events gets a comment and a WebSocket a ping, so that
    proxies keep it open ("0s" for none); a WebSocket whose client leaves a ping unanswered for
    `heartbeat_timeout` is closed.
    """

    host: str = "0.0.0.0"
    port: int = 8000
    max_body_size: ByteSize = ByteSize.parse("4MiB")
    max_header_size: ByteSize = ByteSize.parse("64KiB")
    keep_alive: Duration = timedelta(seconds=75)
    unknown_fields: Literal["refuse", "ignore"] = "refuse"
    rpc_paths: bool = True
    docs: bool = True
    websocket: bool = True
    heartbeat: Duration = timedelta(seconds=15)
    heartbeat_timeout: Duration = timedelta(seconds=20)
    cors: CorsConfig = CorsConfig()
