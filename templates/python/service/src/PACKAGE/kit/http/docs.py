"""/openapi.json, the document of what is bound to HTTP, and /docs, a page that shows it and calls the service.

The page is one file without anything from elsewhere, so it works where there is no internet; its script and style are
the only ones that its content security policy lets a browser run. It asks for `openapi.json` beside itself, so both
work behind any prefix that a proxy takes off.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from ..rpc import ServiceBinding
from .pages import Page, Pages

DOCUMENT = "/openapi.json"
DOCS = "/docs"

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.S)


def documentation(document: bytes, services: Sequence[ServiceBinding] = ()) -> Pages:
    """Both pages for an OpenAPI document in JSON; a path that an RPC of `services` is bound to stays the RPC's."""
    json_page = Page(document)
    html = _html()
    docs_page = Page(
        html,
        b"text/html; charset=utf-8",
        headers=(
            (b"content-security-policy", _policy(html, document).encode("ascii")),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
        ),
    )

    async def openapi() -> Page:
        return json_page

    async def docs() -> Page:
        return docs_page

    bound = {b.path for service in services for rpc in service.methods for b in rpc.method.bindings}
    return {path: page for path, page in ((DOCUMENT, openapi), (DOCS, docs)) if path not in bound}


@cache
def _html() -> bytes:
    return (files(__name__.rpartition(".")[0]) / "docs.html").read_bytes()


def _policy(html: bytes, document: bytes) -> str:
    """Nothing but the page's own script and style, and calls to this server and to those that the document names."""
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, text in _INLINE.findall(html.decode("utf-8")):
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        hashes[kind].append(f"'sha256-{digest}'")
    servers = " ".join(["'self'", *_origins(document)])
    return (
        f"default-src 'none'; script-src {' '.join(hashes['script'])}; style-src {' '.join(hashes['style'])}; "
        f"connect-src {servers}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _origins(document: bytes) -> list[str]:
    urls = (urlsplit(server["url"]) for server in json.loads(document).get("servers", ()))
    origins = (f"{url.scheme}://{url.netloc}" for url in urls if url.scheme in ("http", "https"))
    return sorted({origin for origin in origins if re.fullmatch(r"[A-Za-z0-9:/._\[\]-]+", origin, re.A)})
