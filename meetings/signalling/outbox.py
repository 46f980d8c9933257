"""What goes out of a socket, in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from meetings.lane import Lane
from meetings.signalling.frames import TextFrame, write_frame

log = logging.getLogger(__name__)

Json = dict[str, Any]
# The extension of ASGI's scope under which a server takes frames as they go over the wire, without being waited for:
# a function of their bytes that answers how many now wait until the client reads, and None if it took none.
AT_ONCE: Final = "kcs.at-once"
# A client that reads nothing is given up when this many frames wait for it.
MOST_WAITING = 5000
# Or this many bytes: news of a thousand people many times over.
MOST_BYTES_WAITING = 2 * 1024 * 1024


class Outbox:
    """Sends frames one after the other, in the order in which they were put; callers never wait.

    `overflowed` is called when a client reads so slowly that too much waits for it; what does not fit is lost.
    `at_once` is the server's extension of that name, where it has one.
    """

    def __init__(
        self,
        send: Callable[[Json], Awaitable[None]],
        overflowed: Callable[[], None],
        at_once: Callable[[bytes], int | None] | None = None,
    ) -> None:
        self._send = send
        self._overflowed = overflowed
        self._at_once = at_once
        self._lane = Lane("outbox", MOST_WAITING)
        self._gathered: list[TextFrame] | None = None
        self._finished = False

    def push(self, event: str, data: Json) -> None:
        """Tell the client something."""
        self.put(TextFrame(write_frame(event, data)))

    def put(self, frame: TextFrame) -> None:
        """Send a frame."""
        if self._finished:
            return
        if self._gathered is not None:
            self._gathered.append(frame)
        elif not self._goes_at_once([frame]):
            self._put({"type": "websocket.send", "text": frame.text})

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """What is put meanwhile goes out together at the end, with as little ado as there can be."""
        self._gathered = []
        try:
            yield
        finally:
            self._send_gathered()

    def hang_up(self, code: int) -> None:
        """Close the socket after everything put before."""
        self._send_gathered()
        self._put({"type": "websocket.close", "code": code})

    def _send_gathered(self) -> None:
        gathered, self._gathered = self._gathered, None
        if gathered and not self._goes_at_once(gathered):
            for frame in gathered:
                self._put({"type": "websocket.send", "text": frame.text})

    def _goes_at_once(self, frames: list[TextFrame]) -> bool:
        if self._at_once is None or self._finished or not self._lane.is_idle:
            return False
        waiting = self._at_once(frames[0].wire if len(frames) == 1 else b"".join(frame.wire for frame in frames))
        if waiting is None:
            return False
        if waiting > MOST_BYTES_WAITING:
            self._overflowed()
        return True

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
