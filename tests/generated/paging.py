"""Run inside the generated library: what the first and the last page of a long list cost, counted by the database.

    python paging.py DATABASE_URL COUNT

puts COUNT books on one shelf, walks the list in each order, and prints by order what the page's statement cost first
and last: SQLite's instructions (each is one step of its virtual machine), PostgreSQL's pages of its buffers.
"""

from __future__ import annotations

import asyncio
import datetime
import importlib
import json
import sqlite3
import sys
from typing import Any

from sqlalchemy import event, insert, make_url, text

PAGE = 100
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
SHELF = "shelves/long"


def module(name: str) -> Any:
    return importlib.import_module(f"library.{name}")


def book(number: int) -> dict[str, Any]:
    """Ten at every moment, and the names in another order than the times."""
    moment = EPOCH + datetime.timedelta(seconds=number * 7919 % 50_021 // 10)
    row = module("data.library")._book_row(
        module("biz.library_types").Book(
            name=f"{SHELF}/books/{number:06}", title=f"Title {number}", create_time=moment
        )
    )
    names = [column.key for column in type(row).__mapper__.column_attrs]
    return {name: getattr(row, name) for name in names if name != "request_id"}


class Costs:
    """The statements that read the last page, and what they cost."""

    def __init__(self, database: Any, url: str) -> None:
        self._database, self._url = database, make_url(url)
        self._found: list[tuple[str, Any]] = []
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._notice)

    def _notice(self, _: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if " ORDER BY " in statement.replace("\n", " ") and not statement.startswith("EXPLAIN"):
            self._found.append((statement, parameters))

    def forget(self) -> None:
        self._found.clear()

    async def last(self) -> int:
        assert self._found
        is_sqlite = self._url.get_backend_name() == "sqlite"
        return sum(
            [self._instructions(*each) if is_sqlite else await self._buffers(*each) for each in self._found]
        )

    async def _buffers(self, statement: str, parameters: Any) -> int:
        async with self._database.engine.connect() as connection:
            told = await connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters
            )
            plan = told.scalar_one()
        plan = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    def _instructions(self, statement: str, parameters: Any) -> int:
        count = 0

        def step() -> None:
            nonlocal count
            count += 1

        connection = sqlite3.connect(str(self._url.database))
        connection.set_progress_handler(step, 1)
        connection.execute(statement, parameters).fetchall()
        connection.close()
        return count


async def costs(use_case: Any, costs: Costs, order_by: str, count: int) -> list[int]:
    """Of the first page and of the last; all books come, each once."""
    costs.forget()
    page = await use_case.list_books(parent=SHELF, order_by=order_by, page_size=PAGE)
    found, first = [each.name for each in page.items], await costs.last()
    while len(found) < count:
        costs.forget()
        size = min(1000, count - PAGE - len(found)) or PAGE
        page = await use_case.list_books(
            parent=SHELF, order_by=order_by, page_size=size, page_token=page.next_token
        )
        found += [each.name for each in page.items]
    assert len(set(found)) == count and not page.next_token
    return [first, await costs.last()]


async def main(url: str, count: int) -> None:
    config = module("config").Config(database={"url": url})
    container = module("wiring").Container(config)
    data, types = module("data.library"), module("biz.library_types")
    await container.library_use_case.create_shelf(types.Shelf(theme="long"), shelf_id="long")
    async with container.database.session() as session:
        for start in range(0, count, 5000):
            rows = [book(number) | {"parent": SHELF} for number in range(start, min(start + 5000, count))]
            await session.execute(insert(data.BookRow), rows)
    async with container.database.session() as session:
        await session.execute(text("ANALYZE"))
    watched = Costs(container.database, url)
    orders = ("", "create_time desc")
    print(
        json.dumps(
            {order: await costs(container.library_use_case, watched, order, count) for order in orders}
        )
    )
    await container.database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
