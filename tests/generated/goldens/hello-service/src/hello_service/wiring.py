"""The composition root: every object, built once, closed in reverse. Only this module knows all layers."""

from functools import cached_property

from hello_service.biz.hello import HelloUseCase
from hello_service.config import Config
from hello_service.kit.container import Container as BaseContainer
from hello_service.kit.domain_errors import DomainErrors
from hello_service.kit.middleware import Middleware
from hello_service.service.errors import STATUSES
from hello_service.service.hello import HelloService


class Container(BaseContainer):
    """One property for each object; a test overrides a property to replace the object."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config

    @cached_property
    def middleware(self) -> list[Middleware]:
        """What happens around every call, on both servers; the first is the outermost."""
        return [
            DomainErrors(STATUSES),
        ]

    @cached_property
    def hello_use_case(self) -> HelloUseCase:
        return HelloUseCase()

    @cached_property
    def hello_service(self) -> HelloService:
        return HelloService(self.hello_use_case)
