"""The gRPC server: which services it offers."""

from hello_service.gen.hello.v1.hello_service_server import bind_hello_service
from hello_service.kit.grpc_server import GrpcServer
from hello_service.wiring import Container


def grpc_server(container: Container) -> GrpcServer:
    return GrpcServer(
        container.config.grpc,
        services=[
            bind_hello_service(container.hello_service),
        ],
        middleware=container.middleware,
        health=container.health,
    )
