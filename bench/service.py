"""The rows of a generated service: CPU per request, the server on one core and its client on another.

CPU per request holds where throughput depends on who else runs. It is read from /proc, so all of this is for Linux.
The targets are those of a service with every middleware that is planned, and belong to a later version.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Row, Target, Unmeasurable, ratio_of
from bench.scratch import Scratch

PROGRAMS = Path(__file__).resolve().parent / "programs"
START_SECONDS = 30
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Contest:
    """A row: what the baseline is, and how a server is called."""

    what: str
    target: Target
    kind: str
    baseline: str


CONTESTS = (
    Contest(
        "gRPC unary: grpc.aio + uvloop by hand / service",
        Target(0.6, 0.75, at_least=True),
        "grpc",
        "minimal_grpc.py",
    ),
    Contest(
        "HTTP GET: FastAPI + pydantic without middleware / service",
        Target(1.0, 1.5, at_least=True),
        "http",
        "minimal_http.py",
    ),
)


def rows(scratch: Scratch, quick: bool) -> list[Row]:
    """Every row; one that cannot be measured says why."""
    rounds, requests = (3, 2000) if quick else (9, 4000)
    found = []
    for contest in CONTESTS:
        try:
            found.append(_measure(contest, scratch, rounds, requests))
        except Unmeasurable as error:
            found.append(Row(contest.what, contest.target, reason=str(error)))
    return found


def _measure(contest: Contest, scratch: Scratch, rounds: int, requests: int) -> Row:
    arena = _Arena(scratch, _project(scratch), contest.kind, *_cores())
    with arena.pair("generated.py") as service, arena.pair(contest.baseline) as baseline:
        service.cost(requests), baseline.cost(requests)
        costs = [(service.cost(requests), baseline.cost(requests)) for _ in range(rounds)]
    ours, theirs = ([each[side] for each in costs] for side in (0, 1))
    background = f"{statistics.median(theirs):.0f} / {statistics.median(ours):.0f} µs"
    return Row(contest.what, contest.target, ratio_of(theirs, ours), background)


def _cores() -> tuple[int, int]:
    if not Path("/proc/self/stat").exists() or not hasattr(os, "sched_getaffinity"):
        raise Unmeasurable("CPU per request is read from /proc, which this platform does not have")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise Unmeasurable("server and client need a core each, and there is one")
    return cores[0], cores[-1]


def _project(scratch: Scratch) -> Path:
    """The hello sample as a project, made once."""
    folder = scratch.root / "hello-service"
    if folder.is_dir():
        return folder
    return scratch.project("hello-service", scratch.repository / "sample_protos", "hello/v1/hello.proto")


class _Pair:
    """A server and its client, each a process that is bound to a core."""

    def __init__(self, server: subprocess.Popen[bytes], client: subprocess.Popen[str]) -> None:
        self.server = server
        self.client = client

    def cost(self, requests: int) -> float:
        """Microseconds of the server's CPU per request."""
        stdin, stdout = self.client.stdin, self.client.stdout
        assert stdin is not None and stdout is not None
        before = _cpu_seconds(self.server.pid)
        stdin.write(f"{requests}\n")
        stdin.flush()
        answered = stdout.readline()
        if not answered:
            raise Unmeasurable("the client failed; what it said is above")
        return (_cpu_seconds(self.server.pid) - before) / int(answered) * 1e6


@dataclass(frozen=True, slots=True)
class _Arena:
    """Where servers and clients run: the project's folder, and a core for either."""

    scratch: Scratch
    project: Path
    kind: str
    server_core: int
    client_core: int

    @contextmanager
    def pair(self, program: str) -> Iterator[_Pair]:
        """Starts one of the programs and its client, and stops both."""
        ports = {"grpc": _free_port(), "http": _free_port()}
        port = str(ports[self.kind])
        python = str(self.scratch.python)
        environment = self.scratch.environment | {
            "PYTHONPATH": str(self.project / "src"),
            "HELLO_SERVICE_GRPC__PORT": str(ports["grpc"]),
            "HELLO_SERVICE_HTTP__PORT": str(ports["http"]),
        }
        with ExitStack() as stack:
            server = self._server([python, str(PROGRAMS / program), port], environment, stack)
            client = _client([python, str(PROGRAMS / "load.py"), self.kind, port], environment)
            process = stack.enter_context(client)
            os.sched_setaffinity(process.pid, {self.client_core})
            yield _Pair(server, process)

    def _server(
        self, command: Sequence[str], environment: Mapping[str, str], stack: ExitStack
    ) -> subprocess.Popen[bytes]:
        """A server that listens. Its access log, on stdout, is formatted, written, and thrown away."""
        log = self.scratch.root / f"{Path(command[1]).stem}.log"
        errors = stack.enter_context(log.open("wb"))
        server = subprocess.Popen(
            command, cwd=self.project, env=environment, stdout=subprocess.DEVNULL, stderr=errors
        )
        stack.callback(_stop, server)
        os.sched_setaffinity(server.pid, {self.server_core})
        _wait_for(int(command[2]), server, log)
        return server


@contextmanager
def _client(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The client ends with its stdin."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    said = "\n".join(log.read_text(errors="replace").splitlines()[-4:])
    raise Unmeasurable(f"the server did not start; see {log.name}\n{said}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.kill()
    server.wait(STOP_SECONDS)


def _cpu_seconds(pid: int) -> float:
    """User and system time of all threads: fields 14 and 15 of proc_pid_stat(5), which count clock ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
