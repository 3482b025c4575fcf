"""The view of one RPC in the layers: how its handler calls the use case, and what the use case is given."""

from __future__ import annotations

import re
from typing import Any

from scaffolder.contract.model import Method
from scaffolder.standard import StandardMethod
from scaffolder.targets.python import types
from scaffolder.targets.python.domain import Domain
from scaffolder.targets.python.storage import entity_variable, repository_property
from scaffolder.targets.python.stores import collection_of


def standard_view(domain: Domain, standard: StandardMethod, store: str) -> dict[str, Any]:
    resource = standard.resource
    identity = resource.identity.name
    entity_var = entity_variable(resource)
    collection = collection_of(resource)
    proposed = f"{entity_var}_id" if standard.id_field else "" if collection else f"{entity_var}.{identity}"
    new_id = f"resource_id({proposed})"
    times = list(filter(None, (resource.create_time, resource.update_time)))
    return {
        "standard": standard,
        "resource": resource,
        "entity": domain.class_of(resource.message),
        "entity_var": entity_var,
        "convert": domain.function_of(resource.message),
        "identity": identity,
        "identity_type": "int" if resource.is_integer else "str",
        "repository_property": f"_{repository_property(resource, store)}",
        "new_identity": f'f"{collection}{{{new_id}}}"' if collection else new_id,
        "create_times": " = ".join(f"{entity_var}.{name}" for name in times),
        "sets_update_time": bool(resource.update_time),
        "server_fields": "{" + ", ".join(f'"{name}"' for name in resource.server_fields) + "}",
    }


def custom_view(domain: Domain, method: Method) -> dict[str, Any]:
    takes = method.client_streaming or method.input != types.EMPTY
    gives = method.server_streaming or method.output != types.EMPTY
    request, response = domain.value_of(method.input), domain.value_of(method.output)
    if method.client_streaming:
        parameter = f", requests: AsyncIterator[{request.annotation}]"
        argument = f"{request.read('request')} async for request in requests"
    else:
        parameter = f", request: {request.annotation}" if takes else ""
        argument = request.read("request") if takes else ""
    result = response.annotation if gives else "None"
    return {
        "biz_parameter": parameter,
        "biz_argument": argument,
        "biz_result": f"AsyncIterator[{result}]" if method.server_streaming else result,
        "has_result": gives,
        "write_response": response.write("response"),
    }


def with_lists(methods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The methods with `list` named as the use case's class body has to: an RPC called List hides the type there."""
    name = "builtins.list" if any(method["snake"] == "list" for method in methods) else "list"
    keys = ("biz_parameter", "biz_result")
    return [
        method
        | {"list_type": name}
        | {key: re.sub(r"(?<![\w.])list(?=\[)", name, method[key]) for key in keys if key in method}
        for method in methods
    ]
