"""A FileDescriptorSet into Python's messages and stubs, as protoc, grpcio and mypy-protobuf write them."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffolder.cache import Cache
from scaffolder.contract.compiler import run_protoc
from scaffolder.contract.safe_types import aliases, mend_stub, rename_types
from scaffolder.diagnostics import fail

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto

_MYPY_OPTIONS = "mypy_protobuf/extensions.proto"
_SERVICE = 6  # FileDescriptorProto.service


def emit_python(descriptor_set: bytes, names: Sequence[str]) -> dict[str, str]:
    """The texts of ``_pb2.py`` and ``_pb2.pyi`` for the files `names`, ``_pb2_grpc.*`` for those with services.

    Keys are protoc's own relative paths, with forward slashes, sorted; imports are as protoc writes them.
    `descriptor_set` is what `compile_contract` returned. Every text compiles without a warning, whatever the
    comments hold. What was made of the same files before comes from the user's cache, which no result depends on.

    Raises:
        ScaffoldError: protoc refused, as it does when two names lead to one module; or mypy-protobuf did.
    """
    from scaffolder.contract import stub_keys
    from scaffolder.contract.options import plain_parser

    if not names:
        return {}
    descriptors = plain_parser()(descriptor_set)
    needed = stub_keys.closures(descriptors.file)
    # Only together are two names of one module refused.
    unique = len({module_path(name) for name in names}) == len(names)
    cache = Cache.of_user("messages") if unique else None
    keys = stub_keys.keys(descriptors.file, names, needed) if cache else {}
    if not cache or not keys:
        return dict(sorted(_emitted(descriptors, names, needed).items()))
    known = cache.read(keys.values())
    missing = [name for name in names if keys[name] not in known]
    made = _emitted(descriptors, missing, needed)
    if made:
        cache.write(_entries(made, {name: keys[name] for name in missing}))
    for content in known.values():
        made |= json.loads(content)
    return dict(sorted(made.items()))


def _entries(texts: Mapping[str, str], keys: Mapping[str, bytes]) -> dict[bytes, bytes]:
    """For the cache: the texts of each file of `keys`, by path, as JSON."""
    by_module: dict[str, dict[str, str]] = {}
    for path, text in texts.items():
        by_module.setdefault(path.rpartition("_pb2")[0], {})[path] = text
    return {key: json.dumps(by_module[module_path(name)]).encode() for name, key in keys.items()}


def _emitted(descriptors: Any, names: Sequence[str], needed: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The texts of `names`, made. Of the `descriptors`, which are used up, only what is `needed` is looked at."""
    from scaffolder.contract.source_info import mend_comments

    if not names:
        return {}
    wanted, used = set(names), set().union(*(needed[name] for name in names))
    for index in reversed(range(len(descriptors.file))):
        file = descriptors.file[index]
        if file.name not in used:
            del descriptors.file[index]
        elif file.name in wanted:
            mend_comments(file)
        else:
            file.ClearField("source_code_info")
    with_services = [file.name for file in descriptors.file if file.service and file.name in wanted]
    texts = _typing_stubs(_for_mypy_protobuf(descriptors, needed), names, with_services)
    for file in descriptors.file:
        _as_from_source(file)
    return texts | _python(descriptors, names, with_services)


def _python(descriptors: Any, names: Sequence[str], with_services: Sequence[str]) -> dict[str, str]:
    """The modules of messages with what their contract calls them, and gRPC's with what Python can call them."""
    made = _modules(descriptors.SerializeToString(), names, with_services)
    for file in descriptors.file:
        if file.name in names and (more := aliases(file)):
            made[f"{module_path(file.name)}_pb2.py"] += f"# Names that Python code can say.\n{more}"
    renamed = type(descriptors)()
    renamed.CopyFrom(descriptors)
    if with_services and rename_types(renamed.file):
        safe = _modules(renamed.SerializeToString(), with_services, with_services)
        made |= {path: text for path, text in safe.items() if path.endswith("_pb2_grpc.py")}
    return made


def _for_mypy_protobuf(descriptors: Any, needed: Mapping[str, Collection[str]]) -> bytes:
    """A FileDescriptorSet without custom options, save in files that can use mypy-protobuf's own.

    It decodes options by number, and takes another's of the same number for its own (google/cloud/compute has one).
    """
    copy = type(descriptors)()
    copy.CopyFrom(descriptors)
    for file in copy.file:
        if _MYPY_OPTIONS not in needed[file.name]:
            file.DiscardUnknownFields()
        if file.syntax == "editions":
            _mark_presence(file)
    rename_types(copy.file)
    return bytes(copy.SerializeToString())


