"""schemathesis finds no violation: a generated service does what its own document, as it serves it, says.

It makes requests that the document allows, which have to be taken, and such as it forbids, which have to be refused,
and holds every answer to the document. Every check that it has is on, but for what CONFIG says.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated.contracts import CONTRACTS
from tests.generated.projects import Running, make

from .logic import give_logic

pytestmark = pytest.mark.slow

# A token is the server's own: it comes from the page before, and no schema says which text is one. The first page is
# asked for without one.
TOKENS = """
[parameters]
"query.pageToken" = ""
"""

# A google.protobuf.Any has to name a message that the service knows, and the rest has to be that message: what
# schemathesis makes of its schema is refused. What is taken is held to the schema in test_truth.py.
ANY = """
[[operations]]
include-name = "POST /v1/everything/{from}"
checks.positive_data_acceptance.enabled = false
"""

# "/v1/orders/7:cancel" fits "/v1/orders/{order_id}" as well, so GET is allowed there, and Allow says so.
COLON = """
[checks]
allow_header_conformance.enabled = false
"""

# Nanos are billionths of a unit, with the sign of the units (money.proto): no schema of one field says that.
MONEY = """
[[operations]]
include-name = "POST /v1/orders"
checks.positive_data_acceptance.enabled = false
"""

CONFIG = {"corners": ANY, "order": COLON + MONEY}

EXAMPLES = {"hello": 60, "library": 40, "order": 40, "store": 25, "corners": 15}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_service_keeps_what_its_document_says(name: str, tmp_path: Path) -> None:
    project = make(f"{name}-service", CONTRACTS[name](tmp_path / "contracts"), tmp_path)
    give_logic(project)
    config = TOKENS + CONFIG.get(name, "")
    (tmp_path / "schemathesis.toml").write_text(config, encoding="utf-8")
    with Running(project) as service:
        result = run(service, tmp_path, EXAMPLES[name])
    assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:]
    assert "Coverage" in result.stdout and "Fuzzing" in result.stdout


def run(service: Running, folder: Path, examples: int) -> subprocess.CompletedProcess[str]:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run"),
        f"http://127.0.0.1:{service.http}/openapi.json",
        *("--max-examples", str(examples), "--seed", "1", "--no-color", "--warnings", "off"),
        *("--generation-database", "none", "--request-timeout", "20", "--no-shrink"),
        # Of what it generates for a large schema much is filtered out; that is a matter of speed.
        *("--suppress-health-check", "all"),
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
