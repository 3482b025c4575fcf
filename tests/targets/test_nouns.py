"""What services are called in files: alone by their own noun, beside one of the same noun by what tells them apart."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.contract import builder
from scaffolder.contract.model import Contract, File, Service
from scaffolder.targets.python.names import noun
from scaffolder.targets.python.nouns import clashes, problem, qualifies, settle, stem_of
from scaffolder.targets.python.views import ProjectViews


def contract(*names: str) -> Contract:
    """One file per package, in the order of their first services."""
    packages = list(dict.fromkeys(name.rpartition(".")[0] for name in names))
    return Contract(tuple(_file(package, names) for package in packages))


def _file(package: str, names: tuple[str, ...]) -> File:
    path = f"{package.replace('.', '/')}/all.proto".lstrip("/")
    own = [name for name in names if name.rpartition(".")[0] == package]
    services = tuple(Service(name.rpartition(".")[2], name, path) for name in own)
    return File(path, package, services=services, requested=True)


def order(made: Contract) -> list[str]:
    return [file.name for file in made.files]


def nouns(
    *names: str, chosen: dict[str, str] | None = None, known: dict[str, str] | None = None
) -> list[str]:
    """The nouns of services, in their order."""
    made, given_ = contract(*names), chosen or {}
    found = given_ | settle(made, order(made), given_, known or {})
    return [found.get(name, noun(name.rpartition(".")[2])) for name in names]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["order.v1.OrderService", "order.v2.OrderService"], ["order", "order_v2"]),
        (["order.v2.OrderService", "order.v1.OrderService"], ["order", "order_v1"]),
        (["google.automl.v1.ModelService", "google.translate.v3.ModelService"], ["model", "translate_model"]),
        (
            ["vision.v1.ModelService", "automl.v1.ModelService", "automl.v1beta1.ModelService"],
            ["model", "automl_model", "automl_model_v1beta1"],
        ),
        (["foo.order.v1.OrderService", "bar.order.v1.OrderService"], ["order", "bar_order"]),
        (["foo.order.OrderService", "order.OrderService"], ["order", "order_order"]),
        (["OrderService", "order.v1.OrderService"], ["order", "order_order"]),
        (["shop.v1.Foo", "shop.v1.FooService"], ["foo", "shop_foo"]),
        (["shop.v1.FooService", "shop.v1.Foo"], ["foo", "shop_foo"]),
        (["shop.v1.GetURL", "shop.v1.GetUrl"], ["get_url", "shop_get_url"]),
        (["shop.v1.Foo", "shop.v1.foo"], ["foo", "shop_foo"]),
        (["shop.v1.Greeter", "shop.v1.AsyncGreeter"], ["greeter", "shop_async_greeter"]),
        (["shop.v1.Order", "shop.v1.OrderTypes"], ["order", "shop_order_types"]),
        (["Foo", "foo"], ["foo", "foo_2"]),
        (["shop.v1.IAMPolicy", "shop.v2.IAMPolicy"], ["iam_policy", "iam_policy_v2"]),
    ],
)
def test_later_service_is_called_by_what_tells_it_apart(names: list[str], expected: list[str]) -> None:
    assert nouns(*names) == expected


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("OrderService", "order"),
        ("import", "import_service"),
        ("ImportService", "import_service"),
        ("class", "class_service"),
        ("None", "none"),
        ("print", "print"),
        ("_", "service"),
        ("__Foo", "foo"),
        ("_1Foo", "_1_foo"),
        ("AuxService", "aux_service"),
        ("MatchService", "match_service"),
    ],
)
def test_own_noun(service: str, expected: str) -> None:
    assert noun(service) == expected
    assert stem_of(expected, service).isidentifier()


def test_stem_keeps_the_capitals_of_the_contract() -> None:
    assert stem_of("iam_policy_v2", "IAMPolicyService") == "IAMPolicyV2"
    assert stem_of("purchase", "OrderService") == "Purchase"


def test_who_was_there_keeps_the_noun_whatever_stands_before_it_now() -> None:
    names = ["order.v1.OrderService", "order.v2.OrderService"]
    assert nouns(*names, known={"order.v2.OrderService": "order"}) == ["order_v1", "order"]


def test_recorded_noun_stays_when_the_other_service_goes() -> None:
    chosen = {"order.v2.OrderService": "order_v2"}
    assert nouns("order.v2.OrderService", chosen=chosen) == ["order_v2"]


def test_new_service_gives_way_to_a_recorded_noun() -> None:
    chosen = {"order.v2.OrderService": "order_v2"}
    names = ["shop.OrderV2Service", "order.v2.OrderService"]
    assert nouns(*names, chosen=chosen) == ["shop_order_v2", "order_v2"]


def test_chosen_noun_that_is_another_services() -> None:
    made = contract("order.v1.OrderService", "item.v1.ItemService")
    known = {"item.v1.ItemService": "item"}
    [clash] = clashes(made, {"order.v1.OrderService": "item"}, known)
    assert (clash.noun, clash.other) == ("item", "item.v1.ItemService")
    both = {"order.v1.OrderService": "x", "item.v1.ItemService": "x_types"}
    assert [clash.service for clash in clashes(made, both, {})] == ["item.v1.ItemService"]


@pytest.mark.parametrize(
    "word", ["Order", "order-v2", "", "2nd", "class", "con", "_order", "order__v2", "ordér"]
)
def test_word_that_is_no_noun(word: str) -> None:
    assert problem(word)


NAMES = st.builds(
    lambda package, name: f"{package}.{name}" if package else name,
    st.sampled_from(["", "a", "a.v1", "a.v2", "a.b.v1", "b.v1", "in.v1", "a.v1beta1", "_.v1"]),
    st.sampled_from(
        ["Foo", "foo", "FooService", "FOO", "Foo_", "AsyncFoo", "FooTypes", "GetURL", "GetUrl", "class", "_"]
    ),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(NAMES, unique=True, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_nouns_differ_and_do_not_depend_on_the_order_of_discovery(
    names: list[str], rng: random.Random
) -> None:
    made = contract(*names)
    found = settle(made, order(made), {}, {})
    shuffled = list(made.files)
    rng.shuffle(shuffled)
    assert settle(Contract(tuple(shuffled)), order(made), {}, {}) == found
    assert settle(made, order(made), found, {}) == {}
    views = ProjectViews(made, "shop", "shop", names=found)
    all_names = [view.names for view in views._services("shop")]
    assert len({name.noun for name in all_names}) == len(names)
    assert len({name.gen_path for name in all_names}) == len(names)
    assert len({name.bind for name in all_names}) == len(names)
    clients = [f"{start}{name.stem}Client" for name in all_names for start in ("", "Async")]
    assert len(set(clients)) == 2 * len(names)
    assert all(text.isidentifier() for text in clients)


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMES, unique=True, min_size=1, max_size=8), NAMES)
def test_no_service_loses_its_noun_to_one_that_is_added(names: list[str], added: str) -> None:
    """Wherever the new one stands, and without the nouns of the last run too, where they are recorded."""
    made = contract(*names)
    found = settle(made, order(made), {}, {})
    before = ProjectViews(made, "shop", "shop", names=found).by_service
    more = contract(added, *(name for name in names if name != added))
    after = found | settle(more, order(more), found, before)
    now = ProjectViews(more, "shop", "shop", names=after).by_service
    assert {name: now[name] for name in names} == before


STORED = """syntax = "proto3";
package PACKAGE;
message Order { string name = 1; }
message Item { string name = 1; }
message CreateOrderRequest { Order order = 1; }
message CreateItemRequest { Item item = 1; }
message GetOrderRequest { string name = 1; }
message GetItemRequest { string name = 1; }
service OrderService {
  rpc CreateOrder(CreateOrderRequest) returns (Order);
  rpc GetOrder(GetOrderRequest) returns (Order);
  rpc CreateItem(CreateItemRequest) returns (Item);
  rpc GetItem(GetItemRequest) returns (Item);
}
"""


def tables(made: Contract, chosen: dict[str, str]) -> dict[str, list[str]]:
    views = ProjectViews(made, "shop", "shop", names=chosen).nouns
    return {word: [r["table"].name for r in view["service"]["repositories"]] for word, view in views.items()}


def test_two_versions_keep_their_resources_in_tables_of_their_own(tmp_path: Path) -> None:
    names = []
    for version in ("v1", "v2"):
        name = f"order/{version}/order.proto"
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(STORED.replace("PACKAGE", f"order.{version}"))
        names.append(name)
    chosen = {"order.v2.OrderService": "order_v2"}
    both = tables(builder.load(names, [tmp_path]), chosen)
    assert both == {"order": ["orders", "items"], "order_v2": ["orders_v2", "order_v2_items"]}
    alone = tables(builder.load(names[1:], [tmp_path]), chosen)
    assert alone == {"order_v2": both["order_v2"]}


def test_noun_that_only_qualifies_the_own_one() -> None:
    service = Service("OrderService", "order.v2.OrderService", "order.proto")
    assert qualifies("order_v2", service)
    assert not qualifies("order", service)
    assert not qualifies("reorder", service)
