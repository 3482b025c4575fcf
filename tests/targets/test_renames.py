"""Renames of a contract: the tool's own text, substituted, is what the new names give; the user's follows."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from scaffolder import resources
from scaffolder.artifact import Ownership
from scaffolder.contract import builder
from scaffolder.contract.model import Contract
from scaffolder.diagnostics import ScaffoldError
from scaffolder.plan import Layout, plan
from scaffolder.render import render
from scaffolder.targets.python.recognition import standard_of
from scaffolder.targets.python.renames.before import before
from scaffolder.targets.python.renames.renaming import Generation, Renaming, renaming
from scaffolder.targets.python.renames.spec import Kind, Rename, parse
from scaffolder.targets.python.renames.suggest import strangers, suggestions, surface
from scaffolder.targets.python.renames.text import Substitution, Words, substitute
from scaffolder.targets.python.types import is_money
from scaffolder.targets.python.views import ProjectViews

SAMPLES = Path(__file__).parents[2] / "sample_protos"
ORDER = "order/v1/order.proto"
LIBRARY = "library/v1/library.proto"
TRACKING = "acme/logistics/tracking/v1/tracking_service.proto"
PARCEL = "acme/logistics/parcel/v1/parcel.proto"

Edit = Callable[[str], str]


def generation(contract: Contract) -> Generation:
    """The project `shop` of a contract, with the text of every Python file that a user may edit."""
    templates = resources.templates_dir()
    views = ProjectViews(contract, "shop", "shop")
    planned = plan(views, Layout.read(templates))
    merged = [p for p in planned if p.ownership is Ownership.MERGED and p.path.endswith(".py")]
    return Generation(views, planned, {a.path: a.content.decode() for a in render(merged, templates)})


SHOP = """
syntax = "proto3";
package shop.v1;
import "common/v1/money.proto";
service ShopService { rpc Buy(BuyRequest) returns (Receipt); }
message BuyRequest { common.v1.Money price = 1; }
message Receipt { common.v1.Money paid = 1; }
"""


def samples() -> dict[str, str]:
    """The sample contracts by import name, and a second service that shares a message with one of them."""
    found = {
        p.relative_to(SAMPLES).as_posix(): p.read_text(encoding="utf-8") for p in SAMPLES.rglob("*.proto")
    }
    return found | {"shop/v1/shop.proto": SHOP}


def written(folder: Path, edits: Mapping[str, Edit] = {}, moves: Mapping[str, str] = {}) -> Path:
    """The folder with the samples in it, edited and moved."""
    for name, sample in samples().items():
        text = sample
        for old, new in moves.items():
            text = text.replace(f'import "{old}"', f'import "{new}"').replace(
                f'public "{old}"', f'public "{new}"'
            )
        target = folder / moves.get(name, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((edits[name](text) if name in edits else text), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Case:
    """A change of the samples' text and the `--rename`s that tell of it."""

    requested: tuple[str, ...]
    specs: tuple[str, ...]
    edits: Mapping[str, Edit]
    moves: Mapping[str, str]


@dataclass(frozen=True)
class Before:
    old: Generation
    new: Generation
    renaming: Renaming


def played(case: Case, folder: Path) -> Before:
    """Both real generations, and the renaming as a run computes it: from the new contract and the specs alone."""
    real = generation(builder.load(list(case.requested), [written(folder / "old")]))
    roots = [written(folder / "new", case.edits, case.moves)]
    contract = builder.load([case.moves.get(name, name) for name in case.requested], roots)
    new = generation(contract)
    renames = parse(case.specs, contract)
    undone = generation(before(contract, renames))
    return Before(real, new, renaming(undone, new))


def words(**pairs: str) -> Edit:
    """An edit that replaces whole words; a resource's type, `library.example.com/Book`, is no name and stays."""

    def edit(text: str) -> str:
        for old, new in pairs.items():
            text, count = re.subn(rf"(?<!/)\b{old}\b", new, text)
            assert count, f"{old} is not in the sample"
        return text

    return edit


