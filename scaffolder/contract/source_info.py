"""Where things stand in a contract, and their comments: SourceCodeInfo of descriptor.proto.

A file's locations are keyed by their path as protobuf encodes it, so that a path need not be decoded: they are
most of a descriptor, and few of them are asked for. A path is the numbers of fields and indices from
FileDescriptorProto down to the element, hence `key(4, 0, 2, 1)` for the second field of the first message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from scaffolder.diagnostics import Location

_FOR_LINTERS = re.compile(rb"^[ \t*]*buf:lint:ignore\b[^\n]*(?:\n|\Z)", re.MULTILINE)
_BYTES, _MESSAGE, _REPEATED, _OPTIONAL = 12, 11, 3, 1


def key(*path: int) -> bytes:
    """A path as protobuf encodes it: varints one after the other."""
    return b"".join(map(varint, path))


@cache
def varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


class SourceInfo:
    """The source info of one file; `path` is how messages call the file, `name` how imports do.

    With `wanted` false it is not decoded: every location is the file as a whole, every comment empty.
    """

    def __init__(self, file: descriptor_pb2.FileDescriptorProto, path: str, *, wanted: bool = True) -> None:
        self.path = path
        self.name = file.name
        self._locations: Mapping[bytes, Any] = {}
        if wanted and file.HasField("source_code_info"):
            info = _info_class().FromString(file.source_code_info.SerializeToString())
            self._locations = {location.path: location for location in info.location}

    def location(self, path: bytes) -> Location:
        """The first character of the element; the file as a whole where it has no location."""
        found = self._locations.get(path)
        if found is None:
            return Location(self.path)
        line, column, *_ = _numbers(found.span)
        return Location(self.path, line + 1, column + 1)

    def lines(self, path: bytes) -> tuple[int, int]:
        """The first and the last line of the element, from 1; (0, 0) where it has no location."""
        found = self._locations.get(path)
        if found is None:
            return 0, 0
        span = _numbers(found.span)
        return span[0] + 1, (span[2] if len(span) > 3 else span[0]) + 1  # three: one line

    def below(self, path: bytes) -> bytes:
        """`path` itself, or where it has no location the first located element below it."""
        if path in self._locations:
            return path
        return next((known for known in self._locations if known.startswith(path)), path)

    def comment(self, path: bytes) -> str:
        """The leading comment, else the trailing one, without markers and common indentation."""
        found = self._locations.get(path)
        if found is None:
            return ""
        return clean(found.leading_comments) or clean(found.trailing_comments)


def mend_comments(file: descriptor_pb2.FileDescriptorProto) -> None:
    """Makes the comments of a file text: bytes that are not UTF-8 are replaced, every line end is a newline."""
    if not file.HasField("source_code_info"):
        return
    info = _info_class().FromString(file.source_code_info.SerializeToString())
    changed = False
    for location in info.location:
        for kind in ("leading_comments", "trailing_comments"):
            before = getattr(location, kind)
            if before and (after := _text(before).encode()) != before:
                setattr(location, kind, after)
                changed = True
        for index, before in enumerate(location.leading_detached_comments):
            if (after := _text(before).encode()) != before:
                location.leading_detached_comments[index] = after
                changed = True
    if changed:
        file.source_code_info.ParseFromString(info.SerializeToString())


def _text(comment: bytes) -> str:
    text = comment.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def clean(comment: bytes) -> str:
    """A comment as protoc keeps it, as text: dedented, blank ends cut, every line end a newline.

    Lines for linters (``buf:lint:ignore RULE``) are left out: they document nothing.
    """
    if b"buf:lint:ignore" in comment:
        comment = _FOR_LINTERS.sub(b"", comment)
    if not comment:
        return ""
    text = _text(comment)
    if _usual(text):
        return text[1:].replace("\n ", "\n").strip("\n")
    if text.startswith("*"):  # the second star of /**
        text = text[1:]
    lines = [line.rstrip() for line in text.split("\n")]
    if lines[0] and _indent(lines[0]) == 0:  # text right behind /* says nothing about the lines below it
        return "\n".join([lines[0], *_dedented(lines[1:])]).strip("\n")
    return "\n".join(_dedented(lines)).strip("\n")


def _usual(text: str) -> bool:
    """Whether every line starts with a space, the first with just one, and none ends in one: nearly always."""
    if text[0] != " " or text[1:2] in " \t\n" or text[-1] == " " or " \n" in text or "\t" in text:
        return False
    starts = text.count("\n ") + text.count("\n\n") + text.endswith("\n")
    return starts == text.count("\n")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _dedented(lines: list[str]) -> list[str]:
    indent = min((_indent(line) for line in lines if line), default=0)
    return [line[indent:] for line in lines]


def _numbers(packed: bytes) -> list[int]:
    """The varints of a packed field."""
    if max(packed) < 0x80:  # the continuation bit
        return list(packed)
    numbers, value, shift = [], 0, 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(value)
            value = shift = 0
    return numbers


@cache
def _info_class() -> Any:
    """SourceCodeInfo with its packed paths and spans, and its comments, as bytes: the same on the wire.

    Packed numbers are length-delimited as bytes are (encoding.proto, "Packed Repeated Fields"); comments may hold
    what is not UTF-8, which descriptor_pb2 would stumble over.
    """
    file = descriptor_pb2.FileDescriptorProto(name="scaffold/source_info.proto", package="scaffold")
    location = file.message_type.add(name="Location")
    fields = {"path": 1, "span": 2, "leading_comments": 3, "trailing_comments": 4}
    for name, number in fields.items():
        location.field.add(name=name, number=number, type=_BYTES, label=_OPTIONAL)
    location.field.add(name="leading_detached_comments", number=6, type=_BYTES, label=_REPEATED)
    info = file.message_type.add(name="Info")
    info.field.add(name="location", number=1, type=_MESSAGE, label=_REPEATED, type_name=".scaffold.Location")
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("scaffold.Info"))
