"""The classes of declared errors: their names, bases and statuses."""

import pytest

from kit.errors import Code, error_for
from scaffolder.contract.error_reader import CODES
from scaffolder.targets.python.errors import BASES, error_views
from tests.contract_text import Load

OWN = 'import "scaffold/errors.proto"; enum {enum} {{ option (scaffold.errors) = true; {values} }}'


@pytest.mark.parametrize(
    ("enum", "values", "expected"),
    [
        ("OrderError", ["ORDER_NOT_FOUND"], ["OrderNotFoundError"]),
        ("OrderError", ["ORDER_ERROR_NOT_FOUND"], ["OrderNotFoundError"]),
        ("OrderErrorReason", ["ORDER_ERROR_REASON_GONE"], ["OrderGoneError"]),
        ("OrderError", ["NOT_FOUND"], ["OrderNotFoundError"]),
        ("ErrorReason", ["NOT_FOUND"], ["ErrorReasonNotFoundError"]),
        ("ErrorReason", ["TIMEOUT", "CANCELLED"], ["ErrorReasonTimeoutError", "ErrorReasonCancelledError"]),
        ("ErrorReason", ["UserNotFound"], ["UserNotFoundError"]),
        ("ErrorReason", ["INTERNAL_ERROR"], ["ErrorReasonInternalError"]),
        ("Reason", ["ERROR"], ["ErrorError"]),
        ("Reason", ["A_B", "AB"], ["ABError", "AbError"]),
        ("Reason", ["_"], ["_Error"]),
        ("Reason", ["ASYNC_X"], ["AsyncXError"]),
    ],
)
def test_a_reason_becomes_a_class_name(load: Load, enum: str, values: list[str], expected: list[str]) -> None:
    text = " ".join(
        f"{value} = {number} [(scaffold.status) = NOT_FOUND];" for number, value in enumerate(values)
    )
    views = error_views(load(OWN.format(enum=enum, values=text)), [])
    assert [view["class"] for view in views] == expected


def test_a_class_that_stands_beside_it_keeps_its_name(load: Load) -> None:
    contract = load(OWN.format(enum="E", values="GONE = 0 [(scaffold.status) = NOT_FOUND];"))
    assert error_views(contract, ["GoneError"])[0]["class"] == "EGoneError"


@pytest.mark.parametrize("name", BASES)
def test_every_code_has_its_class_and_status(name: str) -> None:
    """The tool's tables are those of the runtime that it writes for."""
    code = Code[name]
    assert BASES[name] == (type(error_for(code, "")).__name__, code.http)
    assert CODES[name] == code.http
