"""The way of every message into the domain and back, as the generated mapping goes it: nothing is lost."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
from collections.abc import Iterator
from typing import Any, get_type_hints

from google.api import field_behavior_pb2
from google.protobuf import message as protobuf

from .random_messages import Filler
from .tally import Tally, difference

_SHARES = (2.0, 0.5)


def round_trips(package: str, tally: Tally) -> None:
    """Each pair of functions `x_from` and `x_to` with random messages, of values that Python's types can hold."""
    for module in _mappings(package):
        functions = {name: each for name, each in vars(module).items() if inspect.isfunction(each)}
        for name, read in functions.items():
            write = functions.get(f"{name.removesuffix('_from')}_to")
            if name.endswith("_from") and write is not None:
                kind = _message(read)
                if kind is not None:
                    _round_trip(f"{module.__name__}.{name}", kind, read, write, tally)


def _round_trip(where: str, kind: type[Any], read: Any, write: Any, tally: Tally) -> None:
    for seed, share in enumerate(_SHARES):
        message = Filler(random.Random(f"{where} {seed}"), share, domain=True).fill(kind())
        tally.counts["mapping"] += 1
        try:
            problem = difference("message", [_shown(message)], [write(read(message))], None)
        except Exception as error:
            problem = f"{type(error).__name__}: {str(error)[:500]}"
        if problem:
            tally.fail("mapping", where, problem)


def _shown(message: Any) -> Any:
    """A copy without what is INPUT_ONLY, at any depth: no response has it (AIP-203)."""
    made = type(message)()
    made.CopyFrom(message)
    _hide(made)
    return made


def _hide(message: Any) -> None:
    for field, value in message.ListFields():
        options: Any = field.GetOptions()
        inner = field.message_type
        if field_behavior_pb2.INPUT_ONLY in options.Extensions[field_behavior_pb2.field_behavior]:
            message.ClearField(field.name)
        elif inner is not None and inner.GetOptions().map_entry:
            if inner.fields_by_name["value"].message_type is not None:
                for each in value.values():
                    _hide(each)
        elif inner is not None:
            for each in value if field.is_repeated else [value]:
                _hide(each)


def _message(read: Any) -> type[Any] | None:
    """What `x_from` takes, where that is a message."""
    parameter = next(iter(inspect.signature(read).parameters))
    kind = get_type_hints(read)[parameter]
    return kind if inspect.isclass(kind) and issubclass(kind, protobuf.Message) else None


def _mappings(package: str) -> Iterator[Any]:
    folder = importlib.import_module(f"{package}.service")
    for info in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        if info.name.endswith("_mapping"):
            yield importlib.import_module(info.name)
