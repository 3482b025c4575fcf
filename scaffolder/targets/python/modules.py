"""Where a contract file's messages live in Python, and how protoc's imports become imports that work.

protoc derives a module from a file's name: ``order/v1/order.proto`` → ``order/v1/order_pb2.py``; dashes become
underscores and dots inside the name become folders. Its imports are absolute from an include root, so they break
inside a package; `rewrite_imports` moves them below ``PACKAGE.gen`` and leaves modules of installed distributions
(``google.protobuf``, ``google.api``) alone.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass

from scaffolder.contract.model import Contract, Enum, File, Message, Service
from scaffolder.contract.safe_types import safe_path
from scaffolder.targets.python.names import identifier, safe

OWN_STUBS = frozenset({"googleapis-common-protos"})
"""Distributions whose stubs protoc made, not mypy-protobuf: their enums have no `ValueType`."""

TEMPLATE_MODULES = frozenset({"empty_pb2", "field_mask_pb2", "wrappers_pb2"})
"""Modules of google.protobuf that templates import under their own names."""


@dataclass(frozen=True, slots=True)
class Module:
    """A Python module by its package and name, as ``from PACKAGE import NAME`` wants it."""

    package: str
    name: str

    @property
    def dotted(self) -> str:
        return f"{self.package}.{self.name}" if self.package else self.name


def stem(file_name: str) -> str:
    """The path that protoc writes a file's output to, without `_pb2.py`: ``a-b/k8s.min.proto`` → ``a_b/k8s/min``."""
    return file_name.removesuffix(".proto").replace("-", "_").replace(".", "/")


def safe_stem(file_name: str) -> str:
    """The path of a file's modules below gen/, without `_pb2.py`: `in/v1/x` → `in_/v1/x`, `2nd/x` → `_2nd/x`."""
    *folders, name = stem(file_name).split("/")
    return "/".join([*(safe(identifier(folder)) for folder in folders), identifier(name)])


def protoc_module(file_name: str) -> Module:
    """The module as protoc's own output imports it, from the include root."""
    package, _, name = f"{stem(file_name)}_pb2".replace("/", ".").rpartition(".")
    return Module(package, name)


def messages_module(file: File, gen: str) -> Module:
    """The module that holds a file's messages; `gen` is the dotted package of generated code."""
    if file.provider:
        return protoc_module(file.name)
    package, _, name = f"{safe_stem(file.name)}_pb2".replace("/", ".").rpartition(".")
    return Module(".".join(filter(None, (gen, package))), name)


def rewrite_imports(text: str, files: Iterable[File], gen: str) -> str:
    """protoc's or mypy-protobuf's output with every import of a generated module moved below `gen`."""
    for file in files:
        if file.provider:
            continue
        source, target = protoc_module(file.name), messages_module(file, gen)
        if source.name not in text:
            continue  # far cheaper than the patterns below
        if source.package:
            pattern = rf"^from {re.escape(source.package)} import {source.name}\b"
            text = re.sub(pattern, f"from {target.package} import {target.name}", text, flags=re.M)
        else:
            pattern = rf"^import {source.name}( as |$)"
            text = re.sub(pattern, rf"from {gen} import {source.name}\1", text, flags=re.M)
        star = rf"^from {re.escape(source.dotted)} import "
        text = re.sub(star, f"from {target.dotted} import ", text, flags=re.M)
        text = _rewrite_importlib(text, source, target)
    return text


def _rewrite_importlib(text: str, source: Module, target: Module) -> str:
    """protoc imports a module whose path holds a keyword through importlib, and one that another imports publicly as
    that one's attribute, by its path if it has no such name.
    """
    if all(part.isidentifier() and not keyword.iskeyword(part) for part in source.dotted.split(".")):
        return text
    public = rf"^( *)(\w+) = (\w+)\.{re.escape(source.dotted)}$"
    text = re.sub(public, r"\1\2 = \3.\2", text, flags=re.M)
    return text.replace(f"import_module('{source.dotted}')", f"import_module('{target.dotted}')")


def rewrite_keywords(text: str, services: Iterable[Service]) -> str:
    """gRPC's module, or its stub, with an underscore behind every name that Python has for itself.

    That is an RPC called by a keyword, or with two underscores before it, which Python mangles or calls itself, and the
    class that is called like its service.
    """
    for service in services:
        if keyword.iskeyword(service.name) or hasattr(builtins, service.name):
            text = re.sub(rf"^(class {service.name})(?=[:(])", r"\1_", text, flags=re.M)
        for name in {method.name for method in service.methods}:
            if keyword.iskeyword(name) or name.startswith("__"):
                end = r"(?= = channel|,$|\((?!self, channel)|: _aio\.)"
                start = r"^( +(?:self\.|servicer\.|def )?)"
                text = re.sub(rf"{start}{re.escape(name)}{end}", rf"\1{name}_", text, flags=re.M)
    return text


def rewrite_enums(stub: str, enums: Iterable[tuple[Enum, str]]) -> str:
    """A stub of mypy-protobuf's with every enum whose own stub has no `ValueType` named as that stub names it.

    `enums` are pairs of an enum and its package. googleapis-common-protos has stubs of protoc's own making, where the
    enum's class itself is the type of its values.
    """
    for enum, package in enums:
        local = safe_path(enum.full_name.removeprefix(f"{package}."))
        module = protoc_module(enum.file).name
        stub = re.sub(rf"\b(_{module}(?:_\d+)?\.{re.escape(local)})\.ValueType\b", r"\1", stub)
    return stub


class Imports:
    """The imports of one generated module, with an alias where two modules have one name."""

    def __init__(self, contract: Contract, gen: str) -> None:
        self._contract = contract
        self._gen = gen
        self._aliases: dict[str, str] = {}

    def module_of(self, item: Message | Enum) -> str:
        """The local name of the module that holds the item, remembered as imported."""
        file = self._contract.by_name[item.file]
        if file.name not in self._aliases:
            self._aliases[file.name] = self._free_alias(messages_module(file, self._gen))
        return self._aliases[file.name]

    def type_of(self, item: Message | Enum) -> str:
        """The expression that names a message's or enum's class: ``order_pb2.Order.Item``."""
        package = self._contract.by_name[item.file].package
        return f"{self.module_of(item)}.{safe_path(item.full_name.removeprefix(package).removeprefix('.'))}"

    def enum_value(self, enum: Enum) -> str:
        """The format that turns the domain's `{value}` into what a message takes, as the enum's stub types it."""
        name = self.type_of(enum)
        if self._contract.by_name[enum.file].provider in OWN_STUBS:
            return f"cast({name}, int({{value}}))"
        return f"{name}.ValueType({{value}})"

    def lines(self) -> list[str]:
        """The import statements for everything that was named, sorted."""
        found = []
        for file_name, alias in self._aliases.items():
            module = messages_module(self._contract.by_name[file_name], self._gen)
            suffix = "" if alias == module.name else f" as {alias}"
            found.append(f"from {module.package} import {module.name}{suffix}")
        return sorted(found)

    def _free_alias(self, module: Module) -> str:
        own = module.package == "google.protobuf"
        taken = set(self._aliases.values()) | (set() if own else TEMPLATE_MODULES)
        alias = module.name
        for part in reversed(module.package.split(".")):
            if alias not in taken:
                break
            alias = f"{part}_{alias}"
        return safe(alias, taken)
