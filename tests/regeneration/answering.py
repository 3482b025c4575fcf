"""Starts a project's service and calls every RPC of its contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import grpc

from tests.generated.projects import Project, Running

from .contract_machine import Contract

SECONDS = 10.0
FAULTS = re.compile(r"NameError|ImportError|AttributeError|UnboundLocalError|ModuleNotFoundError")


def complaints(root: Path, package: str, contract: Contract) -> list[str]:
    """RPCs that the service does not know or cannot get to; each is called with an empty request."""
    found = []
    with Running(Project(root, package)) as service:
        with grpc.insecure_channel(f"127.0.0.1:{service.grpc}") as channel:
            for file, owner, rpc in contract.rpcs():
                name = f"/{file.package}.{owner.name}/{rpc.name}"
                code, details = _call(channel, name, rpc.streams)
                if code is grpc.StatusCode.UNIMPLEMENTED and f"{owner.name}." not in (details or ""):
                    found.append(f"{name}: {code} {details}")
        found += sorted(set(FAULTS.findall(service.log)))
        if found:
            found.append(service.log[-3000:])
    return found


def _call(channel: grpc.Channel, name: str, streams: int) -> tuple[grpc.StatusCode, str | None]:
    kinds = (channel.unary_unary, channel.stream_unary, channel.unary_stream, channel.stream_stream)
    call: Any = kinds[streams](name)
    request: Any = iter([b""]) if streams & 1 else b""
    try:
        answer = call(request, timeout=SECONDS)
        if streams & 2:
            list(answer)
    except grpc.RpcError as error:
        return error.code(), error.details()
    return grpc.StatusCode.OK, ""
