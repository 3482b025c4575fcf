"""One line per call, the same fields whichever way it takes."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from kit import access_log
from kit.context import Context
from kit.errors import Code, InternalError, NotFoundError

FIELDS = {"transport", "code", "ms", "peer", "event", "method", "request_id", "logger", "level", "time"}


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    found = io.StringIO()
    yield found
    access_log.write_json_to(None, logging.INFO)


def context() -> Context:
    return Context("a.v1.A.Get", transport="http", request_id="r-1", peer="127.0.0.1:1")


def test_line_says_what_happened(stream: io.StringIO) -> None:
    access_log.write_json_to(stream, logging.INFO)
    access_log.record(context(), Code.OK, None, 0.0125)
    line = json.loads(stream.getvalue())
    assert set(line) == FIELDS
    assert (line["method"], line["request_id"], line["code"], line["ms"]) == ("a.v1.A.Get", "r-1", "OK", 12.5)
    assert line["time"].endswith("Z")


def test_failure_is_named_and_stays_on_its_line(stream: io.StringIO) -> None:
    access_log.write_json_to(stream, logging.INFO)
    access_log.record(context(), Code.NOT_FOUND, NotFoundError("no\nsuch é"), 0)
    [text] = stream.getvalue().splitlines()
    assert (json.loads(text)["error"], json.loads(text)["level"]) == ("no\nsuch é", "info")


def test_only_defects_are_errors(stream: io.StringIO) -> None:
    access_log.write_json_to(stream, logging.WARNING)
    access_log.record(context(), Code.OK, None, 0)
    access_log.record(context(), Code.INTERNAL, InternalError("internal error"), 0)
    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == ["error"]


def test_a_closed_log_fails_no_call(stream: io.StringIO) -> None:
    access_log.write_json_to(stream, logging.INFO)
    stream.close()
    access_log.record(context(), Code.OK, None, 0)
