"""Fields that a contract calls REQUIRED have to be there, and all that are not are told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.api import annotations_pb2, client_pb2, resource_pb2  # noqa: F401 - what the contract imports
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from kit.context import Context
from kit.errors import InvalidArgumentError
from kit.required import require_fields
from kit.rpc import BoundMethod, Method

PROTO = """syntax = "proto3";
package required.v1;
import "google/api/field_behavior.proto";
import "google/protobuf/field_mask.proto";
message Thing {
  string title = 1 [(google.api.field_behavior) = REQUIRED];
  string etag = 2 [(google.api.field_behavior) = REQUIRED, (google.api.field_behavior) = OUTPUT_ONLY];
  Thing inside = 3;
}
message Create {
  Thing thing = 1 [(google.api.field_behavior) = REQUIRED];
  repeated Thing more = 2;
  map<string, Thing> named = 3;
  int32 number = 4 [(google.api.field_behavior) = REQUIRED];
  optional int32 maybe = 5 [(google.api.field_behavior) = REQUIRED];
  repeated string words = 6 [(google.api.field_behavior) = REQUIRED];
}
message Update {
  Thing thing = 1 [(google.api.field_behavior) = REQUIRED];
  google.protobuf.FieldMask update_mask = 2;
}
message Choose {
  oneof choice {
    string one = 1 [(google.api.field_behavior) = REQUIRED];
    Thing other = 2 [(google.api.field_behavior) = REQUIRED];
    string third = 3;
  }
}
message CreateOne {
  string parent = 1 [(google.api.field_behavior) = REQUIRED];
  Thing thing = 2 [(google.api.field_behavior) = REQUIRED];
}
message BatchCreate {
  string parent = 1;
  repeated CreateOne requests = 2 [(google.api.field_behavior) = REQUIRED];
}
message BatchUpdate { repeated Update requests = 1; }
message Free { string text = 1; }
"""


PROTO_2 = """syntax = "proto2";
package required.v2;
message Outer { required int32 count = 1; repeated Inner items = 2; }
message Inner { required string text = 1; }
"""


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return loaded(PROTO, tmp_path_factory.mktemp("required"))


@pytest.fixture(scope="module")
def messages_2(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return loaded(PROTO_2, tmp_path_factory.mktemp("required"))


def loaded(text: str, folder: Path) -> dict[str, Any]:
    """The classes of a contract's messages."""
    from scaffolder.contract.protoc import compile_contract

    (folder / "required_v1.proto").write_text(text, encoding="utf-8")
    files = descriptor_pb2.FileDescriptorSet.FromString(compile_contract(["required_v1.proto"], [folder]))
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    found = pool.FindFileByName("required_v1.proto").message_types_by_name
    return {name: message_factory.GetMessageClass(descriptor) for name, descriptor in found.items()}


async def answer(request: Any, context: Context) -> Any:
    return request


def layered(message: type[Any]) -> BoundMethod:
    return require_fields(BoundMethod(Method("/required.v1.S/Call", message, message), answer))


async def call(request: Any) -> Any:
    return await layered(type(request)).handler(request, Context("required.v1.S.Call", transport="http"))


def violations(error: InvalidArgumentError) -> list[str]:
    [bad_request] = error.details
    return [violation.field for violation in bad_request.field_violations]  # type: ignore[attr-defined]


async def test_everything_that_is_missing_is_told_at_once(messages: dict[str, Any]) -> None:
    thing, create = messages["Thing"], messages["Create"]
    request = create(more=[thing(title="x"), thing()], named={"a": thing()})
    with pytest.raises(InvalidArgumentError, match="thing: is required") as caught:
        await call(request)
    assert violations(caught.value) == ["thing", "maybe", "words", "more[1].title", 'named["a"].title']


async def test_what_is_there_passes_and_zero_may_be_meant(messages: dict[str, Any]) -> None:
    thing, create = messages["Thing"], messages["Create"]
    request = create(thing=thing(title="x"), maybe=0, words=["a"])
    assert await call(request) == request


async def test_messages_inside_are_held_to_it_at_any_depth(messages: dict[str, Any]) -> None:
    thing, create = messages["Thing"], messages["Create"]
    request = create(thing=thing(title="x", inside=thing(title="y", inside=thing())), maybe=1, words=["a"])
    with pytest.raises(InvalidArgumentError) as caught:
        await call(request)
    assert violations(caught.value) == ["thing.inside.inside.title"]


async def test_a_part_named_by_a_mask_need_not_be_whole(messages: dict[str, Any]) -> None:
    thing, update = messages["Thing"], messages["Update"]
    assert await call(update(thing=thing())) == update(thing=thing())
    with pytest.raises(InvalidArgumentError, match="thing"):
        await call(update())


async def test_a_part_in_a_batch_of_updates_need_not_be_whole(messages: dict[str, Any]) -> None:
    update, batch = messages["Update"], messages["BatchUpdate"]
    request = batch(requests=[update(thing=messages["Thing"]())])
    assert await call(request) == request
    with pytest.raises(InvalidArgumentError) as caught:
        await call(batch(requests=[update(thing=messages["Thing"]()), update()]))
    assert violations(caught.value) == ["requests[1].thing"]


async def test_requests_in_a_batch_may_leave_its_parent_out(messages: dict[str, Any]) -> None:
    one, batch, thing = messages["CreateOne"], messages["BatchCreate"], messages["Thing"](title="x")
    request = batch(parent="shelves/1", requests=[one(thing=thing)])
    assert await call(request) == request
    with pytest.raises(InvalidArgumentError) as caught:
        await call(batch(requests=[one(thing=thing), one(parent="shelves/1")]))
    assert violations(caught.value) == ["requests[0].parent", "requests[1].thing"]


async def test_of_a_oneof_any_field_will_do(messages: dict[str, Any]) -> None:
    thing, choose = messages["Thing"], messages["Choose"]
    for request in (choose(one=""), choose(other=thing(title="x")), choose(third="")):
        assert await call(request) == request
    with pytest.raises(InvalidArgumentError) as caught:
        await call(choose())
    assert violations(caught.value) == ["choice"]
    with pytest.raises(InvalidArgumentError) as caught:
        await call(choose(other=thing()))
    assert violations(caught.value) == ["other.title"]


def test_a_request_without_required_fields_costs_nothing(messages: dict[str, Any]) -> None:
    bound = BoundMethod(Method("/required.v1.S/Call", messages["Free"], messages["Free"]), answer)
    assert require_fields(bound) is bound


async def test_what_proto2_requires_is_required(messages_2: dict[str, Any]) -> None:
    """Such a message cannot be sent on, or back: it would be an error of the server's."""
    outer, inner = messages_2["Outer"], messages_2["Inner"]
    with pytest.raises(InvalidArgumentError) as caught:
        await call(outer(items=[inner(text=""), inner()]))
    assert violations(caught.value) == ["count", "items[1].text"]
    whole = outer(count=0, items=[inner(text="")])
    assert await call(whole) == whole
