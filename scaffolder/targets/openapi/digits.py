"""Regular expressions for ranges of whole numbers, since JSON writes those of 64 bits as strings."""

from __future__ import annotations

from collections.abc import Iterator


def between(low: int, high: int) -> str:
    """An anchored regular expression for the decimal numbers `low` … `high`.

    A number that reaches 0 from below may be written "-0".
    """
    forms = [*_between(max(0, low), high)] if high >= 0 else []
    if low < 0:
        forms.insert(0, f"-({'|'.join(_between(max(0, -high), -low))})")
    return f"^({'|'.join(forms)})$"


def _between(low: int, high: int) -> Iterator[str]:
    """The forms of the numbers from `low` to `high`, neither below 0; of 0 … 999 it is one."""
    longest = len(str(high))
    if low == 0 and longest > 1:
        yield "[0-9]" if longest == 2 else f"[0-9]{{1,{longest - 1}}}"
        low = 10 ** (longest - 1)
    while low <= high:
        end = min(high, 10 ** len(str(low)) - 1)
        yield from _digits(str(low), str(end))
        low = end + 1


def _digits(low: str, high: str) -> Iterator[str]:
    """The forms of the numbers from `low` to `high`, which have as many digits and may begin with zeros."""
    rest = len(low) - 1
    if low[1:] == "0" * rest and high[1:] == "9" * rest:
        head = low[0] if low[0] == high[0] else f"[{low[0]}-{high[0]}]"
        yield head + ("" if rest == 0 else "[0-9]" if rest == 1 else f"[0-9]{{{rest}}}")
    elif low[0] == high[0]:
        yield from (low[0] + form for form in _digits(low[1:], high[1:]))
    else:
        # The numbers of the first digit, those between, those of the last digit; both ends may be whole.
        if low[1:] != "0" * rest:
            yield from (low[0] + form for form in _digits(low[1:], "9" * rest))
            low = str(int(low[0]) + 1) + "0" * rest
        whole = high if high[1:] == "9" * rest else f"{int(high[0]) - 1}{'9' * rest}"
        if low[0] <= whole[0]:
            yield from _digits(low, whole)
        if whole != high:
            yield from (high[0] + form for form in _digits("0" * rest, high[1:]))
