"""The gRPC server: which services it offers."""

from library_service.gen.library.v1.book_service_server import bind_book_service
from library_service.kit.grpc_server import GrpcServer
from library_service.wiring import Container


def grpc_server(container: Container) -> GrpcServer:
    return GrpcServer(
        container.config.grpc,
        services=[
            bind_book_service(container.book_service),
        ],
        middleware=container.middleware,
        health=container.health,
    )
