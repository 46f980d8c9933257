"""The rooms of the node: opened once however many ask at the same time, found, moved, and lost with their workers."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator

from media.errors import BAD_REQUEST, MEDIA_OVERLOADED, MEDIA_UNAVAILABLE, MediaError
from media.link.address import LinkAddress
from media.link.security import LinkSecurity
from media.link.server import NodeLink
from media.mediasoup.errors import MediasoupError
from media.placement import Crowd, Newcomer, over_share, place_newcomer, place_room, takes_what_newcomer_sends

from .annexes import Annexes
from .config import NodeConfig
from .incidents import Incidents
from .loads import Loads
from .peer import Peer
from .place import Place
from .refusals import WORKER_GONE
from .room import Room
from .stranded import Stranded
from .supervisor import Supervisor
from .uplinks import Uplinks
from .worker_slot import CannotStart, WorkerSlot

log = logging.getLogger(__name__)

# A worker may die while the router is being made: then another one, or the same one started again, is asked.
OPEN_TRIES = 3

OVERLOADED = "All media workers are at their limit."
NO_WAY = "The media node of this meeting has no room for what you would send."
DRAINING = "This media node is about to stop and takes no new meetings."


class Rooms:
    """Rooms by meeting.

    A peer that no link speaks for during `patience` seconds is handed to `abandoned`, which had better let it `leave`.
    While `draining`, rooms that are there go on, and none is opened.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        incidents: Incidents,
        *,
        config: NodeConfig,
        name: str,
        patience: float,
        abandoned: Callable[[Peer], None],
        security: LinkSecurity,
    ) -> None:
        self._supervisor = supervisor
        self._incidents = incidents
        self._share = config.room_share
        self.annexes = Annexes(self, config, name)
        self.uplinks = Uplinks(self, config, name, security)
        self._patience, self._abandoned = patience, abandoned
        self._rooms: dict[str, Room] = {}
        self._opening: dict[str, asyncio.Task[Room]] = {}
        # Meetings that lost their room with a worker and have not come back for it yet.
        self._lost: set[str] = set()
        self._stranded = Stranded()
        self.loads = Loads(self, config.consumers_per_worker)
        self.draining = False

    def __iter__(self) -> Iterator[Room]:
        """The rooms that are alive."""
        return iter([room for room in self._rooms.values() if self._is_alive(room)])

    def find(self, meeting: str) -> Room | None:
        """The room of a meeting, if it has one that is alive."""
        room = self._rooms.get(meeting)
        # A place whose worker died just now is still there: `worker_lost` follows, and tells whom it hit.
        return room if room is not None and self._is_alive(room) else None

    def find_peer(self, meeting: str, participant: str) -> Peer | None:
        """A participant's peer, if there is one."""
        room = self.find(meeting)
        return room.peers.get(participant) if room is not None else None

    async def enter(self, meeting: str, participant: str, home: LinkAddress | None = None) -> Peer:
        """A new peer in the meeting's room, which is opened if need be; one that the participant had is closed. The
        room is an annex of the one on the node at `home`, if that is given.

        Raises `MediaError` (MEDIA_UNAVAILABLE, MEDIA_OVERLOADED).
        """
        for _ in range(OPEN_TRIES):
            room = self.find(meeting) or await self._open(meeting)
            # It may have been closed between its opening and our turn.
            if room.closed:
                continue
            try:
                await self.uplinks.settle(room, home)
            except MediaError:
                if self._ended_meanwhile(room):
                    continue
                raise
            if room.closed:
                continue
            if old := room.peers.get(participant):
                room.remove(old)
            newcomer = _newcomer(room)
            try:
                slot = await self._slot_for(room, newcomer)
                if room.home is not None:
                    await room.home.make_way()
            except MediaError:
                if self._ended_meanwhile(room):
                    continue
                raise
            if room.closed:
                continue
            try:
                place = await room.place_on(slot)
            except (MediasoupError, CannotStart) as error:
                log.warning("No router for meeting %s on MediaSoup worker %d: %s", meeting, slot.index, error)
                continue
            if room.closed or place.closed:
                continue
            peer = Peer(room, place, participant, self._patience, self._abandoned)
            peer.expects = newcomer.receives
            room.add(peer)
            return peer
        raise MediaError(MEDIA_UNAVAILABLE, WORKER_GONE)

    def leave(self, peer: Peer) -> None:
        """Close a peer, and its room if it was the last one. Idempotent."""
        peer.room.remove(peer)
        self.end_if_empty(peer.room)

    def make_way(self, room: Room) -> None:
        """See whether those who are here can receive what a newcomer to an annex sends. Raises `MediaError`
        (MEDIA_OVERLOADED).
        """
        slots, crowds = [place.slot for place in room.places if not place.closed], _crowds(room)
        if not takes_what_newcomer_sends(self.loads.candidates(slots), crowds, _newcomer(room)):
            raise MediaError(MEDIA_OVERLOADED, NO_WAY)

    async def certain(self, meeting: str) -> Room:
        """The room of a meeting, for an annex; opened if need be. Raises `MediaError`."""
        return self.find(meeting) or await self._open(meeting)

    def close_meeting(self, meeting: str) -> None:
        """Close a room with everybody in it, telling nobody."""
        self._lost.discard(meeting)
        if room := self._rooms.get(meeting):
            for annex in room.annexes:
                annex.tell_itself("end", {})
            self._end(room)

    def link_closed(self, link: NodeLink) -> None:
        """A web process is gone: its peers wait for somebody to speak for them."""
        self._stranded.link_closed(link)
        self.annexes.link_closed(link)
        for room in self:
            for peer in room.peers.values():
                peer.pushes.detach(link)

    # Workers that go and come

    def worker_lost(self, slot: WorkerSlot) -> None:
        """A worker has died. Its peers are told `media-lost`, and `media-restored` as soon as they can join again."""
        hit = [(room, place) for room in self._rooms.values() for place in room.places if place.slot is slot]
        incident = self._incidents.worker_lost(slot, {room.meeting: room.hit_by(place) for room, place in hit})
        for room, place in hit:
            self._lose(room, place, incident)
        if self._supervisor.open:
            self.worker_up()

    def worker_ended(self, slot: WorkerSlot) -> None:
        """A worker was ended on purpose. Who was there all the same is told `media-lost` and `media-restored`."""
        for room in list(self._rooms.values()):
            for place in [place for place in room.places if place.slot is slot]:
                self._lose(room, place)
        if self._supervisor.open:
            self.worker_up()

    def worker_up(self) -> None:
        """A worker has come up: who lost theirs can join again."""
        self._stranded.restored()
        self._incidents.over()

    def on_worker(self, slot: WorkerSlot) -> list[tuple[Room, Place]]:
        """The rooms that live on a worker, with their places there."""
        return [(room, place) for room in self for place in room.places if place.slot is slot and not place.closed]

    async def vacate(self, slot: WorkerSlot) -> bool:
        """Move everybody from a worker to others of the node. False when somebody could not be moved, and stays.

        Returns when all have been told; the rooms have left the worker when nobody is there any more.
        """
        moved = True
        for room, place in self.on_worker(slot):
            if room.peers_at(place):
                targets = [other for other in self._supervisor.open if other is not slot]
                moved = await self._move(room, place, targets) and moved
        return moved

    async def move(self, meeting: str, target: WorkerSlot | None) -> None:
        """Move all of a meeting's room to the worker that is named; or, without one, its largest part to the least
        loaded other worker.

        The router there is made first. Then the peers are told to take up their media there; who has not done so yet
        and who has see and hear each other meanwhile. Raises `MediaError`.
        """
        room = self.find(meeting)
        if room is None:
            raise MediaError(BAD_REQUEST, "That meeting has no media here.")
        leaving = [place for place in room.places if place.slot is not target and room.peers_at(place)]
        targets = [target] if target is not None else await self._supervisor.available()
        if target is None:
            leaving = sorted(leaving, key=lambda place: -len(room.peers_at(place)))[:1]
        for place in leaving:
            if not await self._move(room, place, [slot for slot in targets if slot is not place.slot]):
                raise MediaError(MEDIA_OVERLOADED, "No other media worker has room for the meeting.")

    async def _move(self, room: Room, place: Place, targets: list[WorkerSlot]) -> bool:
        """Move those who are at one place of a room to the least loaded of `targets` that has room for them.

        False when there is none, or it did not work.
        """
        consumers = sum(len(peer.consumers) for peer in room.peers_at(place))
        index = place_room(self.loads.candidates(targets), consumers)
        if index is None:
            return False
        target = next(slot for slot in targets if slot.index == index)
        try:
            there = await room.place_on(target)
        except (MediasoupError, CannotStart) as error:
            about = {"meeting": room.meeting, "worker": target.index}
            log.warning(
                "Meeting %s cannot move to MediaSoup worker %d: %s", room.meeting, target.index, error, extra=about
            )
            return False
        if there.closed or room.closed:
            return False
        moving = room.peers_at(place)
        for peer in moving:
            peer.move_to(there)
        log.info(
            "Meeting %s moves from MediaSoup worker %d to %d: %d peers",
            room.meeting,
            place.slot.index,
            target.index,
            len(moving),
            extra={"meeting": room.meeting, "worker": target.index},
        )
        self._stranded.moved(moving)
        room.leave_empty_places()
        return True

    async def close(self) -> None:
        """Close everything, telling nobody."""
        for task in list(self._opening.values()):
            task.cancel()
        await asyncio.gather(*self._opening.values(), return_exceptions=True)
        for room in list(self._rooms.values()):
            self._end(room)
        await self.uplinks.close()

    # Inside

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
        # Those who lost theirs with a worker had it before the draining began.
        if self.draining and meeting not in self._lost:
            raise MediaError(MEDIA_UNAVAILABLE, DRAINING)
        for _ in range(OPEN_TRIES):
            slots = await self._supervisor.available()
            index = place_room(self.loads.candidates(slots))
            if index is None:
                raise MediaError(MEDIA_OVERLOADED, OVERLOADED)
            slot = next(slot for slot in slots if slot.index == index)
            # Counted from the choice on, so that rooms that are opened at the same time spread.
            with self.loads.opening(slot):
                try:
                    room = await self._prepared(meeting, slot)
                except (MediasoupError, CannotStart) as error:
                    log.warning("No router for meeting %s on MediaSoup worker %d: %s", meeting, slot.index, error)
                    continue
            if (dead := self._rooms.get(meeting)) is not None:
                for place in list(dead.places):
                    self._lose(dead, place)
            self._rooms[meeting] = room
            self._lost.discard(meeting)
            log.info("Created router for meeting: %s", meeting, extra={"worker": slot.index})
            return room
        raise MediaError(MEDIA_UNAVAILABLE, "No media worker could take the meeting.")

    async def _prepared(self, meeting: str, slot: WorkerSlot) -> Room:
        room = Room(meeting, await Place.open(slot, meeting))
        try:
            await room.prepare()
        except BaseException:
            room.end()
            raise
        return room

    async def _slot_for(self, room: Room, newcomer: Newcomer) -> WorkerSlot:
        """The worker where a newcomer to a room goes. Raises `MediaError`."""
        # Where all workers are drained, those that carry the meeting already still take those who join it.
        drained = [place.slot for place in room.places if not place.closed and place.slot in self._supervisor.slots]
        slots = self._supervisor.open or drained or await self._supervisor.available()
        crowds = _crowds(room, slots)
        if over_share(crowds.values(), newcomer, self.loads.limit * len(slots), self._share):
            raise MediaError(MEDIA_OVERLOADED, OVERLOADED)
        index = place_newcomer(self.loads.candidates(slots), crowds, newcomer)
        if index is None:
            raise MediaError(MEDIA_OVERLOADED, OVERLOADED)
        return next(slot for slot in slots if slot.index == index)

    def _is_alive(self, room: Room) -> bool:
        return not room.closed and not all(place.closed for place in room.places)

    def _lose(self, room: Room, place: Place, incident: str = "") -> None:
        self._stranded.lost(room.hit_by(place), incident)
        room.lose(place)
        self._lost.add(room.meeting)
        # Those who were hit begin a new room, also where another place had just been made ready for them.
        self.end_if_empty(room)

    def end_if_empty(self, room: Room) -> None:
        """End a room that nobody needs any more."""
        if room.closed or not (room.peers or room.annexes):
            self._end(room)

    def _ended_meanwhile(self, room: Room) -> bool:
        """Whether a room that somebody did not get into had ended before, with whoever else was refused. It ends now if
        it is empty.
        """
        ended = room.closed
        self.end_if_empty(room)
        return ended

    def _end(self, room: Room) -> None:
        if self._rooms.get(room.meeting) is room:
            del self._rooms[room.meeting]
        room.end()
        self.uplinks.drop(room)


def _newcomer(room: Room) -> Newcomer:
    """What somebody who joins brings, if they are like those who are there."""
    sent = len(list(room.producers()))
    own = sum(len(peer.offered_producers) for peer in room.peers.values())
    return Newcomer(receives=sent, sends=own / len(room.peers) if room.peers else 0.0)


def _crowds(room: Room, slots: Collection[WorkerSlot] | None = None) -> dict[int, Crowd]:
    """The parts of a room, by the index of their worker: of those of `slots`, if these are given."""
    crowds: dict[int, Crowd] = {}
    for place in room.places:
        if slots is None or place.slot in slots:
            peers = room.peers_at(place)
            crowds[place.slot.index] = Crowd(len(peers), sum(len(peer.consumers) for peer in peers))
    return crowds
