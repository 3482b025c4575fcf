"""The google.api.http option of a method as bindings, checked against the messages that they name.

Rules are those of google/api/http.proto: "Path template syntax" and the comments of HttpRule's fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scaffolder.contract.http_rule import ParseError, PathTemplate
from scaffolder.contract.model import Binding, Field, Kind, Message
from scaffolder.contract.options import Options
from scaffolder.contract.source_info import SourceInfo, key
from scaffolder.diagnostics import Diagnostic, Location

_METHOD_OPTIONS, _HTTP = 4, 72295728  # MethodDescriptorProto.options, the extension google.api.http
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2

# Messages that proto3 JSON writes as one string, number or boolean, hence in a path as well.
_SCALAR_IN_JSON = frozenset(
    f"google.protobuf.{name}"
    for name in (
        *("DoubleValue", "FloatValue", "Int64Value", "UInt64Value", "Int32Value", "UInt32Value"),
        *("BoolValue", "StringValue", "BytesValue", "Timestamp", "Duration", "FieldMask"),
    )
)


class BindingReader:
    """Reads the bindings of one file's methods; what is wrong with them gathers in `problems`.

    `messages` has to hold every message that a method of the file names. `source` is the file on disk, or ``""``.
    """

    def __init__(
        self, info: SourceInfo, options: Options, messages: Mapping[str, Message], source: str
    ) -> None:
        self.problems: list[Diagnostic] = []
        self._info = info
        self._options = options
        self._messages = messages
        self._source = source

    def read(self, method: Any, full_name: str, path: bytes) -> tuple[Binding, ...]:
        """The bindings of `method`, a MethodDescriptorProto, the main one first."""
        rule = self._options.http(method.options) if method.HasField("options") else None
        if rule is None:
            return ()
        at = self._info.below(path + key(_METHOD_OPTIONS, _HTTP))
        found = [self._binding(each, full_name, at, method) for each in (rule, *rule.additional_bindings)]
        for nested in rule.additional_bindings:
            if nested.additional_bindings:
                hint = "list them all in the outer rule's additional_bindings"
                self._report(
                    "http-nested", f"{full_name}: an additional binding has bindings of its own", hint, at
                )
        return tuple(filter(None, found))

    def _binding(self, rule: Any, full_name: str, at: bytes, method: Any) -> Binding | None:
        verb, text = _pattern(rule)
        if not verb:
            hint = 'give it a verb and a path, such as get: "/v1/orders"'
            self._report("http-no-path", f"{full_name}: an HTTP binding without verb and path", hint, at)
            return None
        if not _TOKEN.fullmatch(verb):
            hint = "name an HTTP method, such as HEAD, or * for any"
            self._report("http-verb", f'{full_name}: "{verb}" can be no HTTP method', hint, at)
            return None
        try:
            template = PathTemplate.parse(text)
        except ParseError as error:
            where = self._in_template(at, text, error.position)
            hint = "see the path template syntax in google/api/http.proto"
            message = f'{full_name}: the path "{text}" is malformed: {error.message}'
            self.problems.append(Diagnostic("http-path", message, hint, where))
            return None
        binding = Binding(verb, template, rule.body, rule.response_body, self._info.location(at))
        self._check(binding, text, full_name, at, method)
        return binding

    def _check(self, binding: Binding, text: str, full_name: str, at: bytes, method: Any) -> None:
        """Reports variables and bodies that name no usable field."""
        request = self._messages[method.input_type[1:]]
        response = self._messages[method.output_type[1:]]
        for variable in binding.path.variables:
            problem = _variable_problem(variable.field_path, request, self._messages)
            if problem:
                where = self._in_template(at, text, _position(text, variable.name))
                message = f'{full_name}: the path variable {variable.name} of "{text}" {problem}'
                hint = f"name a singular scalar field{_known(request)}"
                self.problems.append(Diagnostic("http-variable", message, hint, where))
        for first, second, oneof in _exclusive(binding.path, request, self._messages):
            message = f'{full_name}: the path variables {first} and {second} of "{text}" exclude each other'
            where = self._in_template(at, text, _position(text, second))
            hint = f"of the oneof {oneof} only one can be set: leave one of them to the query"
            self.problems.append(Diagnostic("http-variable", message, hint, where))
        for option, name, owner in (
            ("body", binding.body, request),
            ("response_body", binding.response_body, response),
        ):
            allowed = ("", "*") if option == "body" else ("",)
            if name not in allowed and name not in {field.name for field in owner.fields}:
                message = f'{full_name}: {option} "{name}" is no field of {owner.full_name}'
                self._report("http-body", message, f"name a field at the top of it{_known(owner)}", at)

    def _report(self, code: str, message: str, hint: str, at: bytes) -> None:
        self.problems.append(Diagnostic(code, message, hint, self._info.location(at)))

    def _in_template(self, at: bytes, text: str, position: int) -> Location:
        """Where a character of a template stands; the option's place if its text is not found as written."""
        option = self._info.location(at)
        first, last = self._info.lines(at)
        if not first or not self._source or not text:
            return option
        lines = Path(self._source).read_text("utf-8", "replace").split("\n")
        for number in range(first, min(last, len(lines)) + 1):
            for quote in ('"', "'"):
                column = lines[number - 1].find(f"{quote}{text}{quote}")
                if column >= 0:
                    return Location(option.path, number, column + 1 + position + 1)
        return option


