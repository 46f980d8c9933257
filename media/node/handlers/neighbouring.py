"""What nodes that share a room say to each other, and where a room is at home."""

from typing import Any

from media.errors import BAD_REQUEST, MediaError
from media.link.frames import ANNEX_OF
from media.node.payload import Payload

from .call import Call, read_address

Json = dict[str, Any]


async def neighbour(call: Call) -> Json:
    """`{what, data}`, from the node of an annex. See `media.node.neighbour`."""
    if not call.meeting:
        raise MediaError(BAD_REQUEST, "meeting is missing.")
    data = Payload(call.data.mapping("data"))
    return await call.rooms.annexes.said(call.link, call.meeting, call.data.text("what"), data)


async def settle(call: Call) -> Json:
    """`{annexOf?}`: the meeting is at home on the node at that address; without it, here. Harmless without a room."""
    home = read_address(call.data.text(ANNEX_OF)) if ANNEX_OF in call.data else None
    if room := call.rooms.find(call.meeting):
        await call.rooms.uplinks.settle(room, home)
    return {}
