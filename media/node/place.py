"""Where a part of a room lives: one router, on one worker."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.rtp_parameters import MediaKind
from media.mediasoup.webrtc_server import WebRtcServer

from .key_frames import KeyFrameWatch
from .worker_slot import WorkerSlot


class Sent(Protocol):
    """Something that somebody in the room sends, from wherever. A mediasoup `Producer` is one.

    `app_data` holds `participantId` and `source`.
    """

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> MediaKind: ...
    @property
    def paused(self) -> bool: ...
    @property
    def closed(self) -> bool: ...
    @property
    def app_data(self) -> dict[str, Any]: ...


class Origin(Protocol):
    """Where something is sent from, and can be had from: a place of this node, or a neighbour of the room."""

    async def pipe(self, producer_id: str, to: "Place") -> Producer:
        """A producer of the same id in `to`'s router, which follows the original: paused, resumed and closed with it.

        Closing it ends the pipe and leaves the original alone. Raises `MediasoupError` (NotFoundError when it is not
        sent any more).
        """


@dataclass(slots=True)
class _Brought:
    """A pipe that brings something here, and how many want it."""

    piping: asyncio.Task[Producer]
    wanted: int = 0


class Place:
    """Made by `Place.open`. What is sent elsewhere is brought here once, however many want it, and goes when nobody
    does any more.
    """

    def __init__(self, slot: WorkerSlot, webrtc_server: WebRtcServer, router: Router) -> None:
        self.slot = slot
        self.webrtc_server = webrtc_server
        self.router = router
        self._brought: dict[str, _Brought] = {}
        self._key_frames = KeyFrameWatch()
        self._ended = False

    @classmethod
    async def open(cls, slot: WorkerSlot, meeting: str) -> "Place":
        """A new router for a meeting on a worker. Raises `MediasoupError` or `CannotStart`."""
        router, webrtc_server = await slot.create_router()
        router.app_data["meetingId"] = meeting
        return cls(slot, webrtc_server, router)

    @property
    def closed(self) -> bool:
        """Whether nothing can be done here any more."""
        return self.router.closed

    @property
    def lost(self) -> bool:
        """Whether it closed without anybody having wanted it: its worker died."""
        return self.closed and not self._ended

    def close(self) -> None:
        """Close because nobody needs it any more. Idempotent."""
        self._ended = self._ended or not self.closed
        self.router.close()

    @property
    def piped_here(self) -> int:
        """How many things are brought here from elsewhere."""
        return len(self._brought)

    async def bring(self, sent: Sent, origin: Origin) -> Callable[[], None]:
        """Have something here that is sent at `origin`. Returns the way to say that it is not wanted any more.

        Raises `MediasoupError`.
        """
        if origin is self:
            return _nothing
        brought = self._brought.get(sent.id)
        if brought is None:
            brought = _Brought(asyncio.create_task(origin.pipe(sent.id, self), name=f"pipe {sent.id}"))
            self._brought[sent.id] = brought
            brought.piping.add_done_callback(lambda piping: self._arrived(sent.id, brought))
        brought.wanted += 1
        given_up = False

        def give_up() -> None:
            nonlocal given_up
            if not given_up:
                given_up = True
                brought.wanted -= 1
                self._settle(sent.id, brought)

        try:
            # Whoever wants it may be cancelled; the others still do.
            await asyncio.shield(brought.piping)
        except BaseException:
            give_up()
            raise
        return give_up

    async def pipe(self, producer_id: str, to: "Place") -> Producer:
        """As `Origin` has it, between two workers of this node."""
        piped = await self.router.pipe_to_router(router=to.router, producer_id=producer_id, enable_sctp=False)
        assert piped.pipe_consumer is not None
        assert piped.pipe_producer is not None
        self._key_frames.watch(piped.pipe_consumer, producer=self.router.producers.get(producer_id))
        return piped.pipe_producer

    async def want_key_frame(self, producer_id: str) -> None:
        """Ask for a key frame for every pipe that leaves from here with this."""
        pipes = [transport for transport in self.router.transports.values() if transport.type == "pipe"]
        consumers = [one for pipe in pipes for one in pipe.consumers.values() if one.producer_id == producer_id]
        # One that has closed meanwhile needs none.
        await asyncio.gather(*(one.request_key_frame() for one in consumers), return_exceptions=True)

    def _arrived(self, producer_id: str, brought: _Brought) -> None:
        piping = brought.piping
        if piping.cancelled() or piping.exception() is not None:
            self._forget(producer_id, brought)
            return
        producer = piping.result()
        producer.observer.on("close", lambda: self._forget(producer_id, brought))
        if producer.closed:
            self._forget(producer_id, brought)
        self._settle(producer_id, brought)

    def _settle(self, producer_id: str, brought: _Brought) -> None:
        # One that is still under way is kept, for whoever comes meanwhile: its id can be there only once.
        if not brought.wanted and brought.piping.done():
            self._forget(producer_id, brought)
            # With the router everything in it has closed, and the worker knows.
            if not self.closed and not brought.piping.cancelled() and brought.piping.exception() is None:
                brought.piping.result().close()

    def _forget(self, producer_id: str, brought: _Brought) -> None:
        if self._brought.get(producer_id) is brought:
            del self._brought[producer_id]


def _nothing() -> None:
    """What is sent here need not be brought."""
