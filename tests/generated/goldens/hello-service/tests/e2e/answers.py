"""What an RPC of any kind answers."""

from collections.abc import AsyncIterator
from typing import Any

from hello_service.kit.client import AsyncChannel
from hello_service.kit.errors import Code, ServiceError
from hello_service.kit.rpc import Method


async def answer(channel: AsyncChannel, method: Method[Any, Any]) -> Code:
    """The code that an RPC answers one empty request with."""

    async def requests() -> AsyncIterator[Any]:
        yield method.request()

    try:
        if method.server_streaming:
            call = channel.stream_stream if method.client_streaming else channel.unary_stream
            async for _ in call(method, requests() if method.client_streaming else method.request()):
                break
        elif method.client_streaming:
            await channel.stream_unary(method, requests())
        else:
            await channel.unary_unary(method, method.request())
    except ServiceError as error:
        return error.code
    return Code.OK
