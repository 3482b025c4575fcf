"""The HTTP server: which services it offers, by the bindings of their contract."""

from importlib.resources import files

from hello_service.gen.hello.v1.hello_service_server import bind_hello_service
from hello_service.kit.http.server import HttpServer
from hello_service.wiring import Container


def http_server(container: Container) -> HttpServer:
    return HttpServer(
        container.config.http,
        services=[
            bind_hello_service(container.hello_service),
        ],
        middleware=container.middleware,
        health=container.health,
        document=files("hello_service.gen") / "openapi.json",
    )
