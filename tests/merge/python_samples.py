"""A small servicer as the tool writes it, ways to change it, and the merge with its laws checked."""

from __future__ import annotations

from scaffolder.merge.result import Choices, Did, Merged
from scaffolder.targets.python.merging.merge import merge_python
from tests.merge.python_laws import assert_sound

BASE = '''"""Handlers."""

from shop.gen import order_pb2
from shop.gen.server import OrdersBase
from shop.mapping import get_from, order_to


class Orders(OrdersBase):
    """Takes orders."""

    def __init__(self, use_case: UseCase) -> None:
        self._use_case = use_case

    async def get(self, request: order_pb2.Get) -> order_pb2.Order:
        """Returns one."""
        return order_to(await self._use_case.get(get_from(request)))

    async def drop(self, request: order_pb2.Drop) -> None:
        await self._use_case.drop(request.id)
'''

ADDED = '''    async def list(self, request: order_pb2.List) -> order_pb2.Page:
        """Returns all."""
        return page_to(await self._use_case.list(list_from(request)))

'''


def with_list(text: str) -> str:
    """The module after an RPC `List` was added to the contract."""
    return text.replace("    async def drop", ADDED + "    async def drop").replace(
        "import get_from, order_to", "import get_from, list_from, order_to, page_to"
    )


def swap(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def merged(base: str | None, current: str, incoming: str, **choices: object) -> Merged:
    """The merge, with the laws of every merge checked."""
    result = merge_python(base, current, incoming, Choices(**choices))  # type: ignore[arg-type]
    if not choices:
        assert_sound(base, current, incoming, result)
    return result


def did(result: Merged, kind: Did) -> list[str]:
    return [item.name for item in result.details if item.did == kind]


MINE = ("        return order_to(", "        self.log()  # mine\n        return order_to(")
DROPPED = BASE[: BASE.index("\n    async def drop")]
LIST = "def f():\n    return serve(\n        services=[\n            one(),\n            two(),\n        ],\n    )\n"
MORE = LIST.replace("            two(),\n", "            two(),\n            three(),\n")
