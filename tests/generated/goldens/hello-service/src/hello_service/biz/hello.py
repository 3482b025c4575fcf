"""Hello: the rules."""

from __future__ import annotations

from hello_service.biz.hello_types import SayHelloRequest, SayHelloResponse
from hello_service.kit.errors import UnimplementedError


class HelloUseCase:
    """The rules of hello.v1.HelloService."""

    async def say_hello(self, request: SayHelloRequest) -> SayHelloResponse:
        """Says hello to one person."""
        raise UnimplementedError("hello.v1.HelloService.SayHello")
