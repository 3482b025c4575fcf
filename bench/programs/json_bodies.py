"""Times the kit's JSON codec against json_format: `json_bodies.py KIT ROUNDS`, CPU seconds as JSON, one object a round.

KIT is the folder that holds the package `kit`. A round has both sides of every row, in turn.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, timestamp_pb2

CONTRACT = """
syntax = "proto3";
package bench.v1;
import "google/protobuf/timestamp.proto";
message Item {
  string id = 1;
  string title = 2;
  int64 amount = 3;
  repeated string tags = 4;
  google.protobuf.Timestamp create_time = 5;
}
message Items {
  repeated Item items = 1;
  string next_page_token = 2;
}
"""
SMALL, LIST = 400, 8
TIMES_FIRST = 20


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    codec: Any = import_module("kit.protojson.codec")
    encode: Any = import_module("kit.protojson.encode")
    item, many = messages(1).items[0], messages(100)
    found = []
    for _ in range(int(sys.argv[2])):
        found.append(
            {
                "small out": pair(
                    lambda: json_format.MessageToJson(item, indent=None), lambda: codec.encode(item), SMALL
                ),
                "small in": reading(codec, item, SMALL),
                "list out": pair(
                    lambda: json_format.MessageToJson(many, indent=None), lambda: codec.encode(many), LIST
                ),
                "list in": reading(codec, many, LIST),
                "first": first(codec, encode, item),
            }
        )
    print(json.dumps(found))


def messages(count: int) -> Any:
    """An Items of so many."""
    made = kinds()["Items"]()
    for number in range(count):
        item = made.items.add(id=f"item-{number}", title="Something", amount=number, tags=["new", "blue"])
        item.create_time.seconds = 1_700_000_000 + 3_600 * number
        item.create_time.nanos = number * 1_000_000
    return made


def kinds() -> dict[str, Any]:
    """The classes of the contract."""
    protoc: Any = import_module("grpc_tools.protoc")
    bundled = Path(import_module("grpc_tools").__file__ or "").parent / "_proto"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "items.proto").write_text(CONTRACT)
        out = Path(folder) / "set.pb"
        flags = [f"-I{folder}", f"-I{bundled}", f"--descriptor_set_out={out}"]
        assert protoc.main(["protoc", *flags, "items.proto"]) == 0
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(files.file[0])
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"bench.v1.{name}"))
        for name in ("Item", "Items")
    }


def reading(codec: Any, message: Any, times: int) -> tuple[float, float]:
    """Both sides read what was written, and get the same."""
    data, kind = codec.encode(message), type(message)
    read = kind()
    codec.decode(data, read)
    assert read == message == json_format.Parse(data, kind())
    return pair(lambda: json_format.Parse(data, kind()), lambda: codec.decode(data, kind()), times)


def first(codec: Any, encode: Any, item: Any) -> tuple[float, float]:
    """json_format's way to write a message, and the codec's where it has to make the type's functions first."""

    def forgotten() -> None:
        encode.WRITERS.clear()
        codec.encode(item)

    return pair(lambda: json_format.MessageToJson(item, indent=None), forgotten, TIMES_FIRST)


def pair(theirs: Callable[[], object], ours: Callable[[], object], times: int) -> tuple[float, float]:
    """CPU seconds of one call, json_format's and the codec's."""
    return seconds(theirs, times), seconds(ours, times)


def seconds(call: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times


main()
