"""The downward half of a pipe: messages into a socket that may be full."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

# A write costs as much as a few messages; the worker needs about as long for a message as we do.
MOST_GATHERED = 16


class MessageWriter:
    """Writes messages in the order in which they are given.

    `on_lost(reason)` is called, from the event loop and once, when the other side does not take them any more.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sock: socket.socket, on_lost: Callable[[OSError], None]
    ) -> None:
        sock.setblocking(False)
        self._loop = loop
        self._socket = sock
        self._on_lost = on_lost
        self._closed = False
        self._gathered: list[bytes] = []
        self._unsent: memoryview | None = None  # the rest of what the full socket did not take

    def write(self, message: bytes) -> None:
        """Write now. Best when the worker has nothing else to do: it starts while we go on."""
        if self._gathered or self._unsent is not None:
            self._gathered.append(message)
        else:
            self._send(message)

    def gather(self, message: bytes) -> None:
        """Write at the end of this turn of the loop, together with whatever else is gathered until then; earlier when
        that is much, so that the worker begins while we go on.
        """
        if not self._gathered and self._unsent is None:
            self._loop.call_soon(self._flush)
        self._gathered.append(message)
        if len(self._gathered) >= MOST_GATHERED:
            self._flush()

    def close(self) -> None:
        """Write what the socket takes of what is left, and no more."""
        if self._closed:
            return
        self._flush()
        self._closed = True
        with contextlib.suppress(OSError):
            self._loop.remove_writer(self._socket.fileno())
        self._socket.close()

    def _flush(self) -> None:
        if self._gathered and self._unsent is None and not self._closed:
            messages = self._gathered
            self._gathered = []
            self._send(b"".join(messages))

    def _send(self, data: bytes) -> None:
        try:
            sent = self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            # Told later: nobody who writes expects the pipe to end under their hands.
            self._loop.call_soon(self._on_lost, error)
            return
        if sent < len(data):
            self._unsent = memoryview(data)[sent:]
            self._loop.add_writer(self._socket.fileno(), self._on_writable)

    def _on_writable(self) -> None:
        assert self._unsent is not None
        try:
            sent = self._socket.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._loop.remove_writer(self._socket.fileno())
            self._on_lost(error)
            return
        if sent < len(self._unsent):
            self._unsent = self._unsent[sent:]
            return
        self._unsent = None
        self._loop.remove_writer(self._socket.fileno())
        self._flush()
