"""The three-way merge by definition: `docs/regeneration.md` shows its table to the user, this is the code of it.

Identity is a name among its siblings. A definition has parts (comments and decorators, signature, docstring, body) that
merge separately; what changed on both sides, and differently, is a conflict, and then the whole definition stays.
"""

from __future__ import annotations

from collections import Counter

from scaffolder.merge import reasons
from scaffolder.merge.account import Account, words_of
from scaffolder.merge.bindings import binding
from scaffolder.merge.edits import Edits, Side, Splice, adapted, spaced, stays, without
from scaffolder.merge.outline import Node, Outline, same, same_part, same_piece
from scaffolder.merge.placement import IMPORT, Scope
from scaffolder.merge.reconcile import Reconcile, Triple
from scaffolder.merge.result import Choices, Conflict, Did
from scaffolder.merge.source import plain

PLACEHOLDERS = frozenset({"pass", "..."})


class DefinitionMerge:
    """One merge of one file: `edits` of the current text, `base_edits` of the incoming text, and the account of both.

    `reconcile` is asked before a conflict: it may know a way within the definition. `kept` are top-level names that
    stay though they are no longer generated, whatever `choices` say. `removed` are the top-level definitions that go.
    """

    def __init__(
        self,
        base: Outline | None,
        current: Outline,
        incoming: Outline,
        choices: Choices,
        *,
        reconcile: Reconcile,
        kept: frozenset[str] = frozenset(),
    ) -> None:
        self.base, self.current, self.incoming = base, current, incoming
        self.choices, self.reconcile, self.kept = choices, reconcile, kept
        self.edits = Edits(current.text, current.newline)
        self.base_edits = Edits(incoming.text)
        self.account = Account()
        self.removed: list[Node] = []
        self.balance: Counter[str] = Counter()  # members that came, less those that went, by class

    def run(self) -> None:
        base = self.base.nodes if self.base else []
        ends = len(self.current.text), len(self.incoming.text)
        self._members(Scope("", 0, base, self.current.nodes, self.incoming.nodes, *ends))

    def _members(self, scope: Scope) -> None:
        """Merges the definitions of one container."""
        for index, node in enumerate(scope.incoming):
            if node.kind == IMPORT:
                continue
            was, now = scope.before.get(node.name), scope.there.get(node.name)
            if now is None:
                self._absent(scope, was, node, index)
            elif was is None:
                self._met(scope, now, node)
            else:
                self._both(scope, was, now, node)
        for index, node in enumerate(scope.base):
            if node.name not in scope.generated and node.kind != IMPORT:
                self._gone(scope, index, scope.there.get(node.name))
        self._order(scope)

    def _order(self, scope: Scope) -> None:
        """Definitions stay where they are; that they are generated in another order now is told once."""
        known = scope.before.keys() & scope.there.keys() & scope.generated.keys()
        orders = [
            [node.name for node in nodes if node.name in known and node.kind not in (IMPORT, "comment")]
            for nodes in (scope.base, scope.current, scope.incoming)
        ]
        if orders[2] not in orders[:2]:
            first = scope.there[orders[2][0]]
            self.account.tell(Did.KEPT, scope.name or "the file", first.start, reasons.ORDER)

    def _absent(self, scope: Scope, was: Node | None, node: Node, index: int) -> None:
        """Generated now, and not in the file under this name."""
        name = scope.path(node)
        other = binding(scope, node)
        if other is not None:
            self._other_form(name, was, other, node)
        elif was is None:
            if not (node.name in PLACEHOLDERS and scope.current):
                self._insert(scope, node, index, Did.ADDED)
        elif not self.choices.restore.isdisjoint({"*", name, scope.name}):
            self._insert(scope, node, index, Did.RESTORED)
        elif not same(was, node):
            self.account.tell(Did.KEPT, name, None, reasons.DELETED)

    def _other_form(self, name: str, was: Node | None, other: Node, node: Node) -> None:
        """The name is there, but not as the definition that is generated: wrapped, assigned, imported."""
        if was is None or self.base is None:
            self.account.tell(Did.KEPT, name, other.start, reasons.ALREADY_THERE)
        elif not same(was, node):
            self._conflict(name, (was, other, node), reasons.OTHER_FORM)

    def _met(self, scope: Scope, now: Node, node: Node) -> None:
        """In the file and generated, and no base says who wrote it."""
        if same(now, node):
            return
        name = scope.path(node)
        if self._replaced_on_request(name, now, node):
            return
        if self.base is None and now.has_members and node.has_members:
            if not same_piece(now.piece, node.piece):
                self.account.tell(Did.KEPT, name, now.start, reasons.DIFFERS)
            self._members(scope.inner(None, now, node))
        else:
            self.account.tell(
                Did.KEPT, name, now.start, reasons.ALREADY_THERE if self.base else reasons.DIFFERS
            )

    def _both(self, scope: Scope, was: Node, now: Node, node: Node) -> None:
        name = scope.path(node)
        if self._replaced_on_request(name, now, node):
            return
        if was.has_members and now.has_members and node.has_members:
            if not same(was, node) or self.choices.restore:
                documented = self._header(name, was, now, node)
                self._members(scope.inner(was, now, node))
                self._fill(name, now, documented)
        elif not same(was, node) and not same(now, node) and not self._parts_merge(name, was, now, node):
            if same(was, now):
                self._replace(name, now, node)
            else:
                self._conflict(name, (was, now, node), words_of(was.piece, now.piece, node.piece))

    def _fill(self, name: str, now: Node, documented: bool) -> None:
        """A class that lost all its members, and has no docstring, needs a body."""
        if not now.children or self.balance[name] > -len(now.children) or documented:
            return
        line = self.current.text[now.children[0].start : now.children[0].end]
        indent = line[: len(line) - len(line.lstrip())]
        self.edits.insert(now.header_end, f"{indent}pass\n", Side.BEHIND, 1)

    def _header(self, name: str, was: Node, now: Node, node: Node) -> bool:
        """What comes before the members of a class, part by part; whether it has a docstring then."""
        before, here, wanted = (item.piece.parts[-1] for item in (was, now, node))
        if name in self.choices.restore and not same_piece(now.piece, node.piece):
            text = adapted(self.incoming, node.start, node.header_end, self.current.unit)
            self.edits.replace(now.start, now.header_end, text)
            self.account.tell(Did.RESTORED, name, now.start, reasons.IN_PLACE)
            here = wanted
        elif not same_piece(was.piece, node.piece):
            if not self._parts_merge(name, was, now, node):
                reason = words_of(was.piece, now.piece, node.piece)
                self._conflict(name, (was, now, node), reason, head=True)
            elif same_part(was.piece, before, now.piece, here):
                here = wanted
        return here.start < here.end

    def _parts_merge(self, name: str, was: Node, now: Node, node: Node) -> bool:
        """Takes the parts that only the tool changed; false, and nothing taken, where a part changed on both sides."""
        pieces = was.piece, now.piece, node.piece
        if len({piece.kind for piece in pieces}) > 1 or len({len(piece.parts) for piece in pieces}) > 1:
            return False
        splices: list[Splice] = []
        for b, c, i in zip(*(piece.parts for piece in pieces), strict=True):
            if same_part(was.piece, b, node.piece, i) or same_part(now.piece, c, node.piece, i):
                continue
            if same_part(was.piece, b, now.piece, c):
                text = adapted(self.incoming, node.start + i.start, node.start + i.end, self.current.unit)
                sides = (self.current, now), (self.incoming, node)
                splices.append(spaced(*sides, (c.start, c.end, text), stays(was, now, node)))
                continue
            ways = self.reconcile(Triple(*pieces)) if b is was.piece.parts[-1] else None
            if ways is None:
                return False
            splices += ways
        for start, end, text in splices:
            side = Side.BEHIND if start else Side.WITHIN
            self.edits.replace(now.start + start, now.start + end, text, side)
        if splices:
            self.account.tell(Did.UPDATED, name, now.start)
        return True

    def _gone(self, scope: Scope, index: int, now: Node | None) -> None:
        """Generated once, and no more."""
        was = scope.base[index]
        name = scope.path(was)
        if now is None:
            if (other := binding(scope, was)) is not None:
                self.account.tell(Did.KEPT, name, other.start, reasons.EDITED_AND_GONE)
            return
        untouched = same(was, now)
        pinned = name in self.choices.pinned
        if (self.choices.prune or (untouched and not pinned)) and (scope.name or was.name not in self.kept):
            self.edits.replace(*without(self.current, now, scope.current), "")
            reason = "" if untouched else "edited by you, removed as asked"
            self.account.tell(Did.REMOVED, name, None, reason)
            self.balance[scope.name] -= 1
            if not scope.name:
                self.removed.append(now)
            return
        self._keep_in_base(scope, index)
        self.account.tell(Did.KEPT, name, now.start, reasons.PINNED if untouched else reasons.EDITED_AND_GONE)

    def _keep_in_base(self, scope: Scope, index: int) -> None:
        """The next base still holds it, so that it is known again, whether it is generated again or pruned."""
        assert self.base is not None
        node = scope.base[index]
        at = scope.place_in_incoming(self.base, index)
        text = adapted(self.base, node.start, node.end, self.incoming.unit)
        self.base_edits.insert(at.offset, at.before + text + at.behind, at.side, scope.depth)

    def _insert(self, scope: Scope, node: Node, index: int, did: Did) -> None:
        at = scope.place_in_current(self.incoming, index)
        text = adapted(self.incoming, node.start, node.end, self.current.unit)
        splice = self.edits.insert(at.offset, at.before + text + at.behind, at.side, scope.depth)
        self.account.tell(did, scope.path(node), at.offset, splice=splice)
        self.balance[scope.name] += 1

    def _replaced_on_request(self, name: str, now: Node, node: Node) -> bool:
        if name not in self.choices.restore or now.is_class:
            return False
        if not same(now, node):
            self._replace(name, now, node, Did.RESTORED, reasons.IN_PLACE)
        return True

    def _replace(self, name: str, now: Node, node: Node, did: Did = Did.UPDATED, reason: str = "") -> None:
        text = adapted(self.incoming, node.start, node.end, self.current.unit)
        self.edits.replace(now.start, now.end, text)
        self.account.tell(did, name, now.start, reason)

    def _conflict(
        self, name: str, sides: tuple[Node, Node, Node], reason: str, *, head: bool = False
    ) -> None:
        """The definition stays, and so does its base, unless the user has dealt with it already."""
        assert self.base is not None
        was, now, node = sides
        ends = [item.header_end if head else item.end for item in sides]
        texts = (
            plain(self.base.text[was.start : ends[0]]),
            plain(self.current.text[now.start : ends[1]]),
            plain(self.incoming.text[node.start : ends[2]]),
        )
        if self.choices.settled(Conflict(name, *texts)):
            self.account.tell(Did.KEPT, name, now.start, reasons.SETTLED)
            return
        self.base_edits.replace(node.start, ends[2], texts[0])
        self.account.tell(Did.CONFLICT, name, now.start, reason, texts)
