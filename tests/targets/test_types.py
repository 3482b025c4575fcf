"""Which fields of a contract have a type of Python's in the domain, and which keep what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffolder.contract import builder
from scaffolder.targets.python.domain import Domain
from scaffolder.targets.python.modules import Imports

HEAD = """
import "google/api/field_info.proto";
import "google/api/resource.proto";
import "google/type/date.proto";
import "google/type/money.proto";
import "buf/validate/validate.proto";
"""
MONEY = "message Money { string currency_code = 1; int64 units = 2; int32 nanos = 3; }"
UUID4 = "[(google.api.field_info).format = UUID4]"


def field(body: str, folder: Path, more: str = "", syntax: str = "proto3") -> tuple[str, str]:
    """Annotation and default of the first field of a message."""
    text = f'syntax = "{syntax}";\npackage a.v1;\n{HEAD}\nmessage M {{ {body} }}\n{more}\n'
    (folder / "a.proto").write_text(text, encoding="utf-8")
    contract = builder.load(["a.proto"], [folder])
    domain = Domain(contract, ["a.v1.M"], "a.v1", [], Imports(contract, "a.gen"), texts={"book_id"})
    found = domain.fields_of(contract.messages["a.v1.M"])[0]
    return found.annotation, found.default


@pytest.mark.parametrize(
    ("body", "more", "annotation"),
    [
        ("google.type.Money m = 1;", "", "Money | None"),
        ("Money m = 1;", MONEY, "Money | None"),
        ("repeated Money m = 1;", MONEY, "list[Money]"),
        ("Sum m = 1;", MONEY.replace("Money", "Sum"), "Money | None"),
        ("map<string, Money> m = 1;", MONEY, "dict[str, Money]"),
        (
            "Money m = 1;",
            "message Money { string currency = 1; int64 units = 2; int32 nanos = 3; }",
            "Money | None",
        ),
        ("google.type.Date d = 1;", "", "Date | None"),
        (f"string u = 1 {UUID4};", "", "UUID | None"),
        ("string u = 1 [(buf.validate.field).string.uuid = true];", "", "UUID | None"),
        ("string u = 1 [(buf.validate.field).string.tuuid = true];", "", "str"),
        ("string u = 1 [(google.api.field_info).format = IPV4];", "", "str"),
        (f"bytes u = 1 {UUID4};", "", "bytes"),
        (f"string book_id = 1 {UUID4};", "", "str"),
        (
            'string u = 1 [(google.api.field_info).format = UUID4, (google.api.resource_reference).type = "a/B"];',
            "",
            "str",
        ),
        (f"map<string, string> u = 1 {UUID4};", "", "dict[str, UUID]"),
        (
            "map<string, string> u = 1 [(buf.validate.field).map.keys.string.uuid = true];",
            "",
            "dict[str, str]",
        ),
        ("UUID u = 1;", "message UUID { string value = 1; }", "UUID | None"),
    ],
)
def test_annotation(tmp_path: Path, body: str, more: str, annotation: str) -> None:
    assert field(body, tmp_path, more)[0] == annotation


@pytest.mark.parametrize(
    "fields",
    [
        "string currency_code = 1; int64 units = 2; int32 nanos = 3; string note = 4;",
        "string currency_code = 1; int64 units = 2; int64 nanos = 3;",
        "string currency_code = 1; optional int64 units = 2; int32 nanos = 3;",
        "string currency_code = 1; repeated int64 units = 2; int32 nanos = 3;",
    ],
)
def test_money_of_another_form_is_a_class_of_its_own(tmp_path: Path, fields: str) -> None:
    """Beside the kit's, which another field needs, it has another name."""
    body = "Money m = 1; google.type.Money n = 2;"
    assert field(body, tmp_path, f"message Money {{ {fields} }}")[0] == "MoneyMessage | None"


@pytest.mark.parametrize(
    ("declared", "default"),
    [
        ("optional int32 x = 1 [default = 7];", "7"),
        ("optional bool x = 1 [default = true];", "True"),
        ('optional string x = 1 [default = "a\\"b\\né"];', '"a\\"b\\né"'),
        ('optional bytes x = 1 [default = "a\\000\\377"];', "b'a\\x00\\xff'"),
        ("optional double x = 1 [default = -inf];", 'float("-inf")'),
        ("optional float x = 1 [default = 1e3];", "1000.0"),
        ("optional Level x = 1 [default = LEVEL_HIGH];", "Level.HIGH"),
        ("optional int32 x = 1;", "None"),
        ("required int32 x = 1;", "None"),
    ],
)
def test_default_of_proto2_is_the_domains(tmp_path: Path, declared: str, default: str) -> None:
    levels = "enum Level { LEVEL_LOW = 0; LEVEL_HIGH = 1; }"
    assert field(declared, tmp_path, levels, "proto2")[1] == default
