"""Security schemes: those of scaffold.yaml, else what google.api.oauth_scopes says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scaffolder.contract.model import Service

_GOOGLE = "https://www.googleapis.com/auth/"
_OAUTH2 = "oauth2"


def security(
    services: Iterable[Service], settings: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, list[str]]]]:
    """The schemes by name and the requirements of every operation, of which one has to be met."""
    if "security" in settings:
        schemes = dict(settings["security"])
        return schemes, [{name: sorted(_scopes(scheme))} for name, scheme in schemes.items()]
    scopes = list(dict.fromkeys(scope for service in services for scope in service.scopes))
    if not scopes:
        return {}, []
    # The contract says which scopes there are and not who grants them; Google's are known.
    if not all(scope.startswith(_GOOGLE) for scope in scopes):
        scheme = {"type": "http", "scheme": "bearer", "description": f"A token for: {', '.join(scopes)}."}
        return {"bearer": scheme}, [{"bearer": []}]
    flow = {
        "authorizationUrl": "https://accounts.google.com/o/oauth2/v2/auth",
        "tokenUrl": "https://oauth2.googleapis.com/token",
        "scopes": {scope: scope.removeprefix(_GOOGLE) for scope in scopes},
    }
    # Any one of the scopes is enough.
    requirements = [{_OAUTH2: [scope]} for scope in scopes]
    return {_OAUTH2: {"type": "oauth2", "flows": {"authorizationCode": flow}}}, requirements


def _scopes(scheme: Mapping[str, Any]) -> set[str]:
    flows = scheme.get("flows", {})
    return {scope for flow in flows.values() for scope in flow.get("scopes", {})}
