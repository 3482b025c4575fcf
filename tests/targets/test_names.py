"""Python names for what a contract names."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder.targets.python.names import noun, pascal, plural, safe, snake, title


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GetOrder", "get_order"),
        ("GetIAMPolicy", "get_iam_policy"),
        ("AlloyDBCSQLAdmin", "alloy_dbcsql_admin"),
        ("GetURL", "get_url"),
        ("OAuth2Token", "o_auth2_token"),
        ("already_snake", "already_snake"),
        ("Try", "try"),
    ],
)
def test_snake(name: str, expected: str) -> None:
    assert snake(name) == expected


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True))
def test_snake_of_snake_is_itself(name: str) -> None:
    assert snake(snake(name)) == snake(name)


@given(
    st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.sets(st.sampled_from(["class", "class_", "list", "a"]))
)
def test_safe_name_is_free_and_no_keyword(name: str, taken: set[str]) -> None:
    found = safe(name, taken)
    assert found not in taken
    assert not keyword.iskeyword(found)
    assert found.rstrip("_") == name.rstrip("_")


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("OrderService", "order"),
        ("Greeter", "greeter"),
        ("Service", "service"),
        ("ImportService", "import_service"),
        ("MatchService", "match_service"),
        ("IAMPolicyService", "iam_policy"),
    ],
)
def test_noun(service: str, expected: str) -> None:
    assert noun(service) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("order", "orders"),
        ("policy", "policies"),
        ("key", "keys"),
        ("box", "boxes"),
        ("batch", "batches"),
        ("shelf", "shelves"),
        ("roof", "roofs"),
        ("knife", "knives"),
        ("safe", "safes"),
        ("person", "people"),
        ("Person", "People"),
        ("sales_person", "sales_people"),
        ("SalesPerson", "SalesPeople"),
        ("order item", "order items"),
        ("human", "humans"),
        ("shipment", "shipments"),
    ],
)
def test_plural(word: str, expected: str) -> None:
    assert plural(word) == expected


def test_pascal_and_title() -> None:
    assert pascal("order-item.v1") == "OrderItemV1"
    assert title("order_service") == "Order service"
