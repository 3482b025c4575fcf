"""The section `openapi` of scaffold.yaml: what the document says that no contract does.

Names are OpenAPI's own (https://spec.openapis.org/oas/v3.1.1): `contact`, `license` and `servers` hold its objects,
`security` its Security Scheme Objects by name, of which each is enough for every operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from scaffolder.suggest import hint

Report = Callable[[Node | None, str, str], None]

_TEXTS = ("title", "version", "description")
_KEYS = (*_TEXTS, "contact", "license", "servers", "security")
_CONTACT = ("name", "url", "email")
_LICENSE = ("name", "identifier", "url")
_SERVER = ("url", "description")
_SCHEMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "apiKey": (("name", "in"), ()),
    "http": (("scheme",), ("bearerFormat",)),
    "oauth2": (("flows",), ()),
    "openIdConnect": (("openIdConnectUrl",), ()),
    "mutualTLS": ((), ()),
}
"""Types of schemes: the keys that each needs, and those that it may have."""
_FLOWS: dict[str, tuple[str, ...]] = {
    "implicit": ("authorizationUrl",),
    "password": ("tokenUrl",),
    "clientCredentials": ("tokenUrl",),
    "authorizationCode": ("authorizationUrl", "tokenUrl"),
}
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_NULL = "tag:yaml.org,2002:null"


class OpenApiReader:
    """Reads the section; everything wrong in it goes to `report(node, message, hint)`."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def read(self, node: Node | None) -> dict[str, Any]:
        """The section as a plain mapping, empty where there is none."""
        if node is None or node.tag == _NULL:
            return {}
        found: dict[str, Any] = {}
        for key, value in self._entries(node, "openapi", _KEYS):
            if key in _TEXTS:
                found[key] = self._text(value, f"openapi.{key}")
            elif key == "servers":
                found[key] = [
                    self._object(item, "openapi.servers", _SERVER, ("url",)) for item in self._items(value)
                ]
            elif key == "security":
                found[key] = {
                    name: self._scheme(scheme, f"openapi.security.{name}")
                    for name, scheme in self._entries(value, "openapi.security", None)
                }
            else:
                allowed = _CONTACT if key == "contact" else _LICENSE
                found[key] = self._object(
                    value, f"openapi.{key}", allowed, () if key == "contact" else ("name",)
                )
        return found

    def _scheme(self, node: Node, where: str) -> dict[str, Any]:
        if not _NAME.fullmatch(where.removeprefix("openapi.security.")):
            self._report(node, f"`{where}`: a scheme's name has letters, digits, '.', '_' and '-'", "")
        if not isinstance(node, MappingNode):
            self._report(
                node, f"`{where}` has to be a mapping", "such as\n    type: http\n    scheme: bearer"
            )
            return {}
        given = {key.value: value for key, value in node.value}
        kind = self._text(given["type"], f"{where}.type") if "type" in given else ""
        if kind not in _SCHEMES:
            at = given.get("type", node)
            self._report(
                at, f"`{where}` needs a `type`, one of {', '.join(_SCHEMES)}", hint(kind, tuple(_SCHEMES))
            )
            return {}
        needed, possible = _SCHEMES[kind]
        found: dict[str, Any] = {}
        for key, value in self._entries(node, where, ("type", "description", *needed, *possible)):
            found[key] = self._flows(value, where) if key == "flows" else self._text(value, f"{where}.{key}")
        self._require(node, where, found, needed)
        if kind == "apiKey" and found.get("in") not in (None, "query", "header", "cookie"):
            self._report(given["in"], f"`{where}.in` is not query, header or cookie", "")
        return found

    def _flows(self, node: Node, where: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, flow in self._entries(node, f"{where}.flows", tuple(_FLOWS)):
            place = f"{where}.flows.{name}"
            read: dict[str, Any] = {}
            for key, value in self._entries(flow, place, (*_FLOWS[name], "refreshUrl", "scopes")):
                if key == "scopes":
                    scopes = self._entries(value, f"{place}.scopes", None)
                    read[key] = {scope: self._text(text, f"{place}.scopes.{scope}") for scope, text in scopes}
                else:
                    read[key] = self._text(value, f"{place}.{key}")
            self._require(flow, place, read, (*_FLOWS[name], "scopes"))
            found[name] = read
        return found

    def _object(
        self, node: Node, where: str, allowed: Sequence[str], needed: Sequence[str]
    ) -> dict[str, Any]:
        found = {
            key: self._text(value, f"{where}.{key}") for key, value in self._entries(node, where, allowed)
        }
        if isinstance(node, MappingNode):
            self._require(node, where, found, needed)
        return found

    def _require(self, node: Node, where: str, found: dict[str, Any], needed: Sequence[str]) -> None:
        for key in needed:
            if key not in found:
                self._report(node, f"`{where}` has no `{key}`", f"add a line {key}: …")

    def _entries(self, node: Node, where: str, allowed: Sequence[str] | None) -> Iterator[tuple[str, Node]]:
        """Key and value of each entry; unknown and repeated keys are reported and left out."""
        if not isinstance(node, MappingNode):
            self._report(node, f"`{where}` has to be a mapping", "")
            return
        seen: set[str] = set()
        for key, value in node.value:
            if allowed is not None and key.value not in allowed:
                self._report(key, f"unknown key `{key.value}` in `{where}`", hint(str(key.value), allowed))
            elif key.value in seen:
                self._report(key, f"the key `{key.value}` stands here a second time", "keep one of them")
            else:
                seen.add(key.value)
                yield key.value, value

    def _items(self, node: Node) -> list[Node]:
        if isinstance(node, SequenceNode):
            return list(node.value)
        self._report(
            node, "`openapi.servers` has to be a list", "as in\n    servers:\n      - url: https://…"
        )
        return []

    def _text(self, node: Node, where: str) -> str:
        if not isinstance(node, ScalarNode) or node.tag == _NULL or not str(node.value).strip():
            self._report(node, f"`{where}` has to be text", "")
            return ""
        return str(node.value)
