"""A service whose bodies are bytes (google.api.HttpBody), on a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from google.api import httpbody_pb2

from kit.context import Context
from kit.errors import FailedPreconditionError, NotFoundError
from kit.rpc import HttpBinding, Method, ServiceBinding, unary_stream, unary_unary

from .shop import compile_messages

HttpBody: Any = httpbody_pb2.HttpBody
File: Any = compile_messages("files/v1/files.proto")["File"]

_NAME = "/v1/{name=files/*}"


def _method(name: str, request: Any, response: Any, *bindings: HttpBinding, **kind: Any) -> Method[Any, Any]:
    return Method(f"/files.v1.Files/{name}", request, response, bindings=bindings, **kind)


ECHO = _method(
    "Echo",
    HttpBody,
    HttpBody,
    HttpBinding("POST", "/v1/echo", body="*"),
    HttpBinding("PUT", "/v1/echo/{content_type=*/*}", body="*"),
)
UPLOAD = _method(
    "Upload",
    File,
    File,
    HttpBinding("PUT", _NAME, body="content"),
    HttpBinding("POST", f"{_NAME}:swap", body="content", response_body="content"),
)
DOWNLOAD = _method("Download", File, HttpBody, HttpBinding("GET", _NAME))
READ = _method(
    "Read",
    File,
    HttpBody,
    HttpBinding("GET", f"{_NAME}:read"),
    HttpBinding("POST", f"{_NAME}:change", body="content"),
    server_streaming=True,
)
PARTS = _method(
    "Parts",
    File,
    File,
    HttpBinding("GET", f"{_NAME}:parts", response_body="content"),
    server_streaming=True,
)

BYTES = bytes(range(256))


class Files:
    """`seen` holds the requests of all calls; what is answered depends on the file's name."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    async def echo(self, request: Any, context: Context) -> Any:
        self.seen.append(request)
        return request

    async def upload(self, request: Any, context: Context) -> Any:
        self.seen.append(request)
        return request

    async def download(self, request: Any, context: Context) -> Any:
        match request.name.rpartition("/")[2]:
            case "missing":
                raise NotFoundError(f"no {request.name}")
            case "untyped":
                return HttpBody(data=BYTES)
            case "split":
                return HttpBody(content_type="text/plain\r\nset-cookie: a=b", data=BYTES)
        return HttpBody(content_type="text/html; charset=utf-8", data=b"<p>\xc3\xa9</p>")

    async def read(self, request: Any, context: Context) -> AsyncIterator[Any]:
        self.seen.append(request)
        if request.name.endswith("missing"):
            raise NotFoundError(f"no {request.name}")
        for number in range(request.count):
            yield HttpBody(content_type="image/png" if number == 0 else "", data=b"%d\n" % number + BYTES)
        if request.name.endswith("broken"):
            raise FailedPreconditionError("the disk fell")

    async def parts(self, request: Any, context: Context) -> AsyncIterator[Any]:
        for number in range(request.count):
            yield File(content=HttpBody(content_type="text/plain", data=b"part %d;" % number))


def bind(service: Files) -> ServiceBinding:
    return ServiceBinding(
        "files.v1.Files",
        (
            unary_unary(ECHO, service.echo),
            unary_unary(UPLOAD, service.upload),
            unary_unary(DOWNLOAD, service.download),
            unary_stream(READ, service.read),
            unary_stream(PARTS, service.parts),
        ),
    )
