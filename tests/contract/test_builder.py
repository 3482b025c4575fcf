"""The model says what the contract says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from scaffolder.contract.builder import load
from scaffolder.contract.model import Binding, Field, Kind
from scaffolder.diagnostics import Location, ScaffoldError

from .conftest import Load, Write

ORDER = """\
// The license.

syntax = "proto3";

// Orders and what is in them.
package order.v1;

import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "google/api/resource.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/timestamp.proto";

// Takes orders.
service OrderService {
  // Creates an order.
  //
  //   indented
  rpc CreateOrder(CreateOrderRequest) returns (Order) {
    option (google.api.http) = {
      post: "/v1/{parent=shops/*}/orders"
      body: "order"
      additional_bindings {post: "/v1/orders" body: "*" response_body: "name"}
      additional_bindings {custom: {kind: "PURGE" path: "/v1/orders"}}
    };
  }
  rpc Watch(stream Order) returns (stream Order) {  // Trails.
    option deprecated = true;
  }
  rpc Drop(Order) returns (google.protobuf.Empty) {
    option (google.api.http).delete = "/v1/{name=orders/*}";
  }
}

/* An order. */
message Order {
  option (google.api.resource) = {
    type: "shop.example.com/Order"
    pattern: "orders/{order}"
    pattern: "shops/{shop}/orders/{order}"
  };
  string name = 1 [(google.api.field_behavior) = IDENTIFIER, (google.api.field_behavior) = OUTPUT_ONLY];
  optional string note = 2;
  repeated Item items = 3;
  map<string, Item> by_sku = 4;
  State state = 5;
  google.protobuf.Timestamp created_at = 6 [json_name = "created"];
  oneof payment {
    string card = 7;
    bytes token = 8;
  }
  sint64 total = 9 [deprecated = true];
  Order parent = 10;
  map<int32, State> states = 11;
  // One of the things.
  message Item {
    int32 count = 1;
    enum Size { SIZE_UNSPECIFIED = 0; }
  }
}

enum State {
  STATE_UNSPECIFIED = 0;
  OPEN = 1;  // May change.
}

