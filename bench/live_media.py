"""What looking at live media costs a node with 1,000 transports: `python -m bench.live_media`.

The node, its client and 500 participants are one process here, whose CPU is told as a share of one core.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kcs.settings")
django.setup()

from media.client import MediaClient  # noqa: E402  # reads settings
from media.conf import MediaSettings, lock_beside  # noqa: E402  # as above
from media.node.config import NodeConfig  # noqa: E402  # as above
from media.node.node import MediaNode  # noqa: E402  # as above
from tests.node.people import Person, until  # noqa: E402  # as above

PEOPLE, IN_A_ROOM = 500, 10
CALM_SECONDS, LOOK_SECONDS = 20, 8


async def fill(client: MediaClient) -> None:
    """500 people in rooms of ten, each with a microphone, each receiving the nine others."""
    capabilities = await client.rtp_capabilities()
    people = [Person(client, f"meeting-{n // IN_A_ROOM}", f"person-{n}") for n in range(PEOPLE)]
    for start in range(0, PEOPLE, 50):
        some = people[start : start + 50]
        await asyncio.gather(*(one.fast_join(capabilities) for one in some))
        await asyncio.gather(*(one.send("mic") for one in some))
    for one in people:
        if producer_ids := [fact["producerId"] for fact in one.told("new-producer")]:
            await one.call("consume", producerIds=producer_ids)


async def measure(client: MediaClient, what: str, opened: list[str]) -> None:
    """Ask for the tree once a second, as a page does, and print what that costs."""
    cpu, began = time.process_time(), time.monotonic()
    took: list[float] = []
    tree: dict[str, Any] = {}
    while time.monotonic() < began + LOOK_SECONDS:
        asked = time.monotonic()
        tree = await client.call("tree", "", "", {"opened": opened})
        took.append(time.monotonic() - asked)
        await asyncio.sleep(1 - took[-1])
    share = (time.process_time() - cpu) / (time.monotonic() - began)
    median = sorted(took)[len(took) // 2] * 1000
    print(f"{what:28}  CPU {share:5.1%}   tree {median:4.0f} ms, {len(json.dumps(tree)) / 1000:4.0f} kB")


async def main() -> None:
    """Print one line for nobody who looks, and one for each way of looking."""
    with tempfile.TemporaryDirectory(prefix="kcs-") as directory:
        socket = Path(directory) / "media.sock"
        config = NodeConfig(workers=2, consumers_per_worker=1_000_000)
        async with MediaNode(config, socket) as node:
            await until(lambda: len(node.supervisor.up) == 2, "the workers to start")
            settings = MediaSettings(socket=socket, lock=lock_beside(socket), embedded=False, node=config)
            client = MediaClient(settings)
            await fill(client)
            tree = await client.call("tree", "", "", {"opened": []})
            routers = [router for worker in tree["workers"] for router in worker["routers"]]
            transports = [transport for router in routers for transport in router["transports"]]
            print(f"{len(transports)} transports, {sum(one['consumerCount'] for one in transports)} consumers")
            await until(lambda: not node.watched, "the end of looking")
            cpu, began = time.process_time(), time.monotonic()
            await asyncio.sleep(CALM_SECONDS)
            print(f"{'nobody looks':28}  CPU {(time.process_time() - cpu) / (time.monotonic() - began):5.1%}")
            rooms = [router["id"] for router in routers]
            deep = [transport["id"] for router in routers[:IN_A_ROOM] for transport in router["transports"]]
            await measure(client, "all rooms closed", [])
            await measure(client, "all rooms open", rooms)
            await measure(client, "ten rooms open to the ground", rooms + deep)
            await client.close()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    asyncio.run(main())
