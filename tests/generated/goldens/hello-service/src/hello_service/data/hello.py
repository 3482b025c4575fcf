"""The hello repositories on SQLAlchemy."""

from hello_service.kit.database import Database


class SqlHelloRepository:
    """Keeps what HelloRepository asks for."""

    def __init__(self, database: Database) -> None:
        self._database = database
