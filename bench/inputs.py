"""What is fed to both sides: contracts, and a cookiecutter template."""

from __future__ import annotations

from pathlib import Path

CONTRACT = """\
syntax = "proto3";

package part{number}.v1;

import "google/api/annotations.proto";
import "google/protobuf/timestamp.proto";

// Keeps the items of part {number}.
service Part{number}Service {{
  // Finds an item by its id.
  rpc FindItem(FindItemRequest) returns (Item) {{
    option (google.api.http) = {{
      get: "/v1/part{number}/items/{{id}}"
    }};
  }}
  // Moves an item to another shelf.
  rpc MoveItem(MoveItemRequest) returns (Item) {{
    option (google.api.http) = {{
      post: "/v1/part{number}/items/{{id}}:move"
      body: "*"
    }};
  }}{more}
}}

// Something on a shelf.
message Item {{
  // Unique among all items.
  string id = 1;
  string title = 2;
  int64 amount = 3;
  repeated string tags = 4;
  google.protobuf.Timestamp create_time = 5;
}}

message FindItemRequest {{
  string id = 1;
}}

message MoveItemRequest {{
  string id = 1;
  // The shelf to move it to.
  string shelf = 2;
}}
"""

ONE_MORE = """
  // Forgets an item.
  rpc DropItem(FindItemRequest) returns (Item) {{
    option (google.api.http) = {{
      post: "/v1/part{number}/items/{{id}}:drop"
      body: "*"
    }};
  }}"""


def contract(number: int, *, one_more: bool = False) -> str:
    """A contract with a service of two RPCs, or of three."""
    return CONTRACT.format(number=number, more=ONE_MORE.format(number=number) if one_more else "")


def cookiecutter_template(folder: Path, files: int) -> None:
    """A template of `files` Python modules of 40 lines, some of them with a variable."""
    inside = folder / "{{ cookiecutter.name }}" / "src" / "{{ cookiecutter.name }}"
    inside.mkdir(parents=True)
    (folder / "cookiecutter.json").write_text('{"name": "rendered"}', encoding="utf-8")
    lines = [
        f"value_{n} = {n}\n" if n % 4 else f'name_{n} = "{{{{ cookiecutter.name }}}}"\n' for n in range(40)
    ]
    for number in range(files):
        (inside / f"module_{number}.py").write_text("".join(lines), encoding="utf-8")
