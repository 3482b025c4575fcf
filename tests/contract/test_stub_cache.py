"""Messages and stubs are kept between runs, and whatever was kept, a run writes what it writes without."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffolder.contract import stub_keys, stubs
from scaffolder.contract.protoc import compile_contract, emit_python
from scaffolder.diagnostics import ScaffoldError

from .conftest import Write

ROOT = Path(__file__).resolve().parents[2]

CHAIN = {
    "a.proto": 'syntax = "proto3"; message A {}',
    "b.proto": 'syntax = "proto3"; import "a.proto"; message B { A a = 1; }',
    "c.proto": 'syntax = "proto3"; import "b.proto"; message C { B b = 1; }',
    "d.proto": 'syntax = "proto3"; message D {} service S { rpc G(D) returns (D); }',
}


@pytest.fixture(autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the cache is in, empty as yet."""
    path = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(path))
    monkeypatch.setenv("LOCALAPPDATA", str(path))
    monkeypatch.delenv("SCAFFOLD_NO_CACHE", raising=False)
    if sys.platform == "darwin":
        pytest.skip("the cache folder of macOS cannot be moved")
    return path / "scaffold/messages"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """For every call the contracts that protoc and mypy-protobuf were run for."""
    found: list[list[str]] = []
    real = stubs._emitted

    def emitted(descriptors: Any, names: Sequence[str], needed: Any) -> dict[str, str]:
        found.append(list(names))
        return real(descriptors, names, needed)

    monkeypatch.setattr(stubs, "_emitted", emitted)
    return found


def without_cache(descriptor_set: bytes, names: Sequence[str]) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAFFOLD_NO_CACHE", "1")
        return emit_python(descriptor_set, names)


@pytest.mark.parametrize(("folder_of", "count"), [("sample_protos", 7), ("tests/generated/protos", 3)])
def test_samples_come_out_of_the_cache_as_they_went_in(
    folder_of: str, count: int, made: list[list[str]]
) -> None:
    """Made, taken from the cache, and made without one: three times the same, and the second time nothing is made."""
    root = ROOT / folder_of
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.proto"))
    assert len(names) >= count
    compiled = compile_contract(names, [root])
    first, second = emit_python(compiled, names), emit_python(compiled, names)
    assert first == second == without_cache(compiled, names)
    assert made[:2] == [names, []]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("a.proto", ["a.proto", "b.proto", "c.proto"]),
        ("b.proto", ["b.proto", "c.proto"]),
        ("c.proto", ["c.proto"]),
        ("d.proto", ["d.proto"]),
    ],
)
def test_only_a_changed_file_and_its_dependents_are_made(
    write: Write, made: list[list[str]], changed: str, expected: list[str]
) -> None:
    """One more message in one file: what does not import it, directly or not, is taken from the cache."""
    names = list(CHAIN)
    emit_python(compile_contract(names, [write(CHAIN)]), names)
    root = write({changed: CHAIN[changed] + " message More {}"})
    texts = emit_python(compile_contract(names, [root]), names)
    assert made == [names, expected]
    assert "More" in texts[changed.replace(".proto", "_pb2.py")]


Flags = dict[str, int]
INITIAL: Flags = dict.fromkeys(
    (
        *("moved", "public", "enum", "nested", "package", "comment", "remark", "retained", "casted"),
        *("optional", "service", "streaming", "deprecated", "edition", "number"),
    ),
    0,
)
COMMENTS = ("", "// one\n", '// \\d """ \\\n', "/* two\n * lines */\n")


def contract(flags: Flags) -> dict[str, str]:
    """Seven files in which one may change what protoc writes for another; every combination of `flags` is sound."""
    base = (
        f"{COMMENTS[flags['comment'] % 4]}message Base {{ {'message In {}' if flags['nested'] else ''} }}\n"
    )
    kind = f"enum Kind {{ NONE = 0; {'ONE = 1;' if flags['enum'] else ''} }}\n"
    package = "package t.v1;\n" if flags["package"] else "package t;\n"
    proto3 = f'syntax = "proto3";\n{package}'
    kept = ", retention = RETENTION_SOURCE" if flags["retained"] else ""
    deprecated = f"\n{COMMENTS[flags['remark'] % 4]}option deprecated = true;" if flags["deprecated"] else ""
    streamed = "stream " if flags["streaming"] else ""
    service = f"service S {{ {deprecated} rpc Get(Thing) returns ({streamed}Base); }}\n" * bool(
        flags["service"]
    )
    cast = ' [(mypy_protobuf.casttype) = "demo/ids.Id"]' if flags["casted"] else ""
    extensions = 'import "mypy_protobuf/extensions.proto";\n' * bool(flags["casted"])
    edition = 'edition = "2023";\n' if flags["edition"] else 'syntax = "proto3";\n'
    label = "" if flags["edition"] or not flags["optional"] else "optional "
    return {
        "mypy_protobuf/extensions.proto": 'syntax = "proto2"; package mypy_protobuf;'
        'import "google/protobuf/descriptor.proto";'
        "extend google.protobuf.FieldOptions { optional string casttype = 1151; }",
        "options.proto": 'syntax = "proto2"; package o; import "google/protobuf/descriptor.proto";'
        f"extend google.protobuf.MessageOptions {{ optional string label = {50001 + flags['number'] % 2} "
        f"[default = 'x'{kept}]; }}",
        "moved.proto": proto3 + (base if flags["moved"] else ""),
        "types.proto": f'{proto3}import public "moved.proto";\n{kind}' + ("" if flags["moved"] else base),
        "through.proto": f'{proto3}import {"public " if flags["public"] else ""}"types.proto";\n',
        "thing.proto": f'{edition}{package}import "through.proto";\nimport "options.proto";\n{extensions}'
        + ("" if flags["public"] else 'import "types.proto";\n')
        + f'message Thing {{ option (o.label) = "l"; {deprecated}\n {label}Base base = 1; repeated Kind kinds = 2;'
        f" map<string, Base> by_name = 3; int32 id = 4{cast}; }}\n{service}",
        "last.proto": f'{proto3}import public "thing.proto";\nmessage Last {{ Thing thing = 1; }}\n',
    }


