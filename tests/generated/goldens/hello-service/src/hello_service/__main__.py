"""Starts the service: configuration → container → servers, until SIGTERM."""

import sys
from pathlib import Path

from hello_service.config import Config
from hello_service.kit import logs
from hello_service.kit.config import ConfigError, load
from hello_service.kit.lifecycle import run
from hello_service.transport.grpc import grpc_server
from hello_service.transport.http import http_server
from hello_service.wiring import Container

CONFIG_FILE = Path("configs/config.yaml")


def main() -> None:
    try:
        config = load(Config, CONFIG_FILE if CONFIG_FILE.exists() else None)
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    logs.configure(config.log)
    container = Container(config)
    run(container, [grpc_server(container), http_server(container)], config.shutdown)


if __name__ == "__main__":
    main()
