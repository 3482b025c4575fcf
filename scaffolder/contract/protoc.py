"""Contracts into protoc's FileDescriptorSet, in one call for all of them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from scaffolder.contract import wellknown
from scaffolder.contract.compiler import proto_paths, run_protoc, run_protoc_apart
from scaffolder.contract.search import Search
from scaffolder.contract.stubs import emit_python
from scaffolder.contract.survey import Survey, survey
from scaffolder.diagnostics import Diagnostic, ScaffoldError

__all__ = ["compile_contract", "emit_python", "locate"]


def locate(paths: Sequence[Path], include: Sequence[Path]) -> list[tuple[Path, str]]:
    """(root, import name) for each contract that `paths` name: see `scaffolder.contract.locate`."""
    from scaffolder.contract import locate as module

    return module.locate(paths, include)


def compile_contract(names: Sequence[str], roots: Sequence[Path]) -> bytes:
    """Compiles the contracts `names` (as imports name them, relative to one of `roots`) and what they import.

    Returns a serialized FileDescriptorSet, dependencies first, with source info.

    Raises:
        ScaffoldError: with every error that protoc found, each at its place.
    """
    return compile_with_warnings(names, roots)[0]


def compile_with_warnings(names: Sequence[str], roots: Sequence[Path]) -> tuple[bytes, str]:
    """`compile_contract`, and what protoc said although it found no error: warnings about `names`, one a line."""
    if not names:
        return b"", ""
    search = Search(roots)
    _refuse_missing(names, search)
    unique = list(dict.fromkeys(names))
    with tempfile.TemporaryDirectory(prefix="scaffold-") as directory:
        run = _Run(search, survey(unique, search), Path(directory))
        code, messages = run.compile(unique)
        if code:
            from scaffolder.contract.protoc_errors import diagnose

            raise ScaffoldError(run.every_error(unique) or diagnose(messages, search))
        descriptor_set = run.output.read_bytes()
        if run.found.garbled and not _is_decodable(descriptor_set):
            raise run.garbled()
        return descriptor_set, messages


def _is_decodable(descriptor_set: bytes) -> bool:
    """Whether the options that the model knows can be read; protoc does not check those of imports."""
    from google.protobuf.message import DecodeError

    from scaffolder.contract.options import Options

    try:
        Options(descriptor_set).parse(descriptor_set)
    except DecodeError:
        return False
    return True


class _Run:
    """protoc's calls for one set of contracts, with `scratch` for the files that it reads and writes."""

    def __init__(self, search: Search, found: Survey, scratch: Path) -> None:
        self.search = search
        self.found = found
        self.scratch = scratch
        self.output = scratch / "contract.bin"
        mappings = [
            *wellknown.leading_mappings(),
            *(("", absolute) for absolute in search.absolute),
            *wellknown.trailing_mappings(),
        ]
        flags = ["--include_imports", "--include_source_info", f"--descriptor_set_out={self.output}"]
        self.flags = [*proto_paths(mappings, scratch), *flags]
        if found.validate and (descriptor := wellknown.validate_descriptor()):
            known = scratch / "validate.bin"
            known.write_bytes(_descriptor_set(descriptor))
            self.flags.append(f"--descriptor_set_in={known}")

    def compile(self, names: Sequence[str], *flags: str) -> tuple[int, str]:
        """One call; where protoc might abort, in a process of its own.

        Raises:
            ScaffoldError: it did abort.
        """
        arguments = [*self.flags, *flags, *names]
        if not self.found.garbled:
            return run_protoc(arguments)
        code, messages = run_protoc_apart(arguments)
        if code not in (0, 1):
            raise self.garbled()
        return code, messages

    def garbled(self) -> ScaffoldError:
        """The error for a string that cannot be read: protoc does not say which, so every candidate is named."""
        what = "protoc cannot read a text that is not UTF-8, such as the one that starts or is escaped here"
        hint = "save the file as UTF-8, and write no bytes into the strings of options"
        found = self.found.garbled
        return ScaffoldError(Diagnostic("contract-encoding", what, hint, place) for place in found)

    def every_error(self, names: Sequence[str]) -> list[Diagnostic]:
        """The errors of all `names`; protoc stops at the first that it is to compile, but not at an import."""
        from scaffolder.contract.protoc_errors import diagnose

        everything = self.scratch / "everything"
        everything.mkdir()
        name = "scaffold_everything.proto"
        quoted = (each.replace("\\", "\\\\").replace('"', '\\"') for each in names)
        imports = "".join(f'import "{each}";\n' for each in quoted)
        (everything / name).write_text(f'syntax = "proto3";\n{imports}', "utf-8")
        _, messages = self.compile([name], *proto_paths([("", everything)], self.scratch))
        lines = (line for line in messages.split("\n") if not line.startswith(str(everything / name)))
        return diagnose("\n".join(lines), self.search)


def _descriptor_set(file: bytes) -> bytes:
    """A FileDescriptorSet of one file: field 1, length-delimited (descriptor.proto)."""
    length, prefix = len(file), bytearray(b"\x0a")
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    return bytes(prefix) + file


def _refuse_missing(names: Sequence[str], search: Search) -> None:
    """Reports every directory and contract that does not exist; protoc would stop at the first."""
    found = [
        Diagnostic(
            "include-not-found", f"the include directory {shown} does not exist", "mend the path after -I"
        )
        for shown, absolute in zip(search.shown, search.absolute, strict=True)
        if not absolute.is_dir()
    ]
    for name in dict.fromkeys(names):
        if not search.find(name) and not wellknown.packaged_source(name) and name != wellknown.VALIDATE:
            found.append(
                Diagnostic(
                    "contract-not-found",
                    f"the contract {name} is in none of the searched directories: {search.described()}",
                    "mend the path, or add the directory that it is relative to with -I",
                )
            )
    if found:
        raise ScaffoldError(found)
