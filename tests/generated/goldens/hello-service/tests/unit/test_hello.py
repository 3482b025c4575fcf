"""The rules of hello.v1.HelloService."""

from __future__ import annotations

import pytest

from hello_service.biz.hello import HelloUseCase


@pytest.fixture
def use_case() -> HelloUseCase:
    return HelloUseCase()


def test_rules_need_no_database(use_case: HelloUseCase) -> None:
    assert isinstance(use_case, HelloUseCase)
