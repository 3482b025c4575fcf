"""Reads scaffold.yaml and finds everything that is wrong with it, each at its line and column."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail
from scaffolder.paths import is_plain_relative
from scaffolder.project import ALL_FEATURES, FEATURES, Project, handlers_problem
from scaffolder.project.names import package_name
from scaffolder.project.openapi_section import OpenApiReader
from scaffolder.suggest import hint

KEYS = (
    "name",
    "package",
    "contracts",
    "proto_paths",
    "features",
    "handlers",
    "template",
    "openapi",
    "names",
    "methods",
)
_NULL = "tag:yaml.org,2002:null"


def place_of(text: str, path: str, key: str, item: str) -> Location:
    """The place of `item` in the list `key` of a scaffold.yaml that has been read before."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for name, value in root.value if isinstance(root, MappingNode) else ():
        for node in value.value if name.value == key and isinstance(value, SequenceNode) else ():
            if node.value == item:
                return Location(path, node.start_mark.line + 1, node.start_mark.column + 1)
    return Location(path)


def place_of_entry(text: str, path: str, key: str, name: str, *, value: bool = False) -> Location:
    """The place of the entry `name`, or of its value, in the mapping `key` of a scaffold.yaml that has been read."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for top, mapping in root.value if isinstance(root, MappingNode) else ():
        for known, held in mapping.value if top.value == key and isinstance(mapping, MappingNode) else ():
            if known.value == name:
                mark = (held if value else known).start_mark
                return Location(path, mark.line + 1, mark.column + 1)
    return Location(path)


class Reader:
    """Walks the YAML nodes rather than loaded values, because nodes know their line and column."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.diagnostics: list[Diagnostic] = []

    def read(self, text: str, root: Path) -> Project:
        values = {key: node for key, node in self._entries(text)}
        name = self._text(values, "name")
        if "name" not in values and not self.diagnostics:
            self._report(None, "has no `name`", "add a line such as: name: order-service")
        package = self._text(values, "package")
        contracts = self._texts(values, "contracts", ())
        proto_paths = self._texts(values, "proto_paths", ("api",))
        features = self._texts(values, "features", FEATURES)
        handlers = self._text(values, "handlers").rstrip("/")
        template = self._text(values, "template")
        openapi = OpenApiReader(self._report).read(values.get("openapi"))
        names = self._mapping(values, "names", "order.v2.OrderService: order_v2")
        methods = self._mapping(values, "methods", "order.v1.OrderService.FindOrders: list order.v1.Order")
        self._check(values, name, package, contracts, features)
        if handlers and not self.diagnostics:
            self._check_handlers(values["handlers"], handlers, package or package_name(name))
        if self.diagnostics:
            raise ScaffoldError(sorted(self.diagnostics, key=lambda item: item.location or Location("")))
        return Project(
            root, name, package, contracts, proto_paths, features, handlers, template, openapi, names, methods
        )

    def _entries(self, text: str) -> Iterator[tuple[str, Node]]:
        """Key and value node of each entry; unknown and repeated keys are reported and left out."""
        seen: set[str] = set()
        for key, value in self._compose(text):
            if key.value not in KEYS:
                self._report(key, f"unknown key `{key.value}`", hint(str(key.value), KEYS))
            elif key.value in seen:
                self._report(key, f"the key `{key.value}` stands here a second time", "keep one of them")
            else:
                seen.add(key.value)
                yield key.value, value

    def _compose(self, text: str) -> list[tuple[Node, Node]]:
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            place = Location(self.path, mark.line + 1, mark.column + 1) if mark else Location(self.path)
            raise fail(
                "config", f"is not YAML: {error.problem}", "see the line above it, too", place
            ) from error
        except yaml.YAMLError as error:
            message = str(error).splitlines()[0]
            raise fail("config", f"is not YAML: {message}", "", Location(self.path)) from error
        if node is None:
            return []
        if not isinstance(node, MappingNode):
            raise fail(
                "config", "is not a mapping", "it needs lines such as: name: order-service", self._place(node)
            )
        return list(node.value)

    def _text(self, values: dict[str, Node], key: str) -> str:
        node = values.get(key)
        if node is None:
            return ""
        if not isinstance(node, ScalarNode) or node.tag == _NULL or not str(node.value).strip():
            self._report(node, f"`{key}` has to be text", "")
            return ""
        return str(node.value)

    def _texts(self, values: dict[str, Node], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        node = values.get(key)
        if node is None:
            return default
        if node.tag == _NULL:
            return ()
        if not isinstance(node, SequenceNode):
            self._report(
                node,
                f"`{key}` has to be a list",
                f"one entry a line, as in\n    {key}:\n      - {node.value}",
            )
            return default
        found = []
        for item in node.value:
            if not isinstance(item, ScalarNode) or not str(item.value).strip():
                self._report(item, f"an entry of `{key}` has to be text", "")
            elif item.value in found:
                self._report(item, f"`{item.value}` stands in `{key}` twice", "keep one of them")
            else:
                found.append(str(item.value))
        return tuple(found)

    def _mapping(self, values: dict[str, Node], key: str, example: str) -> dict[str, str]:
        node = values.get(key)
        if node is None or node.tag == _NULL:
            return {}
        if not isinstance(node, MappingNode):
            self._report(node, f"`{key}` has to be a mapping", f"{key}:\n      {example}")
            return {}
        found: dict[str, str] = {}
        for name, value in node.value:
            if not isinstance(value, ScalarNode) or value.tag == _NULL or not isinstance(name, ScalarNode):
                self._report(value, f"an entry of `{key}` has to be text", "")
            elif name.value in found:
                self._report(name, f"`{name.value}` stands in `{key}` twice", "keep one of them")
            else:
                found[str(name.value)] = str(value.value)
        return found

    def _check(
        self,
        values: dict[str, Node],
        name: str,
        package: str,
        contracts: tuple[str, ...],
        features: tuple[str, ...],
    ) -> None:
        identifier = package or package_name(name)
        if name and (not identifier.isidentifier() or keyword.iskeyword(identifier)):
            node = values["package"] if package else values["name"]
            self._report(
                node, f"`{identifier}` is not possible as a Python package", "use letters, digits and _"
            )
        for contract, item in zip(contracts, self._items(values, "contracts"), strict=False):
            if not is_plain_relative(contract) or not contract.endswith(".proto"):
                where = "as an import names it, relative to a folder of proto_paths"
                self._report(
                    item, f"`{contract}` is not the name of a .proto file", f"{where}: order/v1/order.proto"
                )
        for feature, item in zip(features, self._items(values, "features"), strict=False):
            if feature not in ALL_FEATURES:
                self._report(item, f"unknown feature `{feature}`", hint(feature, ALL_FEATURES))

    def _check_handlers(self, node: Node, handlers: str, package: str) -> None:
        problem = handlers_problem(handlers, package)
        if problem:
            self._report(node, problem, f"a folder such as src/{package}/service")

    @staticmethod
    def _items(values: dict[str, Node], key: str) -> list[Node]:
        node = values.get(key)
        return list(node.value) if isinstance(node, SequenceNode) else []

    def _report(self, node: Node | None, message: str, hint_text: str) -> None:
        self.diagnostics.append(Diagnostic("config", message, hint_text, self._place(node)))

    def _place(self, node: Node | None) -> Location:
        if node is None:
            return Location(self.path)
        return Location(self.path, node.start_mark.line + 1, node.start_mark.column + 1)
