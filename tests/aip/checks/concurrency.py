"""Many calls at once: AIP-154, 133, 155, 135."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from ..transports import Answer
from ..trial import Trial
from . import check
from .create import under
from .update import mask

AT_ONCE = 20


async def at_once(t: Trial, calls: list[Coroutine[Any, Any, Answer]]) -> tuple[Counter[str], list[Answer]]:
    answers = await asyncio.gather(*calls)
    return Counter(answer.code for answer in answers), list(answers)


@check
async def one_of_many_updates_with_an_etag_wins(t: Trial) -> None:
    """AIP-154: of 20 updates at once with the current etag one is OK and 19 are ABORTED; it is the one stored."""
    t.needs_field("etag")
    t.rpc("update")
    created, field = await t.create(), t.writable()[0]
    others = [t.build.other(created, field) for _ in range(AT_ONCE)]
    codes, answers = await at_once(
        t, [t.call("update", resource=each, **mask(t, field.name)) for each in others]
    )
    t.true(codes == {"OK": 1, "ABORTED": AT_ONCE - 1}, f"{dict(codes)}")
    won = next(answer.message for answer in answers if answer.code == "OK")
    t.same(await t.get(t.name(created)), won, what="what is stored")


@check
async def no_update_with_an_etag_is_lost(t: Trial) -> None:
    """AIP-154: 8 callers that read, change and write until their etag is current lose nobody's change."""
    t.needs_field("etag")
    t.rpc("update")
    from ..fields import find

    field = find(t, "integer").path
    resource = t.build.full()
    setattr(resource, field, 1)
    name = t.name(await t.create(resource=resource))

    async def add() -> None:
        for _ in range(200):
            current = await t.get(name)
            setattr(current, field, getattr(current, field) + 1)
            answer = await t.call("update", resource=current, **mask(t, field))
            if answer.code == "OK":
                return
            t.refused(answer, "ABORTED")
        t.true(False, "200 times ABORTED")

    await asyncio.gather(*[add() for _ in range(8)])
    t.compared = False
    stored = getattr(await t.get(name), field)
    t.true(stored == 9, f"8 times 1 added to 1 is {stored}")


@check
async def one_of_many_creates_of_an_id_wins(t: Trial) -> None:
    """AIP-133: of 20 creates of one id at once one is OK and 19 are ALREADY_EXISTS; it is the one stored."""
    t.needs("create", t.subject.id_field)
    parent, proposed = await t.parent(), t.new_id()
    calls = [
        t.call("create", **under(t, parent), resource=t.build.full(), id=proposed) for _ in range(AT_ONCE)
    ]
    codes, answers = await at_once(t, calls)
    t.true(codes == {"OK": 1, "ALREADY_EXISTS": AT_ONCE - 1}, f"{dict(codes)}")
    won = next(answer.message for answer in answers if answer.code == "OK")
    t.same(await t.get(t.name(won)), won, what="what is stored")


@check
async def many_creates_of_a_request_id_make_one(t: Trial) -> None:
    """AIP-155: of 20 creates with one request_id at once all that are OK give the same resource."""
    t.needs("create", "request_id")
    parent, request_id = await t.parent(), str(uuid.UUID(int=t.rng.getrandbits(128), version=4))
    resource = t.build.full()
    calls = [
        t.call("create", **under(t, parent), resource=resource, request_id=request_id) for _ in range(AT_ONCE)
    ]
    codes, answers = await at_once(t, calls)
    t.compared = False  # how many are told to try again is chance
    t.true(codes["OK"] and set(codes) <= {"OK", "ABORTED"}, f"{dict(codes)}")
    names = {t.name(answer.message) for answer in answers if answer.code == "OK"}
    t.true(len(names) == 1, f"{len(names)} resources were made")
    if t.subject.has_parent and "list" in t.subject.rpcs:
        t.true(len(await t.walk(parent)) == 1, "more than one is stored")


@check
async def one_of_many_deletes_wins(t: Trial) -> None:
    """AIP-135: of 20 deletes at once one is OK and 19 are NOT_FOUND."""
    t.rpc("delete")
    name = t.name(await t.create())
    codes, _ = await at_once(t, [t.call("delete", name=name) for _ in range(AT_ONCE)])
    t.true(codes == {"OK": 1, "NOT_FOUND": AT_ONCE - 1}, f"{dict(codes)}")


@check
async def creates_at_once_are_all_stored(t: Trial) -> None:
    """AIP-133, 121: of 20 creates at once under one parent all are stored, under different names."""
    parent = await t.parent()
    made = await asyncio.gather(*[t.create(parent=parent) for _ in range(AT_ONCE)])
    names = {t.name(each) for each in made}
    t.true(len(names) == AT_ONCE, f"{len(names)} names for {AT_ONCE} resources")
    t.true(len(t.mine(await t.walk(parent), made)) == AT_ONCE, "not all are listed")
