"""What a contract may not be called for Python: every finding of a run at once, located."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator

from scaffolder.contract.model import Contract, File, Service
from scaffolder.diagnostics import Diagnostic, Location
from scaffolder.targets.python.modules import stem
from scaffolder.targets.python.names import noun


def check(contract: Contract) -> list[Diagnostic]:
    """Diagnostics for names that cannot become Python modules or classes, empty where all can."""
    found = [finding for file in contract.files if not file.provider for finding in _file_path(file)]
    found += [finding for service in contract.services for finding in _service_name(service)]
    return [*found, *_same_module(contract), *_same_noun(contract)]


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
