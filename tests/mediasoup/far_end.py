"""The other end of a pipe, in the hands of a test: says what a worker would never say, when a worker never would."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from media.mediasoup.codec import Codec
from media.mediasoup.pipe import Pipe

MESSAGE = "FBS.Message.Message"
LIMIT = 5.0


class FarEnd:
    """Both ends of a pipe: `pipe` is the real thing, the methods are the worker's side."""

    def __init__(self, codec: Codec, *, request_timeout: float = LIMIT) -> None:
        self.codec = codec
        self.lost: list[str] = []
        down, self._requests = socket.socketpair()
        up, self.up = socket.socketpair()
        self._requests.setblocking(False)
        self.up.setblocking(False)
        self.pipe = Pipe(codec, down, up, request_timeout=request_timeout, on_lost=self.lost.append)
        self._received = b""

    async def message(self) -> dict[str, Any]:
        """The next message that came down."""
        async with asyncio.timeout(LIMIT):
            while len(self._received) < 4 or len(self._received) < 4 + int.from_bytes(self._received[:4], "little"):
                chunk = await asyncio.get_running_loop().sock_recv(self._requests, 1 << 20)
                assert chunk, "the pipe was closed"
                self._received += chunk
        size = int.from_bytes(self._received[:4], "little")
        frame, self._received = self._received[4 : 4 + size], self._received[4 + size :]
        data: dict[str, Any] = self.codec.decode(MESSAGE, frame)["data"]
        return data

    def frame(self, kind: str, data: dict[str, Any]) -> bytes:
        """A message that goes up, with its length."""
        buffer = self.codec.encode(MESSAGE, {"dataType": kind, "data": data})
        return len(buffer).to_bytes(4, "little") + buffer

    def accept(self, request: dict[str, Any], **body: Any) -> bytes:
        """A frame that accepts `request`."""
        return self.frame("Response", {"id": request["id"], "accepted": True, **body})

    async def send(self, frame: bytes) -> None:
        """Write `frame` and let the pipe read it."""
        await asyncio.get_running_loop().sock_sendall(self.up, frame)
        # A message of our own behind it: when that has arrived, so has `frame`.
        arrived = asyncio.Event()
        if not self.pipe.closed:
            self.pipe.subscribe("far end", lambda event, body: arrived.set())
            marker = self.frame("Notification", {"handlerId": "far end", "event": "WORKER_RUNNING"})
            await asyncio.get_running_loop().sock_sendall(self.up, marker)
            async with asyncio.timeout(LIMIT):
                while not arrived.is_set() and not self.pipe.closed:  # noqa: ASYNC110  a closed pipe sets no event
                    await asyncio.sleep(0)

    def close(self) -> None:
        self.pipe.close()
        self._requests.close()
        self.up.close()
