"""What a handler is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from media.errors import NOT_IN_MEETING, MediaError
from media.link.server import NodeLink
from media.node.insight import Insight
from media.node.payload import Payload
from media.node.peer import Peer
from media.node.rooms import Rooms
from media.node.supervisor import Supervisor

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One request.

    `meeting` and `participant` are empty in the verbs of the node, except for `close-meeting`'s meeting.
    """

    rooms: Rooms
    supervisor: Supervisor
    insight: Insight
    link: NodeLink
    meeting: str
    participant: str
    data: Payload
    entered: Peer | None = None

    @property
    def peer(self) -> Peer:
        """The participant's peer. Raises `MediaError` (NOT_IN_MEETING)."""
        peer = self.rooms.find_peer(self.meeting, self.participant)
        if peer is None:
            raise MediaError(NOT_IN_MEETING, "You have no media in this meeting; join it first.")
        return peer

    async def enter(self) -> Peer:
        """A new peer for the participant. Raises `MediaError` (MEDIA_UNAVAILABLE)."""
        self.entered = await self.rooms.enter(self.meeting, self.participant)
        return self.entered


Handler = Callable[[Call], Awaitable[Json]]
"""Answers the reply's data. Raises `MediaError` for what is refused."""