CHANGES = st.lists(
    st.tuples(st.sampled_from(sorted(INITIAL)), st.integers(0, 3)), min_size=1, max_size=5, unique=True
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(CHANGES, st.sets(st.sampled_from(sorted(contract(INITIAL))), min_size=1)),
        min_size=2,
        max_size=5,
    )
)
def test_cache_changes_no_result(
    write: Write, steps: Sequence[tuple[Sequence[tuple[str, int]], set[str]]]
) -> None:
    """Whatever was made before, of whichever files: after every edit the texts are those that are made without."""
    flags = dict(INITIAL)
    for changes, asked in steps:
        flags |= dict(changes)
        files = contract(flags)
        compiled = compile_contract(list(files), [write(files)])
        names = sorted(asked)
        assert emit_python(compiled, names) == without_cache(compiled, names)


@pytest.mark.parametrize("flag", sorted(INITIAL))
def test_every_edit_of_the_property_counts(write: Write, flag: str) -> None:
    """The property above is no empty one: each of its flags changes what is written."""
    found = set()
    for value in range(4):
        files = contract(INITIAL | {"service": 1, "deprecated": 1, flag: value})
        compiled = compile_contract(list(files), [write(files)])
        found.add(json.dumps(without_cache(compiled, list(files))))
    assert len(found) > 1


def test_two_names_for_one_module_are_refused_from_the_cache_too(write: Write) -> None:
    """Each was made on its own; together they are refused as they would have been at first."""
    names = ["foo-bar.proto", "foo_bar.proto"]
    compiled = compile_contract(names, [write(dict.fromkeys(names, 'syntax = "proto3";'))])
    for name in names:
        emit_python(compiled, [name])
    with pytest.raises(ScaffoldError, match=r"foo_bar_pb2\.py"):
        emit_python(compiled, names)


@pytest.mark.parametrize("module", ["grpc_tools._protoc_compiler", "mypy_protobuf.main"])
def test_another_tool_is_another_key(
    write: Write, tmp_path: Path, made: list[list[str]], monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """A protoc or a mypy-protobuf that was changed is run anew."""
    origin = stub_keys._origin
    other = tmp_path / "other"
    shutil.copy2(origin(module), other)
    compiled = compile_contract(["d.proto"], [write(CHAIN)])
    for change in (b"", b"\n# changed\n"):
        with other.open("ab") as file:
            file.write(change)
        stub_keys._tools.cache_clear()
        monkeypatch.setattr(stub_keys, "_origin", lambda name: str(other) if name == module else origin(name))
        emit_python(compiled, ["d.proto"])
    stub_keys._tools.cache_clear()
    assert made == [["d.proto"], ["d.proto"]]


def test_tools_that_cannot_be_told_are_run(
    write: Write, folder: Path, made: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As inside a zipped application: nothing is kept, and nothing fails."""
    monkeypatch.setattr(stub_keys, "_tools", lambda: ())
    compiled = compile_contract(["d.proto"], [write(CHAIN)])
    assert emit_python(compiled, ["d.proto"]) == emit_python(compiled, ["d.proto"])
    assert made == [["d.proto"]] * 2
    assert not list(folder.glob("*"))


def test_what_mypy_protobuf_refuses_is_refused_again(write: Write, folder: Path) -> None:
    """An error is not kept, nor is what was made beside it."""
    files = contract(INITIAL | {"casted": 1})
    files["thing.proto"] = files["thing.proto"].replace("demo/ids.Id", "nonsense")
    compiled = compile_contract(list(files), [write(files)])
    for _ in range(2):
        with pytest.raises(ScaffoldError, match="casttype"):
            emit_python(compiled, list(files))
    assert not list(folder.glob("*"))


def test_entries_hold_the_texts_of_one_file_each(write: Write, folder: Path) -> None:
    """Four contracts are four entries, so that another project may take those that it shares."""
    compiled = compile_contract(list(CHAIN), [write(CHAIN)])
    emit_python(compiled, list(CHAIN))
    with sqlite3.connect(folder / "entries-1.sqlite") as database:
        assert database.execute("SELECT COUNT(*) FROM entries").fetchone() == (len(CHAIN),)
    texts = emit_python(compiled, ["d.proto"])
    assert sorted(texts) == ["d_pb2.py", "d_pb2.pyi", "d_pb2_grpc.py", "d_pb2_grpc.pyi"]