def inside(start: str, **pairs: str) -> Edit:
    """An edit of whole words between `start` and the next closing brace."""

    def edit(text: str) -> str:
        head, found, rest = text.partition(start)
        assert found, f"{start} is not in the sample"
        body, brace, tail = rest.partition("}")
        return head + start + words(**pairs)(body) + brace + tail

    return edit


def case(
    *specs: str, requested: Sequence[str] = (ORDER,), moves: Mapping[str, str] = {}, **edits: Edit
) -> Case:
    """A case; keywords name the sample to edit."""
    files = {
        "shop": "shop/v1/shop.proto",
        "order": ORDER,
        "library": LIBRARY,
        "tracking": TRACKING,
        "parcel": PARCEL,
        "money": "common/v1/money.proto",
    }
    return Case(tuple(requested), specs, {files[key]: edit for key, edit in edits.items()}, moves)


BOOK_TO_VOLUME = words(
    Book="Volume",
    CreateBook="CreateVolume",
    GetBook="GetVolume",
    ListBooks="ListVolumes",
    UpdateBook="UpdateVolume",
    DeleteBook="DeleteVolume",
    CreateBookRequest="CreateVolumeRequest",
    GetBookRequest="GetVolumeRequest",
    ListBooksRequest="ListVolumesRequest",
    ListBooksResponse="ListVolumesResponse",
    UpdateBookRequest="UpdateVolumeRequest",
    DeleteBookRequest="DeleteVolumeRequest",
    book_id="volume_id",
)

