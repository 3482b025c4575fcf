"""Every domain error is told to callers by a status of its own."""

from __future__ import annotations

import inspect

from library_service.biz import errors
from library_service.kit.errors import DomainError
from library_service.service.errors import STATUSES


def test_every_domain_error_has_a_status() -> None:
    found = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, DomainError)]
    without = [cls.__name__ for cls in found if cls is not DomainError and cls.reason not in STATUSES]
    assert not without
