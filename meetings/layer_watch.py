"""Whether news of people still travels: a beat that this process sends itself over the channel layer."""

import asyncio
import contextlib
import logging
from typing import Any, Final
from weakref import WeakKeyDictionary, WeakSet

from channels.layers import InMemoryChannelLayer, get_channel_layer

from media.incidents import Kind
from meetings.outages import Outage
from meetings.signalling.session import DEAF_CODE, Session

log = logging.getLogger(__name__)

BEAT_SECONDS: Final = 1.0
LATE_SECONDS: Final = 5.0
AGAIN_SECONDS: Final = 0.1


class LayerWatch:
    """Watches the layer while sockets are open. When a beat got lost, news of people may have been lost too: once the
    layer is back, the sockets are closed, and learn all of it when they resume. A beat that is only late, as on a busy
    machine, closes none.
    """

    def __init__(self) -> None:
        self._layer: Any = get_channel_layer()
        self._outage = Outage(Kind.LAYER_LOST, "The channel layer")
        self._sockets: WeakSet[Session] = WeakSet()
        self._heard = asyncio.Event()
        self._sent = self._last_heard = 0
        self._lost = False
        self._channel = ""
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, session: Session) -> None:
        """A socket opened."""
        self._sockets.add(session)
        if not self._tasks and not isinstance(self._layer, InMemoryChannelLayer):
            self._tasks = [asyncio.create_task(self._watch(), name="layer watch")]

    def end(self, session: Session) -> None:
        """A socket closed."""
        self._sockets.discard(session)

    async def close(self) -> None:
        """Watch no more."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _watch(self) -> None:
        hearing: asyncio.Task[None] | None = None
        try:
            while True:
                began = asyncio.get_running_loop().time()
                try:
                    async with asyncio.timeout(LATE_SECONDS):
                        if hearing is None:
                            self._channel = await self._layer.new_channel()
                            hearing = asyncio.create_task(self._hear(), name="layer beats")
                        await self._beat()
                except TimeoutError:
                    self._outage.failed("a beat did not come back")
                except Exception as error:
                    self._lost = True
                    self._outage.failed(error)
                else:
                    self._is_well()
                took = asyncio.get_running_loop().time() - began
                await asyncio.sleep(max(0.0, BEAT_SECONDS - took))
        finally:
            if hearing is not None:
                hearing.cancel()
                await asyncio.wait([hearing])

    async def _beat(self) -> None:
        self._sent += 1
        self._heard.clear()
        while self._last_heard < self._sent:
            await self._layer.send(self._channel, {"type": "beat", "number": self._sent})
            # Redis may take the first one before it takes our wish to hear it.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_SECONDS if self._sent == 1 else None):
                    await self._heard.wait()
            self._heard.clear()

    async def _hear(self) -> None:
        while True:
            number = (await self._layer.receive(self._channel))["number"]
            self._lost |= number > self._last_heard + 1
            self._last_heard = number
            self._heard.set()

    def _is_well(self) -> None:
        if not (self._lost or self._outage.lasts):
            return
        lost, self._lost = self._lost, False
        if not self._outage.lasts:
            self._outage.failed("beats were lost")
        sockets = list(self._sockets)
        for session in sockets:
            if lost and (mine := session.participation) is not None:
                self._outage.hit(mine.meeting_id, mine.participant_id)
        self._outage.works()
        if lost:
            for session in sockets:
                session.hang_up(DEAF_CODE)


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, LayerWatch] = WeakKeyDictionary()


def layer_watch() -> LayerWatch:
    """The watch of the running loop; made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _watches:
        _watches[loop] = LayerWatch()
    return _watches[loop]


async def end_layer_watch() -> None:
    """End the running loop's watch, if there is one."""
    if (watch := _watches.pop(asyncio.get_running_loop(), None)) is not None:
        with contextlib.suppress(Exception):
            await watch.close()
