"""What a rename changes inside the definitions that the tool writes: both versions laid side by side.

The names of parameters, variables and tests follow from the templates alone, so the templates are asked, not copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from scaffolder.targets.python.renames.reading import Part, Reading, Word
from scaffolder.targets.python.renames.text import Words, bare
from scaffolder.targets.python.renames.tokens import read

Changes = dict[tuple[Part, str], str]
"""Part and old name → new name; a name on which two places differ is left out."""


def aligned(old: str, new: str) -> dict[str, Words]:
    """By qualified definition (``""`` for the module) the words of `old` with what stands in their place in `new`.

    Words that stay are among them: they stay whatever the rest of the file says. A definition whose words do not
    correspond one to one is left out.
    """
    one, other = read(old), read(new)
    if one is None or other is None:
        return {}
    was, now = _by_scope(one), _by_scope(other)
    found = {}
    for a, b in _pairs([*was], [*now]):
        words = was[a], now[b]
        if [word.part for word in words[0]] == [word.part for word in words[1]]:
            found[a] = _words(_changes(*words))
    return found


def _by_scope(reading: Reading) -> dict[str, list[Word]]:
    """The words of every definition, in the order of the definitions."""
    found: dict[str, list[Word]] = {scope: [] for scope in ("", *reading.scopes)}
    for word in reading.words:
        if word.part in ("name", "attribute", "argument", "string", "text"):
            found[word.scope].append(word)
    return found


def _pairs(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Definitions that correspond: by their place where there are as many, else by name and place between those."""
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal" or b - a == d - c:
            yield from zip(old[a:b], new[c:d], strict=True)


def _changes(old: list[Word], new: list[Word]) -> Changes:
    """Attributes are there twice: alone, and with what stands before the dot, which tells things of one name apart."""
    found: dict[tuple[Part, str], set[str]] = {}
    for a, b in zip(old, new, strict=True):
        found.setdefault((a.part, a.text), set()).add(b.text)
        if a.part == "attribute":
            found.setdefault((a.part, f"{a.before[-1]}.{a.text}"), set()).add(b.text)
    return {key: texts.pop() for key, texts in found.items() if len(texts) == 1}


def _words(changes: Changes) -> Words:
    def of(part: Part) -> dict[str, str]:
        return {old: new for (kind, old), new in changes.items() if kind == part}

    strings = {bare(a): bare(b) for a, b in (of("string") | of("text")).items() if a != b}
    return Words(of("name"), of("attribute"), of("argument"), strings)
