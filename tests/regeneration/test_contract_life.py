"""The whole life of a contract, in a project that nobody touched and in one that its owner lives in."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
from pathlib import Path
from typing import Any

import grpc
import pytest

from scaffolder.contract import builder
from tests.generated.projects import Project, Running
from tests.generated.test_running import DEFINED, call

from .contract_cases import CASES
from .contract_life import PAYMENT, START, Case, after, before, change, copy_of, files, instead, make
from .support import Workplace

pytestmark = pytest.mark.slow


BIZ, HANDLERS = "src/shop/biz/order.py", "src/shop/service/order.py"
EDITS = (
    instead(
        BIZ,
        '        raise UnimplementedError("order.v1.OrderService.PlaceOrder")\n',
        "        # Numbered by the customer's own name, so that they can say it on the telephone.\n"
        "        order = Order(order_id=numbered(request.customer), customer=request.customer)\n"
        "        self.orders[order.order_id] = order\n"
        "        return order\n",
    ),
    instead(
        BIZ,
        '        raise UnimplementedError("order.v1.OrderService.FindOrder")\n',
        "        found = self.orders.get(request.order_id)\n"
        "        if found is None:\n"
        '            raise NotFoundError("no such order")\n'
        "        return found\n",
    ),
    instead(
        BIZ,
        "from shop.kit.errors import UnimplementedError\n",
        "from shop.kit.errors import NotFoundError, UnimplementedError\n",
    ),
    after(
        BIZ,
        '    """The rules of order.v1.OrderService."""\n',
        "\n    def __init__(self) -> None:\n        self.orders: dict[str, Order] = {}\n",
    ),
    before(
        BIZ,
        "class OrderUseCase:\n",
        'def numbered(name: str) -> str:\n    """A helper between the definitions."""\n    return f"{name}-1"\n\n\n',
    ),
    before(
        BIZ,
        "    async def follow_order(",
        "    def known(self) -> int:\n"
        '        """A helper between the methods."""\n'
        "        return len(self.orders)\n\n",
    ),
    before(HANDLERS, "    async def find_order(", "    # Whoever asks for nothing gets nothing.\n"),
    after(
        "src/shop/wiring.py",
        "            DomainErrors(STATUSES),\n        ]\n",
        '\n    @cached_property\n    def warehouse(self) -> str:\n        return "Rotterdam"\n',
    ),
    after(
        "src/shop/transport/grpc.py",
        "            bind_order_service(container.order_service),",
        "  # the busiest one",
    ),
    after("pyproject.toml", '    "uvloop>=0.22",\n', '    "typing-extensions>=4",\n'),
    after("README.md", "# Shop\n", "\nAsk Ada about it.\n"),
    after(
        "tests/unit/test_order.py",
        "    assert isinstance(use_case, OrderUseCase)\n",
        "\n\ndef test_nothing_is_known_at_first(use_case: OrderUseCase) -> None:\n    assert use_case.known() == 0\n",
    ),
)
OWN = {
    "src/shop/biz/pricing.py": '"""A module of our own."""\n\n'
    "from shop.biz.order_types import Order\n\n\n"
    "def price(order: Order) -> int:\n    return len(order.order_id)\n"
}


def live_in(home: Workplace) -> None:
    for edit in EDITS:
        home.edit(edit.path, edit.old, edit.new)
    for path, text in OWN.items():
        home.write(path, text)


@pytest.fixture(scope="session")
def types(edited: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of the project before its contract changes, so that each check need not begin anew."""
    cache = tmp_path_factory.mktemp("types") / "cache"
    Project(edited, "shop").run("mypy", f"--cache-dir={cache}")
    return cache


@pytest.fixture(scope="session")
def edited(untouched: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = copy_of(untouched, tmp_path_factory.mktemp("edited"))
    live_in(home)
    return home.root


def renames(case: Case) -> list[str]:
    return [f"--rename={item}" for item in case.rename]


@pytest.mark.parametrize("name", CASES)
def test_untouched_project_is_as_one_made_today(name: str, untouched: Path, tmp_path: Path) -> None:
    """Where nobody edited anything: change the contract -> regenerate -> all is as in a new one, the lock too."""
    case = CASES[name]
    home, new = copy_of(untouched, tmp_path), case.change(START)
    change(home, START, new)
    home.generate(*renames(case))
    found = files(home)
    (tmp_path / "fresh").mkdir()
    assert found == files(make(new, tmp_path / "fresh"))
    for path, piece in case.has:
        assert piece in found[path]
    for path, piece in case.lacks:
        assert piece not in found.get(path, "")


@pytest.mark.parametrize("name", CASES)
def test_edited_project_keeps_every_edit(name: str, edited: Path, types: Path, tmp_path: Path) -> None:
    """Lived in: change the contract -> regenerate -> each span of the user's stands, and what is left is named."""
    case = CASES[name]
    home = copy_of(edited, tmp_path)
    change(home, START, case.change(START))

    report = home.report(*renames(case), code=case.code)

    assert told(report) == case.left
    holds_all_edits(home, case)
    for path, piece in case.has:
        assert piece in home.read(case.moved.get(path, path))
    if "unsaid" not in name:
        for path, piece in case.lacks:
            assert not (home.root / path).exists() or path in case.moved or piece not in home.read(path)
    is_sound(home, case, types)
    again_nothing(home, report)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.rename])
