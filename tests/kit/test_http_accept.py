"""Choosing by Accept, and the text of server-sent events: pure functions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.http import sse as http_sse
from kit.http.accept import preferred

from .sse import parse

LINES, EVENTS = "application/x-ndjson", "text/event-stream"
OFFERS = (LINES, EVENTS)

CHOICES = [
    (None, LINES),
    ("", LINES),
    ("*/*", LINES),
    ("text/*", EVENTS),
    ("text/event-stream", EVENTS),
    ("Text/Event-Stream; charset=utf-8", EVENTS),
    ("application/x-ndjson", LINES),
    ("text/event-stream, */*", EVENTS),
    ("*/*, text/event-stream", EVENTS),
    ("text/event-stream, application/x-ndjson", LINES),
    ("text/event-stream;q=0.5, application/x-ndjson;q=0.4", EVENTS),
    ("text/event-stream;q=0.5, */*;q=0.6", LINES),
    ("text/event-stream ; Q=0.5 , */*;q=0.6", LINES),
    ("text/event-stream;q=0, */*", LINES),
    ("application/x-ndjson;q=0, */*", EVENTS),
    ("application/*;q=0, */*;q=0.1", EVENTS),
    ("text/html", None),
    ("text/html, application/xml;q=0.9", None),
    ("*/*;q=0", None),
    ("text/event-stream;q=0", None),
    ('text/html;title="a, text/event-stream;q=1"', None),
    ('text/html;title="a\\", b", text/event-stream', EVENTS),
    ("text/event-stream;q=2", LINES),
    ("text/event-stream;q=", LINES),
    ("*/event-stream", LINES),
    ("nonsense", LINES),
    (";", LINES),
    (",,;q=1,", LINES),
    ("text/event-stream, nonsense", EVENTS),
]


@pytest.mark.parametrize(("accept", "expected"), CHOICES)
def test_the_heaviest_then_most_specific_range_chooses(accept: str | None, expected: str | None) -> None:
    assert preferred(accept, OFFERS) == expected


@given(st.text(alphabet='atex/*;,q=01.5" \\\té-'))
def test_no_header_is_too_strange(accept: str) -> None:
    assert preferred(accept, OFFERS) in (*OFFERS, None)


WEIGHTS = st.integers(0, 1000)


@given(WEIGHTS, WEIGHTS, st.integers(0, 1000), st.permutations(range(3)))
def test_the_order_of_the_header_does_not_matter(one: int, two: int, rest: int, order: list[int]) -> None:
    weighted = ((LINES, one), (EVENTS, two), ("*/*", rest))
    ranges = [f"{name};q={weight / 1000:.3f}" for name, weight in weighted]
    expected = None if one == two == 0 else LINES if one >= two else EVENTS
    assert preferred(", ".join(ranges[index] for index in order), OFFERS) == expected


@given(st.lists(st.recursive(st.text(), st.lists, max_leaves=10), min_size=1))
def test_what_is_sent_as_events_arrives(values: list[object]) -> None:
    text = b"".join(http_sse.event(json.dumps(value, ensure_ascii=False).encode()) for value in values)
    assert [json.loads(event.data) for event in parse(text)] == values


def test_lines_and_names_of_events() -> None:
    text = (
        http_sse.event(b"a\r\nb\rc\nd") + http_sse.PING + http_sse.end() + http_sse.failure(b"{}", again=True)
    )
    first, end, failure = parse(text)
    assert (first.type, first.data) == ("message", "a\nb\nc\nd")
    assert (end.type, end.last_id) == ("end", "end")
    assert failure.type == "error"
    assert http_sse.is_over(end.last_id)
    assert not http_sse.is_over(None)