message CreateOrderRequest {
  string parent = 1;
  Order order = 2;
}
"""


def _fields(contract_fields: tuple[Field, ...]) -> dict[str, Field]:
    return {field.name: field for field in contract_fields}


def test_files_come_with_what_they_import_first(read: Load) -> None:
    contract = read({"order/v1/order.proto": ORDER})
    names = [file.name for file in contract.files]
    assert names[-1] == "order/v1/order.proto"
    assert names.index("google/api/http.proto") < names.index("google/api/annotations.proto")
    assert [file.name for file in contract.requested] == ["order/v1/order.proto"]
    assert contract.by_name["google/protobuf/empty.proto"].provider == "protobuf"
    assert contract.by_name["google/api/http.proto"].provider == "googleapis-common-protos"
    assert not contract.by_name["google/api/http.proto"].source


def test_a_file_knows_its_package_source_and_comment(read: Load, tmp_path: Path) -> None:
    (file,) = read({"order/v1/order.proto": ORDER}).requested
    assert (file.package, file.provider) == ("order.v1", "")
    assert file.source == str(tmp_path / "order/v1/order.proto")
    assert file.comment == "Orders and what is in them."
    assert "google/protobuf/empty.proto" in file.dependencies


def test_fields_have_their_kinds_and_presence(read: Load) -> None:
    order = read({"order/v1/order.proto": ORDER}).messages["order.v1.Order"]
    fields = _fields(order.fields)
    assert (fields["name"].kind, fields["name"].has_presence) == (Kind.STRING, False)
    assert fields["name"].behaviors == {"IDENTIFIER", "OUTPUT_ONLY"}
    assert (fields["note"].has_presence, fields["note"].oneof) == (True, "")
    assert (fields["items"].repeated, fields["items"].type_name) == (True, "order.v1.Order.Item")
    assert (fields["state"].kind, fields["state"].type_name) == (Kind.ENUM, "order.v1.State")
    assert (fields["created_at"].json_name, fields["created_at"].has_presence) == ("created", True)
    assert (fields["card"].oneof, fields["card"].has_presence) == ("payment", True)
    assert (fields["total"].kind, fields["total"].deprecated) == (Kind.SINT64, True)
    assert fields["parent"].type_name == "order.v1.Order"
    assert order.oneofs == ("payment",)


def test_a_map_is_one_field_and_no_message(read: Load) -> None:
    contract = read({"order/v1/order.proto": ORDER})
    order = contract.messages["order.v1.Order"]
    by_sku = _fields(order.fields)["by_sku"]
    assert by_sku.map_key and by_sku.map_value
    assert (by_sku.map_key.kind, by_sku.map_value.type_name) == (Kind.STRING, "order.v1.Order.Item")
    assert (by_sku.repeated, by_sku.type_name, by_sku.has_presence) == (False, "", False)
    assert [message.name for message in order.messages] == ["Item"]
    assert not any(name.endswith("Entry") for name in contract.messages)


def test_nested_types_are_found_by_full_name(read: Load) -> None:
    contract = read({"order/v1/order.proto": ORDER})
    assert contract.messages["order.v1.Order.Item"].comment == "One of the things."
    assert contract.enums["order.v1.Order.Item.Size"].values[0].name == "SIZE_UNSPECIFIED"
    assert contract.enums["order.v1.State"].values[1].comment == "May change."


def test_a_resource_has_its_type_and_patterns(read: Load) -> None:
    order = read({"order/v1/order.proto": ORDER}).messages["order.v1.Order"]
    assert order.resource_type == "shop.example.com/Order"
    assert order.resource_patterns == ("orders/{order}", "shops/{shop}/orders/{order}")


def test_methods_have_their_streams_comments_and_bindings(read: Load) -> None:
    (service,) = read({"order/v1/order.proto": ORDER}).services
    create, watch, drop = service.methods
    assert (service.full_name, service.comment) == ("order.v1.OrderService", "Takes orders.")
    assert create.comment == "Creates an order.\n\n  indented"
    assert (create.input, create.output) == ("order.v1.CreateOrderRequest", "order.v1.Order")
    assert [(b.verb, str(b.path), b.body, b.response_body) for b in create.bindings] == [
        ("POST", "/v1/{parent=shops/*}/orders", "order", ""),
        ("POST", "/v1/orders", "*", "name"),
        ("PURGE", "/v1/orders", "", ""),
    ]
    assert (watch.client_streaming, watch.server_streaming, watch.deprecated) == (True, True, True)
    assert (watch.comment, watch.bindings) == ("Trails.", ())
    assert [(b.verb, str(b.path)) for b in drop.bindings] == [("DELETE", "/v1/{name=orders/*}")]


def test_elements_know_their_place(read: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Lines and columns count from 1; a path below the working directory is shown relative to it."""
    monkeypatch.chdir(tmp_path)
    contract = read({"order/v1/order.proto": ORDER})
    lines = ORDER.split("\n")

    def at(text: str, column: int) -> Location:
        line = next(number for number, line in enumerate(lines, start=1) if text in line)
        return Location("order/v1/order.proto", line, column)

    create, _, drop = contract.services[0].methods
    assert contract.services[0].location == at("service OrderService", 1)
    assert create.location == at("rpc CreateOrder", 3)
    assert [b.location for b in create.bindings] == [at("option (google.api.http) = {", 5)] * 3
    assert drop.bindings[0].location == at(").delete =", 5)
    assert contract.messages["order.v1.Order"].location == at("message Order {", 1)
    assert contract.messages["order.v1.Order"].fields[1].location == at("optional string note", 3)
    assert contract.enums["order.v1.State"].location == at("enum State", 1)


PROTO2 = """\
syntax = "proto2";
package old;
import "google/protobuf/descriptor.proto";
message Old {
  required string name = 1;
  optional int32 count = 2 [default = 5];
  repeated group Result = 3 {
    optional string url = 1;
  }
  optional group Single = 4 {}
  extensions 100 to 200;
  repeated int32 packed = 5 [packed = true];
}
extend Old { optional string extra = 100; }
extend google.protobuf.MessageOptions { optional string owner = 50000; }
message Marked { option (owner) = "me"; }
"""


