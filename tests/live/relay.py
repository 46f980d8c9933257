"""A wire between browser and server that can be delayed, cut, silenced and read.

Pages and REST calls pass through untouched. Only connections that ask for the signalling socket are subject to
what the relay does, so that a fault of the socket is nothing but that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.live.wire import FrameCutter

Message = dict[str, Any]
UP, DOWN = "up", "down"


@dataclass(frozen=True, slots=True)
class Seen:
    """One signalling message at the relay: `at` is when it arrived here (monotonic seconds), before any delay."""

    at: float
    direction: str
    message: Message


class SignallingRelay:
    """Listens on a free port of 127.0.0.1 and passes everything on to the server's port.

    `delay` seconds are added to each signalling message in each direction (the handshake included). `cut()`
    breaks all signalling sockets and refuses new ones until `mend()`. `silence()` swallows nothing but lets
    nothing through either, as a dead radio does, until `mend()`. `hold_back`, when set, is asked about each
    message from the browser: those it says True to stay here until `let_go()`. `seen` keeps every message.
    """

    def __init__(self, server_port: int, *, delay: float = 0.0) -> None:
        self.delay = delay
        self.seen: list[Seen] = []
        self.hold_back: Callable[[Message], bool] | None = None
        self.sockets_opened = 0
        self.sockets_refused = 0
        self._server_port = server_port
        self._refusing = False
        self._audible = asyncio.Event()
        self._audible.set()
        self._nothing_held = asyncio.Event()
        self._nothing_held.set()
        self._server: asyncio.Server | None = None
        self._sockets: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def base_url(self) -> str:
        """What browsers behind this relay open instead of the server's own address."""
        return f"http://localhost:{self.port}"

    @property
    def open_sockets(self) -> int:
        return len(self._sockets)

    def cut(self) -> None:
        """Break every signalling socket at once and refuse new ones."""
        self._refusing = True
        for pair in list(self._sockets):
            pair.abort()

    def silence(self) -> None:
        """Let nothing through any more, in either direction; connections stay."""
        self._audible.clear()

    def mend(self) -> None:
        """End `cut` and `silence`."""
        self._refusing = False
        self._audible.set()

    def let_go(self) -> None:
        """Let through what `hold_back` kept, and hold nothing back any more."""
        self.hold_back = None
        self._nothing_held.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._relay(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # either end went away: so does the other
        except asyncio.CancelledError:
            # Only `__aexit__` cancels, and asyncio's stream server reports a cancelled handler as an error.
            pass
        finally:
            writer.close()
            self._writers.discard(writer)
            self._tasks.discard(task)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        signalling = head.startswith(b"GET /ws/")
        if signalling and self._refusing:
            self.sockets_refused += 1
            return
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers.add(up_writer)
        try:
            if signalling:
                await self._relay_signalling(_Pair(reader, writer, up_reader, up_writer), head)
            else:
                up_writer.write(head)
                await _either(_copy(reader, up_writer), _copy(up_reader, writer))
        finally:
            up_writer.close()
            self._writers.discard(up_writer)

    async def _relay_signalling(self, pair: _Pair, head: bytes) -> None:
        # Without extensions there is no compression, and frames can be read.
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"sec-websocket-extensions")]
        self.sockets_opened += 1
        self._sockets.add(pair)
        try:
            await asyncio.sleep(self.delay)
            pair.up_writer.write(b"\r\n".join(lines))
            answer = await pair.up_reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(self.delay)
            pair.writer.write(answer)
            await _either(
                self._carry(pair.reader, pair.up_writer, UP),
                self._carry(pair.up_reader, pair.writer, DOWN),
            )
        finally:
            self._sockets.discard(pair)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: str) -> None:
        """Carry frames one way: read at once, write each when its time has come, in order."""
        cutter = FrameCutter()
        queue: asyncio.Queue[tuple[float, bytes, bool]] = asyncio.Queue()
        writing = asyncio.create_task(self._write_when_due(queue, writer))
        try:
            while data := await reader.read(65_536):
                now = time.monotonic()
                for frame in cutter.feed(data):
                    message = frame.message
                    held = False
                    if message is not None:
                        self.seen.append(Seen(now, direction, message))
                        held = direction == UP and self.hold_back is not None and self.hold_back(message)
                    if held:
                        self._nothing_held.clear()
                    queue.put_nowait((now + self.delay, frame.raw, held))
            queue.put_nowait((0.0, b"", False))
            await writing
        finally:
            writing.cancel()

    async def _write_when_due(
        self, queue: asyncio.Queue[tuple[float, bytes, bool]], writer: asyncio.StreamWriter
    ) -> None:
        while True:
            due, raw, held = await queue.get()
            if not raw:
                return
            if held:
                await self._nothing_held.wait()
            await asyncio.sleep(due - time.monotonic())
            await self._audible.wait()
            writer.write(raw)
            await writer.drain()


@dataclass(eq=False, slots=True)
class _Pair:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    up_reader: asyncio.StreamReader
    up_writer: asyncio.StreamWriter

    def abort(self) -> None:
        """Break both halves without a close frame, as a dead access point does."""
        self.writer.transport.abort()
        self.up_writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()


async def _either(*directions: Any) -> None:
    """Run both directions until one of them ends."""
    tasks = [asyncio.create_task(direction) for direction in directions]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
