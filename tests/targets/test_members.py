"""Whose methods and fields a module uses, as its annotations and constructors tell."""

from __future__ import annotations

import pytest

from scaffolder.targets.python.merging.inference import Inference
from scaffolder.targets.python.merging.members import class_members, member_uses

LIBRARY = """
class Client:
    name: str = ""
    def __init__(self, port: "Port | None" = None):
        self.port = port
    def __enter__(self): return self
    def other(self) -> "Client": return self
    async def later(self) -> "Client": return self

class Port(Protocol):
    def send(self): ...

class Rules(Generic[T]):
    def new(self, entity: T, other: int = 0) -> T: ...
    def count(self, entity: T) -> int: ...

CLIENTS = Rules()

def make() -> Client: ...
"""
GONE = {"a.lib": {"Client": frozenset({"call"}), "Pipe": frozenset({"send"})}}


def uses(code: str, library: str = LIBRARY) -> list[tuple[str, int]]:
    texts = {"a.lib": ("a/lib.py", library), "a.own": ("a/own.py", code)}
    inference = Inference(texts.get)
    module = inference.module("a.own")
    assert module
    return [(item.name, item.line) for item in member_uses(inference, module, GONE)]


@pytest.mark.parametrize(
    "code",
    [
        "from a.lib import Client\ndef f(c: Client): c.call()",
        "from a.lib import Client\ndef f(c: 'Client'): c.call()",
        "from a.lib import Client as C\ndef f(*, c: C | None): c.call()",
        "from .lib import Client\nfrom typing import Optional\ndef f(c: Optional[Client]): c.call()",
        "import a.lib\ndef f(c: a.lib.Client): c.call()",
        "import a.lib as x\nx.Client().call()",
        "from a import lib\nlib.make().call()",
        "from a.lib import Client\nc = Client()\nc.call()",
        "from a.lib import Client\nc = Client()\ndef f(): c.call()",
        "from a.lib import Client\nwith Client() as c:\n    c.call()",
        "from a.lib import Client\nClient().other().call()",
        "from a.lib import Client\nasync def f(c: Client): (await c.later()).call()",
        "from a.lib import Client\nclass D(Client):\n    def f(self): self.call()",
        "from a.lib import Client\nclass D(Client):\n    def f(self): super().call()",
        "from a.lib import Client\nclass D:\n    c: Client\n    def f(self): self.c.call()",
        "from a.lib import Client\nclass D:\n    def __init__(self): self.c = Client()\n    def f(self): self.c.call",
        "from a.lib import Client\nClient.call",
        "from a.lib import Client, Rules\nR = Rules()\ndef f(c: Client):\n    c = R.new(c)\n    c.call()",
        "from a.lib import CLIENTS, Client\ndef f(c: Client):\n    d = CLIENTS.new(c, 1)\n    d.call()",
        "from a.lib import Client\ndef f():\n    c: Client = some()\n    return lambda: c.call()",
    ],
)
def test_use_is_found(code: str) -> None:
    assert {name for name, _ in uses(code)} == {"Client.call"}


@pytest.mark.parametrize(
    "code",
    [
        "from a.lib import Client\ndef f(c): c.call()",
        "from b.lib import Client\nClient().call()",
        "from a.lib import Client\ndef f(c: Client): c.name",
        "from a.lib import Client\nclass D(Client):\n    def call(self): ...\n    def f(self): self.call()",
        "from a.lib import Client\ndef f(c: Client):\n    c = other()\n    c.call()",
        "from a.lib import Client\nc = Client()\nfor c in others: c.call()",
        "from a.lib import Client\nClient = other\nClient().call()",
        "from a.lib import Client\nclass D:\n    def f(c: Client): c.call = 1",
        "class D(D):\n    def f(self): self.call()",
        "a = b\nb = a\na.call()",
        "from a.lib import CLIENTS, Client\ndef f(c: Client):\n    d = CLIENTS.count(c)\n    d.call()",
        "from a.lib import CLIENTS, Client\ndef f(c: Client):\n    c = CLIENTS.new(other)\n    c.call()",
    ],
)
def test_doubt_is_no_use(code: str) -> None:
    assert uses(code) == []


def test_class_in_the_place_of_a_protocol_uses_its_methods() -> None:
    code = "from a.lib import Client, Pipe\nc = Client(Pipe())\n\ndef f() -> 'Port':\n    return Pipe()\n"
    assert uses(code, LIBRARY + "\nclass Pipe: ...\n") == [("Pipe.send", 2)]


def test_members_are_methods_fields_and_what_is_assigned_to_self() -> None:
    code = (
        "class A:\n    x: int\n    def f(a):\n        a.y = 1\n        b.z = 1\n    async def g(self): ...\n"
    )
    assert class_members(code) == {"A": {"x": False, "f": True, "y": False, "g": True}}


def test_unreadable_module_has_no_members() -> None:
    assert class_members("class A:\n<<<<<<<\n") == {}
