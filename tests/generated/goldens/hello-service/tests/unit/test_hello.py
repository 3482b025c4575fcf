"""The rules of hello.v1.HelloService, with the database faked."""

from __future__ import annotations

import pytest

from hello_service.biz.hello import HelloUseCase


class FakeHelloRepository:
    """Stands in for the database."""


@pytest.fixture
def use_case() -> HelloUseCase:
    return HelloUseCase(FakeHelloRepository())


def test_rules_need_no_database(use_case: HelloUseCase) -> None:
    assert isinstance(use_case, HelloUseCase)
