"""Small contracts for the rules of recognition."""

from __future__ import annotations

import re
from collections.abc import Mapping

IMPORTS = """
import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "google/api/resource.proto";
import "google/longrunning/operations.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
"""

SHORT = {
    "Empty": "google.protobuf.Empty",
    "Mask": "google.protobuf.FieldMask",
    "Time": "google.protobuf.Timestamp",
    "Operation": "google.longrunning.Operation",
}

TYPED = re.compile(r"(?:repeated |optional )?[\w.]+(?:<[^>]*>)? \w+")


def message(name: str, body: str) -> str:
    """`name, title` become two strings, `int32 page_size` is as it stands, `oneof x {…}` and options are kept.

    Parts are separated by commas; a part of one word is a string.
    """
    lines, number = [], 0
    for part in filter(None, (p.strip() for p in body.split(","))):
        if part.startswith(("option ", "enum ", "message ", "oneof ")):
            lines.append(part.replace("|", ","))
            continue
        number += 1
        head, options = part.partition(" [")[::2]
        words = [SHORT.get(word, word) for word in head.split()]
        typed = " ".join(words if len(words) > 1 else ["string", *words])
        lines.append(f"{typed} = {number}{f' [{options}' if options else ''};")
    return f"message {name} {{ {' '.join(lines)} }}"


def contract(messages: Mapping[str, str], *rpcs: str, service: str = "BookService") -> str:
    """A contract of these messages, and a service of ``Name Request Response`` or ``Name Request Response PATH``.

    A path is ``get:/v1/{name=books/*}``, with further ones behind spaces.
    """
    lines = [message(name, body) for name, body in messages.items()]
    return f"{IMPORTS}\n" + "\n".join(lines) + f"\nservice {service} {{ {' '.join(map(rpc, rpcs))} }}"


def rpc(text: str) -> str:
    name, request, response, *paths = text.split()
    types = [
        f"stream {SHORT.get(t[1:], t[1:])}" if t.startswith("~") else SHORT.get(t, t)
        for t in (request, response)
    ]
    if not paths:
        return f"rpc {name}({types[0]}) returns ({types[1]});"
    rules = [f'{verb}: "{path}"' for verb, _, path in (p.partition(":") for p in paths)]
    rule = " ".join([rules[0], *(f"additional_bindings {{ {each} }}" for each in rules[1:])])
    return f"rpc {name}({types[0]}) returns ({types[1]}) {{ option (google.api.http) = {{ {rule} }}; }}"
