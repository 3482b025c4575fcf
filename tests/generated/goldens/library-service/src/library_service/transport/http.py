"""The HTTP server: which services it offers, by the bindings of their contract."""

from library_service.gen.library.v1.book_service_server import bind_book_service
from library_service.kit.http_server import HttpServer
from library_service.wiring import Container


def http_server(container: Container) -> HttpServer:
    return HttpServer(
        container.config.http,
        services=[
            bind_book_service(container.book_service),
        ],
        middleware=container.middleware,
        health=container.health,
    )
