"""The generated clients' methods by RPC, found by calling each with a channel that only looks."""

from __future__ import annotations

import importlib
import inspect
from typing import Any, NoReturn

from .recorder import Generated


class _Found(Exception):
    def __init__(self, method: Any) -> None:
        super().__init__(method.path)
        self.method = method


class _Looking:
    """Stands for a channel; whatever is called through it is told by an exception."""

    def unary_unary(self, method: Any, *_: Any, **__: Any) -> NoReturn:
        raise _Found(method)

    unary_stream = stream_unary = stream_stream = unary_unary


def client_classes(service: Generated) -> tuple[type[Any], type[Any]]:
    """The asynchronous and the synchronous client of a service."""
    module = importlib.import_module(service.module.removesuffix("_server") + "_client")
    own = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
    classes = [value for value in own if inspect.isclass(value)]
    [asynchronous] = [each for each in classes if hasattr(each, "__aenter__")]
    [synchronous] = [each for each in classes if hasattr(each, "__enter__")]
    return asynchronous, synchronous


def method_names(client: type[Any]) -> dict[str, str]:
    """RPC path → the name of the client's method for it."""
    found: dict[str, str] = {}
    instance = client(_Looking())
    for name in dir(client):
        if not name.startswith("__") and inspect.isfunction(getattr(client, name)):
            path = _path(getattr(instance, name))
            if path is not None:
                assert path not in found, f"{client.__name__}: {name} and {found[path]} both call {path}"
                found[path] = name
    return found


def _path(method: Any) -> str | None:
    if list(inspect.signature(method).parameters)[1:] != ["timeout", "metadata"]:
        return None
    try:
        result = method(None)
        if inspect.iscoroutine(result):
            result.send(None)
        elif inspect.isasyncgen(result):
            result.__anext__().send(None)
        elif inspect.isgenerator(result):
            next(result)
    except _Found as found:
        return str(found.method.path)
    raise AssertionError(f"{method.__qualname__} calls nothing")
