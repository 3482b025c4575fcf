"""hello.v1.HelloService as a client sees it."""

from typing import Any

import pytest

from hello_service.gen.hello.v1 import hello_service_rpc as rpc
from hello_service.kit.client import AsyncChannel
from hello_service.kit.errors import Code
from hello_service.kit.rpc import Method

from ..conftest import Server
from .answers import answer


@pytest.mark.parametrize("method", rpc.METHODS, ids=lambda method: method.name)
async def test_every_rpc_answers(server: Server, method: Method[Any, Any]) -> None:
    """An empty request gets a defined answer, whatever it is."""
    async with AsyncChannel(server.grpc) as channel:
        assert await answer(channel, method) not in (Code.UNKNOWN, Code.INTERNAL, Code.UNAVAILABLE)