CASES = {
    "rpc": case("order.v1.OrderService.PlaceOrder=SubmitOrder", order=words(PlaceOrder="SubmitOrder")),
    "rpc-streaming": case(
        ".order.v1.OrderService/Navigate=.order.v1.OrderService/Steer", order=words(Navigate="Steer")
    ),
    "rpc-with-its-message": case(
        "order.v1.OrderService.GetOrder=FetchOrder",
        "order.v1.GetOrderRequest=FetchOrderRequest",
        order=words(GetOrder="FetchOrder", GetOrderRequest="FetchOrderRequest"),
    ),
    "service": case("order.v1.OrderService=PurchaseService", order=words(OrderService="PurchaseService")),
    "service-two": case(
        "order.v1.OrderService=PurchaseService",
        requested=(ORDER, TRACKING),
        order=words(OrderService="PurchaseService"),
    ),
    "service-later-in-the-alphabet": case(
        "order.v1.OrderService=ZebraService",
        requested=(ORDER, TRACKING),
        order=words(OrderService="ZebraService"),
    ),
    "service-of-a-resource": case(
        "library.v1.BookService=ShelfService", requested=(LIBRARY,), library=words(BookService="ShelfService")
    ),
    "package": case(
        "order.v1=order.v2",
        order=lambda text: text.replace("package order.v1;", "package order.v2;"),
        moves={ORDER: "order/v2/order.proto"},
    ),
    "package-deeper": case(
        "acme.logistics.parcel.v1=acme.freight.parcel.v2.beta",
        requested=(TRACKING,),
        parcel=lambda text: text.replace(
            "package acme.logistics.parcel.v1;", "package acme.freight.parcel.v2.beta;"
        ),
        tracking=lambda text: text.replace(
            "acme.logistics.parcel.v1.Parcel", "acme.freight.parcel.v2.beta.Parcel"
        ),
        moves={PARCEL: "acme/freight/parcel/v2/beta/parcel.proto"},
    ),
    "package-and-service-and-rpc": case(
        "order.v1=order.v2",
        "order.v1.OrderService=PurchaseService",
        "order.v1.OrderService.GetOrder=FetchOrder",
        order=lambda text: words(OrderService="PurchaseService", GetOrder="FetchOrder")(
            text.replace("package order.v1;", "package order.v2;")
        ),
        moves={ORDER: "order/v2/order.proto"},
    ),
    "message": case("order.v1.OrderEvent=OrderChange", order=words(OrderEvent="OrderChange")),
    "message-that-holds-others": case("order.v1.Order=Purchase", order=words(Order="Purchase")),
    "message-of-two-services": case(
        "common.v1.Money=Amount",
        requested=(ORDER, "shop/v1/shop.proto"),
        order=words(**{"common.v1.Money": "common.v1.Amount"}),
        shop=words(**{"common.v1.Money": "common.v1.Amount"}),
        money=words(Money="Amount"),
    ),
    "message-acme": case(
        "acme.logistics.parcel.v1.Parcel=Package",
        requested=(TRACKING,),
        tracking=lambda text: text.replace("v1.Parcel", "v1.Package"),
        parcel=words(Parcel="Package"),
    ),
    "nested-message": case("order.v1.Order.Item=order.v1.Order.Line", order=words(Item="Line")),
    "nested-message-of-a-resource": case(
        "library.v1.Book.Author=Writer", requested=(LIBRARY,), library=words(Author="Writer")
    ),
    "enum": case("order.v1.OrderState=Stage", order=words(OrderState="Stage")),
    "nested-enum": case(
        "library.v1.Book.Binding=Cover", requested=(LIBRARY,), library=words(Binding="Cover")
    ),
    "value": case(
        "order.v1.OrderState.ORDER_STATE_UNSPECIFIED=ORDER_STATE_UNKNOWN",
        order=words(ORDER_STATE_UNSPECIFIED="ORDER_STATE_UNKNOWN"),
    ),
    "value-beside-its-enum": case(
        "order.v1.ORDER_STATE_PLACED=order.v1.ORDER_STATE_OPEN",
        order=words(ORDER_STATE_PLACED="ORDER_STATE_OPEN"),
    ),
    "field": case(
        "order.v1.CancelOrderRequest.reason=why", order=inside("message CancelOrderRequest {", reason="why")
    ),
    "field-everywhere": case(
        "order.v1.Order.customer_id=buyer_id",
        "order.v1.PlaceOrderRequest.customer_id=buyer_id",
        order=words(customer_id="buyer_id"),
    ),
    "field-ambiguous": case(
        "order.v1.PlaceOrderRequest.customer_id=buyer_id",
        order=inside("message PlaceOrderRequest {", customer_id="buyer_id"),
    ),
    "field-called-like-a-variable": case(
        "order.v1.OrderEvent.order=item", order=lambda text: text.replace("Order order = 1", "Order item = 1")
    ),
    "field-in-a-oneof": case("order.v1.PlaceOrderRequest.card_token=card", order=words(card_token="card")),
    "field-acme": case(
        "acme.logistics.parcel.v1.Parcel.contents=parcels",
        requested=(TRACKING,),
        parcel=words(contents="parcels"),
    ),
    "field-of-a-resource": case(
        "library.v1.Book.page_count=pages", requested=(LIBRARY,), library=words(page_count="pages")
    ),
    "field-that-tests-fill": case(
        "library.v1.Book.title=headline", requested=(LIBRARY,), library=words(title="headline")
    ),
    "oneof": case("order.v1.PlaceOrderRequest.payment=method", order=words(payment="method")),
    "resource": case(
        "library.v1.Book=Volume",
        *(
            f"library.v1.{verb}BookRequest={verb}VolumeRequest"
            for verb in ("Create", "Get", "Update", "Delete")
        ),
        "library.v1.ListBooksRequest=ListVolumesRequest",
        "library.v1.ListBooksResponse=ListVolumesResponse",
        *(
            f"library.v1.BookService.{verb}Book={verb}Volume"
            for verb in ("Create", "Get", "Update", "Delete")
        ),
        "library.v1.BookService.ListBooks=ListVolumes",
        "library.v1.CreateBookRequest.book_id=volume_id",
        requested=(LIBRARY,),
        library=BOOK_TO_VOLUME,
    ),
}


