"""Run inside the generated campus project: replies that repeat a resource's fields show what was stored.

python copies.py TARGET
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def main(target: str) -> None:
    clients: Any = importlib.import_module("campus_service.client")
    pb: Any = importlib.import_module("campus_service.gen.campus.v1.campus_pb2")
    with clients.CourseClient(target) as client:
        courses(client, pb)
    with clients.CanteenClient(target) as client:
        meals(client, pb)
    print("done")


def courses(client: Any, pb: Any) -> None:
    sent = pb.CreateCourseRequest(title="Logic", level=pb.SECOND, hint="bring a pen", last=pb.FIRST)
    setattr(sent, "from", b"\x00\xff")
    sent.exam.day = pb.CreateCourseRequest.Date.MONDAY
    sent.exam.rooms.add(building="A", number=1)
    sent.dates.add(day=1).start.FromJsonString("2030-01-02T03:04:05.678901Z")
    sent.dates.add()
    sent.rooms["hall"].number = 7
    key = pb.CourseKey(course_id=client.create_course(sent).id)
    found = client.get_course(key)
    assert found.HasField("created_at")
    assert is_repeated(sent, found), f"{sent}\nbecame\n{found}"
    bare = client.get_course(
        pb.CourseKey(course_id=client.create_course(pb.CreateCourseRequest(title="x")).id)
    )
    assert not any(bare.HasField(name) for name in ("hint", "last", "exam")), bare

    change = pb.UpdateCourseRequest(id=found.id, title="Algebra", hint="none")
    change.dates.add(day=1).rooms.add(building="B")
    updated = client.update_course(change)
    again = client.get_course(key)
    assert is_repeated(change, updated), f"{change}\nbecame\n{updated}"
    assert is_repeated(updated, again), f"{updated}\nis read as\n{again}"
    assert is_repeated(again, updated, but={"level", "created_at"}), f"{again}\nwas shown as\n{updated}"
    assert client.update_course(pb.UpdateCourseRequest(id=bare.id, title="y")).hint == ""

    listed = client.list_course(pb.ListCourseRequest(title="Algebra"))
    assert (listed.total, len(listed.results)) == (1, 1)
    assert is_repeated(listed.results[0], again)
    assert client.delete_course(key).ok


def meals(client: Any, pb: Any) -> None:
    sent = pb.CreateMealRequest(name="Soup", images=[{"url": "a"}, {"url": "b"}])
    created = client.create_meal(sent)
    assert is_repeated(sent, created)
    assert is_repeated(created, client.get_meal(pb.MealKey(id=created.id)))
    [listed] = client.list_meal(pb.ListMealRequest(page_size=1)).results
    assert is_repeated(created, listed)
    side = client.create_side(pb.CreateSideRequest(meal_id=created.id, name="Bread"))
    assert side.name == "Bread"
    assert client.get_side(pb.SideKey(meal_id=created.id, id=side.side_id)) == side
    assert [*client.list_sides(pb.ListSidesRequest(meal_id=created.id)).sides] == [side]


def is_repeated(one: Any, other: Any, but: frozenset[str] | set[str] = frozenset()) -> bool:
    """Whether every field that is set is the same in another message, whatever their types and numbers are."""
    json_format: Any = importlib.import_module("google.protobuf.json_format")
    first, second = (
        json_format.MessageToDict(each, preserving_proto_field_name=True) for each in (one, other)
    )
    return all(second.get(name) == value for name, value in first.items() if name not in but)


if __name__ == "__main__":
    main(*sys.argv[1:])
