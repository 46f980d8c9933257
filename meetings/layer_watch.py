"""Whether news of people still travels: a beat that this process sends itself over the channel layer."""

import asyncio
import contextlib
import logging
from typing import Any, Final
from weakref import WeakKeyDictionary, WeakSet

from channels.layers import InMemoryChannelLayer, get_channel_layer

from media.incidents import Kind
from meetings.outages import Outage
from meetings.signalling.session import Session

log = logging.getLogger(__name__)

BEAT_SECONDS: Final = 1.0
LATE_SECONDS: Final = 3.0
# Pages come back after it with a resume, whose answer tells them all that they may have missed.
DEAF_CODE: Final = 4500


class LayerWatch:
    """Watches the layer while sockets are open. Once a layer that failed is back, the sockets are closed: what was sent
    to them meanwhile is lost, and nobody knows what it was.
    """

    def __init__(self) -> None:
        self._layer: Any = get_channel_layer()
        self._outage = Outage(Kind.LAYER_LOST, "The channel layer")
        self._sockets: WeakSet[Session] = WeakSet()
        self._heard = asyncio.Event()
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
                        self._heard.clear()
                        await self._layer.send(self._channel, {"type": "beat"})
                        await self._heard.wait()
                except TimeoutError:
                    self._outage.failed("a beat did not come back")
                except Exception as error:
                    self._outage.failed(error)
                else:
                    if self._outage.lasts:
                        self._is_back()
                took = asyncio.get_running_loop().time() - began
                await asyncio.sleep(max(0.0, BEAT_SECONDS - took))
        finally:
            if hearing is not None:
                hearing.cancel()
                await asyncio.wait([hearing])

    async def _hear(self) -> None:
        while True:
            await self._layer.receive(self._channel)
            self._heard.set()

    def _is_back(self) -> None:
        for session in self._sockets:
            if (mine := session.participation) is not None:
                self._outage.hit(mine.meeting_id, mine.participant_id)
        self._outage.works()
        for session in list(self._sockets):
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