class _Neutral(ast.NodeTransformer):
    """Leaves out what a rename does not have to follow: docstrings, and the order of imports and of their names."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            imports = sorted((s for s in body if _is_import(s)), key=ast.dump)
            node.body = [*imports, *(s for s in body if not _is_import(s) and not _is_text(s))]  # type: ignore[attr-defined]
        if isinstance(node, ast.ImportFrom):
            node.names.sort(key=lambda alias: alias.name)
        return node


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def neutral(text: str) -> str:
    return ast.dump(_Neutral().visit(ast.parse(text)), indent=1)


@pytest.mark.parametrize("name", CASES)
def test_substituted_text_is_what_the_new_names_give(name: str, tmp_path: Path) -> None:
    """generate(old names), substituted, equals generate(new names), in every file that a user may edit."""
    found = played(CASES[name], tmp_path)
    assert {found.renaming.old_path(path) for path in found.new.texts} == found.old.texts.keys()
    for path, text in found.new.texts.items():
        old = found.old.texts[found.renaming.old_path(path)]
        assert neutral(found.renaming.substituted(path, old)) == neutral(text), path


def test_old_names_give_the_old_project(tmp_path: Path) -> None:
    """The contract under its old names generates what the old contract generated, to the byte."""
    case = CASES["package-and-service-and-rpc"]
    old = builder.load([ORDER], [written(tmp_path / "old")])
    contract = builder.load(["order/v2/order.proto"], [written(tmp_path / "new", case.edits, case.moves)])
    undone = before(contract, parse(case.specs, contract))
    assert generation(undone).texts == generation(old).texts


def test_contract_file_may_move_as_well(tmp_path: Path) -> None:
    """Where the file's old name does not follow from its package, the caller knows it."""
    edits, moves = CASES["service"].edits, {ORDER: "sales/purchase.proto"}
    old = builder.load([ORDER], [written(tmp_path / "old")])
    contract = builder.load(["sales/purchase.proto"], [written(tmp_path / "new", edits, moves)])
    undone = generation(
        before(contract, parse(CASES["service"].specs, contract), {"sales/purchase.proto": ORDER})
    )
    assert undone.texts == generation(old).texts
    new = generation(contract)
    found = renaming(undone, new)
    for path, text in new.texts.items():
        assert neutral(found.substituted(path, undone.texts[found.old_path(path)])) == neutral(text), path


def test_moved_files_are_known_by_their_old_paths(tmp_path: Path) -> None:
    found = played(CASES["service"], tmp_path).renaming.paths
    assert found["src/shop/biz/purchase.py"] == "src/shop/biz/order.py"
    assert found["src/shop/biz/purchase_types.py"] == "src/shop/biz/order_types.py"
    assert found["src/shop/service/purchase_mapping.py"] == "src/shop/service/order_mapping.py"
    assert found["tests/unit/test_purchase.py"] == "tests/unit/test_order.py"
    assert not any("/gen/" in path for path in found)


BIZ = '''\
import decimal as Instruction  # PlaceOrderRequest, the RPC place_order
from shop.biz import order_types
from .order_types import (  # relative
    Order as Bestellung, PlaceOrderRequest,
    OrderState)


class OrderUseCase:
    async def place_order(self, request: PlaceOrderRequest) -> Bestellung:
        """place_order of order.v1.OrderService.PlaceOrder, not of order.v1.OrderService.PlaceOrderNow."""
        order = Bestellung(customer_id = request.customer_id)  # request.customer_id
        other = order_types.Order(customer_id=self.of(customer_id="customer_id"))
        text = f"{request.customer_id!r:>{len(request.customer_id)}} {{customer_id}} order.v1.OrderService.PlaceOrder"
        await self._order_repository.place_order(order, place_order=1)
        place_order = 2
        return await self.place_order(PlaceOrderRequest(customer_id='x', items=[])), OrderState.PLACED, Instruction
'''


def of(specs: Sequence[str], edits: Mapping[str, Edit], folder: Path) -> Renaming:
    """The renaming of an edited order.proto."""
    return played(Case((ORDER,), tuple(specs), edits, {}), folder).renaming


