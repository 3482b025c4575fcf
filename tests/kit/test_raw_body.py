"""google.api.HttpBody over HTTP: bytes as they are, both ways, by strangers and by the project's own clients."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any

import httpx2
import pytest
from google.protobuf import any_pb2
from websockets.asyncio.client import connect

from kit.client import AsyncChannel, Channel
from kit.errors import NotFoundError, UnavailableError

from . import files
from .files import BYTES, File, HttpBody
from .http_support import raw, served


@pytest.fixture
def service() -> files.Files:
    return files.Files()


@pytest.fixture
async def http(service: files.Files) -> AsyncIterator[httpx2.AsyncClient]:
    async with served([files.bind(service)], max_body_size="64KiB") as client:
        yield client


@pytest.fixture
async def channel(http: httpx2.AsyncClient) -> AsyncIterator[AsyncChannel]:
    found = AsyncChannel(str(http.base_url).rstrip("/"), timeout=10)
    yield found
    await found.close()


async def test_a_response_is_its_bytes_under_its_own_type(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/files/a")
    assert (answer.status_code, answer.content) == (200, b"<p>\xc3\xa9</p>")
    assert answer.headers.get_list("content-type") == ["text/html; charset=utf-8"]
    assert answer.headers["content-length"] == str(len(answer.content))


async def test_a_response_without_a_type_is_an_octet_stream(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/files/untyped", headers={"accept": "application/json"})
    assert (answer.headers["content-type"], answer.content) == ("application/octet-stream", BYTES)


async def test_head_has_the_headers_of_the_bytes(http: httpx2.AsyncClient) -> None:
    answer = await http.head("/v1/files/a")
    assert (answer.headers["content-type"], answer.content) == ("text/html; charset=utf-8", b"")
    assert answer.headers["content-length"] == "9"


async def test_a_type_that_is_no_header_is_an_internal_error(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/files/split")
    assert (answer.status_code, answer.json()["error"]["status"]) == (500, "INTERNAL")
    assert "set-cookie" not in answer.headers


async def test_errors_are_json_as_ever(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/files/missing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert answer.json()["error"]["status"] == "NOT_FOUND"


@pytest.mark.parametrize("kind", ["image/png", "application/json", "text/plain; charset=latin-1", "x"])
async def test_a_request_of_any_type_is_its_bytes(
    kind: str, http: httpx2.AsyncClient, service: files.Files
) -> None:
    answer = await http.post("/v1/echo", content=BYTES, headers={"content-type": kind})
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, kind, BYTES)
    assert service.seen == [HttpBody(content_type=kind, data=BYTES)]


async def test_a_field_is_the_bytes_and_the_url_the_others(
    http: httpx2.AsyncClient, service: files.Files
) -> None:
    headers = {"content-type": "text/csv"}
    answer = await http.put("/v1/files/a?count=3", content=b" {", headers=headers)
    content = HttpBody(content_type="text/csv", data=b" {")
    assert service.seen == [File(name="files/a", count=3, content=content)]
    assert answer.json() == {
        "name": "files/a",
        "count": 3,
        "content": {"contentType": "text/csv", "data": base64.b64encode(b" {").decode()},
    }


async def test_a_response_body_that_is_bytes_is_sent_as_they_are(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/v1/files/a:swap", content=BYTES, headers={"content-type": "image/png"})
    assert (answer.headers["content-type"], answer.content) == ("image/png", BYTES)


async def test_the_path_goes_before_the_header(http: httpx2.AsyncClient) -> None:
    answer = await http.put("/v1/echo/text/css", content=b"a{}", headers={"content-type": "text/html"})
    assert (answer.headers["content-type"], answer.content) == ("text/css", b"a{}")


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain"}])
async def test_an_empty_body_is_one_of_no_bytes(
    headers: dict[str, str], http: httpx2.AsyncClient, service: files.Files
) -> None:
    answer = await http.put("/v1/files/a", content=b"", headers=headers)
    assert answer.status_code == 200
    content = HttpBody(content_type=headers.get("content-type", ""))
    assert service.seen == [File(name="files/a", content=content)]


async def test_a_body_that_is_too_long_is_refused(http: httpx2.AsyncClient, service: files.Files) -> None:
    answer = await http.put("/v1/files/a", content=b"x" * 70_000)
    assert (answer.status_code, service.seen) == (413, [])


async def test_a_compressed_body_is_refused_rather_than_kept_as_what_it_is_not(
    http: httpx2.AsyncClient, service: files.Files
) -> None:
    answer = await http.put("/v1/files/a", content=b"x", headers={"content-encoding": "gzip"})
    assert (answer.status_code, answer.headers["accept-encoding"], service.seen) == (415, "identity", [])


async def test_the_query_cannot_say_what_the_body_does(http: httpx2.AsyncClient) -> None:
    answer = await http.put("/v1/files/a?content.content_type=text/css", content=b"x")
    assert answer.status_code == 400


async def test_by_name_it_is_json(http: httpx2.AsyncClient, service: files.Files) -> None:
    body = {"contentType": "image/png", "data": base64.b64encode(BYTES).decode()}
    answer = await http.post("/files.v1.Files/Echo", json=body)
    assert (answer.headers["content-type"], answer.json()) == ("application/json", body)
    assert service.seen == [HttpBody(content_type="image/png", data=BYTES)]
    assert (
        await http.post("/files.v1.Files/Echo", content=b"x", headers={"content-type": "a/b"})
    ).status_code == 415


@pytest.mark.parametrize("accept", ["image/png", "text/event-stream", "application/xml", "*/*"])
async def test_a_stream_is_the_bytes_of_its_messages(accept: str, http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/files/a:read?count=3", headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == b"0\n" + BYTES + b"1\n" + BYTES + b"2\n" + BYTES


async def test_a_stream_of_fields_that_are_bytes_is_those(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/files/a:parts?count=2")
    assert (answer.headers["content-type"], answer.content) == ("text/plain", b"part 0;part 1;")


async def test_a_stream_takes_bytes_as_well(http: httpx2.AsyncClient, service: files.Files) -> None:
    answer = await http.post("/v1/files/a:change?count=1", content=BYTES, headers={"content-type": "a/b"})
    assert answer.content == b"0\n" + BYTES
    assert service.seen == [File(name="files/a", count=1, content=HttpBody(content_type="a/b", data=BYTES))]


async def test_a_stream_of_nothing_is_empty(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/files/a:read")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_stream_that_fails_at_once_is_an_ordinary_error(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/v1/files/missing:read?count=2")
    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")


async def test_a_stream_that_fails_later_breaks_off(http: httpx2.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", http.base_url.port)
    writer.write(b"GET /v1/files/broken:read?count=2 HTTP/1.1\r\nhost: a\r\n\r\n")
    async with asyncio.timeout(10):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert b"200 OK" in head and b"content-type: image/png" in head
    assert body == b"".join(b"102\r\n%d\n%s\r\n" % (n, BYTES) for n in range(2))  # and no last chunk
    with pytest.raises(httpx2.RemoteProtocolError):
        await http.get("/v1/files/broken:read?count=2")


async def test_over_http_1_0_it_does_not_look_like_the_end(http: httpx2.AsyncClient) -> None:
    for name, ending in (("a", nullcontext()), ("broken", pytest.raises(ConnectionResetError))):
        reader, writer = await asyncio.open_connection("127.0.0.1", http.base_url.port)
        writer.write(f"GET /v1/files/{name}:read?count=2 HTTP/1.0\r\n\r\n".encode())
        async with asyncio.timeout(10):
            with ending:
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
                assert (b"200 OK" in head, body) == (True, b"0\n" + BYTES + b"1\n" + BYTES)
        writer.close()


async def test_over_a_websocket_frames_are_json(http: httpx2.AsyncClient) -> None:
    url = f"ws://127.0.0.1:{http.base_url.port}/v1/files/a:change?count=1"
    async with connect(url) as socket:
        await socket.send(json.dumps({"contentType": "a/b"}))
        found = json.loads(await socket.recv())
    data = base64.b64encode(b"0\n" + BYTES).decode()
    assert found == {"result": {"contentType": "image/png", "data": data}}


async def test_a_type_of_other_letters_is_latin_1(http: httpx2.AsyncClient) -> None:
    head = b"PUT /v1/files/a HTTP/1.1\r\nhost: a\r\ncontent-type: \xe9\xff\r\ncontent-length: 1\r\n\r\nx"
    status, _, body = await raw(http, head)
    assert (status, json.loads(body)["content"]["contentType"]) == (200, "éÿ")


MESSAGES = [
    HttpBody(content_type="image/png", data=BYTES),
    HttpBody(content_type="application/json", data=b"{"),
    HttpBody(content_type="text/plain; charset=utf-8"),
]


@pytest.mark.parametrize("body", MESSAGES)
async def test_the_client_sends_and_reads_bytes(body: Any, channel: AsyncChannel) -> None:
    assert await channel.unary_unary(files.ECHO, body) == body
    file = File(name="files/a", content=body, count=2)
    assert await channel.unary_unary(files.UPLOAD, file) == file


@pytest.mark.parametrize(
    "body",
    [
        HttpBody(content_type="a/b", data=b"x", extensions=[any_pb2.Any()]),
        HttpBody(content_type="text/plain\r\nx: y", data=b"x"),
        HttpBody(content_type=" a/b", data=b"x"),
    ],
)
async def test_what_is_more_than_bytes_goes_by_name(
    body: Any, channel: AsyncChannel, service: files.Files
) -> None:
    file = File(name="files/a", content=body)
    assert await channel.unary_unary(files.UPLOAD, file) == file
    assert service.seen == [file]


async def test_the_client_reads_streams_of_bytes(channel: AsyncChannel) -> None:
    file = File(name="files/a", count=50)
    found = [each async for each in channel.unary_stream(files.READ, file)]
    assert b"".join(each.data for each in found) == b"".join(b"%d\n" % n + BYTES for n in range(50))
    assert {each.content_type for each in found} == {"image/png"}
    parts = [each async for each in channel.unary_stream(files.PARTS, file)]
    assert b"".join(each.content.data for each in parts) == b"".join(b"part %d;" % n for n in range(50))


async def test_the_client_hears_of_errors_before_and_in_streams_of_bytes(channel: AsyncChannel) -> None:
    with pytest.raises(NotFoundError):
        await anext(aiter(channel.unary_stream(files.READ, File(name="files/missing"))))
    found = []
    with pytest.raises(UnavailableError):
        async for each in channel.unary_stream(files.READ, File(name="files/broken", count=2)):
            found.append(each.data)
    assert b"".join(found) == b"0\n" + BYTES + b"1\n" + BYTES


async def test_the_blocking_client_does_the_same(http: httpx2.AsyncClient) -> None:
    def calls() -> None:
        with Channel(str(http.base_url).rstrip("/"), timeout=10) as channel:
            assert channel.unary_unary(files.ECHO, MESSAGES[0]) == MESSAGES[0]
            read = list(channel.unary_stream(files.READ, File(name="files/a", count=2)))
            assert b"".join(each.data for each in read) == b"0\n" + BYTES + b"1\n" + BYTES
            answer = channel.unary_unary(files.DOWNLOAD, File(name="files/untyped"))
            assert answer == HttpBody(content_type="application/octet-stream", data=BYTES)

    await asyncio.to_thread(calls)
