"""buf's findings in the tool's own words: what it says, shortened, and what to do about it."""

from __future__ import annotations

import re

from scaffolder.app.care.advice_breaking import BREAKING
from scaffolder.app.care.advice_lint import LINT
from scaffolder.app.care.successors import Successors

_QUOTED = re.compile(r'"([^"]*)"')
_LINKS = re.compile(r"\.? See (?:https?://\S+[^.]*)$")
_PRESENT = re.compile(r"^Previously present ")
_WORD = re.compile(r"^[A-Z][a-z]")

MOVED = "it stands in {file} now: no call is harmed, but imports of generated code; move it back, or --level package"
RENAMED = "it looks renamed to `{name}`: keep the old one beside it, deprecated, until nobody uses it"


def sentence(said: str) -> str:
    """A message of buf as this tool puts it: no capital, no period, names in backticks."""
    text = _PRESENT.sub("", _LINKS.sub("", said.strip().removesuffix(".")))
    text = _QUOTED.sub(r"`\1`", text)
    return text[0].lower() + text[1:] if _WORD.match(text) else text


def quoted(said: str) -> list[str]:
    """The names that a message of buf quotes, in their order."""
    return _QUOTED.findall(said)


def of_lint(rule: str, said: str) -> str:
    """What to do about a finding of `buf lint`."""
    names = quoted(said)
    template = LINT.get(rule)
    if template is None:
        return f"`// buf:lint:ignore {rule}` above the line keeps it as it is"
    return template.format(*names, *[""] * 6, last=names[-1] if names else "")


def of_breaking(rule: str, said: str, successors: Successors) -> str:
    """What to do about a finding of `buf breaking`: how the same is changed without harm, or what it was renamed to."""
    names = quoted(said)
    if rule == "RPC_NO_DELETE" and len(names) > 1:
        if renamed := successors.of_rpc(names[0], names[1]):
            return RENAMED.format(name=renamed)
    elif rule.endswith(("MESSAGE_NO_DELETE", "ENUM_NO_DELETE", "SERVICE_NO_DELETE")) and names:
        full, file = successors.of_element(names[0], names[1] if rule.startswith("PACKAGE_") else "")
        if full and (full == names[0] or full.endswith(f".{names[0]}")):
            return MOVED.format(name=full, file=file)
        if full:
            return RENAMED.format(name=full)
    template = BREAKING.get(rule)
    if template is None and rule.startswith("FILE_SAME_"):
        return "put the option back: code that is generated from the file would be called otherwise"
    if template is None:
        return "put it back as it was, and add what is new beside it"
    return template.format(*names, *[""] * 6, last=names[-1] if names else "")
