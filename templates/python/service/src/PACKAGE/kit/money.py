"""An amount of money, as the domain counts it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(slots=True)
class Money:
    """`amount` units of a currency: `Money("EUR", Decimal("12.50"))`.

    `currency_code` is the three letters of ISO 4217. In a message (google.type.Money) an amount has at most nine
    decimals, and its whole units fit into 64 bits: what does not fit is a ValueError when it is sent.
    """

    currency_code: str = ""
    amount: Decimal = Decimal(0)