def test_rename_that_is_said_late(name: str, edited: Path, types: Path, tmp_path: Path) -> None:
    """A run without --rename, then one with it -> the edits have moved as if it had been said at once."""
    case = CASES[name]
    home = copy_of(edited, tmp_path)
    change(home, START, case.change(START))
    home.scaffold("generate")

    report = home.report(*renames(case), code=case.code)

    assert told(report) == case.left
    holds_all_edits(home, case, late=True)
    is_sound(home, case, types)
    again_nothing(home, report)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.rename])
def test_rename_that_is_said_late_untouched(name: str, untouched: Path, tmp_path: Path) -> None:
    """In a project that nobody touched a rename has nothing to do after the fact."""
    case = CASES[name]
    home = copy_of(untouched, tmp_path)
    change(home, START, case.change(START))
    home.generate()
    before = home.state()
    home.generate(*renames(case))
    assert home.state() == before


@pytest.mark.parametrize(
    "name", ["unary to streaming", "unary to client streaming", "rpc removed", "service removed"]
)
def test_there_and_back(name: str, edited: Path, tmp_path: Path) -> None:
    """Change the contract, regenerate, take it back, regenerate: all is as it was, and no edit is lost."""
    home = copy_of(edited, tmp_path)
    before = files(home)
    new = CASES[name].change(START)
    change(home, START, new)
    home.scaffold("generate")
    change(home, new, START)
    home.generate()
    holds_all_edits(home, CASES[name], late=True)
    after = files(home)
    assert after.keys() - {".scaffold/lock.json"} == before.keys() - {".scaffold/lock.json"}
    assert {path for path in after if ".scaffold" in path and after[path] != before[path]} == set()


def test_contracts_one_by_one_and_together(untouched: Path, tmp_path: Path) -> None:
    """Two changed contracts: `proto server a`, then `proto server b`, and one `generate` -> the same project."""
    new = CASES["rpc added last"].change(CASES["service added to a file"].change(START))
    for name in ("apart", "together"):
        (tmp_path / name).mkdir()
    apart, together = copy_of(untouched, tmp_path / "apart"), copy_of(untouched, tmp_path / "together")
    for path in new.files:
        apart.write(f"api/{path}", new.files[path])
        result = apart.scaffold("proto", "server", f"api/{path}")
        assert result.returncode == 0, result.stderr
    change(together, START, new)
    together.generate()
    assert files(apart) == files(together)


def test_contracts_that_come_one_by_one(tmp_path: Path) -> None:
    """A project of one contract that gets the second with `proto server` is one that was made of both."""
    home = make(START.without(PAYMENT), tmp_path)
    home.write(f"api/{PAYMENT}", START.files[PAYMENT])
    assert home.scaffold("proto", "server", f"api/{PAYMENT}").returncode == 0
    (tmp_path / "fresh").mkdir()
    assert files(home) == files(make(START, tmp_path / "fresh"))


@pytest.mark.parametrize(
    "name",
    [
        "rpc added in the middle",
        "rpc renamed",
        "service added to a file",
        "contract file split",
        "field renamed",
    ],
)
def test_service_answers_every_rpc(name: str, edited: Path, tmp_path: Path) -> None:
    """After a merge: the service starts, and every RPC answers."""
    case = CASES[name]
    home, new = copy_of(edited, tmp_path), case.change(START)
    change(home, START, new)
    home.generate(*renames(case))
    services = builder.load(list(new.files), [home.root / "api"]).services
    with Running(home.project) as running, grpc.insecure_channel(f"127.0.0.1:{running.grpc}") as channel:
        for service in services:
            for method in service.methods:
                code, details = call(channel, service, method)
                assert code in DEFINED, f"{method.full_name}: {code} {details}"


