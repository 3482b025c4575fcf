"""The settings, from configs/config.yaml, secrets, and variables such as HELLO_SERVICE_GRPC__PORT."""

from pydantic_settings import SettingsConfigDict

from hello_service.kit.config import Settings
from hello_service.kit.grpc_server import GrpcConfig
from hello_service.kit.http.server import HttpConfig
from hello_service.kit.lifecycle import ShutdownConfig
from hello_service.kit.logs import LogConfig


class Config(Settings):
    """Everything that can be set; a section of your own is one more `Section` and one more line here."""

    model_config = SettingsConfigDict(env_prefix="HELLO_SERVICE_")

    grpc: GrpcConfig = GrpcConfig()
    http: HttpConfig = HttpConfig()
    log: LogConfig = LogConfig()
    shutdown: ShutdownConfig = ShutdownConfig()
