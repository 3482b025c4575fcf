"""Whether a name is there already, as something else than the definition that is generated."""

from __future__ import annotations

from scaffolder.merge.outline import Node, same
from scaffolder.merge.placement import IMPORT, Scope, bare


def binding(scope: Scope, node: Node) -> Node | None:
    """What defines the name of `node` in another form than as a node of that name."""
    if node.kind in ("statement", "statements"):
        return None
    for name in node.binds:
        for other in scope.binding.get(name, ()):
            if not _accessors(node, other) and not _leaves(scope, other, name):
                return other
    return None


def _leaves(scope: Scope, node: Node, bound: str) -> bool:
    """Whether what defines a name is the tool's own, and no longer generated."""
    if node.kind == IMPORT:
        sides = [
            any(bound in item.binds for item in side if item.kind == IMPORT)
            for side in (scope.base, scope.incoming)
        ]
        return sides == [True, False]
    was = scope.before.get(node.name)
    return was is not None and node.name not in scope.generated and same(was, node)


def _accessors(left: Node, right: Node) -> bool:
    """Whether two functions of one name stand side by side, as the getter and the setter of a property do."""
    return (
        left.kind == right.kind == "function"
        and bare(left.name) == bare(right.name)
        and ("." in left.name or "." in right.name)
    )
