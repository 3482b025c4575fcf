"""The contract of a resource with the standard methods: what `proto add` writes, and the sample of `scaffold new`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from scaffolder import resources
from scaffolder.diagnostics import fail
from scaffolder.render import Renderer
from scaffolder.targets.python.names import pascal, plural

TEMPLATE = "proto/resource.proto.j2"
SUFFIXES = ("_service", "_svc", "_server", "_api")
FALLBACK = "item"

# What a resource cannot be called: the types that the contract itself uses, and protobuf's own words.
_TAKEN = frozenset(
    [
        "empty",
        "enum",
        "field_mask",
        "message",
        "option",
        "package",
        "rpc",
        "service",
        "timestamp",
        "update_mask",
    ]
)
_SEGMENT = re.compile(r"[a-z][a-z0-9_]*\Z")

# What buf takes for a version at the end of a package; of what is not plain, it is not asked.
_VERSION = re.compile(r"v[1-9]\d*((p[1-9]\d*)?(alpha|beta)[1-9]\d*)?\Z")


def render_contract(name: str) -> bytes:
    """The contract of import name `name`: `order/v1/order.proto` holds `order.v1.OrderService`.

    Raises a `ScaffoldError` with code `contract-name` if the path cannot be a protobuf package or names no resource.
    """
    path = PurePosixPath(name)
    noun = _snake(path.stem)
    folders = path.parent.parts
    segments = [_snake(part) for part in folders] or [noun]
    wrong = [part for part in (*segments, noun) if not _SEGMENT.match(part)]
    if wrong:
        raise fail(
            "contract-name",
            f"`{name}` cannot name a contract: `{wrong[0] or path.stem}` is no protobuf identifier",
            "letters, digits and underscores, as in order/v1/order.proto",
        )
    if noun in _TAKEN:
        raise fail(
            "contract-name",
            f"`{noun}` is a word of protobuf's own",
            "name what the service keeps: order.proto",
        )
    view = _view(noun, segments) | {"exceptions": _exceptions(folders, segments)}
    return Renderer(resources.templates_dir()).text(TEMPLATE, view).encode()


def file_name(name: str) -> str:
    """What the file of a contract is called where everybody goes by buf's FILE_LOWER_SNAKE_CASE."""
    path = PurePosixPath(name)
    return f"{_snake(path.stem)}{path.suffix}"


def sample_name(package: str) -> str:
    """The import name of the sample contract for a project: `order_service` → `order/v1/order.proto`."""
    noun = next(
        (package.removesuffix(suffix) for suffix in SUFFIXES if package.endswith(suffix)), package
    ).strip("_")
    if not noun or noun in _TAKEN or keyword.iskeyword(noun) or keyword.issoftkeyword(noun):
        noun = FALLBACK
    return f"{noun}/v1/{noun}.proto"


def _snake(name: str) -> str:
    """A name of the disk as one of a contract: lower_snake_case, no underscore at an end or beside another."""
    return re.sub("_+", "_", name.replace("-", "_").lower()).strip("_")


def _exceptions(folders: Sequence[str], segments: Sequence[str]) -> list[str]:
    """The rules about packages that the path asked for does not keep; the contract says so where linters look."""
    versioned = len(segments) > 1 and _VERSION.match(segments[-1])
    found = [] if versioned else ["PACKAGE_VERSION_SUFFIX"]
    return found if list(folders) == list(segments) else ["PACKAGE_DIRECTORY_MATCH", *found]


def _view(noun: str, segments: list[str]) -> dict[str, str]:
    words = noun.replace("_", " ").strip()
    many = plural(noun)
    version = segments[-1] if re.match(r"v\d", segments[-1]) else "v1"
    return {
        "package": ".".join(segments),
        "version": version,
        "snake": noun,
        "resource": pascal(noun),
        "singular_camel": _camel(noun),
        "plural": pascal(many),
        "plural_snake": many,
        "collection": _camel(many),
        "words": words,
        "words_plural": many.replace("_", " "),
        "title_plural": many.replace("_", " ").capitalize(),
        "article": "an" if words[:1] in "aeiou" else "a",
        "resource_type": f"{segments[0].replace('_', '-')}.example.com/{pascal(noun)}",
    }


def _camel(snake: str) -> str:
    joined = pascal(snake)
    return joined[:1].lower() + joined[1:]
