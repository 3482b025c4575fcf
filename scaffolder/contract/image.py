"""A FileDescriptorSet as buf's image, which is the same message with one more field in every file.

The field says of a file what its descriptor cannot: whether it is only imported, whether it says which syntax it is
in, and which of its imports it does not use (`ImageFileExtension` of buf/alpha/image/v1/image.proto).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from scaffolder.contract.options import plain_parser
from scaffolder.contract.source_info import mend_comments, varint

_FILE = varint(1 << 3 | 2)  # FileDescriptorSet.file
_EXTENSION = varint(8042 << 3 | 2)  # FileDescriptorProto.buf_extension, and in it:
_IS_IMPORT, _IS_SYNTAX_UNSPECIFIED, _UNUSED_DEPENDENCY = (varint(number << 3) for number in (1, 3, 4))
_SYNTAX, _EDITION = 12, 14  # FileDescriptorProto
_UNUSED = re.compile(r"^(?P<path>.+?):\d+:\d+: warning: Import (?P<name>.+) is unused\.$", re.MULTILINE)


def image(descriptor_set: bytes, checked: Collection[str], warnings: str = "") -> bytes:
    """The image of a descriptor set with source info; every file but those in `checked` (import names) is an import.

    `warnings` are protoc's, for they alone tell which imports are used. Names in the set that no file has are ignored.
    """
    unused = [(match["path"], match["name"]) for match in _UNUSED.finditer(warnings)]
    return b"".join(_framed(_FILE, file) for file in _files(descriptor_set, checked, unused))


def _files(
    descriptor_set: bytes, checked: Collection[str], unused: Collection[tuple[str, str]]
) -> Iterator[bytes]:
    for file in plain_parser()(descriptor_set).file:
        mend_comments(file)
        stated = file.syntax or any(
            list(location.path) in ([_SYNTAX], [_EDITION]) for location in file.source_code_info.location
        )
        extension = _IS_IMPORT + varint(file.name not in checked)
        extension += _IS_SYNTAX_UNSPECIFIED + varint(not stated)
        for index, name in enumerate(file.dependency):
            if any(imported == name and _is_path_of(path, file.name) for path, imported in unused):
                extension += _UNUSED_DEPENDENCY + varint(index)
        yield file.SerializeToString() + _framed(_EXTENSION, extension)


def _is_path_of(path: str, name: str) -> bool:
    return f"/{path}".replace("\\", "/").endswith(f"/{name}")


def _framed(tag: bytes, content: bytes) -> bytes:
    return tag + varint(len(content)) + content
