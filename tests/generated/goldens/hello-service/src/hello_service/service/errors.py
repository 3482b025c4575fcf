"""What the reasons of hello_service.biz.errors are for callers: a gRPC code, and with it an HTTP status.

`Status(Code.FAILED_PRECONDITION, 402)` is a code with another HTTP status than its own.
"""

from __future__ import annotations

from hello_service.kit.domain_errors import Status
from hello_service.kit.errors import Code

STATUSES: dict[str, Code | Status] = {}
