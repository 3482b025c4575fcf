"""scaffold.yaml: what a project generates from. It is the user's file; the tool adds lines and changes no other."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffolder.diagnostics import Location, fail
from scaffolder.paths import is_plain_relative, shown
from scaffolder.project.names import package_name

FILE = "scaffold.yaml"
FEATURES = ("docker", "kubernetes", "ci")
"""The optional parts that a new project has unless something else is asked for."""
MORE_FEATURES = ("database", "postgres", "redis")
"""Those that it has only if asked: a database comes by itself with the first resource of a contract, in a file."""
ALL_FEATURES = (*FEATURES, *MORE_FEATURES)
METHODS_COMMENT = "What RPCs are taken for: custom, or a standard method such as: list order.v1.Order"
NAMES_COMMENT = "What services are called in files and classes where another one has their own name."


@dataclass(frozen=True, slots=True)
class Project:
    """A generated project.

    `contracts` are names as an import writes them (order/v1/order.proto), relative to one of `proto_paths`, which
    are folders relative to `root`. `handlers_dir` is the folder of the handlers relative to `root`, with forward
    slashes; `template` is the cookiecutter template that the project began with, `""` for the built-in one.
    `openapi` is what the OpenAPI document says that the contract does not: title, version, description, contact,
    license, servers (each as in OpenAPI) and security (OpenAPI's Security Scheme Objects by name).
    `names` are the nouns of services, by full name, that are not called by their own: `order_v2` of
    `order.v2.OrderService`. `methods` says by an RPC's full name what it is taken for where that is not what its name
    says: `custom`, a standard method (`list`), or that and the resource's message (`list order.v1.Order`).
    """

    root: Path
    name: str
    package: str = ""
    contracts: tuple[str, ...] = ()
    proto_paths: tuple[str, ...] = ("api",)
    features: tuple[str, ...] = FEATURES
    handlers_dir: str = ""
    template: str = ""
    openapi: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.package:
            object.__setattr__(self, "package", package_name(self.name))
        if not self.handlers_dir:
            object.__setattr__(self, "handlers_dir", self.default_handlers_dir)

    @property
    def default_handlers_dir(self) -> str:
        return f"src/{self.package}/service"

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders that contracts and their imports are searched in, in order."""
        return tuple(self.root / path for path in self.proto_paths)


def find(start: Path) -> Path:
    """The folder of the project that holds `start`; a `ScaffoldError` with code `no-project` where there is none."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise fail(
        "no-project",
        f"no {FILE} in {start} or in a folder above it",
        "run this inside a project, name one with -C DIR, or make one with `scaffold new NAME`",
    )


def read(root: Path) -> Project:
    """The project of `root`; every mistake in its scaffold.yaml is in the one `ScaffoldError`."""
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise fail(
            "config", f"is not UTF-8: {error.reason}", "save it as UTF-8", Location(shown(path))
        ) from error
    return parse(text, root)


def parse(text: str, root: Path) -> Project:
    """The project that `text`, the contents of `root`/scaffold.yaml, describes."""
    from scaffolder.project.reader import Reader

    return Reader(shown(root / FILE)).read(text, root)


def render(project: Project) -> str:
    """A new scaffold.yaml."""
    lines = [
        "# What `scaffold` generates from. This file is yours: after a change run `scaffold generate`.",
        f"name: {project.name}",
    ]
    if project.package != package_name(project.name):
        lines.append(f"package: {project.package}")
    lines += ["", "# Contracts, named as an import in a .proto file names them."]
    lines += _sequence("contracts", project.contracts)
    lines += ["", "# Where contracts and what they import are searched, in this order."]
    lines += _sequence("proto_paths", project.proto_paths)
    lines += ["", f"# Optional parts, of: {', '.join(ALL_FEATURES)}."]
    lines += _sequence("features", project.features)
    if project.handlers_dir != project.default_handlers_dir:
        lines += ["", "# The folder of the handlers.", f"handlers: {project.handlers_dir}"]
    if project.template:
        lines += [
            "",
            "# The template that this project began with.",
            f"template: {_scalar(project.template)}",
        ]
    if project.names:
        lines += ["", f"# {NAMES_COMMENT}", "names:"]
        lines += [f"  {_scalar(name)}: {_scalar(noun)}" for name, noun in project.names.items()]
    if project.methods:
        lines += ["", f"# {METHODS_COMMENT}", "methods:"]
        lines += [f"  {_scalar(rpc)}: {_scalar(said)}" for rpc, said in project.methods.items()]
    return "\n".join(lines) + "\n"


def _sequence(key: str, values: Iterable[str]) -> list[str]:
    items = [f"  - {_scalar(value)}" for value in values]
    return [f"{key}:", *items] if items else [f"{key}: []"]


def _scalar(value: str) -> str:
    from scaffolder.project.yaml_splice import scalar

    return scalar(value)


def handlers_problem(handlers: str, package: str) -> str:
    """Why `handlers` cannot be the folder of the handlers of `package`, `""` if it can.

    The folder holds modules that wiring imports by name, so it has to be below the package and importable.
    """
    parts = handlers.split("/")
    below = parts[:2] == ["src", package] and len(parts) > 2
    if not is_plain_relative(handlers) or not below:
        return f"the handlers' folder `{handlers}` is not below src/{package}"
    if any(not part.isidentifier() or keyword.iskeyword(part) for part in parts[2:]):
        return f"the handlers' folder `{handlers}` cannot be imported: each part has to be a Python name"
    if parts[2] in ("kit", "gen", "biz", "data", "transport"):
        return f"the handlers' folder `{handlers}` belongs to another layer"
    return ""
