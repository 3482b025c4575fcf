"""Start and end of a real process, with calls in flight."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

import kit
from kit.client import AsyncChannel
from kit.container import Container, StartError
from kit.errors import ServiceError
from kit.health import Health
from kit.lifecycle import run, serving

from . import shop, sse

ROOT = Path(__file__).parents[2]


@dataclass
class Process:
    process: asyncio.subprocess.Process
    grpc: int
    http: int

    async def get(self, path: str) -> httpx2.Response:
        async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
            return await client.get(f"http://127.0.0.1:{self.http}{path}")

    async def get_item(self, name: str) -> Any:
        async with AsyncChannel(f"127.0.0.1:{self.grpc}") as channel:
            return await channel.unary_unary(shop.GET_ITEM, shop.GetItemRequest(name=name))

    async def rest(self) -> list[str]:
        """What it prints until it ends."""
        async with asyncio.timeout(10):
            out, _ = await self.process.communicate()
        return out.decode().splitlines()


async def _spawn(drain: str, grace: str, port: int = 0) -> asyncio.subprocess.Process:
    paths = os.pathsep.join([str(ROOT), str(Path(kit.__file__).parents[1])])
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.kit.serve_shop", drain, grace, str(port)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
        cwd=ROOT,
    )


@asynccontextmanager
async def _process(drain: str, grace: str) -> AsyncIterator[Process]:
    process = await _spawn(drain, grace)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            while not (line := (await process.stdout.readline()).decode()).startswith("ports"):
                assert line, "it ended before it was ready"
        yield Process(process, *map(int, line.split()[1:]))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_sigterm_drains_finishes_calls_and_closes_in_reverse() -> None:
    async with _process("1500ms", "5s") as server:
        assert (await server.get("/readyz")).status_code == 200
        calls = [
            asyncio.create_task(server.get_item("pause")),
            asyncio.create_task(server.get("/v1/items/pause")),
        ]
        await asyncio.sleep(0.15)
        server.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.1)
        draining, still_served = await server.get("/readyz"), await server.get("/v1/items/x")
        over_grpc, over_http = await asyncio.gather(*calls)
        lines = await server.rest()
    assert draining.status_code == 503
    assert still_served.status_code == 200
    assert still_served.headers["connection"] == "close"
    assert over_grpc.name == "pause" == over_http.json()["name"]
    assert [line for line in lines if line.startswith("closed")] == ["closed second", "closed first"]
    assert server.process.returncode == 0


async def test_calls_that_outlast_the_grace_are_told_and_cancelled() -> None:
    async with _process("0s", "300ms") as server:
        http = asyncio.create_task(server.get("/v1/items/slow"))
        grpc = asyncio.create_task(server.get_item("slow"))
        await asyncio.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ServiceError):
            await grpc
        response = await http
        await server.rest()
    assert response.status_code == 503
    assert response.json()["error"]["status"] == "UNAVAILABLE"
    assert server.process.returncode == 0


async def test_streams_that_outlast_the_grace_end_with_a_last_word() -> None:
    """Nothing is cut short: httpx2 and websockets would raise where an end is missing."""
    begun: list[str] = []

    async def watch(port: int, accept: str) -> bytes:
        url = f"http://127.0.0.1:{port}/v1/shelves/slow/items:watch?page_size=3"
        body = b""
        async with (
            httpx2.AsyncClient(trust_env=False, timeout=20) as client,
            client.stream("GET", url, headers={"accept": accept}) as response,
        ):
            async for chunk in response.aiter_raw():
                body += chunk
                if body == chunk:
                    begun.append(accept)
        return body

    async def exchange(port: int) -> tuple[list[Any], int | None]:
        frames = []
        async with connect(f"ws://127.0.0.1:{port}/shop.v1.Shop/Exchange", proxy=None) as client:
            await client.send("{}")
            with suppress(ConnectionClosed):
                while True:
                    frames.append(json.loads(await client.recv()))
                    begun.append("socket")
        return frames, client.close_code

    async with _process("0s", "300ms") as server:
        lines = [asyncio.create_task(watch(server.http, "*/*")) for _ in range(5)]
        events = [asyncio.create_task(watch(server.http, "text/event-stream")) for _ in range(5)]
        sockets = [asyncio.create_task(exchange(server.http)) for _ in range(5)]
        async with asyncio.timeout(20):
            while len(begun) < 15:
                await asyncio.sleep(0.01)
        server.process.send_signal(signal.SIGTERM)
        for body in await asyncio.gather(*lines):
            *results, last = map(json.loads, body.splitlines())
            assert (len(results), last["error"]["status"]) == (3, "UNAVAILABLE")
        for body in await asyncio.gather(*events):
            *messages, failure = sse.parse(body)
            assert (len(messages), failure.type, "UNAVAILABLE" in failure.data) == (3, "error", True)
        for frames, code in await asyncio.gather(*sockets):
            assert (len(frames), frames[1]["error"]["status"], code) == (2, "UNAVAILABLE", 1012)
        await server.rest()
    assert server.process.returncode == 0


@pytest.mark.parametrize("drain", ["0s", "20s"])
async def test_a_second_signal_ends_it_at_once(drain: str) -> None:
    async with _process(drain, "20s") as server:
        calls = [
            asyncio.create_task(server.get_item("slow")),
            asyncio.create_task(server.get("/v1/items/slow")),
        ]
        await asyncio.sleep(0.3)
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        lines = await server.rest()
        await asyncio.gather(*calls, return_exceptions=True)
    assert time.monotonic() - started < 5
    assert lines[-1].startswith("{") and json.loads(lines[-1])["event"] == "stopped"


async def test_ctrl_c_does_not_drain() -> None:
    async with _process("20s", "20s") as server:
        server.process.send_signal(signal.SIGINT)
        await server.rest()
    assert server.process.returncode == 0


async def test_the_log_is_json_with_request_id_and_method() -> None:
    async with _process("0s", "1s") as server:
        async with httpx2.AsyncClient(trust_env=False) as client:
            for name in ("x", "broken"):
                url = f"http://127.0.0.1:{server.http}/v1/items/{name}"
                await client.get(url, headers={"x-request-id": f"id-{name}"})
        server.process.send_signal(signal.SIGINT)
        lines = [json.loads(line) for line in await server.rest() if line.startswith("{")]
    by_id: dict[str, list[Any]] = {}
    for line in lines:
        by_id.setdefault(line.get("request_id", ""), []).append(line)
    (fine,) = by_id["id-x"]
    assert (fine["event"], fine["code"], fine["level"]) == ("call", "OK", "info")
    assert fine["method"] == "shop.v1.Shop.GetItem"
    exception, call = by_id["id-broken"]
    assert "hunter2" in exception["exception"] and exception["level"] == "error"
    assert (call["code"], call["level"]) == ("INTERNAL", "error")


async def test_a_port_in_use_ends_it_with_a_line_in_the_log() -> None:
    async with _process("0s", "1s") as server:
        second = await _spawn("0s", "1s", server.http)
        out, _ = await second.communicate()
    lines = [json.loads(line) for line in out.decode().splitlines() if line.startswith("{")]
    failure = next(line for line in lines if line["event"] == "cannot start")
    assert f"HTTP cannot listen on 127.0.0.1:{server.http}" in failure["error"]
    assert second.returncode == 1
    assert b"closed first" in out


async def test_what_has_started_is_stopped_when_the_next_one_cannot_start() -> None:
    events: list[str] = []

    class Good:
        async def start(self) -> None:
            events.append("started")

        async def stop(self, grace: float) -> None:
            events.append("stopped")

    class Bad(Good):
        async def start(self) -> None:
            raise OSError("no")

    container = Container()
    with pytest.raises(OSError, match="no"):
        async with serving(container, [Good(), Bad()]):
            events.append("never")
    assert events == ["started", "stopped"]
    assert not container.health.serving


async def test_readiness_runs_all_checks_and_bounds_them() -> None:
    health = Health(timeout=0.05)

    async def fine() -> None: ...
    async def hangs() -> None:
        await asyncio.sleep(10)

    health.register("cache", fine)
    assert not (await health.ready()).ready
    health.set_serving(True)
    assert (await health.ready()).ready
    health.register("database", hangs)
    readiness = await health.ready()
    assert (readiness.ready, readiness.checks) == (False, {"cache": "ok", "database": "timeout"})


def test_a_container_that_refuses_to_start_ends_the_service_with_two(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Refusing(Container):
        async def start(self) -> None:
            raise StartError("the tables are old")

    with pytest.raises(SystemExit) as ended:
        run(Refusing(), [])

    assert ended.value.code == 2
    assert "the tables are old" in capsys.readouterr().out
