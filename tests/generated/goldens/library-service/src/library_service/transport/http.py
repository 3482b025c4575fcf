"""The HTTP server: which services it offers, by the bindings of their contract."""

from importlib.resources import files

from library_service.gen.library.v1.book_service_server import bind_book_service
from library_service.kit.http.server import HttpServer
from library_service.wiring import Container


def http_server(container: Container) -> HttpServer:
    return HttpServer(
        container.config.http,
        services=[
            bind_book_service(container.book_service),
        ],
        middleware=container.middleware,
        health=container.health,
        document=files("library_service.gen") / "openapi.json",
    )
