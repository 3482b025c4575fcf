"""The composition root: every object, built once, closed in reverse. Only this module knows all layers."""

from functools import cached_property

from library_service.biz.book import BookRepository, BookUseCase
from library_service.config import Config
from library_service.data.book import SqlBookRepository
from library_service.kit.container import Container as BaseContainer
from library_service.kit.database import Database
from library_service.kit.database.migrations import prepare
from library_service.kit.domain_errors import DomainErrors
from library_service.kit.middleware import Middleware
from library_service.kit.required import require_fields
from library_service.service.book import BookService
from library_service.service.errors import STATUSES


class Container(BaseContainer):
    """One property for each object; a test overrides a property to replace the object."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config

    async def start(self) -> None:
        await prepare(self.database, self.config.database)

    @cached_property
    def middleware(self) -> list[Middleware]:
        """What happens around every call, on both servers; the first is the outermost."""
        return [
            DomainErrors(STATUSES),
            require_fields,
        ]

    @cached_property
    def database(self) -> Database:
        database = Database(self.config.database)
        self.health.register("database", database.check)
        return self.closing(database, database.close)

    @cached_property
    def book_repository(self) -> BookRepository:
        return SqlBookRepository(self.database)

    @cached_property
    def book_use_case(self) -> BookUseCase:
        return BookUseCase(self.book_repository, transaction=self.database.transaction)

    @cached_property
    def book_service(self) -> BookService:
        return BookService(self.book_use_case)
