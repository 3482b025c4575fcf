"""Money, decimals, times of a day and UUIDs between messages and Python; where a value that is none was found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal, localcontext
from enum import Enum
from uuid import UUID

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.decimal_pb2 import Decimal as DecimalMessage  # type: ignore[import-untyped,unused-ignore]
from google.type.money_pb2 import Money as MoneyMessage  # type: ignore[import-untyped,unused-ignore]
from google.type.timeofday_pb2 import TimeOfDay  # type: ignore[import-untyped,unused-ignore]
from hypothesis import given
from hypothesis import strategies as st

from kit.convert import datetime_from, each, each_of_map, enum_from, enum_of, timedelta_from, within
from kit.convert_values import (
    decimal_from,
    decimal_to,
    money_from,
    money_to,
    time_of_day_from,
    time_of_day_to,
    uuid_from,
)
from kit.errors import InvalidArgumentError
from kit.money import Money

SIGNS = st.sampled_from([-1, 1])
UNITS = st.integers(0, 2**63 - 1)
NANOS = st.integers(0, 999_999_999)


class Kind(Enum):
    NONE = 0
    SOME = 1


def places(error: InvalidArgumentError) -> list[str]:
    return [each.field for each in error.violations]


@given(SIGNS, UNITS, NANOS)
def test_money_counts_exactly_and_back(sign: int, units: int, nanos: int) -> None:
    """In any context: one of five digits would round a sum of money."""
    message = MoneyMessage(currency_code="EUR", units=sign * units, nanos=sign * nanos)
    with localcontext(prec=5):
        value = money_from(message)
        assert value.currency_code == "EUR"
        assert (
            value.amount.as_integer_ratio()
            == Decimal(f"{sign * (units * 10**9 + nanos)}E-9").as_integer_ratio()
        )
        assert money_to(value, MoneyMessage) == message


@pytest.mark.parametrize(
    ("units", "nanos", "text"),
    [(12, 500_000_000, "12.5"), (-1, -750_000_000, "-1.75"), (0, -1, "-1E-9"), (100, 0, "100"), (0, 0, "0")],
)
def test_amount_has_as_many_decimals_as_it_needs(units: int, nanos: int, text: str) -> None:
    assert str(money_from(MoneyMessage(units=units, nanos=nanos)).amount) == text


@pytest.mark.parametrize(("units", "nanos"), [(1, -1), (-1, 1), (0, 10**9), (0, -(10**9)), (5, 2**31 - 1)])
def test_money_that_is_none_is_refused_by_its_field(units: int, nanos: int) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        money_from(MoneyMessage(units=units, nanos=nanos), "price")
    assert places(caught.value) == ["price.nanos"]


@pytest.mark.parametrize(
    "amount", ["1E-10", "1E-99999999", "9223372036854775808", "1E+99999999", "NaN", "Infinity"]
)
def test_amount_that_money_cannot_hold_is_a_fault_of_the_domain(amount: str) -> None:
    with pytest.raises(ValueError, match=amount[:3]):
        money_to(Money("EUR", Decimal(amount)), MoneyMessage)


@pytest.mark.parametrize(
    ("amount", "units"), [("-9223372036854775808", -(2**63)), ("0E+99999", 0), ("-0", 0), ("1E+3", 1000)]
)
def test_amount_at_the_edge_is_money(amount: str, units: int) -> None:
    assert money_to(Money("EUR", Decimal(amount)), MoneyMessage).units == units


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40))
def test_decimal_survives(value: Decimal) -> None:
    assert decimal_from(decimal_to(value)) == value


@pytest.mark.parametrize(
    ("text", "value"), [("", "0"), ("2.5e8", "2.5E8"), ("-.5", "-0.5"), ("+1.", "1"), ("1" * 900, "1" * 900)]
)
def test_decimal_of_text(text: str, value: str) -> None:
    assert decimal_from(DecimalMessage(value=text)) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        " 1",
        "1 ",
        "NaN",
        "Infinity",
        "1_000",
        "١",
        "1e",
        ".",
        "1e1001",
        "1e-99999999999999999999",
        "1" * 1001,
    ],
)
def test_text_that_is_no_decimal_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        decimal_from(DecimalMessage(value=text), "rate")
    assert places(caught.value) == ["rate.value"]


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "sNaN"])
def test_what_is_no_number_is_not_sent(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        decimal_to(Decimal(text))


@given(st.times())
def test_time_of_day_survives(value: time) -> None:
    assert time_of_day_from(time_of_day_to(value)) == value


@pytest.mark.parametrize(
    ("message", "part"),
    [
        (TimeOfDay(hours=24), "hours"),
        (TimeOfDay(hours=-1), "hours"),
        (TimeOfDay(minutes=60), "minutes"),
        (TimeOfDay(seconds=60), "seconds"),
        (TimeOfDay(nanos=10**9), "nanos"),
    ],
)
def test_time_that_no_clock_shows_is_refused(message: TimeOfDay, part: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        time_of_day_from(message, "opens")
    assert places(caught.value) == [f"opens.{part}"]


@given(st.uuids())
def test_uuid_survives(value: UUID) -> None:
    assert uuid_from(str(value)) == value == uuid_from(str(value).upper())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "123e4567e89b42d3a456426614174000",
        "{123e4567-e89b-42d3-a456-426614174000}",
        "urn:uuid:123e4567-e89b-42d3-a456-426614174000",
        "123e4567-e89b-42d3-a456-426614174000\n",
        "123e4567-e89b-42d3-a456-42661417400g",
    ],
)
def test_text_that_is_no_uuid_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        uuid_from(text, "owner")
    assert places(caught.value) == ["owner"]


def test_path_leads_to_the_value_through_messages_lists_and_maps() -> None:
    """What is refused deep inside is named as the caller would write it."""

    def inner(numbers: list[int]) -> list[Kind]:
        return each("kinds", enum_from(Kind), numbers)

    with pytest.raises(InvalidArgumentError) as caught:
        within("order", lambda found: each_of_map("parts", inner, found), {"left": [0, 1], 'a"b': [1, 7]})
    assert places(caught.value) == ['order.parts["a\\"b"].kinds[1]']
    assert caught.value.message == 'order.parts["a\\"b"].kinds[1]: 7 is not a value of Kind'


def test_values_in_lists_and_maps_are_all_converted() -> None:
    assert each("kinds", enum_from(Kind), [1, 0]) == [Kind.SOME, Kind.NONE]
    assert each_of_map("kinds", enum_from(Kind), {5: 1}) == {5: Kind.SOME}


def test_error_without_a_place_stays_as_it_is() -> None:
    def refuse(value: int) -> int:
        raise InvalidArgumentError("no", reason="WHY")

    with pytest.raises(InvalidArgumentError) as caught:
        within("a", refuse, 1)
    assert (caught.value.message, caught.value.reason) == ("no", "WHY")


@pytest.mark.parametrize(
    "convert",
    [
        lambda: enum_of(Kind, 9, "it"),
        lambda: datetime_from(Timestamp(seconds=10**15), "it"),
        lambda: timedelta_from(Duration(seconds=10**18), "it"),
    ],
)
def test_value_that_python_has_not_is_refused_by_its_field(convert: Callable[[], object]) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        convert()
    assert places(caught.value) == ["it"]
