"""Contracts that nobody here wrote are read as they are."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from scaffolder.contract import wellknown
from scaffolder.contract.builder import load
from scaffolder.contract.model import Contract, Kind
from scaffolder.contract.protoc import emit_python, locate
from tests.generated import contracts


def _read(source: contracts.Source) -> Contract:
    located = locate(source.protos, source.include)
    roots = list(dict.fromkeys([*source.include, *(root for root, _ in located)]))
    return load([name for _, name in located], roots)


def _compile(contract: Contract) -> list[str]:
    texts = emit_python(contract.descriptor_set, [file.name for file in contract.files if not file.provider])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path, text in texts.items():
            compile(text, path, "exec")
    return list(texts)


def test_every_contract_of_googleapis_common_protos_is_read() -> None:
    """Each under its published name; only those with services are ours to generate."""
    root = wellknown.common_root()
    assert root
    paths = [path for path in sorted((root / "google").rglob("*.proto")) if "protobuf" not in path.parts]
    contract = _read(contracts.Source(tuple(paths), ()))
    assert len(contract.requested) == len(paths) > 50
    assert {file.name for file in contract.requested if not file.provider} == {
        file.name for file in contract.requested if file.services
    }
    assert len(contract.services) == 2
    _compile(contract)


def test_long_running_operations_are_read(tmp_path: Path) -> None:
    contract = _read(contracts.longrunning(tmp_path))
    (service,) = contract.services
    bindings = {m.name: [f"{b.verb} {b.path}" for b in m.bindings] for m in service.methods}
    assert bindings == {
        "ListOperations": ["GET /v1/{name=operations}"],
        "GetOperation": ["GET /v1/{name=operations/**}"],
        "DeleteOperation": ["DELETE /v1/{name=operations/**}"],
        "CancelOperation": ["POST /v1/{name=operations/**}:cancel"],
        "WaitOperation": [],
    }
    assert "google/longrunning/operations_pb2_grpc.py" in _compile(contract)


def test_the_health_service_is_read(tmp_path: Path) -> None:
    contract = _read(contracts.health(tmp_path))
    (service,) = contract.services
    assert [(m.name, m.server_streaming) for m in service.methods] == [
        ("Check", False),
        ("List", False),
        ("Watch", True),
    ]
    assert contract.enums["grpc.health.v1.HealthCheckResponse.ServingStatus"].values[1].name == "SERVING"
    statuses = contract.messages["grpc.health.v1.HealthListResponse"].fields[0]
    assert statuses.map_value and statuses.map_value.kind is Kind.MESSAGE
    _compile(contract)


@pytest.mark.network
def test_pubsub_is_read(tmp_path: Path) -> None:
    contract = _read(contracts.pubsub(tmp_path / "pubsub"))
    services = {service.name: service for service in contract.services}
    assert {"Publisher", "Subscriber", "SchemaService"} <= set(services)
    assert all(m.bindings for m in services["Publisher"].methods)
    assert contract.messages["google.pubsub.v1.Topic"].resource_type == "pubsub.googleapis.com/Topic"
    assert contract.warnings == ()
    _compile(contract)
