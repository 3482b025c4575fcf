"""A rename that comes late: the tool has added the new definition already, and now the old one takes its name too."""

from __future__ import annotations

from collections.abc import Sequence

from scaffolder.merge.edits import Edits, without
from scaffolder.merge.outline import Node, NotParsedError, Outline, same
from scaffolder.targets.python.merging.outline import outline


def without_twins(text: str, incoming: str) -> str:
    """The text without those definitions that are as generated and stand beside another of their name.

    A text that cannot be parsed is left as it is.
    """
    try:
        here, wanted = outline(text), outline(incoming)
    except NotParsedError:
        return text
    edits = Edits(text, here.newline)
    _drop(here, here.nodes, wanted.nodes, edits)
    return edits.apply() if edits else text


def _drop(here: Outline, nodes: Sequence[Node], generated: Sequence[Node], edits: Edits) -> None:
    for node in generated:
        twins = [item for item in nodes if item.name.partition("#")[0] == node.name]
        if len(twins) > 1:
            fresh = [item for item in twins if same(item, node)]
            for item in fresh[: len(twins) - 1]:
                edits.replace(*without(here, item, nodes), "")
        elif twins and node.is_class:
            _drop(here, twins[0].children, node.children, edits)
