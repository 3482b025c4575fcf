"""What a change of the bindings of google.api.http breaks for those who call by URL.

A binding that answers more than before breaks nobody: ``**`` where ``*`` was, another binding beside it. What is lost
is a URL that was answered, a body that was understood, or the field that a part of the path went into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scaffolder.contract.http_rule import PathTemplate, Variable
from scaffolder.contract.model import Binding, Contract, Method
from scaffolder.diagnostics import Diagnostic

ANY_VERB = "*"
"""The kind of a custom pattern that every verb belongs to (google/api/http.proto, CustomHttpPattern)."""


def http_changes(old: Iterable[Method], new: Contract) -> Iterator[Diagnostic]:
    """What the bindings of `new` no longer do that those of the RPCs `old` did.

    An RPC that is gone is taken for renamed where another one answers its URL with the same messages. The place is in
    the new contract, None for an RPC of which nothing is left.
    """
    methods = [m for file in new.files for service in file.services for m in service.methods]
    by_name = {method.full_name: method for method in methods}
    for method in old:
        today = by_name.get(method.full_name)
        for binding in method.bindings:
            yield from _changes(method, binding, today, methods)


def covers(wide: PathTemplate, narrow: PathTemplate) -> bool:
    """Whether every path that `narrow` matches is matched by `wide` as well, whatever their variables are called."""
    return wide.verb == narrow.verb and _covers(_flat(wide), _flat(narrow))


def _changes(
    method: Method, binding: Binding, today: Method | None, methods: Sequence[Method]
) -> Iterator[Diagnostic]:
    """What became of one binding."""
    if today is not None:
        same = [each for each in today.bindings if _answers(each, binding)]
        if same:
            problems = [list(_differences(method, binding, each)) for each in same]
            yield from min(problems, key=len)
            return
    heir = next(
        (m for m in methods if m is not today and any(_answers(b, binding) for b in m.bindings)), None
    )
    if heir is not None:
        if (heir.input, heir.output) != (method.input, method.output):
            yield _moved(method, binding, heir)
        return
    yield _lost(method, binding, today)


def _answers(new: Binding, old: Binding) -> bool:
    return new.verb in (old.verb, ANY_VERB) and covers(new.path, old.path)


def _differences(method: Method, old: Binding, new: Binding) -> Iterator[Diagnostic]:
    """How one binding understands a call differently that another one understood."""
    url = f"{old.verb} {old.path} of {method.full_name}"
    if old.body != new.body:
        message = f"{url} took {_body(old.body)} as the body, and takes {_body(new.body)} now"
        hint = "leave this binding as it was, and add another path for the new body under additional_bindings"
        yield Diagnostic("HTTP_BODY_CHANGED", message, hint, new.location)
    if old.response_body != new.response_body:
        before, after = (f"`{each.response_body}`" if each.response_body else "" for each in (old, new))
        message = f"{url} answered with {before or 'the whole response'}, and answers with {after or 'it whole'} now"
        hint = "leave response_body as it was, and bind another path to the new answer"
        yield Diagnostic("HTTP_RESPONSE_BODY_CHANGED", message, hint, new.location)
    before_spans, after_spans = _spans(old.path), _spans(new.path)
    moved = sorted(n for n in before_spans.keys() & after_spans.keys() if before_spans[n] != after_spans[n])
    moved = [name for name in moved if before_spans[name][0] != after_spans[name][0]]
    if moved:
        message = f"{url} is now {new.path}: {', '.join(moved)} would get another part of the same path"
        hint = "keep the order of the variables, or bind a path that cannot be taken for the old one"
        yield Diagnostic("HTTP_VARIABLE_MOVED", message, hint, new.location)


def _moved(method: Method, binding: Binding, heir: Method) -> Diagnostic:
    message = (
        f"{binding.verb} {binding.path} was answered by {method.full_name}, and is by {heir.full_name} now"
    )
    hint = f"give {heir.name} another path: it has other messages than those who call this one know"
    return Diagnostic("HTTP_BINDING_MOVED", message, hint, heir.location)


def _lost(method: Method, binding: Binding, today: Method | None) -> Diagnostic:
    """A URL that nothing answers any more; what it says depends on what looks like its successor."""
    url = f"{binding.verb} {binding.path}"
    keep = f'additional_bindings {{{binding.verb.lower()}: "{binding.path}"}}'
    if today is None or not today.bindings:
        message = f"{url} of {method.full_name} is answered no more"
        hint = f"keep the binding of {method.name} for as long as anybody calls it"
        return Diagnostic("HTTP_BINDING_REMOVED", message, hint, today.location if today else None)
    other_verb = next((b for b in today.bindings if covers(b.path, binding.path)), None)
    if other_verb is not None:
        message = f"{method.full_name} was {url}, and is {other_verb.verb} {other_verb.path} now"
        hint = f"keep the old one beside it: {keep}"
        return Diagnostic("HTTP_VERB_CHANGED", message, hint, other_verb.location)
    other_path = next((b for b in today.bindings if b.verb == binding.verb), None)
    if other_path is not None:
        message = f"{method.full_name} was {url}, and is {other_path.verb} {other_path.path} now"
        hint = f"keep the old one beside it: {keep}"
        return Diagnostic("HTTP_PATH_CHANGED", message, hint, other_path.location)
    message = f"{url} of {method.full_name} is answered no more"
    return Diagnostic("HTTP_BINDING_REMOVED", message, f"put it back: {keep}", today.location)


def _body(body: str) -> str:
    return {"": "nothing", "*": "the whole request"}.get(body, f"`{body}`")


def _flat(path: PathTemplate) -> list[str]:
    """The segments of a template with those of its variables spelled out."""
    return [
        str(part)
        for segment in path.segments
        for part in (segment.pattern if isinstance(segment, Variable) else (segment,))
    ]


def _covers(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    if not wide:
        return not narrow
    if wide[0] == "**":
        return any(_covers(wide[1:], narrow[taken:]) for taken in range(len(narrow) + 1))
    if not narrow or narrow[0] == "**":
        return False
    fits = wide[0] == narrow[0] or (wide[0] == "*" and narrow[0] != "")
    return fits and _covers(wide[1:], narrow[1:])


def _spans(path: PathTemplate) -> dict[str, tuple[int, int]]:
    """The first segment of each variable, and the one behind its last, by the path of its field."""
    found, at = {}, 0
    for segment in path.segments:
        length = len(segment.pattern) if isinstance(segment, Variable) else 1
        if isinstance(segment, Variable):
            found[segment.name] = (at, at + length)
        at += length
    return found
