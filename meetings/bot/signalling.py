"""The signalling contract's client side, over one WebSocket."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from meetings.bot.errors import BotError, ContractBroken, RequestRefused, SignallingClosed

JsonObject = dict[str, Any]

SUBPROTOCOL = Subprotocol("kcs.v1")


class SignallingClient:
    """One signalling socket.

    `request` sends an event and returns the data of its one reply. Pushes wait in order for `next_push`. When
    the socket ends, all that is pending and all that comes later raises SignallingClosed.
    """

    def __init__(self, connection: ClientConnection) -> None:
        """Use `open`; this only takes over a connection that is already open."""
        self._connection = connection
        self._ids = itertools.count(1)
        self._pending: dict[int, tuple[str, asyncio.Future[tuple[str, JsonObject]]]] = {}
        self._pushes: asyncio.Queue[tuple[str, JsonObject] | None] = asyncio.Queue()
        self._ended: BotError | None = None
        self._reading = asyncio.create_task(self._read(), name="bot signalling")

    @classmethod
    async def open(cls, url: str, *, origin: str, within: float = 10.0) -> Self:
        """Open the socket. Raises SignallingClosed when the server does not let us in."""
        try:
            connection = await connect(
                url,
                origin=Origin(origin),
                subprotocols=[SUBPROTOCOL],
                open_timeout=within,
                max_size=2**20,
                compression=None,
                proxy=None,
            )
        except ConnectionClosed as closed:
            raise _ending(closed) from None
        if connection.subprotocol != SUBPROTOCOL:
            await connection.close()
            raise ContractBroken(f"the server chose the subprotocol {connection.subprotocol!r}")
        return cls(connection)

    @property
    def closed(self) -> bool:
        return self._ended is not None

    async def request(self, event: str, data: JsonObject | None = None, *, within: float = 10.0) -> JsonObject:
        """Send `event` and return its reply's data.

        Raises RequestRefused when the server refuses, SignallingClosed when the socket ends first, TimeoutError
        after `within` seconds without an answer.
        """
        return (await self.exchange(event, data, within=within))[1]

    async def exchange(
        self, event: str, data: JsonObject | None = None, *, within: float = 10.0
    ) -> tuple[str, JsonObject]:
        """Like `request`, with the name of the reply beside its data."""
        request_id = next(self._ids)
        answer: asyncio.Future[tuple[str, JsonObject]] = asyncio.get_running_loop().create_future()
        self._pending[request_id] = (event, answer)
        try:
            await self.send_text(json.dumps({"id": request_id, "event": event, "data": data or {}}))
            async with asyncio.timeout(within):
                return await answer
        finally:
            self._pending.pop(request_id, None)

    async def send_text(self, text: str) -> None:
        """Send one frame as it is, well-formed or not."""
        if self._ended is not None:
            raise self._ended
        try:
            await self._connection.send(text)
        except ConnectionClosed as closed:
            raise _ending(closed) from None

    async def next_push(self) -> tuple[str, JsonObject]:
        """The next push, `(event, data)`. Waits for one; raises SignallingClosed when none can come any more."""
        push = await self._pushes.get()
        if push is None:
            self._pushes.put_nowait(None)
            assert self._ended is not None
            raise self._ended
        return push

    async def close(self) -> None:
        """Close the socket properly. Closing twice is fine."""
        await self._connection.close()
        await asyncio.wait([self._reading])

    async def kill(self) -> None:
        """Break the connection without a word, as a crash or a pulled cable does."""
        self._connection.transport.abort()
        await asyncio.wait([self._reading])

    async def _read(self) -> None:
        ended: BotError = SignallingClosed(1006)
        try:
            async for text in self._connection:
                self._take(json.loads(text))
            ended = SignallingClosed(self._connection.close_code or 1006, self._connection.close_reason or "")
        except ConnectionClosed as closed:
            ended = _ending(closed)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            ended = ContractBroken(f"cannot read what the server sent: {error!r}")
            self._connection.transport.abort()
        finally:
            self._ended = ended
            for _, answer in self._pending.values():
                if not answer.done():
                    answer.set_exception(ended)
            self._pushes.put_nowait(None)

    def _take(self, frame: JsonObject) -> None:
        event, data = frame["event"], frame.get("data") or {}
        if "id" not in frame:
            self._pushes.put_nowait((event, data))
            return
        waiting = self._pending.pop(frame["id"], None)
        if waiting is None:
            return  # the answer to a request that timed out
        asked, answer = waiting
        if answer.done():
            return
        if event == "error":
            answer.set_exception(
                RequestRefused(asked, data.get("code", ""), data.get("message", ""), data.get("details", ""))
            )
        else:
            answer.set_result((event, data))


def _ending(closed: ConnectionClosed) -> SignallingClosed:
    if closed.rcvd is None:
        return SignallingClosed(1006)
    return SignallingClosed(closed.rcvd.code, closed.rcvd.reason)
