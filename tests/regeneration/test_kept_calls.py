"""An RPC that is renamed without a word: what the user wrote in its handler still has what it calls."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.generated.projects import Running

from .support import new

pytestmark = pytest.mark.slow

PROTOS = Path(__file__).parents[1] / "generated" / "protos"


def test_service_with_handlers_of_renamed_rpcs_is_whole(tmp_path: Path) -> None:
    """A standard method and a custom one: the service type-checks, passes its tests, starts and answers."""
    contract = "store/v1/store.proto"
    home = new("shop", (PROTOS / contract).read_text(encoding="utf-8"), tmp_path, contract)
    for method in ("delete_thing", "count_things"):
        call = f"await self._use_case.{method}("
        home.edit("src/shop/service/store.py", call, f"{call}  # mine\n            ")
    home.project.run("ruff", "format", "--quiet", "src/shop/service")
    home.edit(f"api/{contract}", "rpc DeleteThing(", "rpc DropThing(")
    home.edit(f"api/{contract}", "rpc CountThings(", "rpc NumberThings(")

    told = home.generate()

    assert "StoreUseCase.delete_thing" in told and "StoreUseCase.count_things" in told, told
    assert "leads-nowhere" not in told
    home.is_clean()
    with Running(home.project) as service:
        urllib.request.urlopen(f"http://127.0.0.1:{service.http}/readyz", timeout=10).close()
