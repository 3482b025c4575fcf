"""The OpenAPI document of a contract: valid for every contract there is, and right about what is hard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from scaffolder.contract.builder import load
from scaffolder.targets.openapi.digits import between
from scaffolder.targets.openapi.document import document
from scaffolder.targets.openapi.text import to_json, to_yaml
from tests.generated.contracts import CONTRACTS

from .conftest import Document


def of(name: str, folder: Path) -> dict[str, Any]:
    source = CONTRACTS[name](folder)
    names = [
        path.relative_to(source.include[0]).as_posix()
        for proto in source.protos
        for path in ([proto] if proto.is_file() else sorted(proto.rglob("*.proto")))
    ]
    return document(load(names, source.include), "Title")


def valid(found: dict[str, Any]) -> dict[str, Any]:
    """The document as its text says it, checked."""
    parsed: dict[str, Any] = json.loads(to_json(found))
    assert yaml.load(to_yaml(found), yaml.CSafeLoader) == parsed
    OpenAPIV31SpecValidator(parsed).validate()
    return parsed


def operations(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by "verb path"."""
    return {
        f"{verb} {path}": operation
        for path, item in found["paths"].items()
        for verb, operation in item.items()
        if not verb.startswith("x-")
    }


def names(operation: dict[str, Any], where: str) -> list[str]:
    return [each["name"] for each in operation.get("parameters", ()) if each["in"] == where]


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_document_of_every_contract_is_valid_and_always_the_same(name: str, tmp_path: Path) -> None:
    found = valid(of(name, tmp_path / "contracts"))
    ids = [operation["operationId"] for operation in operations(found).values()]
    assert len(ids) == len(set(ids))
    again = of(name, tmp_path / "again")
    assert to_yaml(again) == to_yaml(found)


def rpc(name: str, option: str, request: str = "R", response: str = "R") -> str:
    return f"rpc {name}({request}) returns ({response}) {{ option (google.api.http) = {{ {option} }}; }}"


def service(*rpcs: str, name: str = "S") -> str:
    return f"service {name} {{ {' '.join(rpcs)} }}"


def test_variable_of_several_segments_becomes_a_parameter_for_each(written: Document) -> None:
    found = valid(written(
        service(rpc("Get", 'get: "/v1/{name=shelves/*/books/*}:read"')) + "message R { string name = 1; }"
    ))  # fmt: skip
    operation = found["paths"]["/v1/shelves/{shelf}/books/{book}:read"]["get"]
    assert names(operation, "path") == ["shelf", "book"]
    assert names(operation, "query") == []


def test_parts_of_a_name_are_called_as_the_resource_calls_them(written: Document) -> None:
    found = valid(written(
        service(rpc("Get", 'get: "/v1/{name=shelves/*}"'))
        + """message R { string name = 1;
             option (google.api.resource) = {type: "a/B" pattern: "shelves/{shelf_id}"}; }"""
    ))  # fmt: skip
    assert list(found["paths"]) == ["/v1/shelves/{shelf_id}"]


def test_segment_of_several_names_is_one_parameter(written: Document) -> None:
    found = valid(written(
        service(rpc("Get", 'get: "/v1/{name=shelves/*/books/*}:read"'))
        + """message R { string name = 1;
             option (google.api.resource) = {type: "a/B" pattern: "shelves/{shelf}~{row}/books/{book}"}; }"""
    ))  # fmt: skip
    assert list(found["paths"]) == ["/v1/shelves/{shelf_row}/books/{book}:read"]


def test_deep_wildcard_is_one_parameter_that_says_so(written: Document) -> None:
    found = valid(
        written(service(rpc("Get", 'get: "/v1/{name=files/**}"')) + "message R { string name = 1; }")
    )
    [parameter] = found["paths"]["/v1/files/{file}"]["get"]["parameters"]
    assert parameter["x-multi-segment"] is True and "several segments" in parameter["description"]


def test_paths_that_openapi_takes_for_one_are_one(written: Document) -> None:
    found = valid(written(
        service(rpc("Get", 'get: "/v1/{a}/x"'), rpc("Put", 'put: "/v1/{b}/x" body: "*"'))
        + "message R { string a = 1; string b = 2; }"
    ))  # fmt: skip
    assert list(found["paths"]) == ["/v1/{a}/x"]
    put = found["paths"]["/v1/{a}/x"]["put"]
    assert names(put, "path") == ["a"]
    assert "`b`" in put["parameters"][0]["description"]


