"""Python names for what a contract names: snake case, safe identifiers, the noun of a service."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection

from scaffolder.paths import WINDOWS_DEVICES
from scaffolder.standard import words

plural, snake = words.plural, words.snake
_NOT_IN_IDENTIFIER = re.compile(r"\W", re.ASCII)

BUILTIN_TYPES = frozenset(name for name in dir(builtins) if name.islower())
"""Builtins in lower case: as the name of a class they would shadow a type that annotations use."""


def pascal(name: str) -> str:
    """`order_item` or `order-item` → `OrderItem`; capitals inside a word are kept."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]+", name) if part)


def safe(name: str, taken: Collection[str] = ()) -> str:
    """The name itself, or with underscores behind it where it is a keyword or taken."""
    while keyword.iskeyword(name) or name in taken:
        name += "_"
    return name


def identifier(text: str) -> str:
    """Any text as an identifier: what may not stand in one becomes an underscore."""
    cleaned = _NOT_IN_IDENTIFIER.sub("_", text)
    return f"_{cleaned}" if cleaned[:1].isdigit() else cleaned


def noun(service: str) -> str:
    """The word that names a service's file in every layer: `OrderService` → `order`.

    The suffix stays, or is put there, where nothing would be left, or a name that no module can have: `ImportService`
    and `import` → `import_service`. So does that of `ErrorsService`, because every layer has an errors.py.
    """
    stripped = snake(service.removesuffix("Service")).strip("_")
    if not stripped:
        return "service"
    if keyword.iskeyword(stripped) or stripped in WINDOWS_DEVICES or stripped == "errors":
        return f"{stripped}_service"
    return identifier(snake(service).strip("_") if keyword.issoftkeyword(stripped) else stripped)


def class_stem(service: str) -> str:
    """What the names of a service's classes have in common: `Order` of `OrderService`."""
    return identifier(pascal(service.removesuffix("Service")) or "Service")


def in_words(text: str, word: str) -> tuple[str, str, str]:
    """`text` in snake case around `word`, by whole words: `order_v2` around `order` → `"", "order", "v2"`.

    `text` alone where `word` is no part of it.
    """
    before, found, after = f"_{text}_".partition(f"_{word}_")
    return (before.strip("_"), word, after.strip("_")) if found else (text, "", "")


def title(name: str) -> str:
    """`order_service` → `Order service`, for headings and sentences."""
    words = re.sub(r"[_\-\s]+", " ", snake(name)).strip()
    return words[:1].upper() + words[1:]
