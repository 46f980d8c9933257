"""What the clients of sockets send, taken in no faster than it is answered.

daphne puts every frame into a queue without end; whoever sends faster than is answered would fill the memory.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

Json = dict[str, Any]
Receive = Callable[[], Awaitable[Json]]

# The extension of ASGI's scope in which a socket's intake comes to the application.
INTAKE: Final = "kcs.intake"
# Of so many frames that wait nothing more is read from the wire, until there are so few.
MANY: Final = 1000
FEW: Final = 100


class Intake:
    """The queue of one socket, as daphne fills it, which stops reading for as long as too much is in it."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._waiting = 0
        self._paused = False
        self._queue: Any = None

    def before(self, queue: Any) -> "Intake":
        """Put into that queue from now on."""
        self._queue = queue
        return self

    def put_nowait(self, message: Json) -> None:
        """Take one in."""
        self._queue.put_nowait(message)
        self._waiting += 1
        if self._waiting >= MANY and not self._paused:
            self._paused = True
            self._protocol.transport.pauseProducing()

    def taken_by(self, receive: Receive) -> Receive:
        """`receive` of ASGI, after which there is room for one more."""

        async def receive_one() -> Json:
            message = await receive()
            self._waiting -= 1
            if self._paused and self._waiting <= FEW:
                self._paused = False
                self._protocol.transport.resumeProducing()
            return message

        return receive_one
