"""Whether protovalidate can work with the rules of a contract, asked before there is a service that could not start.

protovalidate compiles the rules of a message when it first sees one: here an empty one, in a pool of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scaffolder.contract.model import Contract, Field, Message
from scaffolder.diagnostics import Diagnostic, Location


def rule_problems(contract: Contract) -> list[Diagnostic]:
    """A diagnostic for each field or message whose rules cannot be compiled: bad CEL, a rule of another type, …

    A warning where they fail for an empty message, as CEL does that names what there is not.
    """
    if not contract.has_rules:
        return []
    from google.protobuf import descriptor_pb2  # with protovalidate 100 ms, and most contracts do without

    files = descriptor_pb2.FileDescriptorSet.FromString(contract.descriptor_set).file
    whole = _Checker(files)
    found: list[Diagnostic] = []
    for message in _with_rules(contract):
        if problem := whole.problem(message.full_name):
            found += _located(message, files, problem)
    return found


def _with_rules(contract: Contract) -> Iterator[Message]:
    own = {file.name for file in contract.files if not file.provider}
    for message in contract.messages.values():
        if message.file in own and (message.rules or any(field.rules for field in message.fields)):
            yield message


class RuleJudge:
    """What the rules of a contract say about single messages."""

    def __init__(self, contract: Contract) -> None:
        from google.protobuf import descriptor_pb2

        files = descriptor_pb2.FileDescriptorSet.FromString(contract.descriptor_set).file
        self._checker = _Checker(files) if contract.has_rules else None

    def accepts(self, name: str, fields: Mapping[str, Any]) -> bool:
        """Whether a message with these fields (in proto3 JSON's form) keeps the rules of its type."""
        return self._checker is None or self._checker.accepts(name, fields)


class _Problem(NamedTuple):
    text: str
    fatal: bool


def _located(message: Message, files: Any, problem: _Problem) -> Iterator[Diagnostic]:
    """The problem at the fields that have it alone; at the message where none has."""
    culprits: list[tuple[Field, _Problem]] = []
    for field in message.fields:
        if field.rules and (own := _Checker(files, message, field.name).problem(message.full_name)):
            culprits.append((field, own))
    for field, own in culprits:
        yield _diagnostic(f"the rules of {message.full_name}.{field.name}", own, field.location)
    if not culprits:
        yield _diagnostic(f"the rules of {message.full_name}", problem, message.location)


def _diagnostic(rules: str, problem: _Problem, location: Location | None) -> Diagnostic:
    # CEL's messages list what it would have expected, and go on with a picture of the expression.
    lines = [line.strip() for line in problem.text.splitlines() if line.strip() and not line.startswith(" |")]
    text = " ".join(lines).partition(" expecting {")[0]
    if problem.fatal:
        hint = "mend the rule: protovalidate.com lists those of each type, and says what CEL knows"
        return Diagnostic("rule", f"{rules} cannot be compiled: {text}", hint, location)
    hint = "a request like that would end in INTERNAL; mend the expression"
    return Diagnostic("rule", f"{rules} fail for an empty message: {text}", hint, location, "warning")


class _Checker:
    """The files in a pool of their own; of the rules of `message` only those of the field `only` are left."""

    def __init__(self, files: Any, message: Message | None = None, only: str = "") -> None:
        from google.protobuf import descriptor_pool
        from protovalidate import Validator

        self._pool = descriptor_pool.DescriptorPool()
        self._validator = Validator()
        for file in files:
            content = file.SerializeToString()
            if message is not None and file.name == message.file:
                copy = type(file).FromString(content)
                _strip(_find(copy, message.full_name), only)
                content = copy.SerializeToString()
            self._pool.AddSerializedFile(content)

    def accepts(self, name: str, fields: Mapping[str, Any]) -> bool:
        """Whether there is nothing against a message with these fields."""
        from google.protobuf import json_format, message_factory
        from protovalidate import EvaluationError

        message = message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))()
        try:
            json_format.ParseDict(dict(fields), message, descriptor_pool=self._pool)
            return not self._validator.collect_violations(message)
        except (json_format.ParseError, EvaluationError):
            return False

    def problem(self, name: str) -> _Problem | None:
        """What keeps the rules of a message from being compiled, or from being used for an empty one."""
        from google.protobuf import message_factory
        from protovalidate import CompilationError, EvaluationError

        message = message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))
        try:
            self._validator.collect_violations(message())
        except CompilationError as error:
            return _Problem(str(error), fatal=True)
        except EvaluationError as error:
            return _Problem(str(error), fatal=False)
        return None


def _find(file: Any, full_name: str) -> Any:
    scope = file
    for part in full_name.removeprefix(file.package).removeprefix(".").split("."):
        inner = scope.message_type if scope is file else scope.nested_type
        scope = next(message for message in inner if message.name == part)
    return scope


def _strip(message: Any, only: str) -> None:
    """Takes every option off a DescriptorProto but those of one field, and map entries' own."""
    if not message.options.map_entry:
        message.ClearField("options")
    for oneof in message.oneof_decl:
        oneof.ClearField("options")
    for field in message.field:
        if field.name != only:
            field.ClearField("options")
