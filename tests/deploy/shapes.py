"""Projects in several shapes: their contracts, and the views that the real target makes of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffolder.contract import builder
from scaffolder.targets.python.views import ProjectViews

FEATURES = ("ci", "docker", "kubernetes", "database")

View = Mapping[str, Any]

HEAD = """\
syntax = "proto3";
package {package};
import "google/api/annotations.proto";
message M {{ string name = 1; }}
"""

ORDER = """
service OrderService {
  rpc CreateOrder(M) returns (M) { option (google.api.http) = {post: "/v1/orders" body: "*"}; }
  rpc GetOrder(M) returns (M) {
    option (google.api.http) = {
      get: "/v1/{name=orders/*}"
      additional_bindings { get: "/v1/orders:find" }
    };
  }
  rpc WatchOrders(M) returns (stream M);
}
"""
ORDER_STORE = """
message Order { string id = 1; string text = 2; }
message CreateOrderRequest { Order order = 1; }
message GetOrderRequest { string id = 1; }
service OrderService {
  rpc CreateOrder(CreateOrderRequest) returns (Order) { option (google.api.http) = {post: "/v1/orders" body: "order"}; }
  rpc GetOrder(GetOrderRequest) returns (Order) { option (google.api.http) = {get: "/v1/orders/{id}"}; }
}
"""
IMPORT = """
service ImportService {
  rpc Import(M) returns (M) { option (google.api.http) = {post: "/v2/a:import" body: "*"}; }
}
"""
AUDIT = """
service Audit { rpc List(M) returns (M) { option (google.api.http) = {get: "/audit/{name=**}"}; } }
"""
ODD = """
service ClassService {
  rpc GetURL2(M) returns (M) {
    option (google.api.http) = {custom: {kind: "CUSTOM" path: "/{name=**}:x"}};
  }
}
"""


def project(
    name: str,
    *services: str,
    features: tuple[str, ...] = FEATURES,
    handlers: str = "",
    ports: Mapping[str, int] | None = None,
    contract_package: str = "shop.v1",
) -> View:
    """The view of a project with one contract file for each service."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for index, text in enumerate(services):
            names.append(f"shop/v1/part{index}.proto")
            path = Path(folder, names[-1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEAD.format(package=f"{contract_package}.part{index}") + text)
        contract = builder.load(names, [Path(folder)])
    view = ProjectViews(contract, name, name.replace("-", "_"), handlers, features).project["project"]
    return {"project": view | ({"ports": ports} if ports else {})}


SHAPES: dict[str, View] = {
    "resource": project("order-service", ORDER),
    "three-services": project(
        "shop", ORDER, IMPORT, AUDIT, handlers="src/shop/handlers", ports={"grpc": 9100, "http": 8100}
    ),
    "postgres": project(
        "order-service", ORDER, features=("ci", "docker", "kubernetes", "database", "postgres")
    ),
    "redis": project("order-service", ORDER_STORE, features=("ci", "docker", "kubernetes", "redis")),
    "grpc-only": project(
        "hello", "service Greeter { rpc Hello(M) returns (M); }", features=("ci", "docker", "kubernetes")
    ),
    "empty-service": project("x", "service Empty {}"),
    "odd-names": project("a1-b2-" + "long" * 10, ODD, contract_package="select"),
    "no-features": project(
        "plain", "service Plain { rpc Watch(M) returns (stream M); }", features=("database",)
    ),
}