def test_proto2_has_presence_groups_and_extensions(read: Load) -> None:
    contract = read({"old.proto": PROTO2})
    fields = _fields(contract.messages["old.Old"].fields)
    assert contract.requested[0].has_extensions
    assert (fields["name"].has_presence, fields["count"].has_presence) == (True, True)
    assert (fields["result"].kind, fields["result"].repeated) == (Kind.GROUP, True)
    assert (fields["single"].kind, fields["single"].has_presence) == (Kind.GROUP, True)
    assert (fields["packed"].repeated, fields["packed"].has_presence) == (True, False)
    assert [name for name, field in fields.items() if "REQUIRED" in field.behaviors] == ["name"]
    assert contract.messages["old.Old.Result"].fields[0].name == "url"


EDITION = """\
edition = "%s";
package ed;
option features.field_presence = IMPLICIT;
message New {
  string implicit = 1;
  string explicit = 2 [features.field_presence = EXPLICIT];
  string required = 3 [features.field_presence = LEGACY_REQUIRED];
  New delimited = 4 [features.message_encoding = DELIMITED];
  oneof either { string one = 5; }
  repeated int32 many = 6;
}
"""


@pytest.mark.parametrize("edition", ["2023", "2024"])
def test_editions_resolve_presence_from_their_features(read: Load, edition: str) -> None:
    fields = _fields(read({"ed.proto": EDITION % edition}).messages["ed.New"].fields)
    assert {name: field.has_presence for name, field in fields.items()} == {
        "implicit": False,
        "explicit": True,
        "required": True,
        "delimited": True,
        "one": True,
        "many": False,
    }
    assert [name for name, field in fields.items() if "REQUIRED" in field.behaviors] == ["required"]


def test_editions_have_presence_by_default(read: Load) -> None:
    contract = read({"ed.proto": 'edition = "2023"; message New { string name = 1; }'})
    assert contract.messages["New"].fields[0].has_presence


def test_a_public_import_is_named(read: Load) -> None:
    files = {
        "a.proto": 'syntax = "proto3"; import public "b.proto"; message A { B b = 1; }',
        "b.proto": 'syntax = "proto3"; message B {}',
        "c.proto": 'syntax = "proto3"; import "a.proto"; message C { B b = 1; }',
    }
    contract = read(files, "c.proto")
    assert contract.by_name["a.proto"].public_dependencies == ("b.proto",)
    assert [file.name for file in contract.files] == ["b.proto", "a.proto", "c.proto"]
    assert [file.requested for file in contract.files] == [False, False, True]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("// one", "one"),
        ("//one\n// two", "one\ntwo"),
        ("// one\n//   two\n//\n// three", "one\n  two\n\nthree"),
        ("/* one */", "one"),
        ("/**\n * one\n *   two\n */", "one\n  two"),
        ("/*one\n * two\n */", "one\ntwo"),
        ("//\n// one  \n//", "one"),
        ("//", ""),
        ("// {{ a }} {% raw %} {# b", "{{ a }} {% raw %} {# b"),
        ('// """ \\N \\u \\', '""" \\N \\u \\'),
        ("// \u200bzero — größe 漢字", "\u200bzero — größe 漢字"),
        ("// one\r\n// two\r", "one\ntwo"),
        ("//\tone\n//\ttwo", "one\ntwo"),
        ("//   one\n//  two", " one\ntwo"),
    ],
)
def test_a_comment_loses_its_markers_and_nothing_else(read: Load, comment: str, expected: str) -> None:
    contract = read({"a.proto": f'syntax = "proto3";\n{comment}\nmessage A {{}}\n'})
    assert contract.messages["A"].comment == expected


@pytest.mark.parametrize("name", ["foo-bar.proto", "k8s.min.proto", "with space/a b.proto", "größe.proto"])
def test_odd_file_names_are_kept(read: Load, name: str) -> None:
    assert read({name: 'syntax = "proto3"; message A {}'}).requested[0].name == name


def test_odd_bytes_are_survived(tmp_path: Path) -> None:
    """A byte order mark, CRLF, an empty file, a comment that is no UTF-8."""
    (tmp_path / "bom.proto").write_bytes(
        b'\xef\xbb\xbfsyntax = "proto3";\r\n// a\r\n// b\r\nmessage Bom {}\r\n'
    )
    (tmp_path / "empty.proto").write_bytes(b"")
    (tmp_path / "latin.proto").write_bytes(b'syntax = "proto3";\n// gr\xf6\xdfe\nmessage Latin {}\n')
    contract = load(["bom.proto", "empty.proto", "latin.proto"], [tmp_path])
    assert contract.messages["Bom"].comment == "a\nb"
    assert contract.messages["Latin"].comment == "gr\ufffd\ufffde"
    assert contract.by_name["empty.proto"].messages == ()


