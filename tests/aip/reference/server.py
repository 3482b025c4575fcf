"""The reference service over gRPC and over its HTTP bindings, in this process."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote

import grpc
import uvicorn
from google.protobuf import json_format
from google.rpc import code_pb2, error_details_pb2, status_pb2  # type: ignore[import-untyped,unused-ignore]
from grpc_reflection.v1alpha import reflection

from .contract import message, methods, option, pool
from .kinds import RefusedError
from .library import Library

DOMAIN = "library.example.com"
_HTTP = {"NOT_FOUND": 404, "ALREADY_EXISTS": 409, "ABORTED": 409}
_VARIABLE = re.compile(r"\\\{([a-z_.\\]+)(?:=([^}]*))?\\\}")


class Server:
    """Serves a library. What its methods do is what a mutant may break."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.routes = [route for path, method in methods().items() for route in _routes(path, method)]

    def status(self, error: RefusedError) -> Any:
        """google.rpc.Status of an error."""
        made = status_pb2.Status(code=code_pb2.Code.Value(error.code), message=error.text)
        if error.reason:
            made.details.add().Pack(error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN))
        if error.violations:
            violations = [
                error_details_pb2.BadRequest.FieldViolation(field=name, description=what)
                for name, what in error.violations
            ]
            made.details.add().Pack(error_details_pb2.BadRequest(field_violations=violations))
        if error.resource is not None:
            kind, name = error.resource
            made.details.add().Pack(error_details_pb2.ResourceInfo(resource_type=kind, resource_name=name))
        return made

    def http_status(self, error: RefusedError) -> int:
        return _HTTP.get(error.code, 400)

    def http_error(self, error: RefusedError) -> Any:
        """The JSON of an error (AIP-193)."""
        status = self.status(error)
        details = [json_format.MessageToDict(each) for each in status.details]
        code = self.http_status(error)
        return {"error": {"code": code, "message": error.text, "status": error.code, "details": details}}

    # gRPC

    def handler(self, path: str) -> grpc.RpcMethodHandler[Any, Any]:
        async def handle(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            try:
                return await self.library.answer(path, request)
            except RefusedError as error:
                status = self.status(error)
                context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
                await context.abort(grpc.StatusCode[error.code], error.text)

        method = methods()[path]
        return grpc.unary_unary_rpc_method_handler(
            handle,
            request_deserializer=message(method.input_type.full_name).FromString,
            response_serializer=lambda response: response.SerializeToString(),
        )

    # HTTP

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        raw = scope["raw_path"].decode()
        status, document = await self.respond(scope["method"], raw, scope["query_string"].decode(), body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(document).encode()})

    async def respond(self, verb: str, path: str, query: str, body: bytes) -> tuple[int, Any]:
        for route_verb, template, rpc, payload in self.routes:
            match = re.fullmatch(template, path)
            if match is None or verb != route_verb:
                continue
            try:
                request = self.request(rpc, match.groupdict(), query, payload, body)
                response = await self.library.answer(rpc, request)
            except RefusedError as error:
                return self.http_status(error), self.http_error(error)
            return 200, json_format.MessageToDict(response, descriptor_pool=pool())
        unknown = RefusedError("NOT_FOUND", f"no method at {path}", "NO_SUCH_METHOD")
        return 404, self.http_error(unknown)

    def request(self, rpc: str, variables: dict[str, str], query: str, payload: str, body: bytes) -> Any:
        request = message(methods()[rpc].input_type.full_name)()
        if body:
            document = json.loads(body)
            inner = document if payload == "*" else {payload: document}
            json_format.ParseDict(inner, request, descriptor_pool=pool())
        for name, value in parse_qsl(query, keep_blank_values=True):
            _put(request, name.split("."), value)
        for name, value in variables.items():
            _put(request, name.replace("__", ".").split("."), unquote(value))
        return request


def _routes(path: str, method: Any) -> list[tuple[str, str, str, str]]:
    """(verb, regular expression of the path, method, body)."""
    rule = option(method, "google.api.http")
    verb = rule.WhichOneof("pattern")
    template = _VARIABLE.sub(_group, re.escape(getattr(rule, verb)))
    return [(verb.upper(), template, path, rule.body)]


def _group(match: re.Match[str]) -> str:
    name = match[1].replace("\\.", "__")
    inner = match[2].replace("\\", "") if match[2] else "*"
    return f"(?P<{name}>{inner.replace('*', '[^/:]+')})"


def _put(target: Any, path: list[str], value: str) -> None:
    """A parameter's text into the field at its path; names are the JSON's or the contract's."""
    descriptor = target.DESCRIPTOR
    field = next(f for f in descriptor.fields if path[0] in (f.name, f.json_name))
    if len(path) > 1:
        _put(getattr(target, field.name), path[1:], value)
        return
    if field.is_repeated:
        getattr(target, field.name).append(value)
        return
    given: Any = value == "true" if field.type == field.TYPE_BOOL else value
    json_format.ParseDict({field.name: given}, target, descriptor_pool=pool())


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[tuple[str, str]]:
    """HOST:PORT of gRPC, with reflection, and the URL of HTTP."""
    rpc = grpc.aio.server()
    handlers: dict[str, dict[str, grpc.RpcMethodHandler[Any, Any]]] = {}
    for path in methods():
        _, service, name = path.split("/")
        handlers.setdefault(service, {})[name] = server.handler(path)
    for service, found in handlers.items():
        rpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, found),))
    reflection.enable_server_reflection([*handlers, reflection.SERVICE_NAME], rpc, pool())
    port = rpc.add_insecure_port("127.0.0.1:0")
    await rpc.start()
    listener = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # or asyncio would not set nodelay
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        server, log_level="warning", lifespan="off", h11_max_incomplete_event_size=1 << 20
    )
    web = uvicorn.Server(config)
    task = asyncio.create_task(_serve(web, listener))
    try:
        while not web.started:
            await asyncio.sleep(0.005)
        yield f"127.0.0.1:{port}", f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        web.should_exit = True
        await task
        await rpc.stop(0)


async def _serve(web: uvicorn.Server, listener: socket.socket) -> None:
    # The signals are the test run's, not the server's.
    startup: Callable[..., Awaitable[None]] = web._serve
    await startup([listener])
