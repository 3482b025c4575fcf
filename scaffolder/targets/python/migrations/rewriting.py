"""What becomes of the values in JSON columns: keys that were renamed, retyped or went, compared message by message."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from scaffolder.targets.python.migrations.state import Renames
from scaffolder.targets.python.storage.tables import Key, Table

READ_ALIKE = frozenset({("int", "float"), ("UUID", "str")})
"""Pairs of types of which the second one reads what the first one wrote."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What is in a column, or under a key: each in a ``list`` or a ``map``, where `container` says so.

    `message` is one of `Rewriting.messages`, ``""`` where nothing in it changes; `convert` is what a number is to be
    (``str``), or a text again (``int``); `allowed` are the numbers that an enum still has, where it lost one.
    """

    container: str = ""
    message: str = ""
    convert: str = ""
    allowed: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        return not (self.message or self.convert or self.allowed)

    def undone(self) -> Inside:
        back = {"str": "int", "int": "str"}.get(self.convert, "")
        return replace(self, convert=back, allowed=())


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a key: `new` is its new name, ``""`` where it goes; `drops_null` where it may not be null now.

    `is_aside` where another key takes the name, whose values go on the way back. `is_late` where the last revision knew
    both names, so that there is no way back.
    """

    old: str
    new: str
    inside: Inside = Inside()
    drops_null: bool = False
    is_aside: bool = False
    is_late: bool = False

    @property
    def is_plain(self) -> bool:
        return self.old == self.new and self.inside.is_plain and not self.drops_null


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What changes in the rows of a table: in its columns, and by the name of each message, in its keys."""

    columns: Mapping[str, Inside]
    messages: Mapping[str, tuple[Rule, ...]]

    def undone(self) -> Rewriting:
        return Rewriting(
            {name: inside.undone() for name, inside in self.columns.items()},
            {name: tuple(_undone(rules)) for name, rules in self.messages.items()},
        )


@dataclass(frozen=True, slots=True)
class Lost:
    """What rows do not hold for long any more: the table's column, and why."""

    table: str
    column: str
    text: str


def _undone(rules: Collection[Rule]) -> Iterator[Rule]:
    """The keys' old names; where another one had taken such a name, that goes."""
    names = {rule.new for rule in rules}
    for rule in rules:
        yield Rule(rule.new, rule.new if rule.is_late else rule.old, rule.inside.undone())
        if rule.is_aside and rule.old not in names:
            yield Rule(rule.old, "")


