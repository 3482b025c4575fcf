"""Contracts that need not be vendored: where they come from and which distribution holds their messages.

Five sources, in this order of precedence: the well-known types of grpcio-tools (before everything, so that a vendored
copy of another age cannot break protoc's own), the user's directories, the protos of googleapis-common-protos,
the options for errors and storage that this tool brings, and buf/validate/validate.proto out of protovalidate. Only
the listed subtrees of site-packages are visible to protoc, or every installed package's protos would be.
"""

from __future__ import annotations

import importlib.util
import os
import re
from functools import cache
from pathlib import Path

VALIDATE = "buf/validate/validate.proto"

_WELL_KNOWN = "google/protobuf"

# Import name or folder -> its path in googleapis-common-protos; one file is shipped under another name.
_COMMON = {
    "google/api": "google/api",
    "google/cloud/common_resources.proto": "google/cloud/common_resources.proto",
    "google/cloud/extended_operations.proto": "google/cloud/extended_operations.proto",
    "google/cloud/location": "google/cloud/location",
    "google/gapic/metadata": "google/gapic/metadata",
    "google/logging/type": "google/logging/type",
    "google/longrunning/operations.proto": "google/longrunning/operations_proto.proto",
    "google/rpc": "google/rpc",
    "google/type": "google/type",
}

# Options for errors, our own and those of Kratos, and for storage.
_OWN = ("scaffold/errors.proto", "errors/errors.proto", "scaffold/storage.proto")

# First folders of an import -> where to get it; only what is certain.
_ELSEWHERE = {
    "google/": "github.com/googleapis/googleapis",
    "k8s.io/": "github.com/kubernetes/api and github.com/kubernetes/apimachinery",
    "envoy/": "github.com/envoyproxy/envoy (folder api)",
    "xds/": "github.com/cncf/xds",
    "udpa/": "github.com/cncf/xds",
    "validate/validate.proto": "github.com/bufbuild/protoc-gen-validate",
    "gogoproto/": "github.com/cosmos/gogoproto",
    "cosmos/": "github.com/cosmos/cosmos-sdk (folder proto)",
    "protoc-gen-openapiv2/": "github.com/grpc-ecosystem/grpc-gateway",
    "openapiv3/": "github.com/google/gnostic",
    "gnostic/": "github.com/google/gnostic",
    "opentelemetry/": "github.com/open-telemetry/opentelemetry-proto",
    "cel/expr/": "github.com/google/cel-spec (folder proto)",
}


@cache
def well_known_root() -> Path:
    """The directory of grpcio-tools that holds google/protobuf/*.proto."""
    spec = importlib.util.find_spec("grpc_tools")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("grpcio-tools is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "_proto"


@cache
def common_root() -> Path | None:
    """The directory into which googleapis-common-protos is installed, None where it is not."""
    spec = importlib.util.find_spec("google.api")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        if os.path.isfile(os.path.join(location, "annotations.proto")):
            return Path(location).parent.parent
    return None


def leading_mappings() -> list[tuple[str, Path]]:
    """(import name or folder, path) pairs that come before the user's directories."""
    return [(_WELL_KNOWN, well_known_root() / _WELL_KNOWN)]


def trailing_mappings() -> list[tuple[str, Path]]:
    """(import name or folder, path) pairs that come after the user's directories."""
    root = common_root()
    own = [(name, Path(__file__).with_name("protos") / name) for name in _OWN]
    return [*((name, root / path) for name, path in _COMMON.items()), *own] if root else own


def packaged_source(name: str) -> Path | None:
    """The file that an import name resolves to in the mappings above, None where there is none."""
    for prefix, path in (*leading_mappings(), *trailing_mappings()):
        if name == prefix:
            return path if path.is_file() else None
        if name.startswith(prefix + "/"):
            file = path / name[len(prefix) + 1 :]
            return file if file.is_file() else None
    return None


def packaged_name(path: Path) -> str | None:
    """The import name of a file inside the mapped packages, None for any other file."""
    text = str(path)
    for prefix, mapped in _mapped():
        if text == mapped:
            return prefix
        if text.startswith(mapped + os.sep):
            return f"{prefix}/{Path(text[len(mapped) + 1 :]).as_posix()}"
    return None


@cache
def _mapped() -> list[tuple[str, str]]:
    return [(prefix, str(path)) for prefix, path in (*leading_mappings(), *trailing_mappings())]


@cache
def provider(name: str) -> str:
    """The distribution whose wheel holds the Python messages of an import name, "" for none.

    Some .proto files of grpcio-tools have no Python module in protobuf (the features of C++, Go and Java).
    """
    if name.startswith(_WELL_KNOWN + "/"):
        return "protobuf" if _has_module("google.protobuf", name) else ""
    if common_root() and any(name == known or name.startswith(known + "/") for known in _COMMON):
        return "googleapis-common-protos" if packaged_source(name) else ""
    return ""


def _has_module(package: str, name: str) -> bool:
    spec = importlib.util.find_spec(package)
    locations = (spec.submodule_search_locations or ()) if spec else ()
    relative = name.removeprefix(package.replace(".", "/") + "/").removesuffix(".proto") + "_pb2.py"
    return any(os.path.isfile(os.path.join(location, relative)) for location in locations)


def validate_descriptor() -> bytes | None:
    """The FileDescriptorProto of buf/validate/validate.proto, serialized; None where protovalidate is missing.

    protovalidate ships no .proto file, but publishes a message whose descriptor leads to the file's.
    """
    try:
        from protovalidate import ViolationPb  # 90 ms, and most contracts do without
    except ImportError:
        return None
    return bytes(ViolationPb.desc().file.proto.to_binary())


@cache
def packaged_names() -> tuple[str, ...]:
    """The import names of all contracts in the mapped packages."""
    files = (
        file
        for _, path in (*leading_mappings(), *trailing_mappings())
        for file in ([path] if path.is_file() else sorted(path.rglob("*.proto")))
    )
    return tuple(name for file in files if (name := packaged_name(file)))


def home(symbol: str) -> str:
    """The import name of the contract that defines a message, enum or option of these packages, "" for others."""
    if symbol.startswith("buf.validate."):
        return VALIDATE
    if symbol in ("google.api.http", "google.api.HttpRule"):
        return "google/api/annotations.proto"
    package, _, name = symbol.rpartition(".")
    folder = package.replace(".", "/")
    definition = re.compile(rf"^(?:message|enum) {name}\b|^  .*\b{name} = \d+", re.MULTILINE)
    beside = (each for each in packaged_names() if each.rpartition("/")[0] == folder)
    sources = ((each, source) for each in beside if (source := packaged_source(each)))
    return next((each for each, source in sources if definition.search(source.read_text("utf-8"))), "")


def whereabouts(name: str) -> str:
    """Where an import that was not found is published, "" where that is not certain."""
    return next((place for start, place in _ELSEWHERE.items() if name.startswith(start)), "")
