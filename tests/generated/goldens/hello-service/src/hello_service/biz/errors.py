"""What the rules refuse: one class for each reason.

    class OutOfStockError(DomainError):
        reason = "OUT_OF_STOCK"

    raise OutOfStockError("only 2 left", sku=sku, left=2)

The message is for the developer who calls; what is named behind it are the reason's parameters, for programs.
Which status that is for callers, src/hello_service/service/errors.py says.
"""

from __future__ import annotations

from hello_service.kit.errors import DomainError as DomainError
