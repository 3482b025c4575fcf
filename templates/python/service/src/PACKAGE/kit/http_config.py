"""The settings of the HTTP server: the section `http` of the configuration."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from .config import ByteSize, Duration, Section


class HttpConfig(Section):
    """Port 0 takes a free one. An idle connection is closed after `keep_alive`.

    `unknown_fields` says what becomes of query parameters and fields of a body that the request message does
    not have. With `rpc_paths` every RPC is reachable at POST /package.Service/Method as well.
    """

    host: str = "0.0.0.0"
    port: int = 8000
    max_body_size: ByteSize = ByteSize.parse("4MiB")
    keep_alive: Duration = timedelta(seconds=75)
    unknown_fields: Literal["refuse", "ignore"] = "refuse"
    rpc_paths: bool = True
