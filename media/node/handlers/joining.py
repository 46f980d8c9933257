"""Coming and going."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

from media.errors import MediaError
from media.link.frames import ANNEXED
from media.node.capabilities import router_rtp_capabilities
from media.node.facts import Direction, consumed_fact, producer_fact, transport_params
from media.node.neighbour import Neighbour
from media.node.peer import Peer
from media.node.place import Sent

from .call import Call
from .producing import hold_back

Json = dict[str, Any]

BOTH: tuple[Direction, Direction] = ("send", "recv")


async def join_meeting(call: Call) -> Json:
    """Let a participant in, or, with `resume`, back in to what they left, or to where it was moved meanwhile.

    With `rtpCapabilities` the reply already holds both transports and a consumer for every producer there is; with
    `dtlsParameters` too, the transports are connected. `failed` lists the producers that the device cannot receive.
    Who is to resume what is on an annex gets the name of its node: `{annexed}`.
    """
    peer = call.rooms.find_peer(call.meeting, call.participant) if call.data.flag("resume") else None
    entered = peer is None
    if entered and call.data.flag("resume") and (annex := _annex(call)) is not None:
        return {ANNEXED: annex.node}
    if peer is None:
        peer = await call.enter()
    resumed = not entered and not peer.is_moving
    peer.permitted.learn(call.data)
    peer.leave_old_place()
    try:
        await hold_back(peer)
        failed = await _set_up(peer, call)
    except BaseException:
        if entered:
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
    elif (annex := _annex(call)) is not None:
        annex.tell_itself("leave", {"participant": call.participant})
    return {}


async def detach(call: Call) -> Json:
    """The participant's socket is gone, their media stays. Ignored when they are back through another web process."""
    peer = call.rooms.find_peer(call.meeting, call.participant)
    if peer is not None:
        peer.pushes.detach(call.link)
    return {}


def _annex(call: Call) -> Neighbour | None:
    """The annex where the participant is."""
    room = call.rooms.find(call.meeting)
    return room.annex_with(call.participant) if room is not None else None


async def _set_up(peer: Peer, call: Call) -> list[Json]:
    """Transports and consumers, as far as the request lets them be made; the producers that cannot be consumed."""
    if "rtpCapabilities" in call.data:
        peer.can_receive(call.data.mapping("rtpCapabilities"))
        missing = [direction for direction in BOTH if direction not in peer.transports]
        await _all(peer.open_transport(direction) for direction in missing)
    if not peer.knows_what_it_can_receive or "recv" not in peer.transports:
        return []
    failed: dict[str, str] = {}
    await _all([_connect(peer, call), _consume_everything(peer, failed)])
    # What appeared in the last moment; nothing is awaited any more when there is none.
    await _consume_everything(peer, failed)
    return [{"producerId": producer_id, "code": code} for producer_id, code in failed.items()]


async def _connect(peer: Peer, call: Call) -> None:
    if "dtlsParameters" in call.data:
        dtls_parameters = call.data.mapping("dtlsParameters")
        waiting = [transport for transport in peer.transports.values() if not peer.is_connected(transport)]
        await _all(peer.connect(transport, dtls_parameters) for transport in waiting)


async def _consume_everything(peer: Peer, failed: dict[str, str]) -> None:
    """Consume what others send, until nothing is left that appeared in the meantime; add to `failed` the codes of what
    cannot be.
    """

    async def consume(sent: Sent) -> None:
        try:
            await peer.consume(sent)
        except MediaError as error:
            if peer.place.closed:
                raise
            if not sent.closed:
                failed[sent.id] = error.code

    tried: set[str] = set()
    while missing := [
        sent
        for sent in peer.room.producers(but=peer)
        if sent.id not in tried and sent.id not in failed and peer.consumer_of(sent) is None
    ]:
        tried |= {sent.id for sent in missing}
        await _all(map(consume, missing))


async def _all(work: Iterable[Awaitable[Any]]) -> None:
    """Do it side by side; when something fails, fail with it once everything has ended."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _snapshot(peer: Peer, resumed: bool, failed: list[Json]) -> Json:
    producers = {producer.id: producer for producer in peer.room.producers(but=peer)}
    entered_first = not resumed and len(peer.room.peers) == 1
    reply: Json = {
        "room": {"made": entered_first, "worker": peer.place.slot.index, "router": peer.place.router.id},
        "rtpCapabilities": router_rtp_capabilities(),
        "resumed": resumed,
        "producers": [producer_fact(producer) for producer in producers.values()],
        "ownProducers": [producer_fact(producer) for producer in peer.own_producers],
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
