"""A WebSocket that costs its client next to nothing, so that what is measured is the server."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable
from typing import Self, cast
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
# Masking with zeros leaves a payload as it is.
MASK = bytes(4)


class LineClosed(Exception):
    """The server ended the connection, or does not speak WebSocket."""


class Line(asyncio.Protocol):
    """One connection. `heard` is called with each text frame and when (`time.perf_counter`) it arrived, `ended` when
    there is no connection any more, with the code by which the server closed it (1006: without a word).

    Frames of servers that we know are never in parts and never compressed, so neither is understood.
    """

    def __init__(self, request: bytes, heard: Callable[[bytes, float], None], ended: Callable[[int], None]) -> None:
        self._request = request
        self._heard = heard
        self._ended = ended
        self._code = 1006
        self._unread = b""
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        heard: Callable[[bytes, float], None],
        ended: Callable[[int], None],
        *,
        origin: str = "",
        protocol: str = "",
    ) -> Self:
        """Connect and shake hands. Raises LineClosed when the server does not want to."""
        parts = urlsplit(url)
        assert parts.port is not None
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Host": parts.netloc,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            **({"Origin": origin} if origin else {}),
            **({"Sec-WebSocket-Protocol": protocol} if protocol else {}),
        }
        request = f"GET {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(
            lambda: cls(f"{request}\r\n".encode(), heard, ended), "127.0.0.1", parts.port or 80
        )
        await line._opened
        return line

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    def say(self, text: str) -> None:
        """Send a text frame."""
        self._send(TEXT, text.encode())

    def close(self) -> None:
        """End the connection properly."""
        if self._transport is not None:
            self._send(CLOSE, (1000).to_bytes(2, "big"))
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if not self._opened.done():
            self._opened.set_exception(LineClosed("closed while shaking hands"))
        self._ended(self._code)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        unread = self._unread + data if self._unread else data
        start = 0
        if not self._opened.done():
            head, found, unread = unread.partition(b"\r\n\r\n")
            if not found:
                self._unread = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._opened.set_exception(LineClosed(head.decode(errors="replace")))
                return
            self._opened.set_result(None)
        while (frame := _frame(unread, start)) is not None:
            opcode, begins, start = frame
            if opcode == TEXT:
                self._heard(unread[begins:start], now)
            elif opcode == PING:
                self._send(PONG, unread[begins:start])
            elif opcode == CLOSE:
                self._code = int.from_bytes(unread[begins : begins + 2], "big")
        self._unread = unread[start:]

    def _send(self, opcode: int, payload: bytes) -> None:
        if self._transport is None:
            raise LineClosed("the connection is gone")
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self._transport.write(bytes([0x80 | opcode]) + length + MASK + payload)


def _frame(data: bytes, start: int) -> tuple[int, int, int] | None:
    """The opcode of the frame at `start`, where its payload begins and where it ends; None while parts are missing."""
    if len(data) < start + 2:
        return None
    size, begins = data[start + 1], start + 2
    if size >= 126:
        width = 2 if size == 126 else 8
        size, begins = int.from_bytes(data[begins : begins + width], "big"), begins + width
    ends = begins + size
    return (data[start] & 15, begins, ends) if len(data) >= ends and len(data) >= begins else None
