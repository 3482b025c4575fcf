"""Words of contracts: snake case, and the English plural of resources' names."""

from __future__ import annotations

import re

_WORD_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

IRREGULAR = {
    "series": "series",
    "species": "species",
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "datum": "data",
}


def snake(name: str) -> str:
    """`GetIAMPolicy` → `get_iam_policy`; a name in snake case stays as it is."""
    return re.sub(r"_+", "_", _WORD_BOUNDARY.sub("_", name)).lower()


def plural(word: str) -> str:
    """The English plural as contracts form it: `order` → `orders`, `item_policy` → `item_policies`.

    Knows the regular ways and the few irregular words that contracts use; whatever stands before the last word stays.
    """
    for one, many in IRREGULAR.items():
        if re.search(rf"(^|[_ ]){one}$", word) or word.endswith(one.capitalize()):
            return word[: -len(one) + 1] + many[1:]
    for ending, replacement in (
        (r"(?<=[^aeiou])y$", "ies"),
        (r"(?<=(?:.l|ea|oa))f$", "ves"),
        (r"(?<=i)fe$", "ves"),
        (r"(?<=s|x|z)$|(?<=[cs]h)$", "es"),
    ):
        if re.search(ending, word):
            return re.sub(ending, replacement, word)
    return word + "s"


def pascal(name: str) -> str:
    """`order_item` → `OrderItem`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def a(name: str) -> str:
    """A name with its indefinite article: `a Book`, `an Order`, `a User`."""
    return f"an {name}" if name[:1] in set("AEIOaeio") else f"a {name}"


def fold(name: str) -> str:
    """A name without case and underscores, in which `pageSize` and `page_size` are one."""
    return name.replace("_", "").lower()


def is_plural(word: str, noun: str) -> bool:
    """Whether a word of a contract is a noun or its plural, however that was formed; both are in snake case.

    `shelfs` and `shelves`, `indices`: only the last letters of the noun may differ, and few may follow.
    """
    if fold(word) in (fold(noun), fold(noun) + "s", fold(plural(noun))):
        return True
    *before, last = word.split("_")
    *same, one = noun.split("_")
    stem = one[: -2 if len(one) > 4 else -1]
    return before == same and bool(stem) and last.startswith(stem) and len(last) - len(stem) <= 4


def singular(word: str) -> str:
    """The noun that a collection is named after: `shelves` → `shelf`; the word itself where that is not clear."""
    for one, many in IRREGULAR.items():
        if word == many or word.endswith((f"_{many}", f"-{many}")):
            return word[: -len(many)] + one
    for ending, replacement in (
        (r"(?<=[^aeiou])ies$", "y"),
        (r"(?<=l)ves$", "f"),
        (r"(?<=ss|sh|ch)es$|(?<=[xz])es$", ""),
        (r"(?<=[^su])s$", ""),
    ):
        if re.search(ending, word):
            return re.sub(ending, replacement, word)
    return word
