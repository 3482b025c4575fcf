"""The table of results, and the failures with the commands that show each again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .checks import Result

_MAX_FAILURES = 20
_STEPS = ("generate", "mypy", "service", "calls")


def head() -> str:
    """The columns' names. `x protoc` is generating, in times of one protoc run over the same files."""
    steps = "".join(f"{step:>9}" for step in _STEPS)
    counts = f"{'services':>9}{'RPCs':>6}{'bindings':>9}{'calls':>7}"
    return f"{'project':44}{counts}{steps}{'x protoc':>9}{'MiB':>6}  result"


def row(result: Result) -> str:
    steps = "".join(f"{result.seconds.get(step, 0):>8.1f}s" for step in _STEPS)
    ratio = result.seconds.get("generate", 0) / result.seconds["protoc"]
    outcome = f"{len(result.failures)} FAILED" if result.failures else "ok"
    return (
        f"{result.source.name:44}{result.services:>9}{result.rpcs:>6}{result.bindings:>9}{result.compared:>7}"
        f"{steps}{ratio:>9.1f}{result.memory:>6.0f}  {outcome}"
    )


def total(results: Sequence[Result]) -> str:
    """Sums, how many calls there were of each kind, and the bindings that the contracts themselves give away."""
    counts: Counter[str] = sum((result.counts for result in results), Counter())
    lines = [
        f"{len(results)} projects, {sum(r.services for r in results)} services, "
        f"{sum(r.rpcs for r in results)} RPCs, {sum(r.bindings for r in results)} HTTP bindings"
    ]
    lines += [f"{count:>9} {kind}" for kind, count in sorted(counts.items())]
    elsewhere = Counter(f"{rpc} → {winner}" for result in results for rpc, winner, _ in result.elsewhere)
    lines.append(f"{sum(elsewhere.values())} bindings whose paths another RPC of their project gets:")
    lines += [f"{count:>9} {pair}" for pair, count in sorted(elsewhere.items())]
    return "\n".join(lines)


def failures(results: Sequence[Result]) -> str:
    lines = []
    for result in results:
        if result.failures:
            lines.append(f"\n{result.source.name}: python -m tests.corpus --keep --only {result.source.name}")
            lines += [f"  {failure}" for failure in result.failures[:_MAX_FAILURES]]
            if len(result.failures) > _MAX_FAILURES:
                lines.append(f"  … and {len(result.failures) - _MAX_FAILURES} more")
    return "".join(f"{line}\n" for line in lines)
