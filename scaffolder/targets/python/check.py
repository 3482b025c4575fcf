"""What a contract may not be called for Python: every finding of a run at once, located."""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from scaffolder.contract.model import Contract, Enum, File, Message
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.targets.python.modules import protoc_module, stem


def check(contract: Contract) -> list[Diagnostic]:
    """Diagnostics for names that cannot become Python modules or classes, empty where all can."""
    found = [finding for file in contract.files if not file.provider for finding in _file_path(file)]
    return [*found, *_type_names(contract), *_method_names(contract), *_same_module(contract)]


def _file_path(file: File) -> Iterator[Diagnostic]:
    for part in stem(file.name).split("/")[:-1]:
        if keyword.iskeyword(part) or not part.isidentifier():
            what = "a Python keyword" if keyword.iskeyword(part) else "not a Python identifier"
            yield Diagnostic(
                "path-name",
                f"the folder '{part}' of {file.name} is {what}, so its messages could not be imported",
                "rename the folder (the package in the contract may keep its name)",
                Location(file.source or file.name),
            )
    module = protoc_module(file.name).name
    if not module.isidentifier():
        yield Diagnostic(
            "path-name",
            f"{file.name} would become the module '{module}', which is not a Python identifier",
            "rename the file so that its name starts with a letter and holds letters, digits, dashes and underscores",
            Location(file.source or file.name),
        )


def _same_module(contract: Contract) -> Iterator[Diagnostic]:
    """Files whose messages would share one module: dashes and underscores are one, and so is a disk's case."""
    first: dict[str, File] = {}
    for file in contract.files:
        if file.provider:
            continue
        other = first.setdefault(stem(file.name).lower(), file)
        if other is not file:
            yield Diagnostic(
                "same-module",
                f"{other.name} and {file.name} would both become the module '{stem(file.name)}_pb2'",
                "rename one of the files",
                Location(file.source or file.name),
            )


def _type_names(contract: Contract) -> Iterator[Diagnostic]:
    """Messages and enums that no Python code could name; their stubs would be no Python either."""
    items: list[Message | Enum] = [*contract.messages.values(), *contract.enums.values()]
    for item in items:
        local = item.full_name.removeprefix(contract.by_name[item.file].package).removeprefix(".")
        word = next((part for part in local.split(".") if keyword.iskeyword(part)), None)
        if word:
            kind = "enum" if isinstance(item, Enum) else "message"
            yield Diagnostic(
                "type-name",
                f"the name of the {kind} '{local}' holds the Python keyword '{word}', so no code could name it",
                f"rename it, for example to '{word.capitalize()}{kind.capitalize()}'",
                item.location,
            )


def _method_names(contract: Contract) -> Iterator[Diagnostic]:
    """RPCs called like Python's own methods: gRPC's stub classes would lose theirs."""
    for service in contract.services:
        for method in service.methods:
            if len(method.name) > 4 and method.name.startswith("__") and method.name.endswith("__"):
                yield Diagnostic(
                    "rpc-name",
                    f"the RPC '{method.name}' of {service.full_name} is called like a method of Python's own",
                    "rename it without the underscores around it",
                    method.location,
                )