def test_deep_wildcard_gets_out_of_the_way_of_a_plain_one(written: Document) -> None:
    found = valid(written(
        service(rpc("Deep", 'get: "/v1/{name=**}"'), rpc("One", 'get: "/v1/{name}"')) + "message R { string name = 1; }"
    ))  # fmt: skip
    ids = {path: item["get"]["operationId"] for path, item in found["paths"].items()}
    assert ids == {"/v1/{name}": "S_One", "/v1/{name}/{name_2}": "S_Deep"}


def test_binding_that_no_request_reaches_is_told_apart(written: Document) -> None:
    found = valid(written(
        service(rpc("One", 'get: "/v1/{a}"'), rpc("Two", 'get: "/v1/{b}"'))
        + "message R { string a = 1; string b = 2; }"
    ))  # fmt: skip
    assert [each["x-grpc-method"] for each in found["x-unreachable"]] == ["a.v1.S.Two"]


def test_every_verb_has_its_place(written: Document) -> None:
    kinds = [f'custom: {{kind: "{kind}" path: "/v1/x"}}' for kind in ("HEAD", "OPTIONS", "TRACE", "LINK")]
    found = valid(written(
        service(*(rpc(f"M{index}", kind) for index, kind in enumerate(kinds))) + "message R {}"
    ))  # fmt: skip
    item = found["paths"]["/v1/x"]
    assert set(item) == {"head", "options", "trace", "x-custom-verbs"}
    assert item["x-custom-verbs"]["LINK"]["operationId"] == "S_M3"


def test_operation_ids_of_bindings_and_of_services_of_one_name(written: Document) -> None:
    other = (
        'syntax = "proto3"; package b.v1; import "google/api/annotations.proto"; import "a.proto"; '
        'service S { rpc Get(a.v1.R) returns (a.v1.R) { option (google.api.http) = {get: "/b"}; } }'
    )
    bindings = 'get: "/a" additional_bindings {get: "/a2"} additional_bindings {post: "/a3" body: "*"}'
    found = valid(written(service(rpc("Get", bindings)) + "message R {}", b=other))
    ids = {operation["operationId"] for operation in operations(found).values()}
    assert ids == {"a_v1_S_Get", "a_v1_S_Get_2", "a_v1_S_Get_3", "b_v1_S_Get"}
    assert {tag["name"] for tag in found["tags"]} == {"a.v1.S", "b.v1.S"}


def test_query_has_every_field_that_a_url_can_hold_and_no_other(written: Document) -> None:
    found = valid(written(
        service(rpc("Get", 'get: "/v1/{id}"')) + """
        message R { string id = 1; Sub sub = 2; repeated string words = 3; map<string, string> labels = 4;
          google.protobuf.Timestamp at = 5; google.protobuf.Struct json = 6; google.protobuf.Int64Value big = 7;
          repeated Sub subs = 8; R again = 9; Color color = 10; google.protobuf.FieldMask some_mask = 11; }
        message Sub { int32 page_size = 1; R up = 2; bytes data = 3; }
        enum Color { COLOR_UNSPECIFIED = 0; RED = 1; }"""
    ))  # fmt: skip
    operation = found["paths"]["/v1/{id}"]["get"]
    assert names(operation, "query") == [
        "sub.pageSize",
        "sub.data",
        "words",
        "at",
        "big",
        "color",
        "someMask",
    ]
    schemas = {each["name"]: each["schema"] for each in operation["parameters"]}
    assert schemas["words"] == {"type": "array", "items": {"type": "string"}}
    assert schemas["big"]["format"] == "int64" and schemas["at"]["format"] == "date-time"
    assert schemas["color"]["enum"] == ["COLOR_UNSPECIFIED", "RED", 0, 1]


