"""A FileDescriptorSet as the model: protoc's names and rules, with no idea of an output language."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffolder.contract import wellknown
from scaffolder.contract.bindings import BindingReader
from scaffolder.contract.conflicts import conflicts
from scaffolder.contract.elements import ENUM, MESSAGE, SERVICE, ElementReader
from scaffolder.contract.error_reader import contradictions
from scaffolder.contract.json_names import json_name_problems
from scaffolder.contract.model import Contract, File, Message, walk
from scaffolder.contract.options import Options
from scaffolder.contract.protoc import compile_contract
from scaffolder.contract.rule_check import rule_problems
from scaffolder.contract.search import Search
from scaffolder.contract.source_info import SourceInfo, key
from scaffolder.diagnostics import Diagnostic, ScaffoldError

_DEPENDENCY = 3  # FileDescriptorProto.dependency


def load(names: Sequence[str], roots: Sequence[Path]) -> Contract:
    """Compiles and reads the contracts `names` (as imports name them) and all that they import.

    Raises:
        ScaffoldError: with everything that protoc, or the rules of google.api.http, have against them.
    """
    return build(compile_contract(names, roots), names, roots)


def build(descriptor_set: bytes, names: Sequence[str], roots: Sequence[Path]) -> Contract:
    """Reads what `compile_contract` returned for the same `names` and `roots`."""
    options = Options(descriptor_set)
    reader = _Reader(options, frozenset(names), Search(roots))
    with _no_garbage():
        files = [reader.file(file) for file in options.parse(descriptor_set).file]
        contract = Contract(tuple(files), descriptor_set)
    rules = rule_problems(contract)
    fatal = [each for each in rules if each.severity == "error"]
    if problems := [*reader.problems, *contradictions(contract.errors), *fatal]:
        raise ScaffoldError(problems)
    return replace(contract, warnings=(*reader.doubts, *rules, *conflicts(files)))


def _rules_of_others(proto: Any, info: SourceInfo) -> Iterator[Diagnostic]:
    """Warns where a file imports the rules of protoc-gen-validate, which nothing here reads."""
    for index, name in enumerate(proto.dependency):
        if name == "validate/validate.proto":
            message = f"{proto.name} has rules of protoc-gen-validate, which the service does not check"
            hint = "state them as options of buf/validate/validate.proto, its successor's: those are checked"
            yield Diagnostic(
                "rules-unchecked", message, hint, info.location(key(_DEPENDENCY, index)), "warning"
            )


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Keeps the cyclic collector from scanning a growing model again and again: it halves the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Reader:
    """Reads files in the order of a descriptor set, so that what a file imports has been read before it."""

    def __init__(self, options: Options, requested: frozenset[str], search: Search) -> None:
        self.options = options
        self.requested = requested
        self.search = search
        self.messages: dict[str, Message] = {}
        self.problems: list[Diagnostic] = []
        self.doubts: list[Diagnostic] = []

    def file(self, proto: Any) -> File:
        requested = proto.name in self.requested
        source = self.source(proto.name, requested=requested)
        provider = wellknown.provider(proto.name)
        info = SourceInfo(proto, self.search.place(proto.name), wanted=requested or not provider)
        elements = ElementReader(proto, info, self.options)
        messages = elements.messages(proto.message_type, proto.package, key(MESSAGE))
        self.messages.update((m.full_name, m) for top in messages for m in walk(top))
        bindings = BindingReader(info, self.options, self.messages, source)
        services = tuple(
            elements.service(service, proto.package, key(SERVICE, index), bindings)
            for index, service in enumerate(proto.service)
        )
        enums = elements.enums(proto.enum_type, proto.package, key(ENUM))
        self.problems += [*bindings.problems, *elements.errors.problems, *elements.storage.problems]
        self.problems += json_name_problems(proto, info)
        self.doubts += elements.errors.doubts
        if requested:
            self.doubts += _rules_of_others(proto, info)
        return File(
            name=proto.name,
            package=proto.package,
            dependencies=tuple(proto.dependency),
            public_dependencies=tuple(proto.dependency[index] for index in proto.public_dependency),
            messages=messages,
            enums=enums,
            services=services,
            has_extensions=elements.has_extensions,
            requested=requested,
            provider="" if requested and services else provider,
            source=source,
            comment=elements.file_comment(),
        )

    def source(self, name: str, *, requested: bool) -> str:
        """The path on disk of a user's file or of one that is asked for by name."""
        path = self.search.find(name) or (wellknown.packaged_source(name) if requested else None)
        return str(path) if path else ""
