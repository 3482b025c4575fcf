"""Handlers of hello.v1.HelloService."""

from __future__ import annotations

from hello_service.biz.hello import HelloUseCase
from hello_service.gen.hello.v1 import hello_pb2
from hello_service.gen.hello.v1.hello_service_server import HelloServiceBase
from hello_service.kit.context import Context
from hello_service.service.hello_mapping import say_hello_request_from, say_hello_response_to


class HelloService(HelloServiceBase):
    """Greets people, one at a time."""

    def __init__(self, use_case: HelloUseCase) -> None:
        self._use_case = use_case

    async def say_hello(
        self, request: hello_pb2.SayHelloRequest, context: Context
    ) -> hello_pb2.SayHelloResponse:
        """Says hello to one person."""
        response = await self._use_case.say_hello(say_hello_request_from(request))
        return say_hello_response_to(response)
