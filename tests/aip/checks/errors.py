"""Errors, over both transports: AIP-193; and that both reach the same resources (127)."""

from __future__ import annotations

import re

from ..expectations import FailedError
from ..transports import Answer, code_for
from ..trial import Trial
from . import check
from .create import under
from .get import missing


async def mistakes(t: Trial) -> list[Answer]:
    """Some calls that have to fail, of different codes."""
    found = [await t.call("get", name=await missing(t))]
    if t.subject.rpcs["create"].has(t.subject.id_field):
        taken = await t.create(id=t.new_id())
        parent, _, proposed = (
            t.name(taken).rsplit("/", 2) if t.subject.has_parent else ("", "", t.name(taken).split("/")[1])
        )
        for bad in (proposed, "no/slash"):
            found.append(await t.call("create", **under(t, parent), resource=t.build.full(), id=bad))
    for each in found:
        t.true(each.code != "OK", "a call that has to fail is OK")
    return found


@check
async def errors_have_a_message(t: Trial) -> None:
    """AIP-193: every error has a message for the developer who called."""
    for answer in await mistakes(t):
        t.true(answer.text.strip(), f"{answer.code} without a message")


@check
async def errors_have_error_info(t: Trial) -> None:
    """AIP-193: every error has an ErrorInfo with a reason in UPPER_SNAKE_CASE and a domain."""
    for answer in await mistakes(t):
        info = answer.detail("ErrorInfo")
        t.true(info is not None, f"{answer.code} without ErrorInfo: {answer.text}")
        t.true(re.fullmatch(r"[A-Z][A-Z0-9_]*[A-Z0-9]", info.reason), f"the reason is {info.reason!r}")
        t.true(info.domain, "ErrorInfo without a domain")


@check
async def errors_over_http_are_of_aip_193(t: Trial) -> None:
    """AIP-193: over HTTP an error is `{"error": {code, message, status, details}}`, of the status that its code has."""
    if t.api.name != "http":
        t.skip("this is about JSON")
    for answer in await mistakes(t):
        error = answer.body.get("error") if isinstance(answer.body, dict) else None
        if not isinstance(error, dict):
            raise FailedError(f"the body is {answer.body!r}")
        t.true(error["code"] == answer.http_status, f"code {error['code']} in an answer {answer.http_status}")
        t.true(answer.code in code_for(answer.http_status), f"{answer.code} with HTTP {answer.http_status}")
        details = error.get("details", [])
        t.true(
            isinstance(details, list) and all("@type" in each for each in details), "a detail without @type"
        )


@check
async def transports_reach_the_same_resources(t: Trial) -> None:
    """AIP-127: what is created over one transport is the same over the other."""
    if len(t.apis) < 2:
        t.skip("there is one transport")
    if not all(api.serves(t.rpc(verb)) for api in t.apis for verb in ("create", "get")):
        t.needs_field("HTTP binding")
    created = await t.create()
    for api in t.apis:
        answer = await t.call("get", via=api, name=t.name(created))
        t.same(t.ok(answer), created, what=f"what get returns over {api.name}")