def test_a_large_file_is_read_in_reasonable_time(read: Load) -> None:
    fields = "\n".join(f"  // Field {n}.\n  string f{n} = {n};" for n in range(1, 2000))
    text = 'syntax = "proto3";\n' + "\n".join(f"message M{n} {{\n{fields}\n}}" for n in range(10))
    started = time.perf_counter()
    contract = read({"large.proto": text})
    assert contract.messages["M9"].fields[1998].comment == "Field 1999."
    assert time.perf_counter() - started < 10


def test_a_vendored_well_known_type_does_not_hide_protocs_own(read: Load) -> None:
    """third_party/google/protobuf often is of another age, or wrong."""
    files = {
        "google/protobuf/timestamp.proto": 'syntax = "proto3"; package google.protobuf; message Wrong {}',
        "a.proto": (
            'syntax = "proto3"; import "google/protobuf/timestamp.proto"; '
            "message A { google.protobuf.Timestamp at = 1; }"
        ),
    }
    contract = read(files)
    assert "google.protobuf.Timestamp" in contract.messages
    assert contract.by_name["google/protobuf/timestamp.proto"].provider == "protobuf"


def test_a_vendored_common_contract_is_used_but_not_generated(read: Load) -> None:
    annotations = Path(*_common("google/api/annotations.proto")).read_text("utf-8")
    http = Path(*_common("google/api/http.proto")).read_text("utf-8")
    files = {
        "google/api/annotations.proto": annotations + "\n// ours\n",
        "google/api/http.proto": http,
        "a.proto": 'syntax = "proto3"; import "google/api/annotations.proto"; message A {}',
    }
    file = read(files).by_name["google/api/annotations.proto"]
    assert (file.requested, file.provider) == (True, "googleapis-common-protos")
    assert file.source


def _common(name: str) -> tuple[Path]:
    from scaffolder.contract.wellknown import packaged_source

    found = packaged_source(name)
    assert found
    return (found,)


def test_validate_is_there_without_being_vendored(read: Load) -> None:
    """Its messages have a provider nowhere, so they are generated like any other dependency."""
    files = {
        "a.proto": 'syntax = "proto3"; import "b.proto"; message A { B b = 1; }',
        "b.proto": (
            'syntax = "proto3"; import "buf/validate/validate.proto"; '
            "message B { string id = 1 [(buf.validate.field).string.min_len = 1]; }"
        ),
    }
    for asked in (("a.proto", "b.proto"), ("a.proto",)):
        file = read(files, *asked).by_name["buf/validate/validate.proto"]
        assert (file.provider, file.source, file.requested) == ("", "", False)


def test_types_that_json_writes_as_scalars_may_stand_in_a_path(read: Load) -> None:
    contract = read(
        {
            "a.proto": """
            syntax = "proto3";
            import "google/api/annotations.proto";
            import "google/protobuf/timestamp.proto";
            import "google/protobuf/wrappers.proto";
            enum State { OPEN = 0; }
            message A {
              google.protobuf.Timestamp at = 1;
              google.protobuf.StringValue name = 2;
              State state = 3;
              optional int64 id = 4;
              A nested = 5;
            }
            service S { rpc Get(A) returns (A) {
              option (google.api.http) = {get: "/{at}/{name}/{state}/{id}/{nested.nested.id}"};
            } }"""
        }
    )
    binding = contract.services[0].methods[0].bindings[0]
    assert isinstance(binding, Binding)
    assert [v.name for v in binding.path.variables] == ["at", "name", "state", "id", "nested.nested.id"]


def test_a_contract_that_is_nowhere_is_an_error(write: Write) -> None:
    root = write({"a.proto": 'syntax = "proto3";'})
    with pytest.raises(ScaffoldError, match=r"the contract b\.proto is in none") as caught:
        load(["a.proto", "b.proto"], [root])
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["contract-not-found"]


def test_nothing_asked_for_is_nothing_found() -> None:
    assert load([], []).files == ()
