"""The contract as it was before its renames: today's, under the old names.

Everything that Python calls after it then follows from the same rules as today's names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scaffolder.contract.model import Contract, Enum, Field, File, Message, Method, Service
from scaffolder.targets.python.renames.spec import Rename, backward


def before(contract: Contract, renames: Iterable[Rename], files: Mapping[str, str] | None = None) -> Contract:
    """The contract with every rename undone; whatever else changed stays as it is now.

    `files` are the old import names of files by their new ones. A file that it lacks keeps its name, or, where its
    folder is its package (`order/v2/` of `order.v2`), follows its package.
    """
    return _Before(contract, tuple(renames), files or {}).contract()


class _Before:
    def __init__(self, contract: Contract, renames: tuple[Rename, ...], files: Mapping[str, str]) -> None:
        self._contract = contract
        self._outer = tuple(r for r in renames if not r.is_member)
        self._members = {r.new: r.old.rpartition(".")[2] for r in renames if r.is_member}
        self._packages = {file.name: self._package(file) for file in contract.files}
        self._files = {file.name: files.get(file.name) or self._file_name(file) for file in contract.files}

    def contract(self) -> Contract:
        return Contract(
            tuple(self._file(file) for file in self._contract.files),
            self._contract.descriptor_set,
            self._contract.warnings,
        )

    def _was(self, full_name: str) -> str:
        return backward(full_name, self._outer)

    def _member(self, owner: str, name: str) -> str:
        return self._members.get(f"{owner}.{name}", name)

    def _package(self, file: File) -> str:
        """Where all that the file holds was before; its own package's old name where that is not one place."""
        items: list[Service | Message | Enum] = [*file.services, *file.messages, *file.enums]
        packages = {self._was(item.full_name).rpartition(".")[0] for item in items}
        return packages.pop() if len(packages) == 1 else self._was(file.package)

    def _file_name(self, file: File) -> str:
        folder, slash, name = file.name.rpartition("/")
        package = self._packages[file.name]
        follows = folder == file.package.replace(".", "/")
        return f"{package.replace('.', '/')}{slash}{name}" if follows else file.name

    def _file(self, file: File) -> File:
        return replace(
            file,
            name=self._files[file.name],
            package=self._packages[file.name],
            dependencies=tuple(self._files.get(name, name) for name in file.dependencies),
            public_dependencies=tuple(self._files.get(name, name) for name in file.public_dependencies),
            messages=tuple(self._message(message) for message in file.messages),
            enums=tuple(self._enum(enum) for enum in file.enums),
            services=tuple(self._service(service) for service in file.services),
        )

    def _service(self, service: Service) -> Service:
        full_name = self._was(service.full_name)
        return replace(
            service,
            name=full_name.rpartition(".")[2],
            full_name=full_name,
            file=self._files[service.file],
            methods=tuple(self._method(service, full_name, method) for method in service.methods),
        )

    def _method(self, service: Service, owner: str, method: Method) -> Method:
        name = self._member(service.full_name, method.name)
        request, response = self._was(method.input), self._was(method.output)
        return replace(method, name=name, full_name=f"{owner}.{name}", input=request, output=response)

    def _message(self, message: Message) -> Message:
        full_name = self._was(message.full_name)
        return replace(
            message,
            name=full_name.rpartition(".")[2],
            full_name=full_name,
            file=self._files[message.file],
            fields=tuple(self._field(message, field) for field in message.fields),
            oneofs=tuple(self._member(message.full_name, name) for name in message.oneofs),
            messages=tuple(self._message(nested) for nested in message.messages),
            enums=tuple(self._enum(enum) for enum in message.enums),
        )

    def _field(self, message: Message, field: Field) -> Field:
        return replace(
            field,
            name=self._member(message.full_name, field.name),
            type_name=self._was(field.type_name),
            oneof=self._member(message.full_name, field.oneof) if field.oneof else "",
            map_value=replace(field.map_value, type_name=self._was(field.map_value.type_name))
            if field.map_value
            else None,
        )

    def _enum(self, enum: Enum) -> Enum:
        full_name = self._was(enum.full_name)
        values = tuple(replace(v, name=self._member(enum.full_name, v.name)) for v in enum.values)
        name = full_name.rpartition(".")[2]
        return replace(enum, name=name, full_name=full_name, file=self._files[enum.file], values=values)
