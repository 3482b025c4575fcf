"""Times a merge against `ast.parse` of the same module: `merge.py LINES ROUNDS`, seconds as JSON, one object a round.

Runs under the measured environment's Python, so the merge is the installed tool's.
"""

from __future__ import annotations

import ast
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

METHOD = '''
    async def act_{number}(self, request: Request, context: Context) -> Response:
        """Takes the action {number}."""
        found = await self._repository.get(request.id, limit={number})
        if found is None:
            raise NotFound(f"no item {{request.id}}")
        found.touched = context.now()
        await self._repository.save(found)
        return Response(item=found)
'''
HEAD = '"""Handlers."""\n\nfrom shop.gen import Context, NotFound, Request, Response\n\n\nclass Handlers:\n'


def module(methods: int) -> str:
    return HEAD + "".join(METHOD.format(number=number) for number in range(methods)).lstrip("\n")


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    lines, rounds = int(sys.argv[1]), int(sys.argv[2])
    methods = lines // METHOD.count("\n")
    base, incoming = module(methods), module(methods + 1)
    # The user edited the first method, or the incoming text could be taken as it is.
    current = base.replace("limit=0)", "limit=1)  # ours", 1)
    merge: Any = import_module("scaffolder.targets.python.merging.merge").merge_python
    merged = merge(base, current, incoming)
    assert "# ours" in merged.text
    assert f"act_{methods}" in merged.text
    found = []
    for _ in range(rounds):
        ours = seconds(lambda: merge(base, current, incoming))
        found.append({"merge": ours, "parse": seconds(lambda: ast.parse(current))})
    print(json.dumps(found))


main()
