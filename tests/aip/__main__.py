"""`python -m tests.aip --grpc HOST:PORT --http URL`: exit code 1 where the service breaks a rule."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import FAILED, all_checks, check_service
from .report import as_json, lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.aip", description="Does a service keep the AIPs?")
    parser.add_argument("--grpc", metavar="HOST:PORT", help="where gRPC is served")
    parser.add_argument("--http", metavar="URL", default="", help="where the HTTP bindings are served")
    parser.add_argument("--descriptor-set", metavar="FILE", type=Path, help="instead of reflection")
    parser.add_argument("--service", metavar="NAME", default="", help="only this service")
    parser.add_argument("--resource", metavar="NAME", action="append", default=[], help="only this resource")
    parser.add_argument("--check", metavar="NAME", action="append", default=[], help="only this check")
    parser.add_argument("--seed", type=int, help="send what another run with this seed sent")
    parser.add_argument("--json", action="store_true", help="print one object for each result")
    parser.add_argument("--list", action="store_true", help="print the checks and run none")
    chosen = parser.parse_args()
    if chosen.list:
        for check in all_checks():
            print(f"AIP-{', '.join(map(str, check.aips))}  {check.name}: {check.rule}")
        return 0
    if not chosen.grpc:
        parser.error("--grpc HOST:PORT is needed")
    results = check_service(
        chosen.grpc,
        chosen.http,
        descriptor_set=chosen.descriptor_set and chosen.descriptor_set.read_bytes(),
        service=chosen.service,
        checks=chosen.check,
        resources=chosen.resource,
        seed=chosen.seed,
    )
    if not results:
        print("no standard methods of a resource found", file=sys.stderr)
        return 1
    print(as_json(results) if chosen.json else "\n".join(lines(results)))
    return 1 if any(result.status == FAILED for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
