"""Views of projects, written by hand in several shapes, so that only the templates are on trial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FEATURES = ("ci", "docker", "kubernetes")

View = Mapping[str, Any]


def method(name: str, snake: str, *bindings: tuple[str, str]) -> dict[str, Any]:
    paths = [{"verb": verb, "path": path} for verb, path in bindings]
    return {"name": name, "snake": snake, "kind": "unary_unary", "bindings": paths}


def service(full_name: str, noun: str, *methods: dict[str, Any]) -> dict[str, Any]:
    stem = full_name.rpartition(".")[2].removesuffix("Service")
    return {
        "name": full_name.rpartition(".")[2],
        "full_name": full_name,
        "noun": noun,
        "handler_class": f"{stem}Service",
        "use_case_class": f"{stem}UseCase",
        "client_class": f"{stem}Client",
        "async_client_class": f"Async{stem}Client",
        "gen_path": full_name.rpartition(".")[0].replace(".", "/"),
        "repositories": [{"class": f"{stem}Repository"}],
        "methods": list(methods),
    }


def project(slug: str, *services: dict[str, Any], **changed: Any) -> View:
    package = slug.replace("-", "_")
    view = {
        "name": slug,
        "slug": slug,
        "package": package,
        "client_package": f"{package}_client",
        "env_prefix": f"{package.upper()}_",
        "title": slug.replace("-", " ").capitalize(),
        "services": list(services),
        "contracts": [f"{package}/v1/{package}.proto"],
        "handlers": f"src/{package}/service",
        "uses_validation": False,
        "ports": {"grpc": 9000, "http": 8000},
        "http_prefixes": [],
        "features": list(FEATURES),
    }
    return {"project": view | changed}


CREATE = method("CreateOrder", "create_order", ("POST", "/v1/orders"))
GET = method("GetOrder", "get_order", ("GET", "/v1/{name=orders/*}"), ("GET", "/v1/orders:find"))
WATCH = method("WatchOrders", "watch_orders") | {"kind": "unary_stream"}

SHAPES: dict[str, View] = {
    "resource": project(
        "order-service",
        service("order.v1.OrderService", "order", CREATE, GET, WATCH),
        http_prefixes=["/v1"],
    ),
    "three-services": project(
        "shop",
        service("shop.v1.OrderService", "order", CREATE, GET),
        service(
            "shop.v1.ImportService", "import_service", method("Import", "import_", ("POST", "/v2/a:import"))
        ),
        service("shop.v1.Audit", "audit", method("List", "list", ("GET", "/audit/{name=**}"))),
        http_prefixes=["/audit", "/v1", "/v2"],
        contracts=["shop/v1/order.proto", "shop/v1/import.proto", "shop/v1/audit.proto"],
        uses_validation=True,
        handlers="src/shop/handlers",
        ports={"grpc": 9100, "http": 8100},
    ),
    "grpc-only": project("hello", service("hello.v1.Greeter", "greeter", method("Hello", "hello"))),
    "empty-service": project("x", service("Empty", "empty")),
    "odd-names": project(
        "a1-b2-" + "long" * 10,
        service("select.Class", "class_", method("GetURL2", "get_url2", ("CUSTOM", "/{name=**}:x"))),
        http_prefixes=["/"],
    ),
    "no-features": project("plain", service("plain.v1.Plain", "plain", WATCH), features=[]),
}
