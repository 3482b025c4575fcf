"""What the contract no longer has but code that stays needs: kept where it can be, told of where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.app.report import Action, Report
from tests.app.support import (
    GEN,
    HANDLERS,
    FakePipeline,
    actions,
    change_contract,
    details,
    notes,
    regenerate,
)
from tests.workspace.support import fill

BIZ, TYPES = "src/order_service/biz/order.py", "src/order_service/biz/order_types.py"
USE = "from order_service.biz.order_types import {}\n\n\nclass Orders:\n{}"
PAY = "    def pay(self, order: Payment) -> object:\n        return {}\n"
GET = "    def get(self, order: Order) -> object:\n        return {}\n"
CLASS = "class {}:\n    name: str = ''\n"
OWN = "src/order_service/own.py"


@pytest.fixture
def project(root: Path, fake: FakePipeline) -> Path:
    """Two RPCs, each with its type."""
    fake.client[GEN] = "class Order: ...\n\n\nclass Payment: ...\n"
    fake.server[BIZ] = USE.format("Order, Payment", GET.format("1") + "\n" + PAY.format("1"))
    fake.server[TYPES] = CLASS.format("Order") + "\n\n" + CLASS.format("Payment")
    regenerate(root)
    return root


def without_pay(root: Path, fake: FakePipeline) -> None:
    """The contract loses the RPC Pay and its message."""
    change_contract(root)
    fake.client[GEN] = "class Order: ...\n"
    fake.server[BIZ] = USE.format("Order", GET.format("1"))
    fake.server[TYPES] = CLASS.format("Order")


def nowhere(report: Report) -> list[tuple[str, str]]:
    return [(str(w.location), w.severity) for w in report.warnings if w.code == "leads-nowhere"]


def test_removed_rpc_takes_its_type_along(project: Path, fake: FakePipeline) -> None:
    """What nobody edited and nobody needs goes from both files."""
    without_pay(project, fake)
    report = regenerate(project)
    assert (project / BIZ).read_text() == fake.server[BIZ]
    assert (project / TYPES).read_text() == fake.server[TYPES]
    assert report.warnings == () and not report.needs_attention


def test_edited_use_case_keeps_the_types_that_it_needs(project: Path, fake: FakePipeline) -> None:
    """A removed RPC whose use case the user wrote: it stays, and so does the type, which is said of both."""
    mine = USE.format("Order, Payment", GET.format("1") + "\n" + PAY.format("'mine'"))
    fill(project, {BIZ: mine})
    without_pay(project, fake)
    report = regenerate(project)
    assert (project / BIZ).read_text() == mine
    assert CLASS.format("Payment") in (project / TYPES).read_text()
    assert details(report, BIZ) == {"Orders.pay": "kept"}
    assert details(report, TYPES) == {"Payment": "kept"}
    assert nowhere(report) == []
    assert regenerate(project).changes == ()


def test_types_go_when_nothing_needs_them_any_more(project: Path, fake: FakePipeline) -> None:
    """Once the user has removed the method themselves, the next run that has something to do takes the type away."""
    fill(project, {BIZ: USE.format("Order, Payment", GET.format("1") + "\n" + PAY.format("'mine'"))})
    without_pay(project, fake)
    regenerate(project)
    fill(project, {BIZ: fake.server[BIZ]})
    change_contract(project, "v3")
    regenerate(project)
    assert (project / TYPES).read_text() == fake.server[TYPES]


def test_own_module_keeps_what_it_imports(project: Path, fake: FakePipeline) -> None:
    """A module that is not the tool's counts as well: the type that it imports stays."""
    fill(project, {OWN: "from order_service.biz.order_types import Payment\n\nprint(Payment)\n"})
    without_pay(project, fake)
    report = regenerate(project)
    assert CLASS.format("Payment") in (project / TYPES).read_text()
    assert nowhere(report) == []


def test_own_module_keeps_the_whole_file(project: Path, fake: FakePipeline) -> None:
    """A file of a removed service stays while the user's own code imports it, and goes when that is gone."""
    fill(project, {OWN: "from order_service.biz import order\n\nprint(order.Orders)\n"})
    change_contract(project)
    del fake.server[BIZ]
    report = regenerate(project)
    assert notes(report)[BIZ] == "no longer generated, kept because your code uses it"
    assert (project / TYPES).exists()
    (project / OWN).unlink()
    change_contract(project, "v3")
    assert actions(regenerate(project)) == {BIZ: Action.DELETE}


def test_prune_tells_whose_import_it_breaks(project: Path, fake: FakePipeline) -> None:
    """What is pruned although the user's code imports it is told: the run does as asked, but not in silence."""
    fill(project, {OWN: "from order_service.biz import order\n\nprint(order.Orders)\n"})
    change_contract(project)
    del fake.server[BIZ]
    report = regenerate(project, prune=True)
    assert not (project / BIZ).exists()
    assert nowhere(report) == [(f"{OWN}:1:1", "error"), (f"{OWN}:3:1", "warning")]


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("from order_service.gen.order import Payment\n", "error"),
        ("from order_service.gen import order\n\n\ndef pay():\n    return order.Payment()\n", "warning"),
        ("def pay():\n    from order_service.gen.order import Payment\n\n    return Payment\n", "warning"),
    ],
)
def test_reference_into_gen_leads_nowhere(
    project: Path, fake: FakePipeline, code: str, severity: str
) -> None:
    """The machine's file cannot keep it: an error where the import fails, a warning where only a call would."""
    fill(project, {OWN: code})
    without_pay(project, fake)
    report = regenerate(project)
    line = next(n for n, text in enumerate(code.splitlines(), 1) if "Payment" in text)
    assert nowhere(report) == [(f"{OWN}:{line}:1", severity)]
    assert report.needs_attention is (severity == "error")


def test_import_of_a_module_of_gen_that_goes(project: Path, fake: FakePipeline) -> None:
    """A test of the user's that imports a removed module is named with the line."""
    fill(project, {"tests/test_own.py": "import os\nimport order_service.gen.order as gen\n"})
    without_pay(project, fake)
    fake.client.clear()
    report = regenerate(project)
    assert nowhere(report) == [("tests/test_own.py:2:1", "error")]


def test_own_import_of_handlers_that_move(project: Path, fake: FakePipeline) -> None:
    """`-t` moves the handlers; a module of the user's that imports them from the old folder is named."""
    fill(project, {OWN: "from order_service.service.order import OrderService\n"})
    fake.server["src/order_service/api/order.py"] = fake.server.pop(HANDLERS)
    report = regenerate(project, folder="src/order_service/api")
    assert nowhere(report) == [(f"{OWN}:1:1", "error")]
