"""A meeting's media: its peers, and the places where they are."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from media.mediasoup.errors import MediasoupError

from .ear import Ear
from .peer import Peer
from .place import Origin, Place, Sent
from .pushes import push
from .worker_slot import WorkerSlot

log = logging.getLogger(__name__)

Json = dict[str, Any]


class Room:
    """Made by `Rooms`, with its first place. Lives on as many workers as its peers need, and is closed for good when
    the last peer has left, or with its last place.
    """

    def __init__(self, meeting: str, place: Place) -> None:
        self.meeting = meeting
        self.places = [place]
        self.peers: dict[str, Peer] = {}
        self.closed = False
        self._origins: dict[str, Origin] = {}
        self._ear: Ear | None = None
        self._opening: dict[WorkerSlot, asyncio.Task[Place]] = {}
        self._moving_ear: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Begin to listen for who speaks. Raises `MediasoupError`."""
        self._ear = await Ear.open(self.places[0], self.tell)

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
        """Let a peer in."""
        self.peers[peer.participant] = peer

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
        self.leave_empty_places()

    def leave_empty_places(self) -> None:
        """Close the places where nobody is any more, but for the last one. They may have become empty by a move."""
        for place in [place for place in self.places if not any(peer.is_at(place) for peer in self.peers.values())]:
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

    def tell(self, event: str, data: Json, but: Peer | None = None) -> None:
        """Push to every peer, except `but`."""
        push(event, data, (peer.pushes for peer in self.peers.values() if peer is not but))

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
        return None

    def producers(self, but: Peer | None = None) -> Iterable[Sent]:
        """What everybody except `but` sends, and newcomers should receive."""
        for peer in self.peers.values():
            if peer is not but:
                yield from peer.offered_producers

    async def listen_to(self, microphone: Sent) -> None:
        """Count a microphone in when it comes to who speaks. Raises `MediasoupError`."""
        origin = self.origin_of(microphone)
        if self._ear is not None and origin is not None:
            await self._ear.add(microphone, origin)

    # Inside

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
                ear = await Ear.open(place, self.tell)
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
            if sent.app_data["source"] == "mic" and origin is not None:
                try:
                    await ear.add(sent, origin)
                except MediasoupError as error:
                    log.debug("A microphone in meeting %s is not listened to: %s", self.meeting, error)

    def _close(self) -> None:
        self.closed = True
        for task in (*self._opening.values(), self._moving_ear):
            if task is not None:
                task.cancel()
        peers, self.peers = list(self.peers.values()), {}
        for peer in peers:
            peer.close()
