"""The rooms of the node: opened once however many ask at the same time, found, and lost with their worker."""

import asyncio
import logging
from collections.abc import Callable, Iterator

from media.errors import MEDIA_UNAVAILABLE, MediaError
from media.link.server import NodeLink
from media.mediasoup.errors import MediasoupError

from .incidents import Incidents
from .peer import Peer
from .refusals import WORKER_GONE
from .room import Room
from .stranded import Stranded
from .supervisor import Supervisor
from .worker_slot import CannotStart, WorkerSlot

log = logging.getLogger(__name__)

# A worker may die while the router is being made: then another one, or the same one started again, is asked.
OPEN_TRIES = 3


class Rooms:
    """Rooms by meeting.

    A peer that no link speaks for during `patience` seconds is handed to `abandoned`, which had better let it `leave`.
    """

    def __init__(
        self, supervisor: Supervisor, patience: float, abandoned: Callable[[Peer], None], incidents: Incidents
    ) -> None:
        self._supervisor = supervisor
        self._incidents = incidents
        self._patience, self._abandoned = patience, abandoned
        self._rooms: dict[str, Room] = {}
        self._opening: dict[str, asyncio.Task[Room]] = {}
        self._stranded = Stranded()

    def __iter__(self) -> Iterator[Room]:
        """The rooms whose routers are alive."""
        return iter([room for room in self._rooms.values() if not room.closed])

    def find(self, meeting: str) -> Room | None:
        """The room of a meeting, if it has one that is alive."""
        room = self._rooms.get(meeting)
        # One whose worker died just now is still there: `worker_lost` follows, and tells whom it hit.
        return None if room is None or room.closed else room

    def find_peer(self, meeting: str, participant: str) -> Peer | None:
        """A participant's peer, if there is one."""
        room = self.find(meeting)
        return room.peers.get(participant) if room is not None else None

    async def enter(self, meeting: str, participant: str) -> Peer:
        """A new peer in the meeting's room, which is opened if need be; one that the participant had is closed.

        Raises `MediaError` (MEDIA_UNAVAILABLE).
        """
        for _ in range(OPEN_TRIES):
            room = self.find(meeting) or await self._open(meeting)
            # It may have been closed between its opening and our turn.
            if not room.closed:
                break
        else:
            raise MediaError(MEDIA_UNAVAILABLE, WORKER_GONE)
        if old := room.peers.get(participant):
            room.remove(old)
        peer = Peer(room, participant, self._patience, self._abandoned)
        room.add(peer)
        return peer

    def leave(self, peer: Peer) -> None:
        """Close a peer, and its room if it was the last one. Idempotent."""
        peer.room.remove(peer)
        if not peer.room.peers:
            self._end(peer.room)

    def close_meeting(self, meeting: str) -> None:
        """Close a room with everybody in it, telling nobody."""
        if room := self._rooms.get(meeting):
            self._end(room)

    def link_closed(self, link: NodeLink) -> None:
        """A web process is gone: its peers wait for somebody to speak for them."""
        self._stranded.link_closed(link)
        for room in self:
            for peer in room.peers.values():
                peer.pushes.detach(link)

    def worker_lost(self, slot: WorkerSlot) -> None:
        """A worker has died. Its peers are told `media-lost`, and `media-restored` as soon as they can join again."""
        rooms = [room for room in self._rooms.values() if room.slot is slot]
        incident = self._incidents.worker_lost(slot, rooms)
        for room in rooms:
            self._lose(room, incident)
        if self._supervisor.up:
            self.worker_up()

    def worker_up(self) -> None:
        """A worker has come up: who lost theirs can join again."""
        self._stranded.restored()
        self._incidents.over()

    async def close(self) -> None:
        """Close everything, telling nobody."""
        for task in list(self._opening.values()):
            task.cancel()
        await asyncio.gather(*self._opening.values(), return_exceptions=True)
        for room in list(self._rooms.values()):
            self._end(room)

    async def _open(self, meeting: str) -> Room:
        opening = self._opening.get(meeting)
        if opening is None:
            opening = self._opening[meeting] = asyncio.create_task(self._make(meeting), name=f"room-{meeting}")
            opening.add_done_callback(lambda task: self._opened(meeting, task))
        # Whoever asks may be cancelled; the others still want the room.
        return await asyncio.shield(opening)

    def _opened(self, meeting: str, opening: asyncio.Task[Room]) -> None:
        self._opening.pop(meeting, None)
        if not opening.cancelled():
            # Asked for here, as those who wanted the room may all have been cancelled; they tell who asked otherwise.
            opening.exception()

    async def _make(self, meeting: str) -> Room:
        for _ in range(OPEN_TRIES):
            slot = await self._supervisor.least_loaded()
            # Counted from the choice on, so that rooms that are opened at the same time spread.
            slot.load += 1
            try:
                room = await self._prepared(meeting, slot)
            except (MediasoupError, CannotStart) as error:
                log.warning("No router for meeting %s on MediaSoup worker %d: %s", meeting, slot.index, error)
                continue
            finally:
                slot.load -= 1
            if (lost := self._rooms.get(meeting)) is not None:
                self._lose(lost)
            self._rooms[meeting] = room
            log.info("Created router for meeting: %s", meeting)
            return room
        raise MediaError(MEDIA_UNAVAILABLE, "No media worker could take the meeting.")

    async def _prepared(self, meeting: str, slot: WorkerSlot) -> Room:
        router, webrtc_server = await slot.create_router()
        room = Room(meeting, slot, webrtc_server, router)
        try:
            await room.prepare()
        except BaseException:
            room.close()
            raise
        return room

    def _lose(self, room: Room, incident: str = "") -> None:
        self._stranded.lost(room, incident)
        self._rooms.pop(room.meeting, None)
        room.close()

    def _end(self, room: Room) -> None:
        if self._rooms.get(room.meeting) is room:
            del self._rooms[room.meeting]
        room.end()
