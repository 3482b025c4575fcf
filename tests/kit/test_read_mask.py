"""Read masks: what of a message is shown (AIP-157, AIP-161)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from google.protobuf import field_mask_pb2, struct_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.errors import InvalidArgumentError
from kit.read_mask import read_masked
from tests.fuzz.json_messages import random_message
from tests.kit.shop import compile_messages

Every: Any = compile_messages("json/v1/every.proto")["Every"]

MESSAGE = Every(
    int32_field=5,
    string_field="a",
    every=Every(string_field="b", int32_field=6, every=Every(string_field="c"), int32_list=[1]),
    every_list=[Every(string_field="d", int32_field=7), Every(int32_field=8)],
    int32_list=[1, 2],
    labels={"x": "1", "odd.key": "2", "*": "3"},
    by_int32={-5: 1, 6: 2},
    by_bool={True: 1},
    every_map={"k": Every(string_field="e", int32_field=9), "l": Every(int32_field=10)},
    optional_int32=0,
    second=3,
    struct=struct_pb2.Struct(
        fields={
            "a": struct_pb2.Value(
                struct_value=struct_pb2.Struct(
                    fields={"b": struct_pb2.Value(bool_value=True), "c": struct_pb2.Value(string_value="s")}
                )
            ),
            "n": struct_pb2.Value(number_value=1),
        }
    ),
)


def struct_of(**values: Any) -> struct_pb2.Struct:
    found = struct_pb2.Struct()
    found.update(values)
    return found


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        ([], MESSAGE),
        (["*"], MESSAGE),
        (["string_field"], Every(string_field="a")),
        (["string_field", "string_field"], Every(string_field="a")),
        (["double_field", "optional_string"], Every()),
        (["optional_int32"], Every(optional_int32=0)),
        (["second", "first"], Every(second=3)),
        (["every.string_field"], Every(every=Every(string_field="b"))),
        (
            ["every.every.string_field", "every.int32_field"],
            Every(every=Every(int32_field=6, every=Every(string_field="c"))),
        ),
        (["every", "every.string_field"], Every(every=MESSAGE.every)),
        (["every.string_field", "every"], Every(every=MESSAGE.every)),
        (["every.*"], Every(every=MESSAGE.every)),
        (["every.every.every.string_field"], Every(every=Every(every=Every()))),
        (["third.string_field"], Every()),
        (["int32_list"], Every(int32_list=[1, 2])),
        (["int32_list.*"], Every(int32_list=[1, 2])),
        (["every_list"], Every(every_list=MESSAGE.every_list)),
        (["every_list.string_field"], Every(every_list=[Every(string_field="d"), Every()])),
        (["every_list.*.string_field"], Every(every_list=[Every(string_field="d"), Every()])),
        (["every_list.*"], Every(every_list=MESSAGE.every_list)),
        (["labels"], Every(labels=MESSAGE.labels)),
        (["labels.*"], Every(labels=MESSAGE.labels)),
        (["labels.x"], Every(labels={"x": "1"})),
        (["labels.`odd.key`", "labels.none"], Every(labels={"odd.key": "2"})),
        (["by_int32.-5"], Every(by_int32={-5: 1})),
        (["by_bool.true"], Every(by_bool={True: 1})),
        (["every_map.k.string_field"], Every(every_map={"k": Every(string_field="e")})),
        (
            ["every_map.*.int32_field", "every_map.k.string_field"],
            Every(every_map={"k": Every(string_field="e", int32_field=9), "l": Every(int32_field=10)}),
        ),
        (
            ["every_map.*.string_field", "every_map.l"],
            Every(every_map={"k": Every(string_field="e"), "l": Every(int32_field=10)}),
        ),
        (["struct.n"], Every(struct=struct_of(n=1))),
        (["struct.a.b"], Every(struct=struct_of(a={"b": True}))),
        (
            ["struct.n.deeper", "struct.none"],
            Every(struct=struct_pb2.Struct(fields={"n": struct_pb2.Value()})),
        ),
    ],
)
def test_shows(paths: list[str], shown: Any) -> None:
    assert read_masked(MESSAGE, paths) == shown
    assert read_masked(MESSAGE, field_mask_pb2.FieldMask(paths=paths)) == shown


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "not names with dots"),
        ("a..b", "not names with dots"),
        ("every.", "not names with dots"),
        (".every", "not names with dots"),
        ("labels.`x", "not names with dots"),
        ("strin_field", "json.v1.Every has no field 'strin_field'"),
        ("stringField", "has no field"),
        ("every.nope", "has no field 'nope'"),
        ("string_field.x", "'string_field' is no message"),
        ("int32_list.0", "is no message"),
        ("every_list.0", "has no path"),
        ("every_list.0.string_field", "has no path"),
        ("every_list.nope", "has no field"),
        ("every.*.string_field", "has no field '*'"),
        ("labels.x.y", "'x' is no message"),
        ("every_map.k.nope", "has no field"),
        ("every." * 1500 + "color", "more than 100 names"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        read_masked(MESSAGE, ["string_field", path])
    assert message in error.value.message
    assert [violation.field for violation in error.value.violations] == ["read_mask"]


def test_all_wrong_paths_are_told_at_once_and_by_the_fields_own_name() -> None:
    with pytest.raises(InvalidArgumentError) as error:
        read_masked(MESSAGE, ["*", "x", "string_field"], "view_mask")
    assert [(v.field, v.description.split(":")[0]) for v in error.value.violations] == [
        ("view_mask", "'*'"),
        ("view_mask", "'x'"),
    ]


PATHS = [
    *(
        "int32_field",
        "string_field",
        "every",
        "every.string_field",
        "every.every_list",
        "optional_int32",
        "color",
    ),
    *(
        "every_list",
        "every_list.string_field",
        "every_list.every",
        "labels",
        "labels.a",
        "every_map",
        "struct",
        "time",
    ),
    *(
        "every_map.*.string_field",
        "value",
        "any",
        "mask",
        "third",
        "third.bytes_field",
        "int64_value",
        "by_bool.true",
    ),
]


@given(st.integers(0, 10**6), st.lists(st.sampled_from(PATHS), min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_reading_again_changes_nothing_and_more_paths_show_more(seed: int, paths: list[str]) -> None:
    message = random_message(Random(seed), Every)
    before = message.SerializeToString(deterministic=True)
    shown = read_masked(message, paths)
    assert message.SerializeToString(deterministic=True) == before
    assert read_masked(shown, paths).SerializeToString(deterministic=True) == shown.SerializeToString(
        deterministic=True
    )
    more = read_masked(read_masked(message, [*paths, "string_field"]), paths)
    assert more.SerializeToString(deterministic=True) == shown.SerializeToString(deterministic=True)


@given(
    st.integers(0, 10**6),
    st.lists(
        st.sampled_from(
            [p for p in PATHS if "_list." not in p and "*" not in p and "labels." not in p and "by_" not in p]
        ),
        min_size=1,
        max_size=4,
    ),
)
@settings(max_examples=200, deadline=None)
def test_shows_what_protobufs_own_field_mask_merges(seed: int, paths: list[str]) -> None:
    message = random_message(Random(seed), Every)
    merged = Every()
    field_mask_pb2.FieldMask(paths=paths).MergeMessage(message, merged)
    shown = read_masked(message, paths)
    for found in (merged, shown):  # that a message is there, without a field of it, is told by ours alone
        for name in ("every", "third"):
            if found.HasField(name) and not getattr(found, name).ByteSize():
                found.ClearField(name)
    assert shown.SerializeToString(deterministic=True) == merged.SerializeToString(deterministic=True)


def test_a_mask_has_as_many_characters_as_can_be_kept() -> None:
    assert read_masked(MESSAGE, ["labels." + "x" * 9_000]) == Every()
    for paths in (["labels." + "x" * 10_000], [f"labels.k{number}" for number in range(10_000)]):
        with pytest.raises(InvalidArgumentError, match="longer than 10000 characters"):
            read_masked(MESSAGE, paths)
