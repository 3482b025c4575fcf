"""The laws of the merge, over random contracts, random changes of them, and random edits of the user's."""

from __future__ import annotations

import os
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffolder.merge.reasons import ORDER, PINNED
from scaffolder.merge.result import Choices
from scaffolder.targets.python.merging import chunks
from scaffolder.targets.python.merging.merge import merge_python
from scaffolder.targets.python.merging.outline import outline
from tests.merge.python_contracts import PRINTERS, TOOLS, Contract, Style, changed, contracts
from tests.merge.python_edits import EDITS, Edited, functions, future
from tests.merge.python_laws import assert_settles, assert_sound, flat, whole_file

EXAMPLES = int(os.environ.get("SCAFFOLD_EXAMPLES", "300"))

many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
styles = st.builds(
    Style, st.sampled_from(['"', "'"]), st.booleans(), st.sampled_from(["    ", "  ", "\t"]), st.booleans()
)
printers = st.sampled_from(PRINTERS)


def paths(text: str) -> list[str]:
    return [path for path, _ in functions(text)]


def edited(data: st.DataObject, start: str, unit: str, new_names: list[str]) -> Edited:
    """A few edits of the user's, one after another; each leaves valid Python."""
    module = Edited(start, unit)
    for _ in range(data.draw(st.integers(0, 6), label="edits")):
        edit = data.draw(st.sampled_from([*EDITS, None]), label="edit")
        if edit is None:
            future(data.draw, module, new_names)
        else:
            edit(data.draw, module)
    return module


def line_ends(data: st.DataObject, module: Edited) -> None:
    """Ways of the user's editor: other line ends, mixed ones, no final newline, white space at the end of lines."""
    way = data.draw(
        st.sampled_from(["", "crlf", "mixed", "no final newline", "crlf, no final newline"]), label="ends"
    )
    if "no final newline" in way:
        module.text = module.text.rstrip("\n")
    if "crlf" in way:
        module.text = module.text.replace("\n", "\r\n")
        module.spans = [span.replace("\n", "\r\n") for span in module.spans]
    elif way == "mixed":
        lines = module.text.split("\n")
        module.text = "".join(line + ("\r\n" if index % 3 == 0 else "\n") for index, line in enumerate(lines))
        module.spans = [part for span in module.spans for part in span.split("\n")]


@many
@given(contract=contracts, render=printers, style=styles, data=st.data())
def test_every_law_of_the_merge(
    contract: Contract, render: Callable[[Contract, Style], str], style: Style, data: st.DataObject
) -> None:
    """An edited module, a changed contract -> merged -> all laws hold, and no byte of the user's is lost."""
    later = data.draw(changed(contract), label="later")
    base, incoming = render(contract, TOOLS), render(later, TOOLS)
    new_names = [path for path in paths(incoming) if path not in paths(base)]
    module = edited(data, render(contract, data.draw(st.sampled_from([TOOLS, style]))), style.unit, new_names)
    line_ends(data, module)
    merged = merge_python(base, module.text, incoming)
    for span in module.spans:
        assert span in merged.text, span
    assert_sound(base, module.text, incoming, merged)
    result = paths(merged.text)
    assert not [
        path for path in module.deleted if path in result and path not in new_names + paths(module.text)
    ]
    assert_settles(merged, incoming)


@many
@given(contract=contracts, render=printers, data=st.data())
def test_a_lost_base_only_adds(
    contract: Contract, render: Callable[[Contract, Style], str], data: st.DataObject
) -> None:
    """No base -> merged -> every line that was there is there, and nothing is removed or replaced."""
    later = data.draw(changed(contract), label="later")
    incoming = render(later, TOOLS)
    module = edited(data, render(contract, TOOLS), "    ", [])
    merged = merge_python(None, module.text, incoming)
    assert_sound(None, module.text, incoming, merged)
    assert not merged.conflicts or whole_file(merged)
    assert {item.did for item in merged.details} <= {"added", "kept", "conflict"}
    if not whole_file(merged):
        there = flat(outline(merged.text))
        assert all(path in there for path in flat(outline(module.text)))


@many
@given(contract=contracts, render=printers, style=styles, data=st.data())
def test_a_formatted_module_is_an_untouched_one(
    contract: Contract, render: Callable[[Contract, Style], str], style: Style, data: st.DataObject
) -> None:
    """Another formatter's pass, a changed contract -> merged -> no conflict, nothing kept, the code as generated."""
    later = data.draw(changed(contract), label="later")
    base, incoming = render(contract, TOOLS), render(later, TOOLS)
    current = render(contract, style)
    merged = merge_python(base, current, incoming)
    assert not merged.conflicts
    pinned = {item.name for item in merged.details if item.reason == PINNED}
    assert all(item.reason in (PINNED, ORDER) for item in merged.details if item.did == "kept")
    assert_sound(base, current, incoming, merged)
    result = [path for path in flat(outline(merged.text)) if path.split(".")[0] not in pinned]
    assert sorted(result) == sorted(flat(outline(incoming)))


@many
@given(first=contracts, render=printers, data=st.data())
def test_two_steps_are_one_where_nothing_was_edited(
    first: Contract, render: Callable[[Contract, Style], str], data: st.DataObject
) -> None:
    """v1 -> v2 -> v3 equals v1 -> v3, and is what is generated."""
    second = data.draw(changed(first))
    third = data.draw(changed(second))
    texts = [render(contract, TOOLS) for contract in (first, second, third)]
    step = merge_python(texts[0], texts[0], texts[1])
    assert (step.text, step.base) == (texts[1], texts[1])
    both = merge_python(step.base, step.text, texts[2])
    assert both.text == merge_python(texts[0], texts[0], texts[2]).text == texts[2]


@many
@given(contract=contracts, render=printers, style=styles, data=st.data())
def test_splitting_by_lines_is_splitting_by_the_tree(
    contract: Contract, render: Callable[[Contract, Style], str], style: Style, data: st.DataObject
) -> None:
    """Any module, what other versions hold known -> split without parsing it whole -> the same parts, or no answer."""
    module = edited(data, render(contract, style), style.unit, [])
    known: chunks.Known = {}
    other_version = render(data.draw(changed(contract)), style)
    outline(other_version, known)
    nodes = chunks.split(module.text, known)
    if nodes is None:
        return
    whole = outline(module.text)
    by_lines = outline(module.text, {})
    by_lines.nodes = nodes
    left, right = flat(whole), flat(by_lines)
    assert list(left) == list(right)
    for path, node in left.items():
        other = right[path]
        assert (node.start, node.end, node.kind, node.piece.text) == (
            other.start,
            other.end,
            other.kind,
            other.piece.text,
        )
        spans = [[(part.label, part.start, part.end) for part in side.piece.parts] for side in (node, other)]
        assert spans[0] == spans[1]


@many
@given(contract=contracts, render=printers, data=st.data())
def test_pruning_leaves_only_what_is_generated_or_the_users(
    contract: Contract, render: Callable[[Contract, Style], str], data: st.DataObject
) -> None:
    """What is no longer generated, edited or not -> pruned -> gone, unless code that stays needs it."""
    later = data.draw(changed(contract), label="later")
    base, incoming = render(contract, TOOLS), render(later, TOOLS)
    module = edited(data, render(contract, TOOLS), "    ", [])
    merged = merge_python(base, module.text, incoming, Choices(prune=True))
    if not whole_file(merged):
        result, gone = flat(outline(merged.text)), flat(outline(base)).keys() - flat(outline(incoming)).keys()
        told = {item.name for item in merged.details if item.did == "kept"}
        assert not [path for path in gone if path in result and path not in told and "." not in path]