def test_rpc_is_followed_in_the_users_code(tmp_path: Path) -> None:
    """Its method, its calls and its full name; not a variable, a keyword, a comment or a repository's method."""
    found = of(["order.v1.OrderService.PlaceOrder=Submit"], {ORDER: words(PlaceOrder="Submit")}, tmp_path)
    expected = BIZ.replace("async def place_order", "async def submit").replace(
        "self.place_order", "self.submit"
    )
    expected = re.sub(r"order\.v1\.OrderService\.PlaceOrder\b", "order.v1.OrderService.Submit", expected)
    assert found.substituted("src/shop/biz/order.py", BIZ) == expected


def test_message_is_followed_through_aliases(tmp_path: Path) -> None:
    """Imported under the user's own name it keeps that; by its module it follows; a stranger of its name stays."""
    found = of(
        ["order.v1.Order=Purchase", "order.v1.PlaceOrderRequest=Wish", "order.v1.Instruction=Advice"],
        {ORDER: words(Order="Purchase", PlaceOrderRequest="Wish", Instruction="Advice")},
        tmp_path,
    )
    expected = BIZ.replace("Order as Best", "Purchase as Best").replace(
        "order_types.Order(", "order_types.Purchase("
    )
    expected = expected.replace("Bestellung, PlaceOrderRequest", "Bestellung, Wish").replace(
        "request: PlaceOrderRequest", "request: Wish"
    )
    expected = expected.replace("self.place_order(PlaceOrderRequest(", "self.place_order(Wish(")
    assert found.substituted("src/shop/biz/order.py", BIZ) == expected


def test_field_of_two_messages_is_followed_where_its_message_is_known(tmp_path: Path) -> None:
    """`request` is annotated, `PlaceOrderRequest(…)` says it; `Order` has a field of that name that stays."""
    edits = {ORDER: inside("message PlaceOrderRequest {", customer_id="buyer_id")}
    found = of(["order.v1.PlaceOrderRequest.customer_id=buyer_id"], edits, tmp_path)
    expected = BIZ.replace("request.customer_id)  #", "request.buyer_id)  #")
    expected = expected.replace("{request.customer_id!r", "{request.buyer_id!r")
    expected = expected.replace("len(request.customer_id)", "len(request.buyer_id)")
    expected = expected.replace("PlaceOrderRequest(customer_id='x'", "PlaceOrderRequest(buyer_id='x'")
    assert found.substituted("src/shop/biz/order.py", BIZ) == expected


def test_value_is_followed_by_its_enum(tmp_path: Path) -> None:
    edits = {ORDER: words(ORDER_STATE_PLACED="ORDER_STATE_OPEN")}
    found = of(["order.v1.OrderState.ORDER_STATE_PLACED=ORDER_STATE_OPEN"], edits, tmp_path)
    text = "from shop.biz.order_types import OrderState\nOrderState.PLACED, other.PLACED, PLACED, 'PLACED'\n"
    assert found.substituted("tests/unit/test_order.py", text) == text.replace(
        "OrderState.PLACED", "OrderState.OPEN"
    )
    text = "from shop.gen.order.v1 import order_pb2 as pb\npb.ORDER_STATE_PLACED, pb.OrderState.ORDER_STATE_PLACED\n"
    assert found.substituted("tests/e2e/test_order.py", text) == text.replace("E_PLACED", "E_OPEN")


def test_module_is_followed_in_files_of_other_services(tmp_path: Path) -> None:
    """tracking.py imports what the order's module defines; module and class have other names now."""
    case = CASES["service-two"]
    found = played(case, tmp_path).renaming
    text = "import shop.biz.order\nfrom shop.biz.order import OrderUseCase\nshop.biz.order.OrderUseCase, OrderUseCase\n"
    expected = text.replace("biz.order", "biz.purchase").replace("OrderUse", "PurchaseUse")
    assert found.substituted("src/shop/biz/tracking.py", text) == expected
    text = "def test(container):\n    container.order_use_case, order_use_case\n"
    expected = text.replace("container.order", "container.purchase")
    assert found.substituted("tests/unit/test_tracking.py", text) == expected


