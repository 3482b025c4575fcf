"""Run inside the generated store project: random resources come back from the database as they went in.

    python storing.py TARGET COUNT

creates each over the client, reads it back, and prints the number of them.
"""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))


def main(target: str, count: str) -> None:
    fill: Any = importlib.import_module("round_trip").fill
    StoreClient: Any = importlib.import_module("store_service.client").StoreClient
    store_pb2: Any = importlib.import_module("store_service.gen.store.v1.store_pb2")
    with StoreClient(target) as client:
        for seed in range(int(count)):
            thing = fill(store_pb2.Thing(), random.Random(seed))
            thing.ClearField("id")
            created = client.create_thing(store_pb2.CreateThingRequest(thing=thing))
            thing.id = created.id
            thing.create_time.CopyFrom(created.create_time)
            assert created == thing, f"seed {seed}: created\n{created}\nfrom\n{thing}"
            read = client.get_thing(store_pb2.GetThingRequest(id=created.id))
            assert read == thing, f"seed {seed}: stored\n{thing}\nread\n{read}"
        listed = client.list_things(store_pb2.ListThingsRequest(page_size=1000)).things
        assert len(listed) == int(count)
    print(count)


if __name__ == "__main__":
    main(*sys.argv[1:])