def told(report: Any) -> frozenset[str]:
    """What a report says of definitions and files that are kept or in conflict, and of code that leads nowhere."""
    found = set()
    for item in report["changes"]:
        for detail in item["details"]:
            if detail["did"] in ("kept", "conflict"):
                found.add(f"{detail['did']} {item['path']}::{detail['name']}")
        if item["note"].startswith("no longer generated"):
            found.add(f"kept {item['path']}")
    for item in report["diagnostics"]:
        if item["code"] == "leads-nowhere":
            path = re.sub(r"(:\d+)*$", "", item["location"])
            found.add(f"leads-nowhere {path[path.index('src/') :]}")
        else:
            match = re.search(r"--rename (\S+=\S+?)`", item["hint"])
            assert match, item
            found.add(f"rename {match[1]}")
    return frozenset(found)


def holds_all_edits(home: Workplace, case: Case, *, late: bool = False) -> None:
    """Every piece that was written stands verbatim, but for the names that were renamed."""
    pieces = [(edit.path, edit.written) for edit in EDITS] + list(OWN.items())
    for path, written in pieces:
        expected = written.strip() if late else written
        for old, new in case.words.items():
            expected = expected.replace(old, new)
        text = home.read(case.moved.get(path, path))
        assert expected in text, f"{path} lacks\n{expected}\n\n{text}"


def is_sound(home: Workplace, case: Case, types: Path) -> None:
    """The linter and the formatter pass, and types are right wherever nothing was told to be wrong."""
    if case.reordered:
        home.project.run("ruff", "check", "--quiet", "--fix", "--select", "I", ".")
    home.project.run("ruff", "check", "--quiet", ".")
    home.project.run("ruff", "format", "--check", "--quiet", ".")
    cache = home.root.parent / "types"
    shutil.copytree(types, cache)
    result = home.project.run("mypy", f"--cache-dir={cache}", check=False)
    found = {line.partition(":")[0] for line in result.stdout.splitlines() if ": error:" in line}
    assert found == case.broken, result.stdout


def again_nothing(home: Workplace, report: Any) -> None:
    """The next run writes nothing."""
    before = home.state()
    code = 1 if report["conflicts"] else 0
    assert "nothing to do" in home.generate(code=code) or code
    assert home.state() == before


@pytest.mark.parametrize("name", ["rpc added first", "rpc added in the middle", "rpc added last"])
def test_added_rpc_is_one_insertion(name: str, edited: Path, tmp_path: Path) -> None:
    """In files that the user edited: what came stands in one piece, and every other byte is as it was."""
    home = copy_of(edited, tmp_path)
    before = {path: home.read(path) for path in (BIZ, HANDLERS)}
    change(home, START, CASES[name].change(START))
    home.generate()
    for path, old in before.items():
        new = home.read(path)
        pairs = enumerate(zip(old, new, strict=False))
        start = next((index for index, pair in pairs if pair[0] != pair[1]), len(old))
        added = len(new) - len(old)
        assert any(
            old == new[:place] + new[place + added :] for place in range(max(0, start - added), start + 1)
        ), f"{path} changed in more than one place"
        assert new.count("cancel_order(") - old.count("cancel_order(") == 1 + (path == HANDLERS)


FORMATTERS = {
    "ruff": ["ruff", "format", "--isolated", "--line-length=72", "--quiet", "."],
    "ruff imports": ["ruff", "check", "--isolated", "--select=I", "--fix", "--quiet", "."],
    "black": ["black", "--line-length=72", "--quiet", "."],
}


@pytest.mark.parametrize("formatter", FORMATTERS)
@pytest.mark.parametrize("name", ["rpc added in the middle", "rpc removed", "rpc retyped", "service renamed"])
def test_formatter_is_no_edit(name: str, formatter: str, untouched: Path, tmp_path: Path) -> None:
    """A formatter went over everything, in a style of its own: nothing of it counts as edited, and all follows."""
    if importlib.util.find_spec(FORMATTERS[formatter][0]) is None:
        pytest.skip(f"{FORMATTERS[formatter][0]} is not installed")
    home, new = copy_of(untouched, tmp_path), CASES[name].change(START)
    for folder in ("src/shop/biz", "src/shop/service", "src/shop/transport", "tests"):
        home.project.run(*FORMATTERS[formatter][:-1], folder)
    change(home, START, new)
    assert told(home.report(*renames(CASES[name]))) == frozenset()
    (tmp_path / "fresh").mkdir()
    found, fresh = files(home), files(make(new, tmp_path / "fresh"))
    assert found.keys() == fresh.keys()
    for path, text in fresh.items():
        if path.endswith(".py"):
            assert ast.dump(ast.parse(found[path])) == ast.dump(ast.parse(text)), path
