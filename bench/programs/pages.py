"""What pages of a long list take. `pages.py COUNT ROUNDS`, in the library's folder

Prints the milliseconds of the first and of the last page, a line for each round. The books are in a database in memory,
the list goes through the use case, and what counts all of them (`total_size`) is left out: it is the same on any page.
"""

from __future__ import annotations

import asyncio
import datetime
import sys
import time
from importlib import import_module
from typing import Any

from sqlalchemy import insert

config: Any = import_module("library.config")
data: Any = import_module("library.data.book")
biz: Any = import_module("library.biz.book")
types: Any = import_module("library.biz.book_types")
wiring: Any = import_module("library.wiring")

PAGE = 50
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def row(number: int) -> dict[str, Any]:
    """The names in another order than the times."""
    moment = EPOCH + datetime.timedelta(seconds=number * 7919 % 50_021)
    made = data._book_row(types.Book(name=f"books/{number:06}", title=f"Title {number}", create_time=moment))
    names = [column.key for column in type(made).__mapper__.column_attrs]
    return {name: getattr(made, name) for name in names if name != "request_id"}


async def page(container: Any, token: str, size: int = PAGE) -> Any:
    query = biz.BOOK.query(page_size=size, page_token=token, order_by="create_time desc")
    return await container.book_repository.find(query)


async def milliseconds(container: Any, token: str) -> float:
    started = time.perf_counter()
    for _ in range(10):
        await page(container, token)
    return (time.perf_counter() - started) * 100


async def main(count: int, rounds: int) -> None:
    container = wiring.Container(config.Config(database={"url": "sqlite+aiosqlite://"}))
    await container.database.create_tables(import_module("library.data").Base.metadata)
    async with container.database.session() as session:
        await session.execute(insert(data.BookRow), [row(number) for number in range(count)])
    token, left = "", count - PAGE
    while left:
        size = min(1000, left)
        token, left = (await page(container, token, size)).next_token, left - size
    for _ in range(rounds):
        print(await milliseconds(container, ""), await milliseconds(container, token))
    await container.database.close()


asyncio.run(main(*map(int, sys.argv[1:])))