def test_constants_of_rpcs_follow(tmp_path: Path) -> None:
    found = of(["order.v1.OrderService.GetOrder=Fetch"], {ORDER: words(GetOrder="Fetch")}, tmp_path)
    text = "from shop.gen.order.v1 import order_service_rpc as rpc\nrpc.GET_ORDER, x.GET_ORDER\nclient.get_order()\n"
    expected = text.replace("rpc.GET_ORDER", "rpc.FETCH").replace("client.get_order", "client.fetch")
    assert found.substituted("tests/e2e/test_order.py", text) == expected


def test_mapping_asks_for_the_field_by_its_new_name(tmp_path: Path) -> None:
    """`HasField("card_token")` of an edited conversion would raise."""
    found = of(["order.v1.PlaceOrderRequest.card_token=card"], {ORDER: words(card_token="card")}, tmp_path)
    text = "def place_order_request_from(message):\n    log('card_token!')\n    return message.HasField('card_token')\n"
    expected = text.replace("HasField('card_token')", "HasField('card')")
    assert found.substituted("src/shop/service/order_mapping.py", text) == expected


@pytest.mark.parametrize("text", ["def place_order(:\n  '''", "x = 'open\n", "a\n  b\n c\n", "(", "\x00", ""])
def test_text_that_is_no_python_stays(text: str) -> None:
    assert (
        substitute(text, Substitution(whole=Words(names={"x": "y", "a": "b", "place_order": "submit"})))
        == text
    )


NAMES = Words({"old": "new_name"}, {"old": "new_name"}, {"old": "new_name"})
LINES = {
    "old = old": 2,
    "a.old(old=1)": 1,
    "# old": 0,
    "'old'": 0,
    "x = 'ü' + old": 1,
    "if old:\n\told\n": 2,
    "\x0c": 0,
    "": 0,
    "f(\n old,\n)": 1,
    "f'old {old}'": 1,
}
"""Lines with how many names of theirs follow: no keyword of a stranger's call does."""


