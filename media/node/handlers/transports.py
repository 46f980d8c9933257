"""Transports, one step at a time."""

import logging
from typing import Any, cast

from media.errors import TRANSPORT_CREATION_FAILED
from media.node.facts import Direction, transport_params
from media.node.peer import Peer
from media.node.refusals import refused_as

from .call import Call

log = logging.getLogger(__name__)

Json = dict[str, Any]


async def create_transport(call: Call) -> Json:
    """A transport for one direction, in place of the one there was. Makes sure of the router and of the peer."""
    direction = cast(Direction, call.data.choice("direction", ("send", "recv")))
    about = (call.meeting, call.participant, direction)
    log.info("create-transport received meeting=%s participant=%s direction=%s", *about)
    peer = await _certain_peer(call)
    transport = await peer.open_transport(direction)
    return {"direction": direction, "params": transport_params(transport)}


async def connect_transport(call: Call) -> Json:
    """The client's fingerprint and DTLS role."""
    transport = call.peer.transport(call.data.text("transportId"))
    await call.peer.connect(transport, call.data.mapping("dtlsParameters"))
    return {"transportId": transport.id}


async def restart_ice(call: Call) -> Json:
    """New ICE credentials; media goes on over the old ones until the client uses these."""
    transport = call.peer.transport(call.data.text("transportId"))
    with refused_as(TRANSPORT_CREATION_FAILED):
        ice_parameters = await transport.restart_ice()
    return {"transportId": transport.id, "iceParameters": ice_parameters}


async def _certain_peer(call: Call) -> Peer:
    peer = call.rooms.find_peer(call.meeting, call.participant)
    if peer is None:
        peer = await call.enter()
        peer.pushes.attach(call.link)
    return peer
