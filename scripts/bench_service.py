"""What a call costs a generated service: CPU per request against minimal servers written by hand.

Server on one core, client on the other. CPU per request holds where throughput does not. The ratio is baseline ÷
service, higher is better; under 15 % apart is a tie. The service has all of its middleware on (deadline, recovery,
metrics, a JSON access log written to /dev/null) and a use case that answers from memory. Linux only: the times come
from /proc. The targets belong to a later milestone, so that none of them fails the run.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import grpc

ROOT = Path(__file__).resolve().parent.parent
SERVERS = Path(__file__).resolve().parent / "bench_servers"
ROUNDS = 5
REQUESTS = 3000
CONCURRENT = 8
METHOD = "/hello.v1.HelloService/SayHello"
REQUEST = b"\n\x05world"
PATH = "/v1/hello/world"
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0

Load = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True)
class Row:
    """`service` and `baseline` are scripts in bench_servers/; `load` sends so many requests to a port."""

    name: str
    service: str
    baseline: str
    target: float
    load: Load


def main() -> int:
    if not Path("/proc/self/stat").exists():
        print("the service's CPU is read from /proc, which this system does not have")
        return 0
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as folder:
        source = make_project(Path(folder))
        print(f"\n{'CPU per request':<52} {'µs':>7} {'against':>8} {'ratio':>7} {'target':>7}")
        for row in ROWS:
            asyncio.run(measure(row, source))
    return 0


def make_project(folder: Path) -> Path:
    """The hello sample as a project; its sources are what the servers import."""
    protos = ROOT / "sample_protos"
    command = [sys.executable, "-m", "scaffolder", "new", "hello-service", "--no-input", "-q"]
    command += ["--proto", str(protos / "hello/v1/hello.proto"), "-I", str(protos)]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "hello-service" / "src"


async def measure(row: Row, source: Path) -> None:
    with Server(row.service, source) as ours, Server(row.baseline, source) as theirs:
        for server in (ours, theirs):
            await row.load(server.port, REQUESTS)
        pairs = [(await ours.cost(row.load), await theirs.cost(row.load)) for _ in range(ROUNDS)]
    service, baseline = (statistics.median(costs) for costs in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / ours for ours, theirs in pairs)
    verdict = "missed" if ratio < row.target else ""
    print(f"{row.name:<52} {service:>7.0f} {baseline:>8.0f} {ratio:>7.2f} {row.target:>7} {verdict}")


class Server:
    """A server process on the first core, listening on a free port; this process takes the last core."""

    def __init__(self, script: str, source: Path) -> None:
        self.port = free_port()
        cores = sorted(os.sched_getaffinity(0))
        self._process = subprocess.Popen(
            [sys.executable, str(SERVERS / script), str(self.port)],
            env=os.environ | {"PYTHONPATH": str(source)},
            stdout=subprocess.DEVNULL,
        )
        os.sched_setaffinity(self._process.pid, {cores[0]})
        os.sched_setaffinity(0, {cores[-1]})

    def __enter__(self) -> Server:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit("a server did not start")

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.sched_setaffinity(0, range(os.cpu_count() or 1))

    async def cost(self, load: Load) -> float:
        """Microseconds of CPU per request."""
        before = self._ticks()
        await load(self.port, REQUESTS)
        return (self._ticks() - before) / TICK / REQUESTS * 1e6

    def _ticks(self) -> int:
        stat = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(stat[11]) + int(stat[12])


async def grpc_load(port: int, count: int) -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary(METHOD, request_serializer=None, response_deserializer=None)

        async def worker() -> None:
            for _ in range(count // CONCURRENT):
                await call(REQUEST)

        await asyncio.gather(*(worker() for _ in range(CONCURRENT)))


async def http_load(port: int, count: int) -> None:
    request = f"GET {PATH} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode()

    async def worker() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(count // CONCURRENT):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
        writer.close()

    await asyncio.gather(*(worker() for _ in range(CONCURRENT)))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


ROWS = [
    Row("gRPC unary / hand-written grpc.aio + uvloop", "ours_grpc.py", "bare_grpc.py", 0.6, grpc_load),
    Row("HTTP GET / FastAPI + pydantic, no middleware", "ours_http.py", "bare_http.py", 1.0, http_load),
]


if __name__ == "__main__":
    sys.exit(main())
