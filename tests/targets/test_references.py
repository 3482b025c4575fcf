"""Uses of names that go: every way to import them, with the line and whether the import itself would fail."""

from __future__ import annotations

import pytest

from scaffolder.targets.python.merging.references import Reference, module_of, references, top_level_names

GEN, TYPES = "shop.gen.order", "shop.biz.order_types"
GONE = {GEN: frozenset({"", "Pay"}), TYPES: frozenset({"Payment", "Old"})}
"""A module that goes as a whole, and two names of one that stays."""


def found(code: str, path: str = "src/shop/biz/own.py") -> list[tuple[str, str, int, bool]]:
    return [(r.module, r.name, r.line, r.binding) for r in references(path, code, GONE)]


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("src/shop/biz/order.py", "shop.biz.order"),
        ("src/shop/biz/__init__.py", "shop.biz"),
        ("src/shop/gen/order_pb2.pyi", "shop.gen.order_pb2"),
        ("clients/python/src/shop_client/gen/order.py", "shop_client.gen.order"),
        ("tests/unit/test_order.py", "tests.unit.test_order"),
        ("README.md", ""),
        ("src/shop/py.typed", ""),
    ],
)
def test_name_of_a_module(path: str, module: str) -> None:
    """A file's dotted name is the one under which the project's code imports it."""
    assert module_of(path) == module


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from shop.biz.order_types import Payment\n", (TYPES, "Payment", 1, True)),
        ("from shop.biz.order_types import (\n    Order,\n    Old as O,\n)\n", (TYPES, "Old", 1, True)),
        ("from .order_types import Payment\n", (TYPES, "Payment", 1, True)),
        ("from ..biz.order_types import Payment\n", (TYPES, "Payment", 1, True)),
        ("from shop.gen.order import Anything\n", (GEN, "Anything", 1, True)),
        ("from shop.gen import order\n", (GEN, "", 1, True)),
        ("from shop.gen import order as o\n", (GEN, "", 1, True)),
        ("from ..gen import order\n", (GEN, "", 1, True)),
        ("import os\nimport shop.gen.order\n", (GEN, "", 2, True)),
        ("import shop.gen.order as o\n", (GEN, "", 1, True)),
        ("def f():\n    from shop.biz.order_types import Old\n", (TYPES, "Old", 2, False)),
        ("class A:\n    from shop.biz.order_types import Old\n", (TYPES, "Old", 2, True)),
    ],
)
def test_import_of_what_goes(code: str, expected: tuple[str, str, int, bool]) -> None:
    """Absolute or relative, renamed or not: found once, and inside a function it fails only when that is called."""
    assert found(code) == [expected]


@pytest.mark.parametrize(
    "code",
    [
        "from shop.biz import order_types\nx = order_types.Payment\n",
        "from . import order_types\nx = order_types.Payment\n",
        "import shop.biz.order_types\nx = shop.biz.order_types.Payment\n",
        "import shop.biz.order_types as t\nx = t.Payment\n",
    ],
)
def test_use_through_the_module(code: str) -> None:
    """A name that is reached through its module is found where it is used."""
    assert [(module, name, line) for module, name, line, _ in found(code)] == [(TYPES, "Payment", 2)]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x = 'order_types.Payment'\n",
        "from shop.biz.order_types import Order\n",
        "from shop.biz import order_types\nx = order_types.Order\n",
        "from elsewhere.order_types import Payment\n",
        "from shop.biz.order_types_more import Payment\n",
        "import shop.gen.orders\n",
        "class order_types:\n    Payment = 1\n\n\nx = order_types.Payment\n",
        "from order_types import (\n",
    ],
)
def test_what_is_no_use_of_it(code: str) -> None:
    """Other names, other modules and text count for nothing."""
    assert found(code) == []


@pytest.mark.parametrize("broken", ["def half(:\n", "<<<<<<< yours\n", "\0\n"])
def test_every_word_counts_in_a_file_that_cannot_be_parsed(broken: str) -> None:
    """A half-written file, or one with conflict markers, keeps what it names."""
    code = f"from shop.biz.order_types import Payment\n{broken}"
    assert found(code) == [(TYPES, "Payment", 1, False)]


def test_relative_import_of_a_package() -> None:
    """In an `__init__.py` one dot is the package itself."""
    assert found("from .order_types import Old\n", "src/shop/biz/__init__.py") == [(TYPES, "Old", 1, True)]


def test_names_of_a_module() -> None:
    """Everything that is defined on the module's own level, however; what it imports belongs to others."""
    text = (
        "import os\nfrom a import b\n\nONE = TWO = 1\nthree: int = 3\n\n\ndef four():\n    five = 5\n\n\n"
        "class Six:\n    seven = 7\n\n\nasync def eight():\n    pass\n"
    )
    assert top_level_names(text) == {"ONE", "TWO", "three", "four", "Six", "eight"}
    assert top_level_names("def broken(:\n") == frozenset()


def test_reference_is_a_value() -> None:
    """Two uses of the same thing at the same place are one."""
    assert len({Reference(GEN, "", 1, True), Reference(GEN, "", 1, True)}) == 1
