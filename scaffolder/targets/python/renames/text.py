"""A text of the user's or the tool's, as if it had been written with the new names: every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scaffolder.targets.python.renames.reading import Import, Imported, Reading, Word
from scaffolder.targets.python.renames.tokens import read

_PLAIN = re.compile(r"""(["'])([^"'\\\n]+)\1""")

Names = Mapping[str, str]
"""Old name → new name. A name that stands for itself is kept, whatever a wider scope says."""


@dataclass(frozen=True, slots=True)
class Words:
    """Names by their part in the sentence.

    Keys of `attributes` are an attribute alone (`place_order`) or with what stands before its dot
    (`container.order_service`). `arguments` are the keywords of calls, `strings` whole literals (`bare`) and whole
    parts of f-strings, which the tool itself wrote there.
    """

    names: Names = field(default_factory=dict)
    attributes: Names = field(default_factory=dict)
    arguments: Names = field(default_factory=dict)
    strings: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Substitution:
    """What to call things in one file; every key is an old name.

    `module` is the file's own dotted name. `scoped` is by qualified definition and goes before `whole`. `modules` are
    dotted paths, in imports alone. `members` are by module what it defines (`Order.Item` → `Line`), wherever it is
    imported. `fields` are by class its attributes and keyword arguments; a class that is listed has no others.
    `texts` are full names of the contract, inside strings.
    """

    module: str = ""
    whole: Words = field(default_factory=Words)
    scoped: Mapping[str, Words] = field(default_factory=dict)
    modules: Names = field(default_factory=dict)
    members: Mapping[str, Names] = field(default_factory=dict)
    fields: Mapping[str, Names] = field(default_factory=dict)
    texts: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def substitute(text: str, substitution: Substitution) -> str:
    """The text under the new names: names of the code, and full names of the contract inside strings.

    Comments, spaces and line ends stay to the byte. A text that is no Python comes back unchanged.
    """
    reading = read(text)
    if reading is None:
        return text
    parts, done = [], 0
    edits = {edit.start: edit for edit in _Resolver(reading, substitution).edits()}
    for start in sorted(edits):
        parts += [text[done:start], edits[start].text]
        done = edits[start].end
    return "".join([*parts, text[done:]])


class _Resolver:
    """What every word of one text is called now."""

    def __init__(self, reading: Reading, substitution: Substitution) -> None:
        self.reading = reading
        self.names = substitution
        self.bound: dict[str, tuple[str, str]] = {}
        self.local: dict[str, str] = {}
        self.dotted: set[str] = set()
        self.known = {*substitution.modules, *substitution.members}
        texts = sorted(substitution.texts, key=len, reverse=True)
        self.texts = (
            re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, texts))})(?!\.?\w)") if texts else None
        )

    def edits(self) -> Iterator[_Edit]:
        for statement in self.reading.imports:
            yield from self._import(statement)
        for word in self.reading.words:
            new = self._new(word)
            if new != word.text:
                yield _Edit(word.start, word.end, new)

    def _new(self, word: Word) -> str:
        if word.part == "name":
            return self._name(word)
        if word.part == "attribute":
            return self._attribute(word)
        if word.part == "argument":
            return self._argument(word)
        return self._string(word)

    def _import(self, statement: Import) -> Iterator[_Edit]:
        if not statement.module and not statement.level:
            for name in statement.names:
                yield from self._import_module(name)
            return
        base = self._package(statement.level)
        module = ".".join(filter(None, (base, statement.module)))
        targets = [self._target(module, name.name) for name in statement.names]
        for name in statement.names:
            whole = f"{module}.{name.name}"
            self.bound[name.alias or name.name] = (whole, "") if whole in self.known else (module, name.name)
        if len({parent for parent, _ in targets}) != 1:
            return
        parent = targets[0][0]
        if parent != module:
            yield _Edit(statement.start, statement.end, _relative(parent, base, statement.level))
        for name, (_, last) in zip(statement.names, targets, strict=True):
            if last != name.name:
                yield _Edit(name.start, name.end, last)
                if not name.alias:
                    self.local[name.name] = last

    def _import_module(self, name: Imported) -> Iterator[_Edit]:
        if name.alias:
            self.bound[name.alias] = (name.name, "")
        else:
            self.dotted.add(name.name)
        if name.name in self.names.modules:
            yield _Edit(name.start, name.end, self.names.modules[name.name])

    def _target(self, module: str, name: str) -> tuple[str, str]:
        """Where `name` of `module` is to be imported from now, and what it is called there."""
        whole = f"{module}.{name}"
        if whole in self.names.modules:
            parent, _, last = self.names.modules[whole].rpartition(".")
            return parent, last
        return self.names.modules.get(module, module), self.names.members.get(module, {}).get(name, name)

    def _package(self, level: int) -> str:
        return ".".join(self.names.module.split(".")[:-level]) if level else ""

    def _scopes(self, scope: str) -> Iterator[Words]:
        """What was said of the definition, then of those around it, the module last."""
        while True:
            if scope in self.names.scoped:
                yield self.names.scoped[scope]
            if not scope:
                return
            scope = scope.rpartition(".")[0]

    def _name(self, word: Word) -> str:
        if word.text in self.bound:
            return self.local.get(word.text, word.text)
        for words in self._scopes(word.scope):
            if word.text in words.names:
                return words.names[word.text]
        return self.names.whole.names.get(word.text, word.text)

    def _attribute(self, word: Word) -> str:
        found = self._member(word)
        if found is None:
            found = self._field(word)
        if found is not None:
            return found
        keys = (f"{word.before[-1]}.{word.text}", word.text)
        for key in keys:
            for words in (*self._scopes(word.scope), self.names.whole):
                if key in words.attributes:
                    return words.attributes[key]
        return word.text

    def _member(self, word: Word) -> str | None:
        """What a module defines, by the names that the text knows the module or its classes by."""
        root, *rest = word.before
        module, prefix = self.bound.get(root, (self.names.module, root))
        inside = ".".join(filter(None, (prefix, *rest, word.text)))
        whole = ".".join((*word.before, word.text))
        for dotted in self.dotted:
            if whole.startswith(f"{dotted}."):
                module, prefix, inside = dotted, "", whole.removeprefix(f"{dotted}.")
            elif dotted == whole or dotted.startswith(f"{whole}."):
                return self._dotted_part(dotted, whole)
        known = self.names.members.get(module)
        if known is None:
            return None
        return known.get(inside, None if prefix else word.text)

    def _dotted_part(self, dotted: str, whole: str) -> str:
        """The part of an imported module's path that ends `whole`, where the new path has as many parts."""
        old, new = dotted.split("."), self.names.modules.get(dotted, dotted).split(".")
        place = whole.count(".")
        return new[place] if len(old) == len(new) else old[place]

    def _field(self, word: Word) -> str | None:
        """A field of a message that the text says it has: by an annotation, or as the class's own attribute."""
        owner = word.before[-1]
        if len(word.before) == 1 and not word.defines:
            scope = word.scope
            while True:
                if (scope, owner) in self.reading.types:
                    owner = self.reading.types[scope, owner]
                    break
                if not scope:
                    break
                scope = scope.rpartition(".")[0]
        known = self.names.fields.get(owner)
        return None if known is None else known.get(word.text, word.text)

    def _argument(self, word: Word) -> str:
        callee = word.before[-1]
        if callee in self.names.fields:
            return self.names.fields[callee].get(word.text, word.text)
        for words in self._scopes(word.scope):
            if word.text in words.arguments:
                return words.arguments[word.text]
        if callee == "replace":
            return self.names.whole.arguments.get(word.text, word.text)
        return word.text

    def _string(self, word: Word) -> str:
        content = bare(word.text)
        if word.part != "docstring":
            for words in self._scopes(word.scope):
                if words is self.names.scoped.get("") and word.scope:
                    break  # a text of the module, as in `required=["title"]`, is none of a function's
                if content in words.strings:
                    return word.text.replace(content, words.strings[content])
        return self.texts.sub(lambda m: self.names.texts[m[0]], word.text) if self.texts else word.text


def bare(literal: str) -> str:
    """What stands between the quotes of a plain literal, whichever quotes; anything else as it is."""
    match = _PLAIN.fullmatch(literal)
    return match[2] if match else literal


def _relative(module: str, base: str, level: int) -> str:
    """The module as an import statement of `level` dots names it, absolute where it lies outside of `base`."""
    if level and (module == base or module.startswith(f"{base}.")):
        return "." * level + module.removeprefix(base).removeprefix(".")
    return module
