"""The grammar of google.api.http path templates."""

from __future__ import annotations

import ast
import inspect
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder.contract import http_rule
from scaffolder.contract.http_rule import (
    DoubleWildcard,
    Literal,
    ParseError,
    PathTemplate,
    Plain,
    Segment,
    Variable,
    Wildcard,
)

_CHARACTERS = "abzAZ019-._~!$&'()+,;=@"
_texts = st.text(_CHARACTERS, min_size=1, max_size=6)
_encoded = st.integers(0, 255).map(lambda byte: f"%{byte:02X}")
_literals = st.lists(_texts | _encoded, min_size=1, max_size=3).map(lambda parts: Literal("".join(parts)))
_names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True)
_paths = st.lists(_names, min_size=1, max_size=3).map(tuple)
_plain = st.lists(_literals | st.just(Wildcard()), max_size=4)


@st.composite
def _templates(draw: st.DrawFn) -> PathTemplate:
    """Templates as the parser builds them: a literal at the end gives its last colon to the verb."""
    fields = draw(st.lists(_paths, max_size=3, unique=True))
    segments: list[Segment] = [*draw(_plain)]
    for path in fields:
        inner: tuple[Plain, ...] = tuple(draw(_plain))
        segments.insert(draw(st.integers(0, len(segments))), Variable(path, inner))
    if draw(st.booleans()):
        segments.append(DoubleWildcard())
    if not segments:
        return PathTemplate(())
    if draw(st.integers(0, 9)) == 0:
        return PathTemplate((*segments, Literal("")))
    verbs = _texts if isinstance(segments[-1], Literal) else _texts | st.just("custom:custom")
    return PathTemplate(tuple(segments), draw(st.just("") | verbs))


@given(_templates())
def test_parsing_undoes_printing(template: PathTemplate) -> None:
    assert PathTemplate.parse(str(template)) == template


@given(st.text("/{}*:=.ab%2 ", max_size=14) | st.text(max_size=8))
def test_whatever_parses_prints_as_it_was_written(text: str) -> None:
    """Any text is either refused at a place inside it or kept character by character."""
    try:
        template = PathTemplate.parse(text)
    except ParseError as error:
        assert error.template == text
        assert 0 <= error.position <= len(text)
        assert error.message
    else:
        assert str(template) == text


@given(_templates())
def test_the_shape_is_a_template_that_matches_the_same_paths(template: PathTemplate) -> None:
    shape = PathTemplate.parse(template.shape)
    assert not shape.variables
    assert shape.shape == template.shape


@pytest.mark.parametrize(
    ("text", "segments", "verb"),
    [
        ("/", (), ""),
        ("/v1/orders", (Literal("v1"), Literal("orders")), ""),
        ("/v1/orders:search", (Literal("v1"), Literal("orders")), "search"),
        ("/v1/*", (Literal("v1"), Wildcard()), ""),
        ("/v1/**:list", (Literal("v1"), DoubleWildcard()), "list"),
        ("/v1/{name}", (Literal("v1"), Variable(("name",))), ""),
        ("/v1/{name=*}", (Literal("v1"), Variable(("name",), (Wildcard(),))), ""),
        (
            "/v1/{order.name=shops/*/orders/**}:cancel",
            (
                Literal("v1"),
                Variable(
                    ("order", "name"), (Literal("shops"), Wildcard(), Literal("orders"), DoubleWildcard())
                ),
            ),
            "cancel",
        ),
        ("/v1/{kind=literal}", (Literal("v1"), Variable(("kind",), (Literal("literal"),))), ""),
        ("/a:b/c", (Literal("a:b"), Literal("c")), ""),
        ("/a:b:c", (Literal("a:b"),), "c"),
        ("/{a}:b:c", (Variable(("a",)),), "b:c"),
        ("/{a=x:y}", (Variable(("a",), (Literal("x:y"),)),), ""),
        ("/{a=**}/b", (Variable(("a",), (DoubleWildcard(),)), Literal("b")), ""),
        ("/v1/", (Literal("v1"), Literal("")), ""),
        ("/v1/{a}/", (Literal("v1"), Variable(("a",)), Literal("")), ""),
    ],
)
def test_a_template_is_read_by_the_grammar(text: str, segments: tuple[Segment, ...], verb: str) -> None:
    template = PathTemplate.parse(text)
    assert template == PathTemplate(segments, verb)
    assert str(template) == text


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, "a path template must not be empty"),
        ("v1", 0, "a path template starts with '/'"),
        ("/v1//", 4, "a path segment must not be empty"),
        ("/v1/:undo", 4, "a path segment must not be empty"),
        ("/{a=b/}", 6, "a path segment must not be empty"),
        ("/v1//a", 4, "a path segment must not be empty"),
        ("/:cancel", 1, "a path segment must not be empty"),
        ("/v1:", 4, "a verb is expected after ':'"),
        ("/{a}:", 5, "a verb is expected after ':'"),
        ("/{a", 1, "the variable is not closed with '}'"),
        ("/{a=b", 1, "the variable is not closed with '}'"),
        ("/{a=}", 4, "a path segment must not be empty"),
        ("/{}", 2, "a field's name is expected here"),
        ("/{1}", 2, "a field's name is expected here"),
        ("/{a.}", 4, "a field's name is expected here"),
        ("/{a={b}}", 4, "variables cannot hold variables"),
        ("/{a}b", 4, "a variable is a whole segment: '/' or ':' must follow it"),
        ("/{a=*}}", 6, "a variable is a whole segment: '/' or ':' must follow it"),
        ("/a{b}", 2, "'{' is not expected here"),
        ("/a}", 2, "'}' is not expected here"),
        ("/*}", 2, "'}' is not expected here"),
        ("/{a}:b/c", 6, "'/' is not expected here"),
        ("/**/a/**", 6, "'**' can stand only once in a path"),
        ("/{a=**}/{b=**}", 11, "'**' can stand only once in a path"),
        ("/a*", 2, "a wildcard is a whole segment: '*' cannot be part of a literal"),
        ("/*a", 2, "a wildcard is a whole segment: '/' or ':' must follow it"),
        ("/***", 3, "a wildcard is a whole segment: '/' or ':' must follow it"),
        ("/{a}/{a}", 5, "the variable a stands twice in the path"),
        ("/a b", 2, "' ' cannot stand in a path: percent-encode it"),
        ("/a?b", 2, "'?' cannot stand in a path: percent-encode it"),
        ("/%zz", 1, "'%' must be followed by two hexadecimal digits"),
    ],
)
def test_a_malformed_template_is_refused_at_its_place(text: str, position: int, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        PathTemplate.parse(text)
    assert (caught.value.position, caught.value.message) == (position, message)


def test_variables_are_listed_with_what_they_match() -> None:
    template = PathTemplate.parse("/v1/{shop}/{order.id=x/*}:get")
    assert [variable.name for variable in template.variables] == ["shop", "order.id"]
    assert [variable.pattern for variable in template.variables] == [
        (Wildcard(),),
        (Literal("x"), Wildcard()),
    ]


def test_templates_that_match_the_same_paths_have_one_shape() -> None:
    same = ("/v1/orders/{id}:get", "/v1/{name=orders/*}:get", "/v1/orders/*:get")
    assert {PathTemplate.parse(text).shape for text in same} == {"/v1/orders/*:get"}


def test_the_module_imports_the_standard_library_alone() -> None:
    tree = ast.parse(inspect.getsource(http_rule))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    imported |= {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
