"""The path template grammar of google/api/http.proto."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import path
from kit.errors import InvalidArgumentError
from kit.http.router import MethodNotAllowed, Router


@pytest.mark.parametrize(
    ("template", "raw", "values"),
    [
        ("/v1/orders", "/v1/orders", {}),
        ("/v1/orders", "/v1/orders/", None),
        ("/v1/orders", "/v1", None),
        ("/v1/{id}", "/v1/a%20b", {"id": "a b"}),
        ("/v1/{id}", "/v1/", None),
        ("/v1/{id}", "/v1/a/b", None),
        ("/v1/{id}", "/v1/a%2Fb", {"id": "a/b"}),
        ("/v1/{id}", "/v1/a:b", {"id": "a:b"}),
        ("/v1/{name=orders/*}", "/v1/orders/1", {"name": "orders/1"}),
        ("/v1/{name=orders/*}", "/v1/orders/a%2Fb%20c", {"name": "orders/a%2Fb c"}),
        ("/v1/{name=orders/*}", "/v1/lines/1", None),
        ("/v1/{name=orders/**}", "/v1/orders", {"name": "orders"}),
        ("/v1/{name=orders/**}", "/v1/orders/a/b", {"name": "orders/a/b"}),
        ("/v1/{name=**}", "/v1/a/b", {"name": "a/b"}),
        ("/v1/{a.b.c=x/*/y/*}/z", "/v1/x/1/y/2/z", {"a.b.c": "x/1/y/2"}),
        ("/v1/{name=orders/**}:undo", "/v1/orders/a/b:undo", {"name": "orders/a/b"}),
        ("/v1/{name=orders/*}:undo", "/v1/orders/1", None),
        ("/v1/{name=orders/*}:a:b", "/v1/orders/1:a:b", {"name": "orders/1"}),
        ("/v1/orders:batch", "/v1/orders:batch", {}),
        ("/v1/{a}/x/{b}", "/v1/1/x/2", {"a": "1", "b": "2"}),
        ("/v1/{name=projects}", "/v1/projects", {"name": "projects"}),
        ("/v1/*/x/**", "/v1/1/x/2/3", {}),
        ("/", "/", {}),
        ("/v1/{name=**}/x", "/v1/x", {"name": ""}),
        ("/v1/{name=**}/x", "/v1/a/x/x", {"name": "a/x"}),
        ("/v1/{name=**}/x", "/v1", None),
        ("/v1/{name=**}/x", "/v1/a/y", None),
        ("/v1/{name=a/**}/{id}", "/v1/a/b", {"name": "a", "id": "b"}),
        ("/v1/{name=a/**}/{id}", "/v1/a", None),
        ("/v1/{p=orgs/**}/keys:search", "/v1/orgs/keys:search", {"p": "orgs"}),
        ("/v1/{p=orgs/**}/keys:search", "/v1/orgs/1/2/keys:search", {"p": "orgs/1/2"}),
        ("/v1/{p=orgs/**}/keys:search", "/v1/orgs/1/2/keys", None),
        ("/v1/{a}/{p=x/**/y/*}/z/{b}", "/v1/1/x/2/3/y/4/z/5", {"a": "1", "p": "x/2/3/y/4", "b": "5"}),
        ("/v1/{a}/{p=x/**/y/*}/z/{b}", "/v1/1/x/y/4/z/5", {"a": "1", "p": "x/y/4", "b": "5"}),
        ("/{name=**}:undo", "/a/b:undo", {"name": "a/b"}),
        ("/**/{a}/{b=c/*}", "/c/1/c/2", {"a": "1", "b": "c/2"}),
    ],
)
def test_match(template: str, raw: str, values: dict[str, str] | None) -> None:
    assert path.compile(template).match(raw) == values


@pytest.mark.parametrize("raw", ["/v1/%", "/v1/%f", "/v1/%zz", "/v1/%ff", "/v1/%ed%a0%80"])
def test_a_broken_escape_names_its_variable(raw: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"order\.id: "):
        path.compile("/v1/{order.id}").match(raw)


def test_what_is_no_utf8_is_told_in_the_terms_of_the_request() -> None:
    with pytest.raises(InvalidArgumentError, match=r"^order\.id: not UTF-8 in the path$"):
        path.compile("/v1/{order.id}").match("/v1/%ff")


@pytest.mark.parametrize(
    "template", ["", "v1", "/v1/{", "/v1/{a", "/v1/{a}b", "/v1/{**}", "/{a=**}/b/**", "/{a=**/**}", "/{a=}"]
)
def test_a_template_outside_the_grammar_is_an_error(template: str) -> None:
    with pytest.raises(ValueError):
        path.compile(template)


@pytest.mark.parametrize("value", ["", "orders/", "orders", "lines/1", "orders/1/2", "orders/..", "orders/."])
def test_a_value_that_does_not_fit_cannot_be_expanded(value: str) -> None:
    with pytest.raises(InvalidArgumentError, match="name: "):
        path.compile("/v1/{name=orders/*}").expand({"name": value})


@pytest.mark.parametrize(
    ("template", "expanded"),
    [
        ("/v1/{name=**}", "/v1"),
        ("/v1/{name=**}/x", "/v1/x"),
        ("/v1/{name=**}:undo", "/v1:undo"),
        ("/{name=**}", "/"),
    ],
)
def test_no_value_is_no_segment_of_a_double_wildcard(template: str, expanded: str) -> None:
    assert path.compile(template).expand({}) == expanded
    assert path.compile(template).match(expanded) == {"name": ""}


@pytest.mark.parametrize("template", ["/{name=**}", "/{name=**}/x"])
def test_a_path_never_starts_like_the_name_of_a_host(template: str) -> None:
    with pytest.raises(InvalidArgumentError, match="first segment"):
        path.compile(template).expand({"name": "/evil.example"})


_WORD = st.text(min_size=1).filter(lambda text: text not in (".", ".."))
_LITERAL = st.text("abcxyz-_.~", min_size=1).filter(lambda text: text not in (".", ".."))


_PLAIN_WORD = _WORD.filter(lambda text: "/" not in text)


@st.composite
def _templates_and_values(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """A template and values that fit it; a slash inside a segment only where the variable has one segment."""
    count = draw(st.integers(1, 5))
    deep = draw(st.integers(-1, count - 1))  # where "**" stands, -1 for nowhere
    pieces, values = [], {}
    for number in range(count):
        name = f"f{number}.x"
        if number == deep:
            pattern, value = _double_wildcard(draw)
            pieces.append(f"{{{name}={pattern}}}")
            values[name] = value
            continue
        match draw(st.sampled_from(["literal", "plain", "pattern"])):
            case "literal":
                pieces.append(draw(_LITERAL))
            case "plain":
                pieces.append(f"{{{name}}}")
                values[name] = draw(_WORD)
            case _:
                literal = draw(_LITERAL)
                pieces.append(f"{{{name}={literal}/*}}")
                values[name] = f"{literal}/{draw(_PLAIN_WORD)}"
    verb = draw(st.sampled_from(["", ":undo", ":a:b"]))
    return "/" + "/".join(pieces) + verb, values


def _double_wildcard(draw: st.DrawFn) -> tuple[str, str]:
    """A pattern that holds "**" and a value for it, of no segment at the least."""
    before = draw(st.lists(_LITERAL, max_size=2))
    behind = draw(st.lists(_LITERAL, max_size=2))
    inside = draw(st.lists(_PLAIN_WORD, max_size=3))
    return "/".join([*before, "**", *behind]), "/".join([*before, *inside, *behind])


@given(_templates_and_values())
def test_match_undoes_expand(case: tuple[str, dict[str, str]]) -> None:
    """And the path is made of what a URL may hold, so no client rewrites it on the way."""
    template, values = case
    expanded = path.compile(template).expand(values)
    assert path.compile(template).match(expanded) == values
    assert expanded.isascii() and not set(expanded) & set("?#[]@!$&'()*+,;= \"<>\\^`{|}")


@given(_templates_and_values())
def test_the_router_finds_what_was_expanded(case: tuple[str, dict[str, str]]) -> None:
    template, values = case
    router: Router[str] = Router()
    assert router.add("GET", template, "found")
    assert router.find("GET", path.compile(template).expand(values)) == ("found", values)


_TEMPLATES = ["/v1/{id}", "/{a=**}", "/v1/{name=x/*}:undo", "/v1/{a}/{b=c/**}", "/{a=**}/{b}/c"]


@given(st.text(), st.sampled_from(_TEMPLATES))
def test_any_path_matches_or_not_or_is_an_invalid_argument(raw: str, template: str) -> None:
    with suppress(InvalidArgumentError):
        path.compile(template).match(raw)


def _router(*templates: str) -> Router[str]:
    router: Router[str] = Router()
    for template in templates:
        verb, _, text = template.partition(" ")
        router.add(verb, text, template)
    return router


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("/v1/a/list", "GET /v1/a/list"),
        ("/v1/a/other", "GET /v1/a/{id}"),
        ("/v1/a/other/deep", "GET /v1/{name=**}"),
        ("/v1/a", "GET /v1/{name=**}"),
        ("/v1/a/x:undo", "GET /v1/a/{id}:undo"),
        ("/v1/a/x:redo", "GET /v1/a/{id}"),
        ("/v1/b/list", "GET /v1/{name=*/list}"),
        ("/v1/a/%6Cist", "GET /v1/a/list"),
        ("/v1/a%2Flist", "GET /v1/{name=**}"),
    ],
)
def test_the_most_specific_route_wins_in_any_order(raw: str, found: str) -> None:
    templates = [
        "GET /v1/{name=**}",
        "GET /v1/a/{id}",
        "GET /v1/a/list",
        "GET /v1/a/{id}:undo",
        "GET /v1/{name=*/list}",
        "POST /v1/a/{id}",
    ]
    for order in (templates, templates[::-1]):
        route = _router(*order).find("GET", raw)
        assert route is not None and route[0] == found


@pytest.mark.parametrize(
    ("raw", "found", "values"),
    [
        ("/v1/a/keys", "/v1/a/{q=**}", {"q": "keys"}),
        ("/v1/b/keys", "/v1/{x}/keys", {"x": "b"}),
        ("/v1/keys", "/v1/{p=**}/keys", {"p": ""}),
        ("/v1/b/c/keys", "/v1/{p=**}/keys", {"p": "b/c"}),
        ("/v1/b/c/keys/1", "/v1/{p=**}/keys/{id}", {"p": "b/c", "id": "1"}),
        ("/v1/b/keys/keys", "/v1/{p=**}/keys/{id}", {"p": "b", "id": "keys"}),
        ("/v1/b/c/keys:search", "/v1/{p=**}/keys:search", {"p": "b/c"}),
        ("/v1/b/c/d", "/v1/{rest=**}", {"rest": "b/c/d"}),
        ("/v1/b/c/k%65ys", "/v1/{p=**}/keys", {"p": "b/c"}),
    ],
)
def test_what_follows_a_double_wildcard_makes_a_route_more_specific(
    raw: str, found: str, values: dict[str, str]
) -> None:
    templates = [
        "/v1/{rest=**}",
        "/v1/{p=**}/keys/{id}",
        "/v1/{p=**}/keys",
        "/v1/{p=**}/keys:search",
        "/v1/{x}/keys",
        "/v1/a/{q=**}",
    ]
    for order in (templates, templates[::-1]):
        route = _router(*(f"GET {template}" for template in order)).find("GET", raw)
        assert route == (f"GET {found}", values)


_SHAPES = st.lists(st.sampled_from(["a", "b", "*", "**"]), min_size=1, max_size=5).filter(
    lambda shape: shape.count("**") <= 1
)


def _rank(template: str) -> tuple[object, ...]:
    """Sorts as the router prefers: by segment, and behind "**" the longer rest first."""
    kinds = [{"*": 1, "**": 2}.get(segment, 0) for segment in template.removeprefix("/").split("/")]
    if 2 not in kinds:
        return tuple(kinds)
    deep = kinds.index(2)
    return (*kinds[: deep + 1], deep - len(kinds), *kinds[deep + 1 :])


@given(
    st.lists(_SHAPES.map(lambda shape: "/" + "/".join(shape)), min_size=1, max_size=6, unique=True),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=6),
)
def test_the_router_finds_the_best_of_the_templates_that_match(
    templates: list[str], parts: list[str]
) -> None:
    raw = "/" + "/".join(parts)
    matching = [template for template in templates if path.compile(template).match(raw) is not None]
    found = _router(*(f"GET {template}" for template in templates)).find("GET", raw)
    best = min(matching, key=_rank, default=None)
    assert found == (None if best is None else (f"GET {best}", {}))


def test_a_more_general_route_serves_the_verb_that_a_specific_one_lacks() -> None:
    router = _router("GET /v1/list", "POST /v1/{id}")
    assert router.find("POST", "/v1/list") == ("POST /v1/{id}", {"id": "list"})
    with pytest.raises(MethodNotAllowed) as caught:
        router.find("PUT", "/v1/list")
    assert caught.value.allowed == ("GET", "HEAD", "POST")


def test_the_first_of_two_equal_routes_stays() -> None:
    router: Router[int] = Router()
    assert router.add("GET", "/v1/{a}", 1)
    assert not router.add("GET", "/v1/{b}", 2)
    assert router.find("GET", "/v1/x") == (1, {"a": "x"})
