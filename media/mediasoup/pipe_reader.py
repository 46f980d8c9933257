"""The upward half of a pipe: bytes from a socket, cut into messages."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from media.mediasoup.codec_layout import unsigned
from media.mediasoup.errors import CodecError

# A worker refuses to write more than this, its own length prefix included.
LARGEST_MESSAGE = 8 * 1024 * 1024

_READ_SIZE = 65536


class MessageReader:
    """Reads a socket whenever it has something, and hands on each message where it stands in what was read.

    `on_message(buffer, at)` is called with the bytes that were read and the place where a message starts in them,
    behind its length; it must not raise. `on_end(reason)` is called once, when nothing more can come: the other side is
    gone (reason None), or what came cannot be the beginning of a message.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        on_message: Callable[[bytes, int], None],
        on_end: Callable[[Exception | None], None],
    ) -> None:
        sock.setblocking(False)
        self._loop = loop
        self._socket = sock
        self._on_message = on_message
        self._on_end = on_end
        self._closed = False
        # A message that did not come in one piece: its pieces, how many bytes they are, and how many it needs.
        self._pieces: list[bytes] = []
        self._gathered = 0
        self._needed = 0
        loop.add_reader(sock.fileno(), self._on_readable)

    def close(self) -> None:
        """Read no more. What is in the middle of being handed on is finished."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _end(self, reason: Exception | None) -> None:
        self.close()
        self._on_end(reason)

    def _on_readable(self) -> None:
        try:
            chunk = self._socket.recv(_READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(error)
            return
        if not chunk:
            self._end(None)
            return
        if self._pieces:
            self._pieces.append(chunk)
            self._gathered += len(chunk)
            if self._gathered < self._needed:
                return
            chunk = b"".join(self._pieces)
            self._pieces.clear()
        at, end = 0, len(chunk)
        on_message = self._on_message
        while end - at >= 4:
            behind = at + 4 + unsigned(chunk, at)[0]
            if behind > end:
                if behind - at > LARGEST_MESSAGE:
                    self._end(CodecError(f"a message of {behind - at} bytes is announced"))
                    return
                break
            on_message(chunk, at + 4)
            if self._closed:
                return
            at = behind
        else:
            behind = at + 4
        if at < end:
            self._pieces.append(chunk[at:] if at else chunk)
            self._gathered = end - at
            self._needed = behind - at
