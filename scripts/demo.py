"""`make demo`: from a contract to a running service, called over gRPC and over HTTP.

Runs the commands that a person would, in the folder .demo, and shows each one before its output.
"""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
DEMO = REPOSITORY / ".demo"
PROJECT = DEMO / "library-service"
SCAFFOLD = [sys.executable, "-m", "scaffolder"]
PROTO = ["--proto", "sample_protos/library/v1/library.proto", "-I", "sample_protos"]
START_SECONDS = 30

CALL = """
import sys
from library_service.client import BookClient
from library_service.gen.library.v1 import library_pb2 as pb

with BookClient(sys.argv[1]) as books:
    book = pb.Book(title="The Left Hand of Darkness", page_count=286, binding=pb.Book.BINDING_PAPERBACK)
    print(books.create_book(pb.CreateBookRequest(book=book, book_id="left-hand")))
""".strip()


def main() -> None:
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    heading("A contract becomes a project")
    show(
        "scaffold new library-service --proto sample_protos/library/v1/library.proto -I sample_protos -o .demo",
        [*SCAFFOLD, "new", "library-service", "--no-input", "--output", ".demo", *PROTO],
        REPOSITORY,
    )
    heading("Which RPC is where")
    show("scaffold routes", [*SCAFFOLD, "routes"], PROJECT)
    heading("The project installs itself")
    show("make install", ["make", "install"], PROJECT, quiet=True)
    python = PROJECT / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    grpc, http = free_port(), free_port()
    heading(f"It starts: gRPC on {grpc}, HTTP on {http}")
    with Service(python, grpc, http) as service:
        service.wait_until_ready()
        heading("A call over gRPC, with the generated client")
        print(CALL, "\n", flush=True)
        show(f"python call.py localhost:{grpc}", [str(python), "-c", CALL, f"localhost:{grpc}"], PROJECT)
        heading("The same book over HTTP")
        curl(f"http://localhost:{http}/v1/books/left-hand")
    heading("It is stored: where the service starts again, the book is there")
    show_rows("SELECT name, title, binding, page_count FROM books")
    with Service(python, grpc, http) as service:
        service.wait_until_ready()
        curl(f"http://localhost:{http}/v1/books?pageSize=1")
        curl(f"http://localhost:{http}/v1/books/none")
    heading("The same by hand")
    print(BY_HAND, flush=True)


BY_HAND = """\
  cd .demo/library-service
  make test                                  # its own tests, types and lint
  make run                                   # gRPC on 9000, HTTP on 8000
  curl localhost:8000/v1/books -d '{"title": "Kindred"}' -H 'content-type: application/json'
  $EDITOR src/library_service/biz/book.py    # the rules: one method per RPC
  $EDITOR api/library/v1/library.proto       # add an RPC, or a field to Book, then:
  ../../.venv/bin/scaffold generate          # the handler; the column and the revision that adds it
"""


class Service:
    """The demo's server process, stopped as Kubernetes would stop it: SIGTERM, then patience."""

    def __init__(self, python: Path, grpc: int, http: int) -> None:
        self.http = http
        self.log = DEMO / "service.log"
        self._command = [str(python), "-m", "library_service"]
        self._environment = os.environ | {
            "LIBRARY_SERVICE_GRPC__PORT": str(grpc),
            "LIBRARY_SERVICE_HTTP__PORT": str(http),
            "LIBRARY_SERVICE_SHUTDOWN__DRAIN": "0s",
        }

    def __enter__(self) -> Service:
        print(f"$ {shlex.join(['python', '-m', 'library_service'])}\n", flush=True)
        self._output = self.log.open("wb")
        self._process = subprocess.Popen(
            self._command, cwd=PROJECT, env=self._environment, stdout=self._output, stderr=subprocess.STDOUT
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        code = self._process.wait(timeout=60)
        self._output.close()
        print(
            f"service stopped with exit code {code}; its log: {self.log.relative_to(REPOSITORY)}\n",
            flush=True,
        )
        if code:
            sys.exit(1)

    def wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://localhost:{self.http}/readyz", timeout=10):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        sys.exit(f"the service did not become ready:\n{self.log.read_text()}")


def heading(text: str) -> None:
    print(f"\n── {text} " + "─" * max(0, 76 - len(text)) + "\n", flush=True)


def show(shown: str, command: list[str], folder: Path, *, quiet: bool = False) -> None:
    print(f"$ {shown}\n", flush=True)
    result = subprocess.run(
        command,
        cwd=folder,
        check=False,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
    )
    if result.returncode:
        sys.stdout.buffer.write(result.stdout or b"")
        sys.exit(f"{shown}: exit code {result.returncode}")


def show_rows(query: str) -> None:
    """What stands in the tables that the revisions in migrations/ made."""
    with closing(sqlite3.connect(PROJECT / "var/library_service.db")) as database:
        rows = database.execute(query).fetchall()
    print(
        f"$ sqlite3 var/library_service.db '{query}'",
        *("|".join(map(str, row)) for row in rows),
        "",
        sep="\n",
    )


def curl(url: str) -> None:
    print(f"$ curl '{url}'\n{get(url)}\n", flush=True)


def get(url: str) -> str:
    """The answer's text, of an error's too."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return str(response.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.read().decode())


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
