"""Which pages may open a WebSocket.

A browser sends cookies with a WebSocket of any page and asks no CORS question first, so the server has to look
at the Origin (RFC 6455, section 10.2). What sends none is not a browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from .cors import Cors

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def is_allowed(headers: Mapping[str, str], cors: Cors) -> bool:
    """Whether the page is of this server's own host and port, or of an origin that may call it.

    The scheme does not count: where TLS ends in a proxy, this server does not know it. Where every origin may
    call, it may not do so in its visitors' name: what carries credentials is then let in from here only.
    """
    origin = headers.get("origin")
    if origin is None or cors.allows(origin):
        return True
    if cors.everybody and not headers.keys() & {"cookie", "authorization"}:
        return True
    try:
        page = urlsplit(origin)
        host = urlsplit(f"//{headers.get('host', '')}")
        default = _DEFAULT_PORTS.get(page.scheme)
        here = (host.hostname, host.port or default)
        return page.hostname is not None and (page.hostname, page.port or default) == here
    except ValueError:  # a port that is no number, an IPv6 address without its bracket
        return False
