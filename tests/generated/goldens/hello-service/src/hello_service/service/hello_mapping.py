"""Messages of hello.v1.HelloService from and to what biz knows."""

from __future__ import annotations

from hello_service.biz import hello_types as biz
from hello_service.gen.hello.v1 import hello_pb2


def say_hello_request_from(message: hello_pb2.SayHelloRequest) -> biz.SayHelloRequest:
    return biz.SayHelloRequest(name=message.name, language=message.language)


def say_hello_response_to(value: biz.SayHelloResponse) -> hello_pb2.SayHelloResponse:
    return hello_pb2.SayHelloResponse(message=value.message)