@given(
    st.lists(st.sampled_from(sorted(LINES)), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
)
def test_every_other_byte_stays(lines: list[str], ending: str, last: bool, bom: bool) -> None:
    """Whatever the line ends, tabs, form feeds, marks and letters: taking the new name back gives the old text."""
    text = ("\ufeff" if bom else "") + "\n".join(lines).replace("\n", ending) + (ending if last else "")
    found = substitute(text, Substitution(whole=NAMES))
    assert found.replace("new_name", "old") == text
    assert found.count("new_name") == sum(LINES[line] for line in lines)


def kept(contract: Contract) -> tuple[int, list[list[tuple[str, ...]]]]:
    """What the tool takes for money and for a resource hangs on names: a rename that changes it is more than one.

    So is one of what holds a resource in a request: handlers say where violations are that are called otherwise.
    """
    return sum(is_money(message) for message in contract.messages.values()), [
        sorted((s.verb, s.payload, s.resource.create_time, s.resource.update_time) for s in found.values())
        for service in contract.services
        for found in [standard_of(contract).of(service)]
    ]


def test_field_without_which_a_message_is_no_money(tmp_path: Path) -> None:
    """The rename is more than one then: what was counted becomes a class. The names go on alike all the same."""
    money = words(nanos="billionths")
    found = played(case("common.v1.Money.nanos=billionths", order=str, money=money), tmp_path)
    text = "from shop.gen.common.v1 import money_pb2\n\nmoney_pb2.Money(nanos=1)\n"
    assert "billionths=1" in found.renaming.substituted("src/shop/service/order.py", text)


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> list[Generation]:
    folder = written(tmp_path_factory.mktemp("samples"))
    return [generation(builder.load(names, [folder])) for names in ([ORDER, TRACKING], [LIBRARY])]


OLD_NAMES = (
    "Value",
    "message",
    "item",
    "request",
    "name",
    "Order",
    "context",
    "Get",
    "page",
    "fresh_thing",
    "row",
    "Base",
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_substituted_text_is_what_any_new_names_give(data: st.DataObject, projects: list[Generation]) -> None:
    """Up to three names of any kind were words that generated code is full of; the old project becomes the new."""
    new = data.draw(st.sampled_from(projects))
    contract = new.views.contract
    renames = data.draw(
        st.lists(st.sampled_from(sorted(names_of(contract))), min_size=1, max_size=3, unique=True)
    )
    specs = [f"{full.rpartition('.')[0]}.{data.draw(st.sampled_from(OLD_NAMES))}={full}" for full in renames]
    try:
        old = generation(before(contract, parse(specs, contract)))
    except ScaffoldError:
        reject()
    assume(kept(old.views.contract) == kept(contract))
    found = renaming(old, new)
    for path, text in new.texts.items():
        assert neutral(found.substituted(path, old.texts[found.old_path(path)])) == neutral(text), (
            specs,
            path,
        )


def names_of(contract: Contract) -> set[str]:
    """RPCs, messages, enums and fields that the project generates."""
    own = [m for m in contract.messages.values() if not contract.by_name[m.file].provider]
    fields = {f"{m.full_name}.{f.name}" for m in own for f in m.fields}
    enums = {e.full_name for m in own for e in m.enums}
    return fields | enums | {m.full_name for m in own} | set(surface(contract))


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return builder.load([ORDER], [written(tmp_path_factory.mktemp("samples"))])


@pytest.mark.parametrize(
    ("spec", "kind", "old", "new"),
    [
        ("OrderService.Take=PlaceOrder", "rpc", "OrderService.Take", "OrderService.PlaceOrder"),
        (
            "OrderService/Take=order.v1.OrderService/PlaceOrder",
            "rpc",
            "OrderService.Take",
            "OrderService.PlaceOrder",
        ),
        ("Desk=order.v1.OrderService", "service", "Desk", "OrderService"),
        ("Order.Line=Item", "message", "Order.Line", "Order.Item"),
        ("Stage=OrderState", "enum", "Stage", "OrderState"),
        ("Order.buyer=customer_id", "field", "Order.buyer", "Order.customer_id"),
        ("PlaceOrderRequest.pay=payment", "oneof", "PlaceOrderRequest.pay", "PlaceOrderRequest.payment"),
        ("OPEN=ORDER_STATE_PLACED", "value", "OrderState.OPEN", "OrderState.ORDER_STATE_PLACED"),
        ("OrderState.OPEN=ORDER_STATE_PLACED", "value", "OrderState.OPEN", "OrderState.ORDER_STATE_PLACED"),
    ],
)
def test_kind_follows_from_the_new_name(spec: str, kind: Kind, old: str, new: str, order: Contract) -> None:
    """`order.v1.` stands before every OLD, with a dot in front or without."""
    rename = Rename(kind, f"order.v1.{old}", f"order.v1.{new}")
    assert parse([f"order.v1.{spec}"], order) == parse([f".order.v1.{spec}"], order) == (rename,)


def test_service_and_package_may_come_from_elsewhere(order: Contract) -> None:
    assert parse(["shop.Desk=order.v1.OrderService", "sales.v3=order.v1"], order) == (
        Rename("service", "shop.Desk", "order.v1.OrderService"),
        Rename("package", "sales.v3", "order.v1"),
    )


def problems(order: Contract, *specs: str) -> list[str]:
    with pytest.raises(ScaffoldError) as caught:
        parse(specs, order)
    assert {d.code for d in caught.value.diagnostics} == {"rename"}
    return [f"{d.message} / {d.hint}" for d in caught.value.diagnostics]


def test_every_wrong_spec_is_told_at_once(order: Contract) -> None:
    found = problems(
        order,
        "nonsense",
        "a=b=c",
        "order.v1.Order=order.v1.Order",
        "order.v1.OrderService.Take=order.v1.OrderService.placeorder",
        "order.v1.Order=order.v1.Scan",
        "order.v1=order.v1.Scan",
        "order.v1.A=Scan",
        "order.v1.B=Scan",
        "order.v1.C=Position",
        "order.v1.C=Instruction",
        "order.v1.Elsewhere.Take=order.v1.OrderService.PlaceOrder",
    )
    text = "\n".join(found)
    assert len(found) == 9
    assert "`nonsense` is not OLD=NEW" in text
    assert "both names are the same" in text
    assert "did you mean `order.v1.OrderService.PlaceOrder`?" in text
    assert "order.v1.Order is still in the contract" in text
    assert "order.v1 is still in the contract" in text
    assert "both name order.v1.Scan" in text
    assert "both name order.v1.C" in text
    assert "--rename order.v1.Elsewhere=order.v1.OrderService" in text


def test_short_name_is_completed_by_what_its_owner_became(order: Contract) -> None:
    """The order of the options does not matter."""
    found = parse(["sales.v1.Desk.Take=PlaceOrder", "sales.v1.Desk=order.v1.OrderService"], order)
    assert [r.kind for r in found] == ["service", "rpc"]
    assert found[1].new == "order.v1.OrderService.PlaceOrder"


def hints(order: Contract, *renames: tuple[str, str], more: Mapping[str, str] = {}) -> list[tuple[str, str]]:
    """What is suggested where the old surface is today's with words replaced."""
    old = {}
    for rpc, signature in surface(order).items():
        text = f"{rpc}={signature}"
        for now, was in renames:
            text = re.sub(rf"(?<!\w){now}(?!\w)", was, text)
        name, _, types = text.partition("=")
        old[name] = types
    return [(s.old, s.new) for s in suggestions({**old, **more}, order)]


def test_surface_is_text(order: Contract) -> None:
    found = surface(order)
    assert found["order.v1.OrderService.GetOrder"] == "order.v1.GetOrderRequest -> order.v1.Order"
    assert (
        found["order.v1.OrderService.Navigate"] == "stream order.v1.Position -> stream order.v1.Instruction"
    )


def test_nothing_is_suggested_where_nothing_changed(order: Contract) -> None:
    assert not hints(order)


def test_rpc_of_the_same_signature_is_suggested(order: Contract) -> None:
    [found] = hints(order, ("GetOrder", "FetchOrder"))
    assert found == ("order.v1.OrderService.FetchOrder", "order.v1.OrderService.GetOrder")


def test_rpc_whose_messages_are_named_after_it_is_suggested(order: Contract) -> None:
    [found] = hints(order, ("GetOrder", "FetchOrder"), ("GetOrderRequest", "FetchOrderRequest"))
    assert found == ("order.v1.OrderService.FetchOrder", "order.v1.OrderService.GetOrder")


def test_two_possibilities_are_none(order: Contract) -> None:
    """Two RPCs that are gone could both have become the new one."""
    signature = surface(order)["order.v1.OrderService.GetOrder"]
    more = {"order.v1.OrderService.ReadOrder": signature}
    assert not hints(order, ("GetOrder", "FetchOrder"), more=more)


def test_other_signature_is_not_suggested(order: Contract) -> None:
    assert not hints(order, ("GetOrder", "FetchOrder"), ("GetOrderRequest", "Question"))


def test_service_is_suggested_across_packages(order: Contract) -> None:
    """Its messages moved along; of six RPCs one was renamed, too."""
    found = hints(order, ("order.v1", "sales.v2"), ("OrderService", "Desk"), ("GetOrder", "FetchOrder"))
    assert found == [
        ("sales.v2.Desk", "order.v1.OrderService"),
        ("sales.v2.Desk.FetchOrder", "order.v1.OrderService.GetOrder"),
    ]


def test_a_rename_of_what_never_was_is_noticed(order: Contract) -> None:
    """OLD misspelt is known from neither side; a rename told late has its NEW there already."""
    new = "order.v1.OrderService.GetOrder"
    old = {name.replace("GetOrder", "FetchOrder"): types for name, types in surface(order).items()}
    right, wrong = (
        parse([f"order.v1.OrderService.{name}={new}"], order) for name in ("FetchOrder", "FechOrder")
    )
    assert strangers(right, old) == strangers(right, surface(order)) == []
    assert strangers(wrong, old) == list(wrong)


def test_suggestions_are_specs_that_parse(order: Contract) -> None:
    found = hints(order, ("OrderService", "Desk"), ("GetOrder", "FetchOrder"))
    assert len(parse([f"{old}={new}" for old, new in found], order)) == 2