@dataclass(slots=True)
class Comparison:
    """A table's JSON before and after; `number` is the revision's. All that is found fills as columns are compared."""

    before: Table
    after: Table
    renames: Renames
    number: str
    lost: list[Lost] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    kept: dict[tuple[str, str], Key] = field(default_factory=dict)
    messages: dict[str, list[Rule]] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _old: dict[str, dict[str, Key]] = field(default_factory=dict, init=False)
    _new: dict[str, dict[str, Key]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for found, table in ((self._old, self.before), (self._new, self.after)):
            for key in table.keys:
                found.setdefault(key.owner, {})[key.name] = key

    def column(self, was: str, name: str) -> Inside | None:
        """What changes in a column; None where its values cannot be read as what it holds now."""
        before, after = self._old.get("", {}).get(was), self._new.get("", {}).get(name)
        if before is None or after is None:
            return Inside()
        return self._inside(before, after, (name, f"{self.after.name}.{name}"))

    def rewriting(self, columns: Mapping[str, Inside]) -> Rewriting | None:
        """What changes, without all that stays; None where that is everything."""
        live = self._live()
        rules = {
            name: tuple(
                rule for rule in (_less(each, live) for each in self.messages[name]) if not rule.is_plain
            )
            for name in self.messages
            if name in live
        }
        changed = {name: _inner(inside, live) for name, inside in columns.items()}
        changed = {name: inside for name, inside in changed.items() if not inside.is_plain}
        return Rewriting(changed, rules) if changed else None

    def _live(self) -> set[str]:
        """The messages in which, or in what they hold, something changes."""
        live: set[str] = set()
        while True:
            more = {
                name
                for name, rules in self.messages.items()
                if any(not _less(rule, live).is_plain for rule in rules)
            }
            if more == live:
                return live
            live = more

    def _inside(self, before: Key, after: Key, place: tuple[str, str]) -> Inside | None:
        if before.container != after.container:
            return None
        inside = Inside(before.container)
        if before.kind == after.kind == "message":
            name = self._message(before.type, after.type, place)
            return replace(inside, message=name) if name else None
        if before.kind == after.kind == "enum":
            return replace(inside, allowed=self._allowed(before.type, after.type, place))
        types = ("int" if before.kind == "enum" else before.type, after.type)
        if before.kind == "message" or after.kind:
            return None
        if types[0] == types[1] or types in READ_ALIKE or types[1] == "Any":
            return inside
        return replace(inside, convert="str") if types == ("int", "str") else None

    def _allowed(self, was: str, now: str, place: tuple[str, str]) -> tuple[int, ...]:
        left = {int(name) for name in self._new.get(now, ())}
        if left >= {int(name) for name in self._old.get(was, ())}:
            return ()
        table = self.after.name
        path = place[1].removeprefix(f"{table}.")
        self.doubts.append(f"rows of {table} have a {path} that is not allowed any more")
        return tuple(sorted(left))

    def _message(self, was: str, now: str, place: tuple[str, str]) -> str:
        """The name under which the change of a message stands; ``""`` where it is another message."""
        if (known := self._names.get((was, now))) is not None:
            return known
        old, new = self._old.get(was, {}), self._new.get(now, {})
        pairs = self._pairs(old, new, now)
        if was != now and old and new and not any(pairs.values()):
            return ""
        name = now if now not in self.messages else f"{now}, which was {was}"
        self._names[was, now] = name
        self.messages[name] = rules = []
        claimed = {key.name for key in pairs.values() if key is not None}
        for key in new.values():
            if (before := pairs[key.name]) is None:
                continue
            # A rename that is told late: rows have the one, and those that were written since the other.
            other = old.get(key.name) if before.is_kept and key.name not in claimed else None
            rules.append(replace(self._rule(before, key, place), is_late=other is not None))
            if other is not None:
                claimed.add(other.name)
                rules.append(self._rule(other, key, place))
        for key in old.values():
            if key.name not in claimed:
                rules += self._gone(key, new, now, place)
        return name

    def _pairs(self, old: Mapping[str, Key], new: Mapping[str, Key], message: str) -> dict[str, Key | None]:
        """The key of before by the name of now: the one that was renamed, else the one that is called alike."""
        names = {name: self.renames.keys.get((self.after.name, message, name), "") for name in new}
        renamed = {name: old[was] for name, was in names.items() if was in old}
        taken = {key.name for key in renamed.values()}
        same = {name: old.get(name) if name not in taken else None for name in new}
        return {**same, **renamed}

    def _rule(self, before: Key, after: Key, place: tuple[str, str]) -> Rule:
        column, path = place
        inside = self._inside(before, after, (column, f"{path}.{after.name}"))
        if inside is not None:
            drops = before.nullable and not after.nullable
            return Rule(before.name, after.name, inside, drops and not before.container)
        return self._aside(before.name, place, "may not fit its new type")

    def _gone(self, key: Key, new: Mapping[str, Key], now: str, place: tuple[str, str]) -> Iterator[Rule]:
        column, path = place
        if key.name in new:
            yield self._aside(key.name, place, "are of another key than the one that has its name now")
            return
        self.kept[now, key.name] = replace(key, owner=now, is_kept=True)
        if not key.is_kept:
            text = f"{path}.{key.name}: in the message no more; a row keeps it until it is written next"
            self.lost.append(Lost(self.after.name, column, text))

    def _aside(self, name: str, place: tuple[str, str], why: str) -> Rule:
        column, path = place
        aside = f"{name}_before_{self.number}"
        text = f"{path}.{name}: values of before {why}; a row keeps them as {aside} until it is written next"
        self.lost.append(Lost(self.after.name, column, text))
        return Rule(name, aside, is_aside=True)


def _less(rule: Rule, live: Collection[str]) -> Rule:
    """The rule without messages in which nothing changes."""
    return replace(rule, inside=_inner(rule.inside, live))


def _inner(inside: Inside, live: Collection[str]) -> Inside:
    return inside if inside.message in live else replace(inside, message="")
