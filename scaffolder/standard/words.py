"""Words of contracts: snake case, and the English plural of resources' names."""

from __future__ import annotations

import re

_WORD_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women", "datum": "data"}


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
