"""What a handler is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from media.errors import BAD_REQUEST, NOT_IN_MEETING, ROUTER_NOT_FOUND, MediaError
from media.link.address import BadAddress, LinkAddress, parse_address
from media.link.frames import ANNEX_OF
from media.link.server import NodeLink
from media.log_fields import log_with
from media.node.insight import Insight
from media.node.payload import Payload
from media.node.peer import Peer
from media.node.rooms import Rooms
from media.node.supervisor import Supervisor
from media.node.upkeep import Upkeep

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One request to the node of the name `node`.

    `meeting` and `participant` are empty in the verbs of the node, except for the meeting of `close-meeting` and
    `move-room`, and both of `witness`.
    """

    node: str
    rooms: Rooms
    supervisor: Supervisor
    upkeep: Upkeep
    insight: Insight
    link: NodeLink
    meeting: str
    participant: str
    data: Payload
    entered: Peer | None = None

    @property
    def peer(self) -> Peer:
        """The participant's peer. Raises `MediaError` (NOT_IN_MEETING, ROUTER_NOT_FOUND)."""
        room = self.rooms.find(self.meeting)
        if room is None:
            raise MediaError(ROUTER_NOT_FOUND, "This meeting has no router here, or has it no more; join it again.")
        peer = room.peers.get(self.participant)
        if peer is None:
            raise MediaError(NOT_IN_MEETING, "You have no media in this meeting; join it first.")
        return peer

    async def enter(self) -> Peer:
        """A new peer for the participant. Raises `MediaError` (MEDIA_UNAVAILABLE, MEDIA_OVERLOADED)."""
        home = read_address(self.data.text(ANNEX_OF)) if ANNEX_OF in self.data else None
        self.entered = await self.rooms.enter(self.meeting, self.participant, home)
        log_with(worker=self.entered.place.slot.index)
        return self.entered


def read_address(text: str) -> LinkAddress:
    """Where another node is. Raises `MediaError`."""
    try:
        return parse_address(text)
    except BadAddress as bad:
        raise MediaError(BAD_REQUEST, str(bad)) from None


Handler = Callable[[Call], Awaitable[Json]]
"""Answers the reply's data. Raises `MediaError` for what is refused."""
