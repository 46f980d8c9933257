"""One STUN request and its answer at a time, over UDP, TCP or TLS."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, cast

from media.doctor import stun

# As RFC 8489 has it, but quicker: whoever is asked is near, and a person waits.
FIRST_RETRANSMISSION = 0.2
MOST_RETRANSMISSION = 0.8


IsAnswer = Callable[[bytes], bool]


class Wire(Protocol):
    """A way to somebody who speaks STUN. One question at a time."""

    async def ask(self, request: bytes, is_answer: IsAnswer | None = None) -> bytes:
        """The answer to a request: what has its transaction id, unless `is_answer` knows better.

        Waits for as long as it takes; raises OSError when there can be none.
        """


@asynccontextmanager
async def udp_wire(host: str, port: int) -> AsyncIterator[Wire]:
    """Over UDP. Raises OSError when the name is unknown or the address cannot be sent to."""
    loop = asyncio.get_running_loop()
    transport, wire = await loop.create_datagram_endpoint(_UdpWire, remote_addr=(host, port))
    try:
        yield wire
    finally:
        transport.close()


@asynccontextmanager
async def tcp_wire(
    host: str, port: int, *, framed: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Wire]:
    """Over TCP, or TLS. `framed` puts the length before each message, as ICE over TCP does (RFC 4571, RFC 6544).

    Raises OSError when there is no connection.
    """
    reader, writer = await asyncio.open_connection(host, port, ssl=tls)
    try:
        yield _TcpWire(reader, writer, framed)
    finally:
        writer.transport.abort()


class _UdpWire(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self._answer: asyncio.Future[bytes] | None = None
        self._is_answer: IsAnswer = bool
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own one is no subclass of it.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self._answer is not None and not self._answer.done() and self._is_answer(data):
            self._answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc)

    async def ask(self, request: bytes, is_answer: IsAnswer | None = None) -> bytes:
        assert self._transport is not None
        self._is_answer = is_answer or _same_transaction(request)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._answer = answer
        wait = FIRST_RETRANSMISSION
        try:
            while not answer.done():
                self._transport.sendto(request)
                await asyncio.wait([answer], timeout=wait)
                wait = min(2 * wait, MOST_RETRANSMISSION)
            return answer.result()
        finally:
            self._answer = None


class _TcpWire:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, framed: bool) -> None:
        self._reader, self._writer, self._framed = reader, writer, framed

    async def ask(self, request: bytes, is_answer: IsAnswer | None = None) -> bytes:
        is_answer = is_answer or _same_transaction(request)
        self._writer.write(struct.pack("!H", len(request)) + request if self._framed else request)
        await self._writer.drain()
        try:
            while not is_answer(message := await self._read()):
                pass
        except asyncio.IncompleteReadError:
            raise ConnectionResetError("It hung up without an answer") from None
        return message

    async def _read(self) -> bytes:
        if self._framed:
            return await self._reader.readexactly(struct.unpack("!H", await self._reader.readexactly(2))[0])
        header = await self._reader.readexactly(stun.HEADER)
        return header + await self._reader.readexactly(struct.unpack_from("!H", header, 2)[0])


def _same_transaction(request: bytes) -> IsAnswer:
    return lambda data: data[8 : stun.HEADER] == request[8 : stun.HEADER]
