"""Clients that share no code with us get the same answers over both transports: buf over gRPC, curl over HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .contracts import CONTRACTS
from .projects import Running, make

pytestmark = pytest.mark.slow

BUF = Path(sysconfig.get_path("scripts")) / "buf"
CURL = shutil.which("curl")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("interop")
    with Running(make("library-service", CONTRACTS["library"](folder), folder)) as service:
        yield service


def buf(service: Running, method: str, request: dict[str, Any]) -> dict[str, Any]:
    """One call by `buf curl`, which learns the contract by reflection; an error comes back as its JSON."""
    if not BUF.exists():
        pytest.skip("buf, of the package buf-bin, is not installed")
    options = ("--http2-prior-knowledge", "--protocol", "grpc", "--data", json.dumps(request))
    url = f"http://127.0.0.1:{service.grpc}/library.v1.BookService/{method}"
    result = subprocess.run(
        [BUF, "curl", *options, url],
        capture_output=True,
        text=True,
        check=False,
    )
    answer: dict[str, Any] = json.loads(result.stdout or result.stderr)
    return answer


def curl(service: Running, path: str, *options: str) -> dict[str, Any]:
    if CURL is None:
        pytest.skip("curl is not installed")
    result = subprocess.run(
        [CURL, "--silent", *options, f"http://127.0.0.1:{service.http}{path}"],
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def post(service: Running, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return curl(service, path, "--json", json.dumps(body))


BOOK: dict[str, Any] = {
    "title": "The Dispossessed",
    "authors": [{"givenName": "Ursula", "familyName": "Le Guin"}],
    "binding": "BINDING_PAPERBACK",
    "pageCount": 341,
    "labels": {"shelf": "3 é"},
    "isbn": "",
}


def test_a_book_made_over_grpc_is_the_same_over_http(library: Running) -> None:
    created = buf(library, "CreateBook", {"book": BOOK, "bookId": "grpc"})
    assert {key: created[key] for key in BOOK} == BOOK
    assert curl(library, "/v1/books/grpc") == created == buf(library, "GetBook", {"name": "books/grpc"})


def test_a_book_made_over_http_is_the_same_over_grpc(library: Running) -> None:
    created = post(library, "/v1/books?bookId=http", BOOK)
    assert {key: created[key] for key in BOOK} == BOOK
    assert buf(library, "GetBook", {"name": "books/http"}) == created == curl(library, "/v1/books/http")


def test_lists_are_the_same(library: Running) -> None:
    for name in ("list-a", "list-b", "list-c"):
        post(library, f"/v1/books?book_id={name}", {"title": name})
    over_http = curl(library, "/v1/books?pageSize=2")
    assert over_http == buf(library, "ListBooks", {"pageSize": 2})
    assert len(over_http["books"]) == 2
    token = over_http["nextPageToken"]
    rest = curl(library, f"/v1/books?page_token={token}")
    assert rest == buf(library, "ListBooks", {"pageToken": token})


def test_update_with_a_mask(library: Running) -> None:
    post(library, "/v1/books?bookId=mask", BOOK)
    path = "/v1/books/mask?updateMask=title,pageCount"
    changed = curl(library, path, "-X", "PATCH", "--json", '{"title": "New", "binding": "BINDING_HARDCOVER"}')
    assert changed["title"] == "New"
    assert changed["binding"] == BOOK["binding"]
    assert "pageCount" not in changed
    assert changed["updateTime"] > changed["createTime"]


def test_errors_are_the_same(library: Running) -> None:
    over_grpc = buf(library, "GetBook", {"name": "books/nowhere"})
    over_http = curl(library, "/v1/books/nowhere")["error"]
    assert over_http == {"code": 404, "message": over_grpc["message"], "status": "NOT_FOUND"} | (
        {"details": over_http["details"]} if "details" in over_http else {}
    )
    assert over_grpc["code"] == "not_found"


def test_malformed_requests_are_400_and_say_where(library: Running) -> None:
    for path, body, word in [
        ("/v1/books", '{"title": 3}', "title"),
        ("/v1/books", '{"no_such_field": 1}', "no_such_field"),
        ("/v1/books", "{", "JSON"),
        ("/v1/books?no_such_parameter=1", "{}", "no_such_parameter"),
    ]:
        error = curl(library, path, "--json", body)["error"]
        assert error["status"] == "INVALID_ARGUMENT", (path, body)
        assert word in error["message"], error
    error = curl(library, "/v1/books?pageSize=many")["error"]
    assert "page" in error["message"].lower()


def test_deleted_book_is_gone_over_both(library: Running) -> None:
    post(library, "/v1/books?bookId=gone", BOOK)
    assert curl(library, "/v1/books/gone", "-X", "DELETE") == {}
    assert buf(library, "GetBook", {"name": "books/gone"})["code"] == "not_found"
