"""What the command `alembic` and the start of the service run: the models, and where the database is."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from alembic.util import CommandError

from library_service import data
from library_service.config import Config
from library_service.kit import logs
from library_service.kit.config import ConfigError, load
from library_service.kit.database import DatabaseConfig, migrations

CONFIG_FILE = Path("configs/config.yaml")

# A model is known when its module is imported.
for module in iter_modules(data.__path__, f"{data.__name__}."):
    import_module(module.name)


def database() -> DatabaseConfig:
    """The service's own configuration; the service itself does not ask, for it is connected already."""
    try:
        config = load(Config, CONFIG_FILE if CONFIG_FILE.exists() else None)
    except ConfigError as error:
        raise CommandError(str(error)) from error
    logs.configure(config.log)
    return config.database


migrations.run(database, data.Base.metadata)
