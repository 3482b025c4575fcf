"""Cross-origin requests by the Fetch standard (https://fetch.spec.whatwg.org/#http-cors-protocol).

Off unless `origins` names somebody: a browser then keeps scripts of other origins from reading any answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import lru_cache

from pydantic import field_validator, model_validator

from ..config import Duration, Section
from .reply import Headers

# What a request to a service of this kind may carry beyond what Fetch always lets through.
_OWN_HEADERS = (
    *("authorization", "content-type", "x-request-id", "x-request-timeout", "grpc-timeout"),
    *("connect-protocol-version", "connect-timeout-ms"),
)
_ORIGIN = re.compile(r"(https?)://(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?\Z")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")  # RFC 9110, section 5.6.2
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class CorsConfig(Section):
    """`origins` are exact (`https://shop.example.org`), all subdomains (`https://*.example.org`) or `*` for
    everybody. Empty `methods` are those that a path has; `headers` are those that a request may carry, `*`
    for any. A browser asks again after `max_age`.
    """

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = _OWN_HEADERS
    expose_headers: tuple[str, ...] = ("x-request-id",)
    credentials: bool = False
    max_age: Duration = timedelta(seconds=600)

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if origin != "*" and (problem := _problem(origin)):
                raise ValueError(f"{origin!r} {problem}")
        return origins

    @field_validator("methods", "headers", "expose_headers")
    @classmethod
    def _are_tokens(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not _TOKEN.match(name):
                raise ValueError(f"{name!r} is not a name of a method or header")
        return names

    @model_validator(mode="after")
    def _is_safe(self) -> CorsConfig:
        if self.credentials and "*" in self.origins:
            raise ValueError(
                "credentials for every origin would let any web site act as its visitors; name the origins"
            )
        return self


def _problem(origin: str) -> str:
    """Why no browser would ever send this as its Origin (RFC 6454, section 6.2); "" where one may."""
    found = _ORIGIN.match(origin)
    if found is None:
        return "is not an origin like 'https://shop.example.org' or 'https://*.example.org:8443'"
    if found[4] == _DEFAULT_PORTS[found[1]]:
        return f"names the default port; leave out ':{found[4]}'"
    return ""


class Cors:
    """The headers of responses, by the configuration.

    `allows(origin)` is whether the configuration names an origin, `everybody` whether it needs not.
    """

    def __init__(self, config: CorsConfig) -> None:
        self.enabled = bool(config.origins)
        self._config = config
        self.everybody = "*" in config.origins
        self._exact = frozenset(config.origins)
        self._wildcards = tuple(_wildcard(origin) for origin in config.origins if "://*." in origin)
        self.allows = lru_cache(maxsize=1024)(self._compare)

    def headers(self, origin: str | None) -> Headers:
        """Those of every response, errors included, to a request with this Origin header."""
        if not self.enabled:
            return []
        if self.everybody:
            return [] if origin is None else [(b"access-control-allow-origin", b"*"), *self._exposed()]
        # A cache must not give one origin what another one was allowed.
        vary = (b"vary", b"origin")
        if origin is None or not self.allows(origin):
            return [vary]
        found = [(b"access-control-allow-origin", origin.encode("latin-1")), vary, *self._exposed()]
        if self._config.credentials:
            found.append((b"access-control-allow-credentials", b"true"))
        return found

    def preflight(self, headers: Mapping[str, str], allowed: Iterable[str]) -> Headers | None:
        """What answers a CORS-preflight request, beyond `headers`, for a path with the methods `allowed`.

        None where the request is an ordinary OPTIONS, or its origin is not allowed.
        """
        origin, method = headers.get("origin"), headers.get("access-control-request-method")
        if not self.enabled or origin is None or method is None:
            return None
        if not self.everybody and not self.allows(origin):
            return None
        methods = [method if verb == "*" else verb for verb in self._config.methods or allowed]
        names: Iterable[str] = self._config.headers
        if "*" in names:  # which by itself would not mean Authorization
            asked = headers.get("access-control-request-headers", "").split(",")
            names = [name.strip() for name in asked if _TOKEN.match(name.strip())]
        return [
            (b"access-control-allow-methods", ", ".join(methods).encode("latin-1")),
            (b"access-control-allow-headers", ", ".join(names).encode("latin-1")),
            (b"access-control-max-age", str(int(self._config.max_age.total_seconds())).encode()),
        ]

    def _exposed(self) -> Headers:
        names = ", ".join(self._config.expose_headers).encode()
        return [(b"access-control-expose-headers", names)] if names else []

    def _compare(self, origin: str) -> bool:
        return origin in self._exact or any(pattern.match(origin) for pattern in self._wildcards)


def _wildcard(origin: str) -> re.Pattern[str]:
    scheme, _, rest = origin.partition("://*.")
    return re.compile(rf"{scheme}://[a-z0-9-]+(\.[a-z0-9-]+)*\.{re.escape(rest)}\Z")
