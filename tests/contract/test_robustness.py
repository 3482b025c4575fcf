"""No text makes the contract stage fail in another way than with diagnostics."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.contract.builder import load
from scaffolder.contract.protoc import emit_python
from scaffolder.diagnostics import Location, ScaffoldError

from .test_builder import EDITION, ORDER, PROTO2
from .test_stubs import HAZARDS

SEEDS = [ORDER, PROTO2, HAZARDS, EDITION % "2023"]


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """A contract with a piece cut out, doubled, or replaced by other bytes."""
    text = draw(st.sampled_from(SEEDS)).encode()
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 60)))
    piece = draw(st.sampled_from([b"", text[start:end] * 2]) | st.binary(max_size=4))
    return text[:start] + piece + text[end:]


@settings(max_examples=60, deadline=None)
@given(_damaged())
def test_a_damaged_contract_is_read_or_refused(source: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.proto").write_bytes(source)
        try:
            contract = load(["a.proto"], [Path(folder)])
        except ScaffoldError as error:
            assert error.diagnostics
            assert all(d.code != "protoc" or d.location for d in error.diagnostics), str(error)
        else:
            emit_python(contract.descriptor_set, ["a.proto"])


def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    """protoc refuses what it cannot hold; it must not take the process with it."""
    depth = 200
    text = 'syntax = "proto3";' + "message M {" * depth + "}" * depth
    (tmp_path / "a.proto").write_text(text, "utf-8")
    with pytest.raises(ScaffoldError) as caught:
        load(["a.proto"], [tmp_path])
    assert caught.value.diagnostics[0].location


@pytest.mark.parametrize("text", [rb"/v1/\377", b"/v1/\xff", rb"/v1/\xff"])
@pytest.mark.parametrize("imported", [False, True])
def test_protoc_aborting_is_survived(tmp_path: Path, text: bytes, *, imported: bool) -> None:
    """A string of an option that is not UTF-8 makes protoc abort the process that it runs in."""
    source = b"""syntax = "proto3";
import "google/api/annotations.proto";
message A {}
service S { rpc G(A) returns (A) { option (google.api.http) = {get: "%s"}; } }
"""
    (tmp_path / "a.proto").write_bytes(source % text)
    (tmp_path / "b.proto").write_text('syntax = "proto3"; import "a.proto"; message B { A a = 1; }', "utf-8")
    with pytest.raises(ScaffoldError) as caught:
        load(["b.proto" if imported else "a.proto"], [tmp_path])
    (found,) = caught.value.diagnostics
    assert (found.code, found.location) == (
        "contract-encoding",
        Location((tmp_path / "a.proto").as_posix(), 4, 74),
    )


def test_bytes_may_be_escaped(tmp_path: Path) -> None:
    source = 'syntax = "proto2"; message A { optional bytes b = 1 [default = "\\377\\000"]; }'
    (tmp_path / "a.proto").write_text(source, "utf-8")
    contract = load(["a.proto"], [tmp_path])
    assert emit_python(contract.descriptor_set, ["a.proto"])