def test_body_leaves_out_what_the_path_holds(written: Document) -> None:
    found = valid(written(
        service(rpc("Put", 'put: "/v1/{id}" body: "*"'), rpc("Post", 'post: "/v1" body: "*"'))
        + "message R { string id = 1; string text = 2; }"
    ))  # fmt: skip
    schemas = found["components"]["schemas"]
    put = found["paths"]["/v1/{id}"]["put"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    post = found["paths"]["/v1"]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert list(schemas[put.rpartition("/")[2]]["properties"]) == ["text"]
    assert list(schemas[post.rpartition("/")[2]]["properties"]) == ["id", "text"]


def test_update_asks_for_less_than_creation(written: Document) -> None:
    found = valid(written(
        service(
            rpc("Create", 'post: "/v1" body: "thing"', "C"),
            rpc("Update", 'patch: "/v1/{thing.name}" body: "thing"', "U"),
        )
        + """message R { string name = 1; string title = 2 [(google.api.field_behavior) = REQUIRED];
             string etag = 3 [(google.api.field_behavior) = OUTPUT_ONLY];
             string key = 4 [(google.api.field_behavior) = INPUT_ONLY]; }
             message C { R thing = 1 [(google.api.field_behavior) = REQUIRED]; }
             message U { R thing = 1; google.protobuf.FieldMask update_mask = 2; }"""
    ))  # fmt: skip
    schemas = found["components"]["schemas"]
    assert schemas["RInput"]["required"] == ["title"]
    assert "required" not in schemas["RPatch"] and "required" not in schemas["R"]
    assert schemas["R"]["properties"]["etag"]["readOnly"] is True
    assert schemas["RInput"]["properties"]["key"]["writeOnly"] is True
    assert found["paths"]["/v1"]["post"]["requestBody"]["required"] is True


def test_of_a_oneof_with_required_fields_one_is_asked_for(written: Document) -> None:
    found = valid(written(
        service(rpc("Create", 'post: "/v1" body: "*"'))
        + """message R { oneof choice { string one = 1 [(google.api.field_behavior) = REQUIRED];
             string other = 2 [(google.api.field_behavior) = REQUIRED]; } }"""
    ))  # fmt: skip
    [schema] = [each for name, each in found["components"]["schemas"].items() if name.startswith("RInput")]
    assert "required" not in schema
    assert [[part["required"] for part in each["anyOf"]] for each in schema["allOf"]] == [
        [["one"], ["other"]]
    ]
    assert found["paths"]["/v1"]["post"]["requestBody"]["required"] is True


def test_types_of_one_short_name_have_their_full_ones(written: Document) -> None:
    found = valid(written(
        service(rpc("Get", 'get: "/v1"')) + "message R { Money own = 1; google.type.Money money = 2; } message Money {}"
    ))  # fmt: skip
    assert {"a.v1.Money", "google.type.Money", "R"} <= set(found["components"]["schemas"])


def test_names_that_the_document_needs_itself_may_be_taken(written: Document) -> None:
    found = valid(written(
        service(rpc("Get", 'post: "/v1" body: "*"')) + "message R { Error error = 1; Int64Input n = 2; int64 i = 3; }"
        "message Error { RInput r = 1; } message Int64Input {} message RInput {}"
    ))  # fmt: skip
    schemas = found["components"]["schemas"]
    assert schemas["Error"]["properties"] == {"r": {"$ref": "#/components/schemas/RInput"}}
    assert schemas["RInput"]["type"] == "object" and "properties" not in schemas["RInput"]
    error = found["components"]["responses"]["Failure"]["content"]["application/json"]["schema"]["$ref"]
    assert "error" in schemas[error.rpartition("/")[2]]["properties"]
    assert schemas[error.rpartition("/")[2]] is not schemas["Error"]


def test_streams(written: Document) -> None:
    found = valid(written(
        "service S { rpc Watch(R) returns (stream R) { option (google.api.http) = {get: \"/v1/w\"}; }"
        "rpc Up(stream R) returns (R) { option (google.api.http) = {post: \"/v1/u\" body: \"*\"}; } }"
        "message R { string a = 1; }"
    ))  # fmt: skip
    content = found["paths"]["/v1/w"]["get"]["responses"]["200"]["content"]
    assert list(content) == ["application/x-ndjson", "text/event-stream"]
    result, error = content["text/event-stream"]["schema"]["oneOf"]
    assert result["required"] == ["result"] and error == {"$ref": "#/components/schemas/Error"}
    [socket] = found["paths"]["/v1/u"]["x-websocket"]
    assert socket["x-grpc-method"] == "a.v1.S.Up" and socket["send"]["stream"]


def test_comments_deprecation_and_references(written: Document) -> None:
    found = valid(written(
        "// All about *things*.\nservice S {\n// Gets one. And more.\n//\n// - a list\n"
        'rpc Get(R) returns (R) { option deprecated = true; option (google.api.http) = {get: "/v1"}; } }'
        'message R { string a = 1 [deprecated = true, (google.api.resource_reference) = {type: "x/Y"}]; // trailing\n'
        "string b = 2 [(google.api.field_info).format = UUID4]; }"
    ))  # fmt: skip
    operation = found["paths"]["/v1"]["get"]
    assert operation["summary"] == "Gets one" and operation["description"].endswith("- a list")
    assert operation["deprecated"] is True
    assert found["tags"] == [{"name": "S", "description": "All about *things*."}]
    properties = found["components"]["schemas"]["R"]["properties"]
    assert properties["a"] == {
        "type": "string", "description": "trailing", "x-google-resource-reference": "x/Y", "deprecated": True
    }  # fmt: skip
    assert properties["b"]["x-google-format"] == "UUID4"


def test_servers_and_scopes_of_the_contract(written: Document) -> None:
    head = 'option (google.api.default_host) = "x.example.com"; option (google.api.oauth_scopes) = '
    scope = "https://www.googleapis.com/auth/x"
    rpcs = rpc("Get", 'get: "/v1"')
    found = valid(written(f'service S {{ {head} "{scope}"; {rpcs} }} message R {{}}'))
    assert [server["url"] for server in found["servers"]] == [".", "https://x.example.com"]
    assert found["security"] == [{"oauth2": [scope]}]
    other = valid(written(f'service S {{ {head} "read,write"; {rpcs} }} message R {{}}'))
    assert other["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_settings_say_what_the_contract_does_not(written: Document) -> None:
    given_settings: dict[str, Any] = {
        "title": "Mine", "version": "2.1", "description": "About.", "contact": {"email": "a@example.com"},
        "license": {"name": "MIT"}, "servers": [{"url": "https://api.example.com"}],
        "security": {"key": {"type": "apiKey", "in": "header", "name": "x-key"}},
    }  # fmt: skip
    found = valid(written(service(rpc("Get", 'get: "/v1"')) + "message R {}", settings=given_settings))
    assert found["info"] == {
        "title": "Title", "version": "2.1", "description": "About.", "contact": {"email": "a@example.com"},
        "license": {"name": "MIT"},
    } | {"title": "Mine"}  # fmt: skip
    assert found["security"] == [{"key": []}] and found["servers"] == given_settings["servers"]


def test_reasons_that_the_contract_declares_are_told(written: Document) -> None:
    found = valid(written(
        'import "scaffold/errors.proto";' + service(rpc("Get", 'get: "/v1"')) + """message R {}
        enum Problem { option (scaffold.errors) = true; PROBLEM_UNSPECIFIED = 0;
          // The card was declined.
          PAYMENT_DECLINED = 1 [(scaffold.status) = FAILED_PRECONDITION, (scaffold.http) = 402]; }"""
    ))  # fmt: skip
    text = found["components"]["responses"]["Failure"]["description"]
    assert "- `PAYMENT_DECLINED` (402, FAILED_PRECONDITION): The card was declined." in text


RULES = """
import "buf/validate/validate.proto";
"""


def test_rules_are_constraints_of_requests(written: Document) -> None:
    found = valid(written(
        RULES + service(rpc("Post", 'post: "/v1" body: "*"')) + """
        message R {
          string name = 1 [(buf.validate.field).string = {min_len: 2, max_len: 5, pattern: "^[a-z]+$"}];
          int32 age = 2 [(buf.validate.field).int32 = {gte: 0, lt: 150}];
          int64 big = 3 [(buf.validate.field).int64 = {gt: 10}];
          repeated string tags = 4 [(buf.validate.field).repeated = {
            min_items: 1, unique: true, items: {string: {min_len: 1}}}];
          map<string, int32> counts = 5 [(buf.validate.field).map = {max_pairs: 3}];
          string mail = 6 [(buf.validate.field).string.email = true,
            (buf.validate.field).ignore = IGNORE_IF_ZERO_VALUE];
          optional string maybe = 7 [(buf.validate.field).string.uuid = true];
          Color color = 8 [(buf.validate.field).enum = {not_in: [0]}];
          bool yes = 9 [(buf.validate.field).bool.const = true];
          double ratio = 10 [(buf.validate.field).double = {gte: 0, lte: 1}];
        }
        enum Color { COLOR_UNSPECIFIED = 0; RED = 1; }"""
    ))  # fmt: skip
    schemas = found["components"]["schemas"]
    request = schemas["RInput"]
    properties = request["properties"]
    assert request["required"] == ["name", "big", "tags", "color", "yes"]
    assert properties["name"] == {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"}
    assert (properties["age"]["minimum"], properties["age"]["maximum"]) == (0, 149)
    assert properties["big"]["minimum"] == 11 and properties["big"]["type"] == ["string", "integer"]
    assert properties["tags"]["minItems"] == 1 and properties["tags"]["uniqueItems"] is True
    assert properties["tags"]["items"]["minLength"] == 1
    assert properties["counts"]["maxProperties"] == 3
    assert properties["maybe"]["format"] == "uuid"
    assert properties["color"]["enum"] == ["RED", 1]
    assert properties["yes"]["const"] is True
    assert properties["ratio"]["minimum"] == 0
    assert "minLength" not in schemas["R"]["properties"]["name"]


def test_proto2(written: Document) -> None:
    text = """syntax = "proto2"; package p; import "google/api/annotations.proto";
      service S { rpc Get(R) returns (R) { option (google.api.http) = {post: "/v1" body: "*"}; } }
      message R { required string must = 1; optional int64 n = 2 [default = 7]; optional bool b = 3 [default = true];
        repeated group Item = 4 { optional string x = 1; } optional E e = 5 [default = B];
        optional double d = 6 [default = inf]; }
      enum E { A = 1; B = 2; }"""
    found = valid(written(p=text))
    schema = found["components"]["schemas"]["R"]
    assert schema["required"] == ["must"]
    assert schema["properties"]["n"]["default"] == "7" and schema["properties"]["b"]["default"] is True
    assert schema["properties"]["d"]["default"] == "Infinity"
    assert schema["properties"]["item"]["items"] == {"$ref": "#/components/schemas/R.Item"}
    assert found["info"]["version"] == "1.0.0"


@given(
    st.integers(-(10**6), 10**6), st.integers(0, 10**6), st.lists(st.integers(-(10**7), 10**7), max_size=20)
)
def test_range_of_numbers_as_text(low: int, width: int, numbers: list[int]) -> None:
    import re

    pattern = re.compile(between(low, low + width))
    for number in (low, low + width, low - 1, low + width + 1, *numbers):
        assert bool(pattern.search(str(number))) == (low <= number <= low + width)


TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, JSON, min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow])  # on a machine that is busy
def test_yaml_says_what_json_says(value: dict[str, Any]) -> None:
    assert yaml.load(to_yaml(value), yaml.CSafeLoader) == json.loads(to_json(value))


def test_bodies_and_answers_that_are_bytes_are_of_any_type(written: Document) -> None:
    raw = "google.api.HttpBody"
    found = valid(written(
        'import "google/api/httpbody.proto";'
        + service(
            rpc("Echo", 'post: "/v1/echo" body: "*"', raw, raw),
            rpc("Swap", 'post: "/v1/{name}:swap" body: "one" response_body: "one"'),
            rpc("Json", 'post: "/v1/{name}:json" body: "many" response_body: "many"'),
            rpc("Whole", 'post: "/v1/{name}:whole" body: "*"'),
            rpc("Read", 'get: "/v1/{name}:read"', response=f"stream {raw}"),
        )
        + f"message R {{ string name = 1; {raw} one = 2; repeated {raw} many = 3; }}"
    ))  # fmt: skip
    found_types = {
        operation["operationId"]: (
            list(operation.get("requestBody", {}).get("content", ())),
            list(operation["responses"]["200"]["content"]),
        )
        for operation in operations(found).values()
    }
    assert found_types == {
        "S_Echo": (["*/*"], ["*/*"]),
        "S_Swap": (["*/*"], ["*/*"]),
        "S_Json": (["application/json"], ["application/json"]),
        "S_Whole": (["application/json"], ["application/json"]),
        "S_Read": ([], ["*/*"]),
    }
    assert not found["paths"]["/v1/{name}:swap"]["post"]["requestBody"]["required"]
