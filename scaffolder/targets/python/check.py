"""What a contract may not be called for Python: every finding of a run at once, located."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator

from scaffolder.contract.model import Contract, Enum, File, Message, Service
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.targets.python.modules import protoc_module, stem
from scaffolder.targets.python.names import class_stem, noun


def check(contract: Contract) -> list[Diagnostic]:
    """Diagnostics for names that cannot become Python modules or classes, empty where all can."""
    found = [finding for file in contract.files if not file.provider for finding in _file_path(file)]
    found += [finding for service in contract.services for finding in _service_name(service)]
    same = [*_same_module(contract), *_same_noun(contract), *_same_class(contract)]
    return [*found, *_type_names(contract), *_method_names(contract), *same]


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


def _service_name(service: Service) -> Iterator[Diagnostic]:
    name, word = service.name, noun(service.name)
    if keyword.iskeyword(name) or keyword.iskeyword(word):
        what = "a Python keyword"
    elif hasattr(builtins, name):
        what = "a Python builtin"
    else:
        return
    suggestion = f"{name[:1].upper()}{name[1:]}Service"
    yield Diagnostic(
        "service-name",
        f"the service is called '{name}', which is {what}",
        f"rename the service, for example to '{suggestion}'",
        service.location,
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


def _same_noun(contract: Contract) -> Iterator[Diagnostic]:
    """Services that would share one file: case does not tell files apart on every disk."""
    first: dict[str, Service] = {}
    for service in contract.services:
        word = noun(service.name).lower()
        other = first.setdefault(word, service)
        if other is not service:
            yield Diagnostic(
                "same-file",
                f"the services {other.full_name} ({other.location}) and {service.full_name} "
                f"both want the file '{word}.py'",
                "rename one of them, or give each its own project",
                service.location,
            )


def _same_class(contract: Contract) -> Iterator[Diagnostic]:
    """Services in files of their own whose clients would be called alike: `Foo_` and `Foo`, `AsyncFoo` and `Foo`."""
    first: dict[str, Service] = {}
    for service in contract.services:
        stem = class_stem(service.name)
        for name in (f"{stem}Client", f"Async{stem}Client"):
            other = first.setdefault(name, service)
            if other is not service and noun(other.name).lower() != noun(service.name).lower():
                yield Diagnostic(
                    "same-class",
                    f"the services {other.full_name} ({other.location}) and {service.full_name} "
                    f"would both have a class '{name}'",
                    "rename one of them, or give each its own project",
                    service.location,
                )
