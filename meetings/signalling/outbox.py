"""What goes out of a socket, in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from meetings.lane import Lane
from meetings.signalling.frames import write_frame

log = logging.getLogger(__name__)

Json = dict[str, Any]
# A client that reads nothing is given up when this many frames wait for it.
MOST_WAITING = 5000


class Outbox:
    """Sends frames one after the other, in the order in which they were put; callers never wait.

    `overflowed` is called when a client reads so slowly that too much waits for it; what does not fit is lost.
    """

    def __init__(self, send: Callable[[Json], Awaitable[None]], overflowed: Callable[[], None]) -> None:
        self._send = send
        self._overflowed = overflowed
        self._lane = Lane("outbox", MOST_WAITING)
        self._finished = False

    def push(self, event: str, data: Json) -> None:
        """Tell the client something."""
        self.put(write_frame(event, data))

    def put(self, text: str) -> None:
        """Send a frame."""
        self._put({"type": "websocket.send", "text": text})

    def hang_up(self, code: int) -> None:
        """Close the socket after everything put before."""
        self._put({"type": "websocket.close", "code": code})

    def _put(self, message: Json) -> None:
        if not self._finished and not self._lane.put(lambda: self._write(message)):
            self._overflowed()

    async def finish(self, patience: float) -> None:
        """Take no more, and wait until what there is has gone out; give up after `patience` seconds."""
        self._finished = True
        await self._lane.finish(patience)

    async def _write(self, message: Json) -> None:
        try:
            await self._send(message)
        except (OSError, RuntimeError, asyncio.InvalidStateError):
            # The server has noticed before us that the client is gone; what it is told then is of no use to anybody.
            log.debug("A frame found nobody", exc_info=True)
