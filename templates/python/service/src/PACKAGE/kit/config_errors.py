"""What is wrong with a configuration, in sentences that name the key, where it was set, and what to try."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .config_sources import KeyPath, Variable, YamlFile

_RESERVED = ("CONFIG", "SECRETS_DIR")

_LISTS = ("list_type", "tuple_type", "set_type", "frozen_set_type")

# Kubernetes and Docker put such variables into every container, for each service beside it:
# ORDER_PORT=tcp://…
_SERVICE_LINK = re.compile(r"(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)\Z")


class ConfigError(Exception):
    """`problems` has one sentence each; the text of the error is all of them, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Origins:
    """The places that a value may have come from; `variables` has upper-case names."""

    prefix: str
    variables: Mapping[str, Variable]
    file: YamlFile

    def variable(self, key: KeyPath) -> Variable | None:
        """The variable that set the value at `key`, or what holds it."""
        names = (self.prefix + "__".join(key[:length]).upper() for length in range(len(key), 0, -1))
        return next((self.variables[name] for name in names if name in self.variables), None)

    def place(self, key: KeyPath) -> str:
        """Where the value at `key`, or what holds it, was set; the file where nothing set it."""
        if variable := self.variable(key):
            return variable.place
        lines = (self.file.lines.get(key[:length]) for length in range(len(key), 0, -1))
        line = next(filter(None, lines), None)
        return f"{self.file.path}:{line}" if line else str(self.file.path or "")


def unknown_variables(cls: type[BaseModel], origins: Origins) -> Iterator[str]:
    """A sentence for each variable that has the prefix and names no setting.

    One inside a known section is left to validation, which finds it as well.
    """
    for name, variable in sorted(origins.variables.items()):
        rest = name.removeprefix(origins.prefix)
        if not origins.prefix or rest in _RESERVED or _is_service_link(rest, variable.value):
            continue
        first, delimiter, inner = rest.partition("__")
        if first.lower() not in cls.model_fields:
            yield f"{variable.place}: no such setting{_hint(first, cls, origins.prefix, delimiter + inner)}"


def _is_service_link(rest: str, value: str) -> bool:
    return bool(_SERVICE_LINK.match(rest)) or (rest.endswith("PORT") and "://" in value)


def explain(cls: type[BaseModel], error: ValidationError, origins: Origins) -> Iterator[str]:
    """A sentence for each error that pydantic found."""
    for detail in error.errors():
        key = tuple(str(part) for part in detail["loc"])
        variable = origins.variable(key)
        text = _text(cls, key, detail, secret=variable is not None and variable.secret)
        yield f"{origins.place(key)}: {'.'.join(key)}: {text}".removeprefix(": ")


def _text(cls: type[BaseModel], key: KeyPath, detail: ErrorDetails, *, secret: bool) -> str:
    if detail["type"] == "extra_forbidden":
        section = _section(cls, key[:-1])
        return "no such setting" + (_hint(key[-1], section) if section else "")
    if detail["type"] == "missing":
        return "must be set"
    if (section := _section(cls, key)) and detail["type"] == "model_type":
        return f"is a section, of {', '.join(section.model_fields)}: set one of these"
    if secret:  # the message may quote it
        return "not a valid value"
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] in _LISTS and isinstance(detail["input"], str):
        message = 'must be a list, such as ["a", "b"]'
    shown = "" if detail["type"] == "value_error" else f", not {detail['input']!r}"
    return message[0].lower() + message[1:] + shown


def _section(cls: type[BaseModel], key: KeyPath) -> type[BaseModel] | None:
    section: object = cls
    for part in key:
        if not (isinstance(section, type) and issubclass(section, BaseModel)):
            return None
        field = section.model_fields.get(part)
        section = field.annotation if field else None
    return section if isinstance(section, type) and issubclass(section, BaseModel) else None


def _hint(name: str, section: type[BaseModel], prefix: str = "", rest: str = "") -> str:
    """What was probably meant, or all that is possible; with a prefix, as environment variables."""
    shown = {known: prefix + known.upper() if prefix else known for known in section.model_fields}
    close = difflib.get_close_matches(name.lower(), shown, n=1, cutoff=0.5)
    return (
        f"; did you mean {shown[close[0]]}{rest}?" if close else f"; there are: {', '.join(shown.values())}"
    )
