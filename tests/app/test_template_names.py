"""What a dotted name in a template leads to: the view's own key, and in the sandbox nothing behind it."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from jinja2.exceptions import SecurityError

from scaffolder.render.environment import Loader, make


@pytest.fixture(params=["built-in", "sandboxed"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> jinja2.Environment:
    """With and without templates of the user's."""
    if request.param == "sandboxed":
        return make(Loader(tmp_path, tmp_path, frozenset(["own.j2"])))
    return make(Loader(tmp_path, None, frozenset()))


def test_key_that_a_dictionary_has_a_method_for_is_the_key(environment: jinja2.Environment) -> None:
    """A field called `items` is that field; where a view has no such key the method is found as ever."""
    template = environment.from_string("{{ a.items }} {{ b.items() | list }} {{ a.get('items') }}")
    assert template.render(a={"items": "mine"}, b={"x": 1}) == "mine [('x', 1)] mine"


def test_name_that_leads_nowhere_says_what_there_is(environment: jinja2.Environment) -> None:
    with pytest.raises(jinja2.UndefinedError, match="there is no `nmae` here, only name, kind"):
        environment.from_string("{{ a.nmae }}").render(a={"name": 1, "kind": 2})


def test_sandbox_stays_closed(tmp_path: Path) -> None:
    """No way from a view to Python, nor through a value in it."""
    environment = make(Loader(tmp_path, tmp_path, frozenset(["own.j2"])))
    for text in ("{{ a.__class__.__mro__ }}", "{{ a.x.__init__.__globals__ }}", "{{ a.f.__globals__ }}"):
        with pytest.raises(SecurityError):
            environment.from_string(text).render(a={"x": object(), "f": test_sandbox_stays_closed})
