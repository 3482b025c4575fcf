"""Run inside the generated cupboard project: what a store promises, with random resources of every kind of column.

    python keeping.py GRPC_TARGET COUNT

prints the number of things that were created, read, listed in every order, changed and deleted.
"""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

SORTED = (
    "text",
    "ratio",
    "small",
    "unsigned",
    "big",
    "large",
    "fixed",
    "xmin",
    "ctid",
    "order",
    "Text",
    "int",
)
UNSET = ("maybe_large", "time", "delay", "code", "count", "group", "size", "flag", "create_time")
"""Fields that are ordered as the database orders what is not set, or an enum."""


class Keeper:
    """Things in a drawer of a cupboard, by the clients of the project's services."""

    def __init__(self, cupboards: Any, drawers: Any) -> None:
        self.pb2: Any = importlib.import_module("cupboards_service.gen.cupboards.v1.cupboards_pb2")
        self.fill: Any = importlib.import_module("round_trip").fill
        self.cupboards, self.drawers = cupboards, drawers
        request = self.pb2.CreateCupboardRequest(cupboard_id="one")
        self.cupboard = cupboards.create_cupboard(request).name
        drawer = self.pb2.Drawer(label="l", color="c")
        request = self.pb2.CreateDrawerRequest(parent=self.cupboard, drawer=drawer, drawer_id="top")
        self.drawer = drawers.create_drawer(request).name

    def thing(self, seed: int) -> Any:
        thing = self.fill(self.pb2.Thing(), random.Random(seed))
        for field in ("name", "create_time", "etag"):
            thing.ClearField(field)
        thing.code = f"code {seed}"
        return thing

    def create(self, thing: Any, **fields: Any) -> Any:
        request = self.pb2.CreateThingRequest(parent=self.drawer, thing=thing, **fields)
        return self.drawers.create_thing(request)

    def listed(self, **fields: Any) -> list[Any]:
        """All pages, of seven things each."""
        found, token = [], ""
        while True:
            page = self.drawers.list_things(
                self.pb2.ListThingsRequest(parent=self.drawer, page_size=7, page_token=token, **fields)
            )
            found += page.things
            token = page.next_page_token
            if not token:
                return found

    def check_round_trip(self, count: int) -> dict[str, Any]:
        stored = {}
        for seed in range(count):
            thing = self.thing(seed)
            created = self.create(thing)
            for field in ("name", "etag"):
                setattr(thing, field, getattr(created, field))
            thing.create_time.CopyFrom(created.create_time)
            assert created == thing, f"seed {seed}: created\n{created}\nfrom\n{thing}"
            read = self.drawers.get_thing(self.pb2.GetThingRequest(name=created.name))
            assert read == thing, f"seed {seed}: stored\n{thing}\nread\n{read}"
            stored[created.name] = read
        return stored

    def check_lists(self, stored: dict[str, Any]) -> None:
        by_name = [stored[name] for name in sorted(stored)]
        assert self.listed() == by_name
        for field in SORTED:
            for order, reverse in ((field, False), (f"{field} desc", True)):
                wanted = sorted(by_name, key=lambda thing: getattr(thing, field), reverse=reverse)
                assert self.listed(order_by=order) == wanted, order
        for field in UNSET:
            for order in (field, f"{field} desc"):
                found = self.listed(order_by=order)
                assert len(found) == len(stored), order
                assert {thing.name for thing in found} == stored.keys(), order
        large = [thing for thing in by_name if thing.large > 2**63 and thing.size == 1]
        assert self.listed(filter=f"large > {2**63} AND size = SMALL") == large
        assert self.listed(code="code 1") == [thing for thing in by_name if thing.code == "code 1"]

    def check_changes(self, name: str) -> None:
        thing = self.drawers.get_thing(self.pb2.GetThingRequest(name=name))
        before = thing.etag
        thing.text = "changed"
        mask = {"paths": ["text"]}
        changed = self.drawers.update_thing(self.pb2.UpdateThingRequest(thing=thing, update_mask=mask))
        assert (changed.text, changed.code) == ("changed", thing.code)
        assert changed.etag != before
        self.refused(
            "ABORTED", self.drawers.update_thing, self.pb2.UpdateThingRequest(thing=thing, update_mask=mask)
        )

    def check_refusals(self) -> None:
        pb2, drawers = self.pb2, self.drawers
        self.refused("ALREADY_EXISTS", self.create, self.thing(1))
        again = pb2.CreateThingRequest(parent=self.drawer, thing=self.thing(1000), request_id="the same")
        assert drawers.create_thing(again) == drawers.create_thing(again)
        lost = pb2.CreateThingRequest(parent="cupboards/one/drawers/none", thing=self.thing(1001))
        self.refused("NOT_FOUND", drawers.create_thing, lost)
        twin = pb2.CreateDrawerRequest(parent=self.cupboard, drawer=pb2.Drawer(label="l", color="c"))
        self.refused("ALREADY_EXISTS", drawers.create_drawer, twin)
        self.refused("FAILED_PRECONDITION", drawers.delete_drawer, pb2.DeleteDrawerRequest(name=self.drawer))
        whole = pb2.DeleteCupboardRequest(name=self.cupboard)
        self.refused("FAILED_PRECONDITION", self.cupboards.delete_cupboard, whole)

    def check_deletion(self, name: str) -> None:
        pb2 = self.pb2
        self.drawers.delete_thing(pb2.DeleteThingRequest(name=name))
        self.refused("NOT_FOUND", self.drawers.get_thing, pb2.GetThingRequest(name=name))
        self.cupboards.delete_cupboard(pb2.DeleteCupboardRequest(name=self.cupboard, force=True))
        self.refused("NOT_FOUND", self.drawers.get_drawer, pb2.GetDrawerRequest(name=self.drawer))
        assert not self.listed()

    def refused(self, code: str, call: Any, request: Any) -> None:
        errors: Any = importlib.import_module("cupboards_service.kit.errors")
        try:
            answer = call(request)
        except errors.ServiceError as error:
            assert error.code.name == code, f"{error.code.name} instead of {code}: {error}"
        else:
            raise AssertionError(f"{code} expected, not\n{answer}")


def main(target: str, count: str) -> None:
    client: Any = importlib.import_module("cupboards_service.client")
    with client.CupboardClient(target) as cupboards, client.DrawerClient(target) as drawers:
        keeper = Keeper(cupboards, drawers)
        stored = keeper.check_round_trip(int(count))
        keeper.check_lists(stored)
        keeper.check_changes(next(iter(stored)))
        keeper.check_refusals()
        keeper.check_deletion(next(iter(stored)))
    print(count)


if __name__ == "__main__":
    main(*sys.argv[1:])
