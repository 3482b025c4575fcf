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
  // Does one more thing to an item.
  rpc {name}(FindItemRequest) returns (Item) {{
    option (google.api.http) = {{
      post: "/v1/part{number}/items/{{id}}:{name}"
      body: "*"
    }};
  }}"""


def contract(number: int, *, one_more: str = "") -> str:
    """A contract with a service of two RPCs, or of three, `one_more` being the name of the third."""
    more = ONE_MORE.format(number=number, name=one_more) if one_more else ""
    return CONTRACT.format(number=number, more=more)


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


RPCS = 15

LARGE = """\
syntax = "proto3";

package large{number}.v1;

import "google/api/annotations.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";

// Runs the jobs of division {number}.
service Large{number}Service {{
{rpcs}}}

// A job, with what it is made of.
message Job {{
  // How far a job is.
  enum State {{
    STATE_UNSPECIFIED = 0;
    STATE_WAITING = 1;
    STATE_RUNNING = 2;
    STATE_DONE = 3;
  }}
  // One step of a job.
  message Step {{
    // What a step may spend.
    message Limits {{
      int64 memory = 1;
      double processors = 2;
      google.protobuf.Duration timeout = 3;
    }}
    string title = 1;
    repeated string arguments = 2;
    Limits limits = 3;
    map<string, string> variables = 4;
  }}
  // Unique among all jobs.
  string id = 1;
  string title = 2;
  State state = 3;
  repeated Step steps = 4;
  map<string, Step> named_steps = 5;
  oneof outcome {{
    string failure = 6;
    bytes result = 7;
  }}
  google.protobuf.Timestamp create_time = 8;
}}
{messages}"""

LARGE_RPC = """\
  // Takes the action {rpc} on a job.
  rpc {rpc}({rpc}Request) returns ({rpc}Response) {{
    option (google.api.http) = {{
      {binding}
    }};
  }}
"""

LARGE_MESSAGES = """
// What {rpc} needs.
message {rpc}Request {{
  // Which jobs are meant.
  message Filter {{
    repeated string titles = 1;
    Job.State state = 2;
    google.protobuf.Timestamp before = 3;
  }}
  string id = 1;
  Filter filter = 2;
  Job job = 3;
  optional int32 attempts = 4;
}}

// What comes of {rpc}.
message {rpc}Response {{
  repeated Job jobs = 1;
  string note = 2;
}}
"""


def large_contract(number: int, *, one_more: str = "") -> str:
    """A contract of one service with `RPCS` RPCs, each with a binding and two messages, and one more of that name."""
    names = [*(f"Act{rpc}" for rpc in range(RPCS)), *([one_more] if one_more else [])]
    return LARGE.format(
        number=number,
        rpcs="".join(LARGE_RPC.format(rpc=name, binding=_binding(number, name)) for name in names),
        messages="".join(LARGE_MESSAGES.format(rpc=name) for name in names),
    )


def _binding(number: int, rpc: str) -> str:
    path = f"/v1/large{number}/jobs/{{id}}"
    if int(rpc[-1]) % 3 == 0:
        return f'get: "{path}/{rpc.lower()}"'
    return f'post: "{path}:{rpc.lower()}"\n      body: "*"'
