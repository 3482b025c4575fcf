"""Did you mean …: the nearest known word to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, `""` where none is near."""
    from difflib import get_close_matches

    folded = {item.lower(): item for item in known}
    matches = get_close_matches(word.lower(), list(folded), n=1, cutoff=0.6)
    return folded[matches[0]] if matches else ""


def hint(word: str, known: Iterable[str]) -> str:
    """`did you mean X?`, or all known words where none is near."""
    options = list(known)
    match = nearest(word, options)
    return f"did you mean `{match}`?" if match else f"one of: {', '.join(options)}"
