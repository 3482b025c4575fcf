"""Contracts into protoc's FileDescriptorSet, in one call for all of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from scaffolder.contract import wellknown
from scaffolder.contract.compiler import proto_paths, run_protoc
from scaffolder.contract.locate import locate
from scaffolder.contract.protoc_errors import Search, diagnose
from scaffolder.contract.stubs import emit_python
from scaffolder.diagnostics import Diagnostic, ScaffoldError

__all__ = ["compile_contract", "emit_python", "locate"]


def compile_contract(names: Sequence[str], roots: Sequence[Path]) -> bytes:
    """Compiles the contracts `names` (as imports name them, relative to one of `roots`) and what they import.

    Returns a serialized FileDescriptorSet, dependencies first, with source info.

    Raises:
        ScaffoldError: with every error that protoc found, each at its place.
    """
    if not names:
        return b""
    search = Search(roots)
    _refuse_missing(names, search)
    unique = list(dict.fromkeys(names))
    with tempfile.TemporaryDirectory(prefix="scaffold-") as directory:
        scratch = Path(directory)
        mappings = [
            *wellknown.leading_mappings(),
            *(("", absolute) for absolute in search.absolute),
            *wellknown.trailing_mappings(),
        ]
        flags = proto_paths(mappings, scratch)
        output = scratch / "contract.bin"
        flags += ["--include_imports", "--include_source_info", f"--descriptor_set_out={output}"]
        with_validate = _mention_validate(unique, search)
        code, messages = _compile(unique, flags, scratch, with_validate=with_validate)
        if code and not with_validate and f"{wellknown.VALIDATE}: File not found." in messages:
            code, messages = _compile(unique, flags, scratch, with_validate=True)
        if code:
            raise ScaffoldError(_every_error(unique, flags, scratch, search) or diagnose(messages, search))
        return output.read_bytes()


def _every_error(names: list[str], flags: list[str], scratch: Path, search: Search) -> list[Diagnostic]:
    """The errors of all contracts; protoc stops at the first that it is told to compile, but not at an import."""
    everything = scratch / "everything"
    everything.mkdir()
    name = "scaffold_everything.proto"
    imports = "".join(f'import "{each}";\n' for each in names)
    (everything / name).write_text(f'syntax = "proto3";\n{imports}', "utf-8")
    _, messages = _compile(
        [name], [*flags, *proto_paths([("", everything)], scratch)], scratch, with_validate=True
    )
    lines = (line for line in messages.splitlines() if not line.startswith(str(everything / name)))
    return diagnose("\n".join(lines), search)


def _compile(names: list[str], flags: list[str], scratch: Path, *, with_validate: bool) -> tuple[int, str]:
    """One call of protoc, with the descriptor of validate.proto where it is wanted and to be had."""
    extra = []
    if with_validate and (descriptor := wellknown.validate_descriptor()):
        known = scratch / "validate.bin"
        known.write_bytes(_descriptor_set(descriptor))
        extra = [f"--descriptor_set_in={known}"]
    return run_protoc([*flags, *extra, *names])


def _descriptor_set(file: bytes) -> bytes:
    """A FileDescriptorSet of one file: field 1, length-delimited (descriptor.proto)."""
    length, prefix = len(file), bytearray(b"\x0a")
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    return bytes(prefix) + file


def _mention_validate(names: Iterable[str], search: Search) -> bool:
    """Whether a contract itself imports validate.proto: saves the call that would only find that out."""
    needle = wellknown.VALIDATE.encode()
    return any((path := search.find(name)) and needle in path.read_bytes() for name in names)


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
