"""Methods that the contract no longer has but kept code calls: they stay, with all that they need, or are told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.app.report import Report
from tests.app.support import HANDLERS, FakePipeline, change_contract, details, regenerate
from tests.workspace.support import fill

BIZ = "src/order_service/biz/order.py"
DATA = "src/order_service/data/order.py"
WIRING = "src/order_service/wiring.py"
UNIT = "tests/unit/test_order.py"
GET = "    def get(self, name: str) -> str:\n"
PAY = "    def pay(self, name: str) -> str:\n"


def handlers(*, pay: str = "") -> str:
    text = (
        "from order_service.biz.order import UseCase\n\n\nclass Orders:\n"
        "    def __init__(self, use_case: UseCase) -> None:\n        self._use_case = use_case\n\n"
        "    def get(self) -> str:\n        return self._use_case.get('x')\n"
    )
    return text + (f"\n    def pay(self) -> str:\n        return {pay}\n" if pay else "")


def biz(*, pays: bool) -> str:
    protocol = f"class Repository(Protocol):\n{GET}        ...\n" + (f"\n{PAY}        ...\n" if pays else "")
    use_case = (
        "class UseCase:\n"
        "    def __init__(self, repository: Repository) -> None:\n        self._repository = repository\n\n"
        f"{GET}        return self._repository.get(name)\n"
    )
    use_case += f"\n{PAY}        return self._repository.pay(name)\n" if pays else ""
    return f"from typing import Protocol\n\n\n{protocol}\n\n{use_case}"


def stored(name: str, *, pays: bool) -> str:
    return f"class {name}:\n{GET}        return name\n" + (f"\n{PAY}        return name\n" if pays else "")


def server(*, pays: bool) -> dict[str, str]:
    """A service of two RPCs, or of one."""
    return {
        HANDLERS: handlers(pay="self._use_case.pay('x')" if pays else ""),
        BIZ: biz(pays=pays),
        DATA: stored("SqlRepository", pays=pays),
        WIRING: (
            "from order_service.biz.order import Repository, UseCase\n"
            "from order_service.data.order import SqlRepository\n\n\n"
            "class Container:\n"
            "    @property\n    def repository(self) -> Repository:\n        return SqlRepository()\n\n"
            "    @property\n    def use_case(self) -> UseCase:\n        return UseCase(self.repository)\n"
        ),
        UNIT: (
            "from order_service.biz.order import UseCase\n\n\n"
            + stored("FakeRepository", pays=pays)
            + "\n\ndef test_get() -> None:\n    assert UseCase(FakeRepository()).get('x')\n"
        ),
    }


@pytest.fixture
def project(root: Path, fake: FakePipeline) -> Path:
    fake.server = server(pays=True)
    regenerate(root)
    return root


def without_pay(root: Path, fake: FakePipeline, *, prune: bool = False) -> Report:
    """The run in which the contract loses the RPC Pay."""
    change_contract(root)
    fake.server = server(pays=False)
    return regenerate(root, prune=prune)


def nowhere(report: Report) -> list[str]:
    return [f"{w.location}: {w.message}" for w in report.warnings if w.code == "leads-nowhere"]


def test_removed_rpc_leaves_nothing_behind(project: Path, fake: FakePipeline) -> None:
    """What nobody edited keeps nothing alive."""
    report = without_pay(project, fake)
    assert {path: (project / path).read_text() for path in fake.server} == fake.server
    assert report.warnings == ()


def test_edited_handler_keeps_the_methods_that_it_calls(project: Path, fake: FakePipeline) -> None:
    """The use case's method, the protocol's that this calls, and what stands for the protocol in service and test."""
    fill(project, {HANDLERS: handlers(pay="self._use_case.pay('mine')")})
    report = without_pay(project, fake)
    kept = server(pays=True)
    assert {path: (project / path).read_text() for path in (BIZ, DATA, UNIT)} == {
        path: kept[path] for path in (BIZ, DATA, UNIT)
    }
    assert details(report, BIZ) == {"Repository.pay": "kept", "UseCase.pay": "kept"}
    assert details(report, DATA) == {"SqlRepository.pay": "kept"}
    assert details(report, UNIT) == {"FakeRepository.pay": "kept"}
    assert nowhere(report) == []
    assert regenerate(project).changes == ()


def test_methods_go_when_no_handler_calls_them_any_more(project: Path, fake: FakePipeline) -> None:
    fill(project, {HANDLERS: handlers(pay="self._use_case.pay('mine')")})
    without_pay(project, fake)
    fill(project, {HANDLERS: handlers()})
    change_contract(project, "v3")
    regenerate(project)
    assert {path: (project / path).read_text() for path in fake.server} == fake.server


def test_pruned_method_is_told_where_it_is_called(project: Path, fake: FakePipeline) -> None:
    """A module of the user's own calls it; the run that takes it away as asked says where."""
    own = "from order_service.wiring import Container\n\n\ndef pay(container: Container) -> str:\n"
    fill(project, {"src/order_service/own.py": own + "    return container.use_case.pay('x')\n"})
    report = without_pay(project, fake, prune=True)
    assert nowhere(report) == [
        "src/order_service/own.py:5:1: uses `order_service.biz.order.UseCase.pay`, which was renamed or pruned"
    ]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("def total(order: Order) -> int:\n    return order.total\n", 5),
        ("def made() -> Order:\n    return Order(\n        total=1)\n", 6),
        ("class Mine(Order):\n    def total_of(self) -> int:\n        return self.total\n", 6),
    ],
)
def test_use_of_a_lost_field_is_told(root: Path, fake: FakePipeline, code: str, line: int) -> None:
    """It does not stay, for nothing would fill it."""
    fake.server = {BIZ: "class Order:\n    name: str = ''\n    total: int = 0\n"}
    regenerate(root)
    path = "src/order_service/own.py"
    fill(root, {path: f"from order_service.biz.order import Order\n\n\n{code}"})
    change_contract(root)
    fake.server = {BIZ: "class Order:\n    name: str = ''\n"}
    report = regenerate(root)
    assert (root / BIZ).read_text() == fake.server[BIZ]
    assert nowhere(report) == [
        f"{path}:{line}:1: uses `order_service.biz.order.Order.total`, which the contract no longer has"
    ]
