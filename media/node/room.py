"""A meeting's media, as far as they are on this node: its peers, and the places where they are."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from media.mediasoup.errors import MediasoupError

from .ear import Ear
from .facts import producer_fact
from .neighbour import Neighbour
from .peer import Peer
from .place import Origin, Place, Sent
from .pushes import push
from .worker_slot import WorkerSlot

log = logging.getLogger(__name__)

Json = dict[str, Any]


class Room:
    """Made by `Rooms`, with its first place. Lives on as many workers as its peers need, and is closed for good when
    the last peer has left, or with its last place. `neighbours` are the other nodes that have a part of it; its home
    node hears who speaks, and its annexes are told.
    """

    def __init__(self, meeting: str, place: Place) -> None:
        self.meeting = meeting
        self.places = [place]
        self.peers: dict[str, Peer] = {}
        self.neighbours: list[Neighbour] = []
        self.closed = False
        self._origins: dict[str, Origin] = {}
        self._ear: Ear | None = None
        self._opening: dict[WorkerSlot, asyncio.Task[Place]] = {}
        self._moving_ear: asyncio.Task[None] | None = None
        self._hearing_all: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Begin to listen for who speaks. Raises `MediasoupError`."""
        self._ear = await Ear.open(self.places[0], self._tell_who_speaks)

    # Places

    async def place_on(self, slot: WorkerSlot) -> Place:
        """The room's place on a worker, made if need be. Raises `MediasoupError` or `CannotStart`."""
        if place := self._place_on(slot):
            return place
        opening = self._opening.get(slot)
        if opening is None:
            opening = self._opening[slot] = asyncio.create_task(self._open(slot), name=f"place of {self.meeting}")
            opening.add_done_callback(lambda task: self._opened(slot, task))
        # Whoever asks may be cancelled; the others still want the place.
        return await asyncio.shield(opening)

    def peers_at(self, place: Place) -> list[Peer]:
        """Those whose media are there, or are to be."""
        return [peer for peer in self.peers.values() if peer.place is place]

    def hit_by(self, place: Place) -> list[Peer]:
        """Those who lose their media with a place."""
        return [peer for peer in self.peers.values() if peer.is_hit_by(place)]

    def lose(self, place: Place) -> None:
        """A place has gone with its worker. Those who were there are no peers any more; the others are told which
        producers went with them.
        """
        if place in self.places:
            self.places.remove(place)
        gone: list[tuple[str, str]] = []
        for peer in self.hit_by(place):
            # Out first, all of them: they are told of their own loss, and nothing of each other's.
            del self.peers[peer.participant]
            gone += [(peer.participant, producer_id) for producer_id in peer.producers]
            peer.close()
        for participant, producer_id in gone:
            self.drop_producer(producer_id)
            self.tell("producer-closed", {"participantId": participant, "producerId": producer_id})
        self.leave_empty_places()
        for peer in self.peers_at(place):
            peer.stay()
        if not self.places:
            self._close()
        elif self._hears_from(place):
            self._ear = None
            self._begin_to_hear_elsewhere()

    # Peers

    def add(self, peer: Peer) -> None:
        """Let a peer in. It is nowhere else in the room any more."""
        self.peers[peer.participant] = peer
        for neighbour in self.neighbours:
            neighbour.forget_participant(peer.participant)
            neighbour.tell_itself("entered", {"participant": peer.participant})

    def remove(self, peer: Peer) -> None:
        """Close a peer, and tell the others which producers went with it. Idempotent."""
        if self.peers.get(peer.participant) is not peer:
            return
        del self.peers[peer.participant]
        gone = list(peer.producers)
        peer.close()
        for producer_id in gone:
            self.drop_producer(producer_id)
            self.tell("producer-closed", {"participantId": peer.participant, "producerId": producer_id})
        for neighbour in self.neighbours:
            neighbour.tell_itself("left", {"participant": peer.participant})
        self.leave_empty_places()

    def leave_empty_places(self) -> None:
        """Close the places where nobody is any more, but for the last one. They may have become empty by a move."""
        for place in [place for place in self.places if not self._is_needed(place)]:
            if len(self.places) == 1:
                return
            if self._hears_from(place):
                self._begin_to_hear_elsewhere()
            else:
                self.places.remove(place)
                place.close()

    def end(self) -> None:
        """Close because nobody needs it any more. Idempotent."""
        for place in self.places:
            place.close()
        self._close()

    def tell(self, event: str, data: Json, but: Peer | None = None, came_from: Neighbour | None = None) -> None:
        """Push to every peer, except `but`, on this node and on the others, except the one that it `came_from`."""
        push(event, data, (peer.pushes for peer in self.peers.values() if peer is not but))
        for neighbour in self.neighbours:
            if neighbour is not came_from:
                neighbour.tell(event, data)

    def note_withheld(self, producer: Sent, *, on: bool) -> None:
        """Tell those who receive this here that an administrator has paused it at its sender, or has so no more."""
        for peer in self.peers.values():
            if consumer := peer.consumer_of(producer):
                peer.first_steps.withheld(consumer, on=on)

    # Other nodes

    @property
    def home(self) -> Neighbour | None:
        """The node where the room is at home, when this one is an annex that has met it."""
        return next((neighbour for neighbour in self.neighbours if neighbour.is_home), None)

    @property
    def annexes(self) -> list[Neighbour]:
        """The annexes that are linked to this node."""
        return [neighbour for neighbour in self.neighbours if not neighbour.is_home]

    @property
    def relay(self) -> Place:
        """The place over which what one annex sends reaches another one."""
        return next((place for place in self.places if not place.closed), self.places[0])

    def meet(self, neighbour: Neighbour) -> None:
        """Tell a neighbour from now on what is told here; the home node also who is here, and what is sent."""
        own = list(self.producers())
        self.neighbours.append(neighbour)
        if neighbour.is_home:
            for participant in self.peers:
                neighbour.tell_itself("present", {"participant": participant})
            for sent in own:
                neighbour.tell("new-producer", producer_fact(sent))

    def forget_neighbour(self, neighbour: Neighbour) -> None:
        """For one that parts: it is told nothing more."""
        if neighbour in self.neighbours:
            self.neighbours.remove(neighbour)

    def annex_with(self, participant: str) -> Neighbour | None:
        """The annex where a participant is."""
        return next((annex for annex in self.annexes if participant in annex.participants), None)

    def entered_elsewhere(self, participant: str, there: Neighbour) -> None:
        """A participant is on another node now, or is to leave wherever they are."""
        if peer := self.peers.get(participant):
            log.info("Media node %s lets participant %s of meeting %s leave", there.node, participant, self.meeting)
            self.remove(peer)
        for annex in self.annexes:
            if annex is not there:
                annex.forget_participant(participant)
                annex.tell_itself("leave", {"participant": participant})

    def begin_to_hear_all(self) -> None:
        """Voices are compared here from now on."""
        if self._ear is not None:
            self._hearing_all = asyncio.create_task(self._hear_all(self._ear), name=f"ear of {self.meeting}")

    # What is sent

    def add_producer(self, producer_id: str, origin: Origin) -> None:
        """Note where something is sent from."""
        self._origins[producer_id] = origin

    def drop_producer(self, producer_id: str) -> None:
        """Something is not sent any more. Harmless when it never was."""
        self._origins.pop(producer_id, None)
        if self._ear is not None:
            self._ear.leave_out(producer_id)

    def origin_of(self, sent: Sent) -> Origin | None:
        """Where it is sent from; None when it is not any more."""
        return self._origins.get(sent.id)

    def producer(self, producer_id: str) -> Sent | None:
        """What is sent in this room under an id."""
        for peer in self.peers.values():
            if producer_id in peer.producers:
                return peer.producers[producer_id]
        for neighbour in self.neighbours:
            if producer_id in neighbour.sent:
                return neighbour.sent[producer_id]
        return None

    def producers(self, but: Peer | None = None) -> Iterable[Sent]:
        """What everybody except `but` sends, and newcomers should receive."""
        for peer in self.peers.values():
            if peer is not but:
                yield from peer.offered_producers
        for neighbour in self.neighbours:
            yield from list(neighbour.sent.values())

    async def listen_to(self, microphone: Sent) -> None:
        """Count a microphone in when it comes to who speaks. Raises `MediasoupError`."""
        origin = self.origin_of(microphone)
        if self._ear is not None and origin is not None:
            await self._ear.add(microphone, origin)

    async def want_key_frame(self, producer_id: str) -> None:
        """Have the sender asked for a key frame, wherever they are, on behalf of those pipes that wait for one."""
        for neighbour in self.neighbours:
            if producer_id in neighbour.sent:
                neighbour.tell_itself("key-frame", {"producerId": producer_id})
        await asyncio.gather(*(place.want_key_frame(producer_id) for place in self.places))

    # Inside

    def _tell_who_speaks(self, event: str, data: Json) -> None:
        if self.home is None:
            self.tell(event, data)

    def _is_needed(self, place: Place) -> bool:
        """Whether anybody is there, or anything passes through."""
        return any(peer.is_at(place) for peer in self.peers.values()) or any(
            neighbour.leaves_from(place) for neighbour in self.neighbours
        )

    def _place_on(self, slot: WorkerSlot) -> Place | None:
        return next((place for place in self.places if place.slot is slot and not place.closed), None)

    async def _open(self, slot: WorkerSlot) -> Place:
        place = await Place.open(slot, self.meeting)
        if self.closed:
            place.close()
        self.places.append(place)
        about = {"meeting": self.meeting, "worker": slot.index}
        log.info("Meeting %s lives on MediaSoup worker %d too", self.meeting, slot.index, extra=about)
        return place

    def _opened(self, slot: WorkerSlot, opening: asyncio.Task[Place]) -> None:
        self._opening.pop(slot, None)
        if not opening.cancelled():
            # Asked for here, as those who wanted the place may all have been cancelled.
            opening.exception()

    def _begin_to_hear_elsewhere(self) -> None:
        if self._moving_ear is None or self._moving_ear.done():
            self._moving_ear = asyncio.create_task(self._hear_elsewhere(), name=f"ear of {self.meeting}")

    async def _hear_elsewhere(self) -> None:
        """Listen from another place; the one that was listened from until now closes if nobody is there."""
        while others := [place for place in self.places if not place.closed and not self._hears_from(place)]:
            place = max(others, key=lambda place: len(self.peers_at(place)))
            try:
                ear = await Ear.open(place, self._tell_who_speaks)
            except MediasoupError as error:
                if place.closed:
                    continue
                log.warning(
                    "Who speaks in meeting %s cannot be heard: %s", self.meeting, error, extra={"meeting": self.meeting}
                )
                return
            before, self._ear = self._ear, ear
            if before is not None:
                before.close()
            await self._hear_all(ear)
            self.leave_empty_places()
            return

    def _hears_from(self, place: Place) -> bool:
        return self._ear is not None and self._ear.place is place

    async def _hear_all(self, ear: Ear) -> None:
        for sent in list(self.producers()):
            origin = self.origin_of(sent)
            if sent.app_data["source"] == "mic" and origin is not None and origin is not self.home:
                try:
                    await ear.add(sent, origin)
                except MediasoupError as error:
                    log.debug("A microphone in meeting %s is not listened to: %s", self.meeting, error)

    def _close(self) -> None:
        self.closed = True
        for task in (*self._opening.values(), self._moving_ear, self._hearing_all):
            if task is not None:
                task.cancel()
        peers, self.peers = list(self.peers.values()), {}
        for peer in peers:
            peer.close()
        for neighbour in list(self.neighbours):
            neighbour.tell_itself("gone", {})
            neighbour.part()
