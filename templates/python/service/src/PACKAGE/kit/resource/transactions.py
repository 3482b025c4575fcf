"""What a use case knows of transactions: that there are some."""

from __future__ import annotations

import contextlib
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Transaction(Protocol):
    """Begins a transaction: `async with transaction(): …`.

    All that repositories do inside is stored together at the end, or not at all where an exception leaves the block.
    With `discard` nothing is stored in any case, though every check is made: `validate_only` (AIP-163).
    """

    def __call__(self, *, discard: bool = False) -> AbstractAsyncContextManager[None]: ...


def no_transaction(*, discard: bool = False) -> AbstractAsyncContextManager[None]:
    """A Transaction for tests of use cases over repositories in memory: it begins and ends nothing."""
    return contextlib.nullcontext()
