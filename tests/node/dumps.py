"""What the workers themselves say of everything in them, asked by id and not through our object model."""

from __future__ import annotations

import asyncio
from typing import Any

from media.mediasoup.errors import MediasoupError
from media.mediasoup.worker import Worker
from media.node.node import MediaNode

Json = dict[str, Any]


async def what_workers_say(node: MediaNode) -> Json | None:
    """By worker, router, transport, producer and consumer, with their states. None when something was closed or died
    while it was asked.
    """
    slots = [*node.supervisor.slots, *node.supervisor.leaving]
    try:
        workers = await asyncio.gather(*(_worker(slot.worker) for slot in slots))
    except MediasoupError:
        return None
    return {f"{slot.index} {slot.last}": said for slot, said in zip(slots, workers, strict=True)}


async def _worker(worker: Worker | None) -> Json:
    if worker is None:
        return {}
    dump = await worker.dump()
    routers = await asyncio.gather(*(_router(worker, router_id) for router_id in dump["routerIds"]))
    return dict(zip(dump["routerIds"], routers, strict=True))


async def _router(worker: Worker, router_id: str) -> Json:
    dump = await worker._pipe.request("ROUTER_DUMP", router_id)
    transports = await asyncio.gather(*(_transport(worker, one) for one in dump["transportIds"]))
    return dict(zip(dump["transportIds"], transports, strict=True))


async def _transport(worker: Worker, transport_id: str) -> Json:
    dump = await worker._pipe.request("TRANSPORT_DUMP", transport_id)
    producers = await asyncio.gather(*(_producer(worker, one) for one in dump["base"]["producerIds"]))
    consumers = await asyncio.gather(*(_consumer(worker, one) for one in dump["base"]["consumerIds"]))
    return {
        "ice": dump["iceState"].lower() if "iceState" in dump else None,
        "dtls": dump["dtlsState"].lower() if "dtlsState" in dump else None,
        "producers": dict(zip(dump["base"]["producerIds"], producers, strict=True)),
        "consumers": dict(zip(dump["base"]["consumerIds"], consumers, strict=True)),
    }


async def _producer(worker: Worker, producer_id: str) -> Json:
    dump = await worker._pipe.request("PRODUCER_DUMP", producer_id)
    return {"kind": dump["kind"].lower(), "type": dump["type"].lower(), "paused": dump["paused"]}


async def _consumer(worker: Worker, consumer_id: str) -> Json:
    data = (await worker._pipe.request("CONSUMER_DUMP", consumer_id))["data"]
    return {
        "producer": data["base"]["producerId"],
        "kind": data["base"]["kind"].lower(),
        "paused": data["base"]["paused"],
        "producerPaused": data["base"]["producerPaused"],
    }


def what_the_tree_says(tree: Json) -> Json:
    """A `tree` of everything, cut to what dumps hold."""
    return {
        f"{worker['index']} {worker['leaving']}": {
            router["id"]: {transport["id"]: _transport_of(transport) for transport in router["transports"]}
            for router in worker["routers"]
        }
        for worker in tree["workers"]
    }


def _transport_of(transport: Json) -> Json:
    assert transport["producerCount"] == len(transport["producers"])
    assert transport["consumerCount"] == len(transport["consumers"])
    return {
        "ice": transport["iceState"],
        "dtls": transport["dtlsState"],
        "producers": {
            one["id"]: {"kind": one["kind"], "type": one["type"], "paused": one["paused"]}
            for one in transport["producers"]
        },
        "consumers": {
            one["id"]: {
                "producer": one["producerId"],
                "kind": one["kind"],
                "paused": one["paused"],
                "producerPaused": one["producerPaused"],
            }
            for one in transport["consumers"]
        },
    }
