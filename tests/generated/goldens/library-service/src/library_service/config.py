"""The settings, from configs/config.yaml, secrets, and variables such as LIBRARY_SERVICE_GRPC__PORT."""

from pydantic_settings import SettingsConfigDict

from library_service.kit.config import Settings
from library_service.kit.database import DatabaseConfig
from library_service.kit.grpc_server import GrpcConfig
from library_service.kit.http.server import HttpConfig
from library_service.kit.lifecycle import ShutdownConfig
from library_service.kit.logs import LogConfig


class Config(Settings):
    """Everything that can be set; a section of your own is one more `Section` and one more line here."""

    model_config = SettingsConfigDict(env_prefix="LIBRARY_SERVICE_")

    grpc: GrpcConfig = GrpcConfig()
    http: HttpConfig = HttpConfig()
    database: DatabaseConfig = DatabaseConfig()
    log: LogConfig = LogConfig()
    shutdown: ShutdownConfig = ShutdownConfig()
