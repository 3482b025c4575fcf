"""Every generated service starts, answers every RPC over gRPC and every binding over HTTP, and stops cleanly."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from scaffolder.contract import builder
from scaffolder.contract.model import Method, Service

from .conftest import Made
from .projects import Running

pytestmark = pytest.mark.slow

DEFINED = {
    grpc.StatusCode.OK,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.INVALID_ARGUMENT,
}


@pytest.fixture(scope="module")
def running(made: Made) -> Iterator[Running]:
    with Running(made.project, python=(sys.executable,)) as service:
        yield service


def services(made: Made) -> tuple[Service, ...]:
    names = [
        line.strip().removeprefix("- ")
        for line in (made.project.root / "scaffold.yaml").read_text().splitlines()
        if line.strip().endswith(".proto")
    ]
    return builder.load(names, [made.project.root / "api"]).services


def test_every_rpc_answers_over_grpc(made: Made, running: Running) -> None:
    """An empty request gets an answer or UNIMPLEMENTED that names the RPC; a stranger needs only the bytes."""
    with grpc.insecure_channel(f"127.0.0.1:{running.grpc}") as channel:
        for service in services(made):
            for method in service.methods:
                code, details = call(channel, service, method)
                assert code in DEFINED, f"{method.full_name}: {code} {details}"
                if code is grpc.StatusCode.UNIMPLEMENTED:
                    assert method.full_name in details


def call(channel: grpc.Channel, service: Service, method: Method) -> tuple[grpc.StatusCode, str]:
    kinds: dict[tuple[bool, bool], Any] = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }
    open_call = kinds[method.client_streaming, method.server_streaming]
    stub = open_call(
        f"/{service.full_name}/{method.name}", request_serializer=None, response_deserializer=None
    )
    try:
        answer = stub(iter([b""]) if method.client_streaming else b"", timeout=10)
        if method.server_streaming:
            next(iter(answer), None)
            answer.cancel()
    except grpc.RpcError as error:
        return error.code(), error.details() or ""
    return grpc.StatusCode.OK, ""


def test_every_binding_answers_over_http(made: Made, running: Running) -> None:
    for service in services(made):
        for method in service.methods:
            for binding in method.bindings:
                path = example_path(str(binding.path))
                status, body = request(running, binding.verb, path, bool(binding.body))
                shown = f"{binding.verb} {path}: {status} {body}"
                assert status in (200, 400, 404, 501), shown
                if status != 200:
                    assert json.loads(body)["error"]["code"] == status, shown
                if status == 404:
                    assert json.loads(body)["error"]["status"] == "NOT_FOUND", shown
                if status == 501:
                    assert method.full_name in body, shown


def example_path(template: str) -> str:
    """A path that the template matches: `x` for each wildcard."""
    import re

    path = re.sub(r"\{[\w.]+\}", "x", template)
    path = re.sub(r"\{[\w.]+=([^}]*)\}", r"\1", path)
    return path.replace("**", "x").replace("*", "x")


def request(running: Running, verb: str, path: str, has_body: bool) -> tuple[int, str]:
    call = urllib.request.Request(
        f"http://127.0.0.1:{running.http}{path}",
        method=verb,
        data=b"{}" if has_body else None,
        headers={"content-type": "application/json"} if has_body else {},
    )
    try:
        with urllib.request.urlopen(call, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_stubs_import_from_anywhere(made: Made, tmp_path: Path) -> None:
    """Every generated module imports, with warnings as errors, from a folder that is not the project."""
    src = made.project.root / "src"
    modules = sorted(
        ".".join(path.relative_to(src).with_suffix("").parts)
        for path in src.rglob("*.py")
        if path.name != "__main__.py"
    )
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    result = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", code, *modules],
        cwd=tmp_path,
        env=made.project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_health_reflection_and_metrics(made: Made, running: Running) -> None:
    from grpc_health.v1 import health_pb2, health_pb2_grpc
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

    with grpc.insecure_channel(f"127.0.0.1:{running.grpc}") as channel:
        listed = ProtoReflectionDescriptorDatabase(channel).get_services()
        assert {service.full_name for service in services(made)} <= set(listed)
        if "grpc.health.v1.Health" not in {service.full_name for service in services(made)}:
            stub: Any = health_pb2_grpc.HealthStub(channel)
            answer = stub.Check(health_pb2.HealthCheckRequest(), timeout=10)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
    for path in ("/healthz", "/readyz", "/metrics"):
        status, _ = request(running, "GET", path, False)
        assert status == 200, path
