"""Random path templates and paths, most of them nearly right."""

from __future__ import annotations

from random import Random

from scaffolder.contract.http_rule import DoubleWildcard, Literal, PathTemplate, Wildcard

LITERALS = (
    "a",
    "b",
    "v1",
    "list",
    "a-b",
    "x.y",
    "~",
    "a:b",
    "%41",
    "a%2Fb",
    "%C3%A9",
    "%FF",
    "%2A",
    "1",
    "..",
)
FIELDS = ("name", "id", "parent", "item.name", "a.b.c", "_x")
VERBS = ("undo", "a:b", "b", "%75ndo", "list")
ODD = (
    *("/", "//", ":", "{", "}", "=", "*", "**", "%", "%2", "%zz", " ", "é", "?", "#", "{a", "a}", "."),
    *("\x00", "\ud800"),
)
SEGMENTS = (
    *(*LITERALS, "", "c", "a%20b", "%2F", "%2f", "a%2fb", "%", "%zz", "%80", "x:undo", ":undo", "a;b=c"),
    *("+", "."),
)


def template(random: Random) -> str:
    """A template that follows the grammar."""
    fields = list(FIELDS)
    random.shuffle(fields)
    deep = random.random() < 0.3
    pieces = []
    for _ in range(random.randint(1, 5)):
        plain, deep = _plain(random, deep)
        if random.random() < 0.4:
            inner = [plain]
            for _ in range(random.choice((0, 0, 1, 2))):
                more, deep = _plain(random, deep)
                inner.append(more)
            pattern = "/".join(inner)
            pieces.append(f"{{{fields.pop()}}}" if pattern == "*" else f"{{{fields.pop()}={pattern}}}")
        else:
            pieces.append(plain)
    if random.random() < 0.1:
        return "/" + "/".join([*pieces, ""])
    verb = f":{random.choice(VERBS)}" if random.random() < 0.3 else ""
    if verb and not pieces[-1].endswith(("}", "*")):
        verb = verb.replace(":b", "")
    return "/" + "/".join(pieces) + verb


def _plain(random: Random, deep: bool) -> tuple[str, bool]:
    if deep and random.random() < 0.4:
        return "**", False
    return random.choice(("*", "*", *LITERALS[:9])), deep


def mutated(random: Random, text: str) -> str:
    """The text with a few characters or odd pieces cut, put in, or swapped."""
    for _ in range(random.randint(1, 3)):
        at = random.randint(0, len(text))
        end = min(len(text), at + random.randint(0, 3))
        text = text[:at] + random.choice(("", *ODD, *LITERALS)) + text[random.choice((at, end)) :]
    return text


def path(random: Random, templates: list[str]) -> str:
    """A raw path: made of a template, of one and then mutated, or of nothing but odd segments."""
    kind = random.random()
    if kind < 0.2 or not templates:
        return "/" + "/".join(random.choice(SEGMENTS) for _ in range(random.randint(0, 6)))
    chosen = PathTemplate.parse(random.choice(templates))
    parts: list[str] = []
    for segment in chosen.flat:
        match segment:
            case Literal():
                parts.append(_respelt(random, segment.text))
            case Wildcard():
                parts.append(random.choice(SEGMENTS))
            case DoubleWildcard():
                parts += random.choices(SEGMENTS, k=random.choice((0, 0, 1, 2, 3)))
    found = "/" + "/".join(parts) + (f":{_respelt(random, chosen.verb)}" if chosen.verb else "")
    if kind < 0.4:
        found = mutated(random, found)
    return found.encode("ascii", "ignore").decode()  # as HTTP has it


def _respelt(random: Random, literal: str) -> str:
    """The same literal, some of its letters escaped now and then."""
    if random.random() < 0.8 or "%" in literal:
        return literal
    return "".join(f"%{ord(c):02x}" if c.isalnum() and random.random() < 0.5 else c for c in literal)
