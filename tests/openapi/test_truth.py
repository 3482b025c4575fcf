"""The document says what is so: answers are as their schemas say, and what a client makes of it arrives as meant.

Random messages go through the kit's own transcoding, as the server does it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import pytest
from google.api import annotations_pb2, client_pb2, field_behavior_pb2, resource_pb2  # noqa: F401
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from kit import fields, transcoding
from kit.http.router import Router
from kit.rpc import HttpBinding, Method
from scaffolder.contract.builder import load
from scaffolder.contract.model import Contract
from scaffolder.targets.openapi.document import document
from tests.generated import round_trip
from tests.generated.contracts import CONTRACTS

SHAPES = """syntax = "proto3";
package shapes.v1;
import "google/api/annotations.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
service Shapes {
  rpc Query(Shape) returns (Shape) {
    option (google.api.http) = {get: "/v1/shapes/{id}"};
  }
  rpc Nested(Outer) returns (Outer) {
    option (google.api.http) = {get: "/v1/outer/{shape.id}/{shape.number}"};
  }
  rpc Deep(Name) returns (Name) {
    option (google.api.http) = {get: "/v1/{name=shelves/*/books/*}/{rest=files/**}:read"};
  }
  rpc Body(Outer) returns (Outer) { option (google.api.http) = {
    post: "/v1/outer/{text}" body: "shape" additional_bindings {put: "/v1/outer/{text}/all" body: "*"}
  }; }
  rpc Answer(Name) returns (Outer) { option (google.api.http) = {get: "/v1/answer" response_body: "shape"}; }
}
message Shape {
  string id = 1; int32 number = 2; int64 big = 3; uint64 huge = 4; bool flag = 5; double ratio = 6; float share = 7;
  bytes data = 8; Color color = 9; repeated string words = 10; repeated Color colors = 11; repeated int64 bigs = 12;
  google.protobuf.Timestamp at = 13; google.protobuf.Duration span = 14; google.protobuf.FieldMask mask = 15;
  google.protobuf.Int64Value wrapped = 16; optional string maybe = 17; google.protobuf.BoolValue switch = 18;
  google.protobuf.StringValue note = 19; repeated google.protobuf.Timestamp times = 20;
  sint32 odd_name = 21 [json_name = "odd-name"];
  oneof choice { string one = 22; int32 two = 23; }
}
message Outer { Shape shape = 1; string text = 2; }
message Name { string name = 1; string rest = 2; }
enum Color { COLOR_UNSPECIFIED = 0; RED = 1; BLUE = 2; }
"""

COUNT = 60


class World:
    """A contract, its messages and its document."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.document = json.loads(json.dumps(document(contract, "Title")))
        pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(contract.descriptor_set).file:
            pool.Add(file)
        self.pool = pool

    def message(self, name: str) -> Any:
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))()

    def validator(self, schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
        whole = {**schema, "components": self.document["components"]}
        return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, item in self.document["paths"].items():
            for verb, operation in item.items():
                if not verb.startswith("x-"):
                    yield path, verb, operation

    def binding(self, path: str, operation: dict[str, Any]) -> HttpBinding:
        """The binding of an operation, told by the number behind its id."""
        number = operation["operationId"].rpartition("_")[2]
        found = self.methods[operation["x-grpc-method"]].bindings[int(number) - 1 if number.isdigit() else 0]
        return HttpBinding(found.verb, str(found.path), found.body, found.response_body)

    @cached_property
    def router(self) -> Router[tuple[Method[Any, Any], HttpBinding]]:
        found: Router[tuple[Method[Any, Any], HttpBinding]] = Router()
        for method in self.methods.values():
            classes = type(self.message(method.input)), type(self.message(method.output))
            for b in method.bindings if not method.client_streaming else ():
                binding = HttpBinding(b.verb, str(b.path), b.body, b.response_body)
                found.add(b.verb, str(b.path), (Method(f"/{_slashed(method.full_name)}", *classes), binding))
        return found

    @cached_property
    def methods(self) -> dict[str, Any]:
        return {method.full_name: method for service in self.contract.services for method in service.methods}


@pytest.fixture(
    scope="module", params=["shapes", "corners", "store", "library", "order", "tracking", "legacy"]
)
def one(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("truth")
    if request.param == "shapes":
        (folder / "shapes.proto").write_text(SHAPES, encoding="utf-8")
        return World(load(("shapes.proto",), [folder]))
    source = CONTRACTS[request.param](folder)
    names = [proto.relative_to(source.include[0]).as_posix() for proto in source.protos]
    return World(load(names, source.include))


def fill(message: Any, rng: random.Random) -> Any:
    """A random message that has a JSON form: masks name fields, and an Any, whose type nobody knows, is left out."""
    return tidy(round_trip.fill(message, rng), rng)


def tidy(message: Any, rng: random.Random) -> Any:
    for field, value in list(message.ListFields()):
        if field.message_type is None:
            continue
        if field.message_type.full_name == "google.protobuf.Any":
            message.ClearField(field.name)
        elif field.message_type.full_name == "google.protobuf.FieldMask":
            value.paths[:] = rng.sample(["title", "author.given_name", "page_count"], 2)
        elif field.message_type.GetOptions().map_entry:
            for each in value.values():
                _ = hasattr(each, "ListFields") and tidy(each, rng)
        else:
            for each in value if field.is_repeated else [value]:
                tidy(each, rng)
    return message


def _slashed(full_name: str) -> str:
    service, _, method = full_name.rpartition(".")
    return f"{service}/{method}"


def media(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation["responses"]["200"]["content"]
    schema: dict[str, Any] = next(iter(content.values())).get("schema", {})
    return schema["oneOf"][0]["properties"]["result"] if "oneOf" in schema else schema


def test_answers_are_as_their_schemas_say(one: World) -> None:
    rng = random.Random(7)
    for path, _, operation in one.operations():
        validator = one.validator(media(operation))
        binding = one.binding(path, operation)
        for _ in range(COUNT):
            message = fill(one.message(one.methods[operation["x-grpc-method"]].output), rng)
            validator.validate(json.loads(transcoding.encode_response(binding, message)))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 1e300])
def test_numbers_that_json_has_not_are_as_the_schema_says(number: float, tmp_path: Path) -> None:
    (tmp_path / "shapes.proto").write_text(SHAPES, encoding="utf-8")
    shapes = World(load(("shapes.proto",), [tmp_path]))
    message = shapes.message("shapes.v1.Shape")
    message.ratio = number
    found = json.loads(transcoding.encode_response(HttpBinding("GET", "/"), message))
    for name in ("Shape", "ShapeInput"):
        shapes.validator({"$ref": f"#/components/schemas/{name}"}).validate(found)


def test_what_a_message_is_in_json_may_be_sent(one: World) -> None:
    """Every form that a message has on the way out is one that its request schema takes."""
    rng = random.Random(11)
    for path, _, operation in one.operations():
        binding = one.binding(path, operation)
        if not binding.body or (binding.body == "*" and "{" in path):
            continue  # without a body, or with one that lacks what the path holds
        validator = one.validator(operation["requestBody"]["content"]["application/json"]["schema"])
        for _ in range(COUNT):
            message = fill(one.message(one.methods[operation["x-grpc-method"]].input), rng)
            value: Any = json_format.MessageToDict(message)
            if binding.body != "*":
                value = value.get(message.DESCRIPTOR.fields_by_name[binding.body].json_name)
            # What is required may be missing in a random message.
            absent = ("required", "minLength", "minItems")
            errors = [
                e for e in validator.iter_errors(value) if value is not None and e.validator not in absent
            ]
            assert not errors, f"{operation['operationId']}: {errors[0].message}"


def test_a_request_made_from_the_document_arrives_as_it_was_meant(one: World) -> None:
    """Paths, queries and bodies are filled as the document describes them, with random values."""
    rng = random.Random(3)
    for path, verb, operation in one.operations():
        for _ in range(COUNT):
            url = path
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    text = quote(text_for(parameter["schema"], rng), safe="")
                    url = url.replace(f"{{{parameter['name']}}}", text)
            found = one.router.find(verb.upper(), url)
            assert found is not None, f"{verb} {url} leads nowhere"
            (method, binding), variables = found
            assert method.full_name == operation["x-grpc-method"]
            meant = method.request()
            query, body = client_request(operation, binding, fill(method.request(), rng), meant)
            for name, text in variables.items():
                put(meant, name, text)
            pairs = transcoding.parse_query(query.encode())
            arrived = transcoding.decode_request(method, binding, variables, pairs, body)
            assert arrived == meant, f"{verb} {url}?{query} {body!r}"


def client_request(
    operation: dict[str, Any], binding: HttpBinding, message: Any, meant: Any
) -> tuple[str, bytes]:
    """Query and body of a client that knows only the document; puts into `meant` what it says in them."""
    value = json_format.MessageToDict(message)
    said: dict[str, Any] = {}
    query: list[tuple[str, str]] = []
    for parameter in operation.get("parameters", ()):
        given = at(value, parameter["name"]) if parameter["in"] == "query" else None
        if given is not None and given != []:
            texts = given if isinstance(given, list) else [given]
            query += [(parameter["name"], json.dumps(t) if isinstance(t, bool) else str(t)) for t in texts]
            put_json(said, parameter["name"], given)
    body = b""
    if binding.body == "*":
        said = value
        body = json.dumps(value).encode()
    elif binding.body:
        name = message.DESCRIPTOR.fields_by_name[binding.body].json_name
        if name in value:
            said[name] = value[name]
            body = json.dumps(value[name]).encode()
    json_format.ParseDict(said, meant)
    return urlencode(query), body


def text_for(schema: dict[str, Any], rng: random.Random) -> str:
    if schema["type"] == "integer":
        return str(rng.randrange(max(schema["minimum"], -1000), 1000))
    return rng.choice(["x", "é 漢", "a b", "100%", "~._-", "+1", "a&b=c"])


def put(message: Any, name: str, text: str) -> None:
    """Sets a path variable, which comes before what the body says of it."""
    found = fields.resolve(message.DESCRIPTOR, name)
    target = message
    for parent in found[:-1]:
        target = getattr(target, parent.name)
    target.ClearField(found[-1].name)
    fields.assign(message, found, name, [text])


def at(value: Any, path: str) -> Any:
    found = value
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    return found


def put_json(target: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    inside: Any = target
    for name in parents:
        inside = inside.setdefault(name, {})
    inside[last] = value