def _position(template: str, variable: str) -> int:
    """Where a variable's name stands in a template that has it."""
    found = re.search(rf"\{{{re.escape(variable)}[=}}]", template)
    return found.start() + 1 if found else 0


def _pattern(rule: Any) -> tuple[str, str]:
    """The verb and the template of an HttpRule, ("", "") where it sets none."""
    chosen = rule.WhichOneof("pattern")
    if chosen is None:
        return "", ""
    if chosen == "custom":
        return rule.custom.kind, rule.custom.path
    return chosen.upper(), getattr(rule, chosen)


def _variable_problem(path: Sequence[str], message: Message, messages: Mapping[str, Message]) -> str:
    """What keeps a field path from being a path variable, "" where nothing does."""
    owner: Message | None = message
    for depth, name in enumerate(path, start=1):
        if owner is None:
            return f"goes on behind {'.'.join(path[: depth - 1])}, which is no message"
        field = next((field for field in owner.fields if field.name == name), None)
        if field is None:
            end = "" if len(path) == 1 else f"leads to {name}, which "
            return f"{end}is no field of {owner.full_name}"
        if field.repeated or field.map_key:
            return "is repeated" if depth == len(path) else f"leads through {name}, which is repeated"
        if depth == len(path):
            return _leaf_problem(field)
        owner = messages.get(field.type_name) if _is_message(field) else None
    return ""


def _exclusive(
    path: PathTemplate, message: Message, messages: Mapping[str, Message]
) -> Iterator[tuple[str, str, str]]:
    """Pairs of variables that set two fields of one oneof, which is named third."""
    chosen: dict[tuple[str, ...], tuple[str, str]] = {}  # prefix and oneof → field, variable
    for variable in path.variables:
        owner: Message | None = message
        for depth, name in enumerate(variable.field_path):
            field = next((field for field in owner.fields if field.name == name), None) if owner else None
            if field is None:
                break
            if field.oneof:
                place = (*variable.field_path[:depth], field.oneof)
                other, first = chosen.setdefault(place, (name, variable.name))
                if other != name:
                    yield first, variable.name, field.oneof
            owner = messages.get(field.type_name)


def _leaf_problem(field: Field) -> str:
    if _is_message(field) and field.type_name not in _SCALAR_IN_JSON:
        return f"is a message, {field.type_name}"
    return ""


def _is_message(field: Field) -> bool:
    return field.kind in (Kind.MESSAGE, Kind.GROUP)


def _known(message: Message) -> str:
    names = ", ".join(field.name for field in message.fields[:12])
    return f": {message.name} has {names}" if names else f"; {message.name} has none"
