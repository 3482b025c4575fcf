"""What a service is called in each layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scaffolder.contract.model import Service
from scaffolder.targets.python.modules import safe_stem
from scaffolder.targets.python.names import noun, snake, title
from scaffolder.targets.python.nouns import stem_of
from scaffolder.targets.python.text import summary


@dataclass(frozen=True, slots=True)
class ServiceNames:
    """What a service is called in each layer; `noun` and `gen_name` are those of `nouns.Nouns`."""

    service: Service
    noun: str
    gen_name: str

    @property
    def stem(self) -> str:
        """The class names' common part: `Order` of `OrderService`."""
        return stem_of(self.noun, self.service.name)

    @property
    def gen_path(self) -> str:
        """Where the service's own modules live below gen/, without their suffix: `order/v1/order_service`."""
        folder, _, _ = safe_stem(self.service.file).rpartition("/")
        return "/".join(filter(None, (folder, self.gen_name)))

    @property
    def bind(self) -> str:
        """The function that makes a binding of a handler: `bind_order_service`."""
        is_plain = self.noun == noun(self.service.name)
        return f"bind_{snake(self.service.name) if is_plain else f'{self.noun}_service'}"

    def view(self) -> dict[str, Any]:
        return {
            "name": self.service.name,
            "full_name": self.service.full_name,
            "file": self.service.file,
            "noun": self.noun,
            "title": title(self.stem),
            "summary": summary(self.service.comment),
            "handler_class": f"{self.stem}Service",
            "base_class": f"{self.stem}ServiceBase",
            "use_case_class": f"{self.stem}UseCase",
            "client_class": f"{self.stem}Client",
            "async_client_class": f"Async{self.stem}Client",
            "bind": self.bind,
            "gen_path": self.gen_path,
            "gen_module": self.gen_path.replace("/", "."),
            "gen_package": self.gen_path.rpartition("/")[0].replace("/", "."),
            "gen_name": self.gen_name,
        }
