"""Coming and going."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

from media.errors import MediaError
from media.mediasoup.producer import Producer
from media.node.capabilities import router_rtp_capabilities
from media.node.facts import consumed_fact, producer_fact, transport_params
from media.node.peer import Direction, Peer

from .call import Call

Json = dict[str, Any]

BOTH: tuple[Direction, Direction] = ("send", "recv")


async def join_meeting(call: Call) -> Json:
    """Let a participant in, or, with `resume`, back in to what they left.

    With `rtpCapabilities` the reply already holds both transports and a consumer for every producer there is; with
    `dtlsParameters` too, the transports are connected. `failed` lists the producers that the device cannot receive.
    """
    peer = call.rooms.find_peer(call.meeting, call.participant) if call.data.flag("resume") else None
    resumed = peer is not None
    if peer is None:
        peer = await call.enter()
    try:
        failed = await _set_up(peer, call)
    except BaseException:
        if not resumed:
            call.rooms.leave(peer)
        raise
    # From here to the end nothing may be awaited: the snapshot and the first push after it must leave no gap.
    peer.pushes.attach(call.link)
    return _snapshot(peer, resumed, failed)


async def leave_meeting(call: Call) -> Json:
    """Close the peer. Harmless when there is none."""
    peer = call.rooms.find_peer(call.meeting, call.participant)
    if peer is not None:
        call.rooms.leave(peer)
    return {}


async def detach(call: Call) -> Json:
    """The participant's socket is gone, their media stays. Ignored when they are back through another web process."""
    peer = call.rooms.find_peer(call.meeting, call.participant)
    if peer is not None:
        peer.pushes.detach(call.link)
    return {}


async def _set_up(peer: Peer, call: Call) -> list[Json]:
    """Transports and consumers, as far as the request lets them be made; the producers that cannot be consumed."""
    if "rtpCapabilities" in call.data:
        peer.can_receive(call.data.mapping("rtpCapabilities"))
        missing = [direction for direction in BOTH if direction not in peer.transports]
        await _all(peer.open_transport(direction) for direction in missing)
    if not peer.knows_what_it_can_receive or "recv" not in peer.transports:
        return []
    failed: list[Json] = []
    await _all([_connect(peer, call), _consume_everything(peer, failed)])
    return failed


async def _connect(peer: Peer, call: Call) -> None:
    if "dtlsParameters" in call.data:
        dtls_parameters = call.data.mapping("dtlsParameters")
        waiting = [transport for transport in peer.transports.values() if not peer.is_connected(transport)]
        await _all(peer.connect(transport, dtls_parameters) for transport in waiting)


async def _consume_everything(peer: Peer, failed: list[Json]) -> None:
    """Consume what others send, until nothing is left that appeared in the meantime; add to `failed` what cannot be."""
    tried: set[str] = set()

    async def consume(producer: Producer) -> None:
        tried.add(producer.id)
        try:
            await peer.consume(producer)
        except MediaError as error:
            if peer.room.closed:
                raise
            if not producer.closed:
                failed.append({"producerId": producer.id, "code": error.code})

    while True:
        producers = [
            producer
            for producer in peer.room.producers(but=peer)
            if producer.id not in tried and peer.consumer_of(producer) is None
        ]
        if not producers:
            return
        await _all(consume(producer) for producer in producers)


async def _all(work: Iterable[Awaitable[Any]]) -> None:
    """Do it side by side; when something fails, fail with it once everything has ended."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _snapshot(peer: Peer, resumed: bool, failed: list[Json]) -> Json:
    producers = {producer.id: producer for producer in peer.room.producers(but=peer)}
    reply: Json = {
        "rtpCapabilities": router_rtp_capabilities(),
        "resumed": resumed,
        "producers": [producer_fact(producer) for producer in producers.values()],
        "ownProducers": [producer_fact(producer) for producer in peer.producers.values()],
    }
    if peer.transports:
        reply["transports"] = {
            direction: {**transport_params(transport), "connected": peer.is_connected(transport)}
            for direction, transport in peer.transports.items()
        }
    if "recv" in peer.transports:
        # A producer that was closed a moment ago has consumers until the worker says so.
        sent = producers | peer.producers
        reply["consumers"] = [consumed_fact(one) for one in peer.consumers.values() if one.producer_id in sent]
    if failed:
        reply["failed"] = failed
    return reply
