"""A meeting's media: one router, and the peers on it."""

from collections.abc import Iterable
from typing import Any

from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer

from .peer import Peer
from .pushes import push
from .speaking import Speaking
from .worker_slot import WorkerSlot

Json = dict[str, Any]


class Room:
    """Made by `Rooms`, with its router. Closed for good when the last peer has left, or with its worker.

    It counts on its worker's load as one from its making to its closing, and each of its peers as one more.
    """

    def __init__(self, meeting: str, slot: WorkerSlot, webrtc_server: WebRtcServer, router: Router) -> None:
        self.meeting = meeting
        self.slot = slot
        self.webrtc_server = webrtc_server
        self.router = router
        router.app_data["meetingId"] = meeting
        slot.load += 1
        self.peers: dict[str, Peer] = {}
        self._speaking: Speaking | None = None
        self._closed = False
        self._ended = False

    @property
    def closed(self) -> bool:
        """Whether nothing can be done in it any more."""
        return self._closed or self.router.closed

    @property
    def lost(self) -> bool:
        """Whether it closed without anybody having wanted it: its worker died."""
        return self.closed and not self._ended

    async def prepare(self) -> None:
        """Begin to listen for who speaks. Raises `MediasoupError`."""
        self._speaking = await Speaking.listen(self.router, self.tell)

    async def listen_to(self, microphone: Producer) -> None:
        """Count a microphone in when it comes to who speaks. Raises `MediasoupError`."""
        if self._speaking is not None:
            await self._speaking.add(microphone)

    def add(self, peer: Peer) -> None:
        """Let a peer in."""
        self.peers[peer.participant] = peer
        self.slot.load += 1

    def remove(self, peer: Peer) -> None:
        """Close a peer, and tell the others which producers went with it. Idempotent."""
        if self.peers.get(peer.participant) is not peer:
            return
        del self.peers[peer.participant]
        self.slot.load -= 1
        gone = list(peer.producers)
        peer.close()
        for producer_id in gone:
            self.tell("producer-closed", {"participantId": peer.participant, "producerId": producer_id})

    def end(self) -> None:
        """Close because nobody needs it any more. Idempotent."""
        self._ended = self._ended or not self.closed
        self.close()

    def close(self) -> None:
        """Close router and peers, telling nobody. Idempotent."""
        if self._closed:
            return
        self._closed = True
        peers = list(self.peers.values())
        self.peers.clear()
        self.slot.load -= 1 + len(peers)
        self.router.close()
        for peer in peers:
            peer.close()

    def tell(self, event: str, data: Json, but: Peer | None = None) -> None:
        """Push to every peer, except `but`."""
        push(event, data, (peer.pushes for peer in self.peers.values() if peer is not but))

    def producer(self, producer_id: str) -> Producer | None:
        """A producer of this room."""
        for peer in self.peers.values():
            if producer_id in peer.producers:
                return peer.producers[producer_id]
        return None

    def producers(self, but: Peer) -> Iterable[Producer]:
        """The producers of everybody except `but`."""
        for peer in self.peers.values():
            if peer is not but:
                yield from peer.producers.values()
