"""What the tool says of templates that match the same paths, against trying them out."""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.contract.conflicts import conflicts
from scaffolder.contract.http_rule import PathTemplate
from scaffolder.contract.model import Binding, File, Method, Service
from scaffolder.contract.overlaps import Index, contains, example
from tests.fuzz import brute_force
from tests.fuzz.templates import path, template

many = settings(max_examples=int(os.environ.get("SCAFFOLD_EXAMPLES", "300")), deadline=None)


def parse(text: str) -> PathTemplate:
    return PathTemplate.parse(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/v1/*/x", "/v1/y/*", "/v1/y/x"),
        ("/v1/{a=*/x}:undo", "/v1/{b=y/*}:undo", "/v1/y/x:undo"),
        ("/v1/a", "/v1/b", ""),
        ("/v1/a", "/v1/%61", "/v1/a"),
        ("/v1/*", "/v1/*/*", ""),
        ("/v1/**", "/v1/a/b", "/v1/a/b"),
        ("/v1/**/c", "/v1/a/*", "/v1/a/c"),
        ("/v1/**/c", "/v1", ""),
        ("/a/**", "/**/b", "/a/b"),
        ("/a/b/**/c", "/**/c/d", ""),
        ("/a/b/**", "/**/b/c", "/a/b/b/c"),
        ("/**", "/", "/"),
        ("/v1/a", "/v1/a/", ""),
        ("/v1/*/*", "/v1/a/", ""),
        ("/v1/**", "/v1/a/", "/v1/a/"),
    ],
)
def test_an_example_is_a_path_that_both_match(one: str, other: str, expected: str) -> None:
    assert example(parse(one), parse(other)) == expected
    assert not expected or all(brute_force.matches(parse(text), expected) for text in (one, other))


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("/v1/*", "/v1/a", True),
        ("/v1/a", "/v1/*", False),
        ("/v1/**", "/v1/a/*", True),
        ("/v1/**", "/v1", True),
        ("/v1/*/**", "/v1/**/x/y", False),  # which may begin with an empty segment
        ("/**/x", "/**/y/x", True),
        ("/**/y/x", "/**/x", False),
        ("/v1/**", "/**", False),
        ("/v1/*/*", "/v1/**", False),
        ("/**", "/", True),
    ],
)
def test_a_template_contains_another_where_it_matches_all_its_paths(
    outer: str, inner: str, expected: bool
) -> None:
    assert contains(parse(outer), parse(inner)) is expected


@many
@given(st.integers(0, 2**32).map(Random))
def test_the_index_finds_each_template_that_has_a_path_in_common(random: Random) -> None:
    texts = [template(random) for _ in range(random.randint(2, 12))]
    index: Index[int] = Index()
    for number, text in enumerate(texts):
        index.add(parse(text), number)
    for text in texts:
        found = dict(index.overlapping(parse(text)))
        for number, other in enumerate(texts):
            same = parse(text).shape.partition(":")[2] == parse(other).shape.partition(":")[2]
            common = same and example(parse(text), parse(other)) != ""
            assert (number in found) == common, (text, other)


def _file(*routes: str) -> File:
    methods = []
    for number, route in enumerate(routes):
        verb, text = route.split(" ")
        binding = Binding(verb, parse(text))
        methods.append(Method(f"M{number}", f"s.S.M{number}", "s.A", "s.A", bindings=(binding,)))
    service = Service("S", "s.S", "s.proto", tuple(methods))
    return File("s.proto", "s", services=(service,), requested=True)


@many
@given(st.integers(0, 2**32).map(Random))
def test_where_no_warning_is_given_the_special_case_answers(random: Random) -> None:
    """Of two that match a path, the one that answers matches nothing that the other does not."""
    texts = list({parse(text).shape: text for text in (template(random) for _ in range(2))}.values())
    warned = {each.code for each in conflicts([_file(*(f"GET {text}" for text in texts))])}
    for raw in (path(random, texts) for _ in range(10)):
        matching = [parse(text) for text in texts if brute_force.matches(parse(text), raw)]
        if len(matching) < 2 or warned:
            continue
        wins, loses = sorted(matching, key=brute_force.rank)
        assert wins.verb != loses.verb or contains(loses, wins)


@pytest.mark.parametrize(
    ("routes", "codes"),
    [
        (["GET /v1/{a=*/x}", "GET /v1/{b=y/*}"], ["http-overlap"]),
        (["GET /v1/{a=*/x}", "POST /v1/{b=y/*}"], []),
        (["GET /v1/{a=*/x}", "* /v1/{b=y/*}"], ["http-overlap"]),
        (["* /v1/{a}", "GET /v1/{b}"], []),
        (["GET /v1/buckets/*", "GET /v1/buckets/listUsable"], []),
        (["GET /v1/{a=x/**}", "GET /v1/{a=x/*}", "GET /v1/{a=**}"], []),
        (["GET /v1/{a}", "GET /v1/{a}:undo", "GET /v1/{a=b/*}"], []),
        (["GET /v1/{a}", "GET /v1/{b=*}"], ["http-collision"]),
        (["GET /v1/a%20b", "GET /v1/a%20b"], ["http-collision"]),
        (["GET /metrics"], ["http-collision"]),
        (["GET /v1/a", "GET /v1/a/"], ["http-slash"]),
        (["GET /v1/*/*", "GET /v1/a/"], ["http-slash"]),
        (["POST /metrics"], []),
        (["GET /v1/{a=**}/x/y", "GET /v1/{a=*/**}"], ["http-overlap"]),
        (["LIST /v1/{a}"], ["http-verb"]),
    ],
)
def test_what_may_surprise_is_warned_of(routes: list[str], codes: list[str]) -> None:
    assert [each.code for each in conflicts([_file(*routes)])] == codes
