"""What a change of HTTP bindings breaks, found on the model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder.contract.compatibility import covers, http_changes
from scaffolder.contract.http_rule import PathTemplate
from tests.contract.conftest import Load

MESSAGES = "message M { string a = 1; string b = 2; M m = 3; } message N { string a = 1; }"


def contract(bindings: str, *, rest: str = "") -> str:
    rpc = f"rpc Get(M) returns (M) {{ option (google.api.http) = {{{bindings}}}; }}" if bindings else ""
    head = 'syntax = "proto3"; package p; import "google/api/annotations.proto";'
    return f"{head} {MESSAGES} service S {{ {rpc} {rest} }}"


def changes(read: Load, before: str, after: str) -> list[tuple[str, str]]:
    old = read({"a.proto": before})
    new = read({"a.proto": after})
    return [(item.code, item.message) for item in http_changes(old.services[0].methods, new)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('get: "/v1/a"', 'get: "/v1/a"'),
        ('get: "/v1/{a}"', 'get: "/v1/{b}"'),
        ('get: "/v1/{a=x/*}"', 'get: "/v1/x/{b}"'),
        ('get: "/v1/{a=x/*}"', 'get: "/v1/{a=x/**}"'),
        ('get: "/v1/{a=x/*}"', 'get: "/v1/{a=**}"'),
        ('get: "/v1/x"', 'get: "/v1/{a}"'),
        ('get: "/v1/a"', 'get: "/v2/a" additional_bindings {get: "/v1/a"}'),
        ('get: "/v1/a"', 'custom {kind: "*" path: "/v1/a"}'),
        (
            'get: "/v1/a" additional_bindings {get: "/v2/a"}',
            'get: "/v2/a" additional_bindings {get: "/v1/a"}',
        ),
        ('post: "/v1/a" body: "*"', 'post: "/v1/a" body: "*" additional_bindings {post: "/v1/a" body: "m"}'),
        ("", 'get: "/v1/a"'),
    ],
)
def test_compatible(read: Load, before: str, after: str) -> None:
    """Every call that was answered still is, by the same RPC, in the same way."""
    assert changes(read, contract(before), contract(after)) == []


@pytest.mark.parametrize(
    ("before", "after", "rule", "said"),
    [
        ('get: "/v1/a"', 'post: "/v1/a"', "HTTP_VERB_CHANGED", "p.S.Get was GET /v1/a, and is POST /v1/a now"),
        ('get: "/v1/a"', 'get: "/v1/b"', "HTTP_PATH_CHANGED", "p.S.Get was GET /v1/a, and is GET /v1/b now"),
        ('get: "/v1/a"', 'get: "/v1/a:b"', "HTTP_PATH_CHANGED", "p.S.Get was GET /v1/a, and is GET /v1/a:b now"),
        ('get: "/v1/{a=**}"', 'get: "/v1/{a}"', "HTTP_PATH_CHANGED",
         "p.S.Get was GET /v1/{a=**}, and is GET /v1/{a} now"),
        ('get: "/v1/a"', 'post: "/v2/a"', "HTTP_BINDING_REMOVED", "GET /v1/a of p.S.Get is answered no more"),
        ('get: "/v1/a" additional_bindings {put: "/v2/a"}', 'get: "/v1/a"', "HTTP_BINDING_REMOVED",
         "PUT /v2/a of p.S.Get is answered no more"),
        ('post: "/v1/a" body: "*"', 'post: "/v1/a" body: "m"', "HTTP_BODY_CHANGED",
         "POST /v1/a of p.S.Get took the whole request as the body, and takes `m` now"),
        ('post: "/v1/a"', 'post: "/v1/a" body: "*"', "HTTP_BODY_CHANGED",
         "POST /v1/a of p.S.Get took nothing as the body, and takes the whole request now"),
        ('get: "/v1/a"', 'get: "/v1/a" response_body: "m"', "HTTP_RESPONSE_BODY_CHANGED",
         "GET /v1/a of p.S.Get answered with the whole response, and answers with `m` now"),
        ('get: "/v1/{a}/{b}"', 'get: "/v1/{b}/{a}"', "HTTP_VARIABLE_MOVED",
         "GET /v1/{a}/{b} of p.S.Get is now /v1/{b}/{a}: a, b would get another part of the same path"),
    ],
)  # fmt: skip
def test_incompatible(read: Load, before: str, after: str, rule: str, said: str) -> None:
    """The rule and the words."""
    assert changes(read, contract(before), contract(after)) == [(rule, said)]


def test_binding_dropped(read: Load) -> None:
    """The RPC is there, but no longer over HTTP."""
    after = contract("", rest="rpc Get(M) returns (M);")
    assert [rule for rule, _ in changes(read, contract('get: "/v1/a"'), after)] == ["HTTP_BINDING_REMOVED"]


def test_renamed_rpc_with_its_url(read: Load) -> None:
    """Those who call by URL do not notice, unless the messages are others."""
    bound = 'rpc Fetch({0}) returns (M) {{ option (google.api.http) = {{get: "/v1/a"}}; }}'
    before = contract('get: "/v1/a"')
    assert changes(read, before, contract("", rest=bound.format("M"))) == []
    (found,) = changes(read, before, contract("", rest=bound.format("N")))
    assert found == ("HTTP_BINDING_MOVED", "GET /v1/a was answered by p.S.Get, and is by p.S.Fetch now")


segments = st.sampled_from(["a", "b", "*", "{x}", "{y=a/*}", "{z=**}"])
templates = (
    st.lists(segments, min_size=1, max_size=4)
    .filter(
        lambda parts: (
            len([p for p in parts if p.startswith("{")]) == len({p for p in parts if p.startswith("{")})
        )
    )
    .map(lambda parts: PathTemplate.parse("/" + "/".join(parts)))
)
paths = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=5)


def matches(template: PathTemplate, path: list[str]) -> bool:
    """Whether a path is matched, by regular expressions."""
    import re

    parts = template.shape.lstrip("/").split("/")
    pattern = "".join({"*": "/[^/]+", "**": "(?:/[^/]+)*"}.get(part, f"/{re.escape(part)}") for part in parts)
    return re.fullmatch(pattern, "/" + "/".join(path)) is not None


@given(templates, templates, paths)
def test_covering_is_matching_more(wide: PathTemplate, narrow: PathTemplate, path: list[str]) -> None:
    """Where one template covers another, no path is matched by the second alone; each covers itself."""
    assert covers(narrow, narrow)
    if covers(wide, narrow) and matches(narrow, path):
        assert matches(wide, path)
