"""Frames on their way out of daphne, the short way.

What an application sends passes through a coroutine of daphne's, Autobahn's framing, and a turn of Twisted's reactor,
all of it once for each socket. Where a thousand sockets send the same frame, that is most of the work.
"""

from typing import Any

from twisted.internet.tcp import Connection


class AtOnce:
    """Writes frames that are as they go over the wire to one socket, behind all that it was given before."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    def __call__(self, frames: bytes) -> int | None:
        """Write them; how many bytes now wait in this process until the client reads. None, and nothing is written,
        where that is not possible and they must go the usual way.
        """
        protocol = self._protocol
        transport: Any = protocol.transport
        if protocol.state != protocol.STATE_OPEN or protocol.send_queue or not _is_tcp(transport):
            return None
        written = 0
        # Twisted's own buffers: as long as there is something in them, it is not for us to write.
        if transport.connected and not (transport.dataBuffer or transport._tempDataBuffer):
            try:
                written = transport.socket.send(frames)
            except OSError:
                # Full, or gone: Twisted finds out which.
                written = 0
        if written == len(frames):
            return 0
        transport.write(frames[written:])
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen  # type: ignore[no-any-return]


def _is_tcp(transport: Any) -> bool:
    return isinstance(transport, Connection)
