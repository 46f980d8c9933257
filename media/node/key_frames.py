"""Video that waits for its first key frame in vain: a key frame is asked for again, and again, until it comes.

A worker sends nothing of a video stream to somebody who begins to receive before it has a key frame. It asks the sender
for one at once and once more after a second, and then never again. A browser that is short of CPU can miss both, and
whoever receives nothing asks for nothing either.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from media.mediasoup.consumer import Consumer
from media.mediasoup.errors import MediasoupError
from media.mediasoup.producer import Producer

log = logging.getLogger(__name__)

WAITS: Final = (2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds to wait before a key frame is asked for, each time. After the last one it is left at that, until the stream
begins anew or is resumed."""


def _at_once() -> bool:
    return True


class KeyFrameWatch:
    """Watches any number of consumers. Costs a timer for each that was not seen to send, and nothing after that."""

    def __init__(self) -> None:
        self._watched: set[_Watched] = set()
        # A join makes many consumers at once, and is answered before any of them can send.
        self._not_ready: list[tuple[Consumer, Callable[[], bool]]] = []

    def watch(self, consumer: Consumer, ready: Callable[[], bool] = _at_once, producer: Producer | None = None) -> None:
        """Watch a new consumer until it closes. Does nothing for sound.

        `ready` tells whether its transport is connected; call `look_again` when that may have changed. Of a consumer
        that is one end of a pipe the worker does not tell what its producer receives: the `producer` itself is needed.
        """
        if consumer.kind != "video":
            return
        if ready():
            self._watch(consumer, ready, producer)
        else:
            self._not_ready.append((consumer, ready))

    def look_again(self) -> None:
        """A transport is connected now, or again: what it sends begins with key frames."""
        for watched in self._watched:
            watched.begin_anew()
        waiting, self._not_ready = self._not_ready, []
        for consumer, ready in waiting:
            if not consumer.closed:
                self.watch(consumer, ready)

    def _watch(self, consumer: Consumer, ready: Callable[[], bool], producer: Producer | None) -> None:
        watched = _Watched(consumer, ready, producer)
        self._watched.add(watched)
        consumer.observer.on("close", lambda: self._closed(watched))
        watched.begin()

    def _closed(self, watched: "_Watched") -> None:
        self._watched.discard(watched)
        watched.close()


class _Watched:
    """One consumer, and whether it waits for a key frame. It sends one stream, over a pipe one for each encoding."""

    def __init__(self, consumer: Consumer, ready: Callable[[], bool], producer: Producer | None) -> None:
        self._consumer, self._ready, self._producer = consumer, ready, producer
        # Of a consumer with layers the worker tells which it sends: none while it waits for a key frame. Of others one
        # has to ask how many packets they have sent, and how many they had when they were resumed.
        self._has_layers = consumer.type in ("simulcast", "svc")
        self._sent: list[int] | None = [0] * len(consumer.rtp_parameters["encodings"])
        self._has_waited = False
        self._flowing = self._layers_flow()
        self._asked = 0
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        (producer or consumer).on("score", self._scored)
        if self._has_layers:
            consumer.on("layerschange", self._layers_changed)
        consumer.observer.on("pause", self.end)
        consumer.observer.on("resume", self.begin_anew)

    def begin(self) -> None:
        """Begin to wait, if it should send what it was not seen to."""
        if self._timer is not None or self._looking is not None or not self._missing:
            return
        if not self._has_layers and self._sent is None:
            self._looking = asyncio.create_task(self._look(), name="media-key-frame-watch")
        elif self._asked < len(WAITS):
            self._has_waited, wait = True, WAITS[self._asked]
            self._timer = asyncio.get_running_loop().call_later(wait, self._time_is_up)

    def begin_anew(self) -> None:
        """Begin to wait, if it should send; what it has sent until now does not count."""
        self.end()
        self._asked, self._flowing = 0, self._layers_flow()
        if self._has_waited:
            self._sent = None
        self.begin()

    def end(self) -> None:
        """Wait no more. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def close(self) -> None:
        """Its consumer has closed."""
        self.end()
        (self._producer or self._consumer).off("score", self._scored)

    @property
    def _received(self) -> set[int]:
        """The places of the streams that could be sent, as their producer receives them."""
        if self._producer is not None:
            return {one["encodingIdx"] for one in self._producer.score if one["score"]}
        return {0} if any(self._consumer.score["producerScores"]) else set()

    @property
    def _missing(self) -> set[int]:
        """Those of them that should be sent and were not seen to be."""
        consumer = self._consumer
        if consumer.closed or consumer.paused or consumer.producer_paused or not self._ready():
            return set()
        return self._received - self._flowing

    def _layers_flow(self) -> set[int]:
        return {0} if self._has_layers and self._consumer.current_layers is not None else set()

    def _scored(self, _: object) -> None:
        if self._received:
            self.begin()
        else:
            # Nothing is received any more. When that begins again, so does the wait.
            self._asked = 0

    def _layers_changed(self, _: object) -> None:
        self._flowing = self._layers_flow()
        if self._flowing:
            self._asked = 0
            self.end()
        else:
            self.begin()

    def _time_is_up(self) -> None:
        self._timer = None
        if self._missing:
            self._looking = asyncio.create_task(self._look(), name="media-key-frame-watch")

    async def _look(self) -> None:
        """Ask for a key frame if something is still missing, and wait again."""
        try:
            if await self._stands_still() and self._missing:
                self._asked += 1
                about = (self._consumer.id, self._consumer.producer_id, self._asked)
                log.info("Video consumer %s of producer %s waits for a key frame: asked, no. %d", *about)
                await self._consumer.request_key_frame()
        except MediasoupError as error:
            log.debug("No key frame can be asked for: %s", error)
            return
        finally:
            if self._looking is asyncio.current_task():
                self._looking = None
        self.begin()

    async def _stands_still(self) -> bool:
        """Whether it waits since the last look, after finding out what has begun to be sent."""
        if self._has_layers:
            return True
        stats = await self._consumer.get_stats()
        sent = [one["packetCount"] for one in stats if one["type"] == "outbound-rtp"]
        before, self._sent = self._sent, sent
        if before is None:
            return False
        self._flowing |= {place for place, (now, then) in enumerate(zip(sent, before, strict=True)) if now > then}
        return True
