"""The service as its owner starts it, with nothing written yet: every RPC and every binding has a defined answer."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import grpc

from tests.generated.projects import Project, Running

from .descriptors import Contract, Rpc, Rule
from .inside import url_template
from .inside.encode import HttpCall
from .inside.strangers import Strangers

_GRPC = {
    grpc.StatusCode.OK,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.INVALID_ARGUMENT,
}
_HTTP = {200, 400, 404, 426, 501}


def probe(project: Project, contract: Contract) -> list[str]:
    """Starts the service, calls everything with empty requests, stops it by SIGTERM; what was wrong."""
    try:
        with Running(project) as running, Strangers(running.grpc, running.http) as strangers:
            return [
                problem
                for rpc in contract.rpcs
                for problem in (*_over_grpc(strangers, rpc), *_over_http(strangers, rpc, contract))
            ]
    except AssertionError as error:
        return [f"service: {error}"]


def _over_grpc(strangers: Strangers, rpc: Rpc) -> Iterator[str]:
    try:
        strangers.grpc(rpc, "0", [b""])
    except grpc.RpcError as error:
        code, details = error.code(), error.details() or ""
        named = code is not grpc.StatusCode.UNIMPLEMENTED or rpc.full_name in details
        if code not in _GRPC or not named:
            yield f"{rpc.full_name} over gRPC: {code} {details}"


def _over_http(strangers: Strangers, rpc: Rpc, contract: Contract) -> Iterator[str]:
    names = [each.full_name for each in contract.rpcs]
    for rule in rpc.rules:
        answer = strangers.http(_empty(rule), "0")
        wrong = answer.status not in _HTTP
        if answer.status >= 400 and not wrong:
            error = json.loads(answer.body)["error"]
            wrong = error["code"] != answer.status
            wrong |= answer.status == 404 and error["status"] != "NOT_FOUND"
            # The path may be another RPC's as well; which one gets it is tried with requests.
            wrong |= answer.status == 501 and not any(name in error["message"] for name in names)
        if wrong:
            yield f"{rpc.full_name} at {rule}: HTTP {answer.status} {answer.body[:500]!r}"


def _empty(rule: Rule) -> HttpCall:
    template = url_template.parse(rule.path)
    chance = random.Random(0)
    values = {name: url_template.example(wanted, chance) for name, wanted in template.variables.items()}
    return HttpCall(rule.verb, url_template.expand(template, values), b"{}" if rule.body == "*" else None)
