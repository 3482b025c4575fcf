"""Hello: the rules, and what they need stored."""

from __future__ import annotations

from typing import Protocol

from hello_service.biz.hello_types import SayHelloRequest, SayHelloResponse
from hello_service.kit.errors import UnimplementedError


class HelloRepository(Protocol):
    """What HelloUseCase needs stored and looked up."""


class HelloUseCase:
    """The rules of hello.v1.HelloService."""

    def __init__(self, hello_repository: HelloRepository) -> None:
        self._hello_repository = hello_repository

    async def say_hello(self, request: SayHelloRequest) -> SayHelloResponse:
        """Says hello to one person."""
        raise UnimplementedError("hello.v1.HelloService.SayHello")