def _mark_presence(file: FileDescriptorProto) -> None:
    """Gives each field that has presence whatever its file says the feature of it: messages, members of a oneof.

    mypy-protobuf takes a file's `field_presence = IMPLICIT` for theirs too, and then lets no None in.
    """
    from google.protobuf.descriptor_pb2 import FeatureSet

    for field in _fields(file):
        is_message = field.type in (field.TYPE_MESSAGE, field.TYPE_GROUP)
        if field.label != field.LABEL_REPEATED and (is_message or field.HasField("oneof_index")):
            field.options.features.field_presence = FeatureSet.EXPLICIT


def _as_from_source(file: FileDescriptorProto) -> None:
    """Makes what protoc reads back from a descriptor what it would have read from the contract.

    A descriptor carries every json_name, which would end up in the generated module: its embedded descriptor
    would then differ from that of the same contract in another package, and protobuf refuses to load both.
    Comments end up in docstrings as they are, so they are escaped, and dropped where none is written.
    """
    for field in _fields(file):
        if field.json_name == json_name(field.name):
            field.ClearField("json_name")
    located = [each for each in file.source_code_info.location if each.path[:1] == [_SERVICE]]
    for location in located:
        for kind in ("leading_comments", "trailing_comments"):
            if location.HasField(kind):
                setattr(location, kind, _escaped(getattr(location, kind)))
        location.leading_detached_comments[:] = map(_escaped, location.leading_detached_comments)
    file.ClearField("source_code_info")
    file.source_code_info.location.extend(located)


def _escaped(comment: str) -> str:
    return comment.replace("\\", "\\\\").replace('"""', r"\"\"\"")


def _fields(file: FileDescriptorProto) -> Iterator[FieldDescriptorProto]:
    yield from file.extension
    pending: list[DescriptorProto] = list(file.message_type)
    while pending:
        message = pending.pop()
        yield from message.field
        yield from message.extension
        pending += message.nested_type


def json_name(name: str) -> str:
    """The name that protoc gives a field in JSON: each underscore is dropped and raises the letter behind it."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _modules(descriptor_set: bytes, names: Sequence[str], with_services: Sequence[str]) -> dict[str, str]:
    """What protoc writes; it can only write to a directory, so it gets one."""
    with tempfile.TemporaryDirectory(prefix="scaffold-") as directory:
        known, output = Path(directory, "contract.bin"), Path(directory, "python")
        known.write_bytes(descriptor_set)
        output.mkdir()
        flags = [f"--descriptor_set_in={known}", f"--python_out={output}"]
        if with_services:
            flags.append(f"--grpc_python_out={output}")
        code, messages = run_protoc([*flags, *names])
        if code:
            raise fail("protoc", messages.strip() or "protoc wrote no Python")
        keep = {module_path(name) + "_pb2_grpc.py" for name in with_services}
        return {
            name: path.read_bytes().decode("utf-8", "replace")
            for path in output.rglob("*.py")
            if not (name := path.relative_to(output).as_posix()).endswith("_pb2_grpc.py") or name in keep
        }


def _typing_stubs(
    descriptor_set: bytes, names: Sequence[str], with_services: Sequence[str]
) -> dict[str, str]:
    """What mypy-protobuf writes: messages for `names`, asynchronous stubs for `with_services`."""
    from google.protobuf import descriptor_pb2
    from google.protobuf.compiler import plugin_pb2
    from mypy_protobuf import main as mypy_protobuf

    files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set).file
    response = plugin_pb2.CodeGeneratorResponse()
    options = (True, False, False, False, False)  # quiet; neither readable nor relaxed nor other deviations
    request = plugin_pb2.CodeGeneratorRequest(file_to_generate=names, proto_file=files)
    try:
        with contextlib.redirect_stderr(io.StringIO()), _strict_about_escapes():
            mypy_protobuf.generate_mypy_stubs(mypy_protobuf.Descriptors(request), response, *options)
            request.file_to_generate[:] = with_services
            mypy_protobuf.generate_mypy_grpc_stubs(
                mypy_protobuf.Descriptors(request), response, *options, mypy_protobuf.GRPCType.ASYNC
            )
    except AssertionError as error:  # how it refuses a malformed option of its own
        raise fail(
            "mypy-protobuf", f"the typed stubs cannot be written: {error}", "mend that option"
        ) from error
    return {file.name: mend_stub(file.content) for file in response.file}


@contextlib.contextmanager
def _strict_about_escapes() -> Iterator[None]:
    """Lets mypy-protobuf see that a comment like `\\d` would be a warning in the stub, whatever -W says.

    It has Python parse the comment behind a `deprecated`, and where that fails takes a text of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message=".*invalid.* escape sequence")
        yield


def module_path(name: str) -> str:
    """Where protoc puts the module of an import name, without its ``_pb2`` ending: dots make folders."""
    return name.removesuffix(".proto").replace("-", "_").replace(".", "/")
