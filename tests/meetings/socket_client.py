"""A signalling client that speaks to the ASGI application itself, in the loop of the test."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from typing import Any, Self

import pytest

from meetings.protocol.codes import MESSAGES
from meetings.protocol.pushes import PUSHES
from meetings.protocol.requests import COMMON_CODES, REQUESTS

Json = dict[str, Any]

PATIENCE = 10.0


class Refused(AssertionError):
    """The answer to a request was a refusal."""

    def __init__(self, data: Json) -> None:
        super().__init__(data)
        self.event = data["event"]
        self.code = data["code"]
        self.details = data["details"]
        self.data = data


class Closed(AssertionError):
    """The server closed the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class SignallingSocket:
    """One socket. Everything that comes is held against the contract: unknown events, fields and codes fail a test."""

    def __init__(self, application: Any, scope: Json) -> None:
        self.scope = scope
        self.subprotocol: str | None = None
        self.closed_with: int | None = None
        self._in: asyncio.Queue[Json] = asyncio.Queue()
        self._out: asyncio.Queue[Json] = asyncio.Queue()
        self._pushes: deque[tuple[str, Json]] = deque()
        self._ids = itertools.count(1)
        self._reads = asyncio.Event()
        self._reads.set()
        self._in.put_nowait({"type": "websocket.connect"})
        self.running = asyncio.create_task(application(scope, self._in.get, self._receive))

    @classmethod
    async def open(
        cls,
        application: Any,
        *,
        ticket: str = "",
        session_key: str = "",
        origin: str | None = None,
        host: str = "localhost",
        subprotocols: list[str] | None = None,
    ) -> Self:
        """Open it, and wait until the server has accepted."""
        headers = [(b"host", host.encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        if session_key:
            headers.append((b"cookie", f"sessionid={session_key}".encode()))
        scope = {
            "type": "websocket",
            "path": "/ws/signaling/",
            "query_string": f"ticket={ticket}".encode() if ticket else b"",
            "headers": headers,
            "subprotocols": ["kcs.v1"] if subprotocols is None else subprotocols,
        }
        opened = cls(application, scope)
        accepted = await opened._next_message()
        assert accepted["type"] == "websocket.accept", accepted
        opened.subprotocol = accepted["subprotocol"]
        return opened

    async def ask(self, event: str, data: Json | None = None, *, answer: str = "") -> Json:
        """The data of the reply, which is the usual one unless `answer` names another. Raises Refused."""
        request_id = next(self._ids)
        self.send(json.dumps({"id": request_id, "event": event, "data": data or {}}))
        return await self.answer_to(request_id, event, answer=answer)

    def send(self, text: str) -> None:
        """Send one frame as it is."""
        self._in.put_nowait({"type": "websocket.receive", "text": text})

    def send_bytes(self, content: bytes) -> None:
        """Send one binary frame."""
        self._in.put_nowait({"type": "websocket.receive", "bytes": content})

    async def answer_to(self, request_id: Any, event: str, *, answer: str = "") -> Json:
        """The answer that carries this id; pushes on the way are kept. Raises Refused."""
        frame = await self.next_frame()
        while "id" not in frame:
            self._note_push(frame)
            frame = await self.next_frame()
        assert frame["id"] == request_id, f"expected the answer to {request_id}, got {frame}"
        if frame["event"] == "error":
            _check_refusal(frame["data"], event)
            raise Refused(frame["data"])
        request = REQUESTS[event]
        assert frame["event"] == (answer or request.reply)
        (request.instead[answer] if answer else request.answer).check(frame["data"], event)
        data: Json = frame["data"]
        return data

    async def push(self, event: str) -> Json:
        """The data of the next push of that name; others before it are passed over."""
        while True:
            while self._pushes:
                name, data = self._pushes.popleft()
                if name == event:
                    return data
            frame = await self.next_frame()
            assert "id" not in frame, f"waited for {event}, got {frame}"
            self._note_push(frame)

    async def pushes_so_far(self) -> list[str]:
        """The names of all pushes that came before the answer to a ping; those asked for are not among them."""
        await self.ask("ping")
        names = [name for name, _ in self._pushes]
        self._pushes.clear()
        return names

    async def refusal(self, code: str, event: str, data: Json | None = None) -> Refused:
        """Ask, and expect this code."""
        with pytest.raises(Refused) as refusal:
            await self.ask(event, data)
        refused = refusal.value
        assert refused.code == code, refused.data
        return refused

    def stop_reading(self) -> None:
        """Leave everything that comes from now on in the network, so that the server cannot send."""
        self._reads.clear()

    async def next_frame(self) -> Json:
        """The next frame of any kind. Raises Closed."""
        message = await self._next_message()
        if message["type"] == "websocket.close":
            self.closed_with = message["code"]
            raise Closed(message["code"])
        frame: Json = json.loads(message["text"])
        return frame

    async def drop(self) -> None:
        """Break off without a word, and wait until the server has cleaned up."""
        if not self.running.done():
            self._in.put_nowait({"type": "websocket.disconnect", "code": 1006})
        await asyncio.wait([self.running], timeout=PATIENCE)
        assert self.running.done()
        if not self.running.cancelled():
            self.running.result()

    async def cancel(self) -> None:
        """What daphne does to sockets when it stops."""
        self.running.cancel()
        await asyncio.wait([self.running], timeout=PATIENCE)
        assert self.running.done()

    async def _receive(self, message: Json) -> None:
        await self._reads.wait()
        self._out.put_nowait(message)

    async def _next_message(self) -> Json:
        getting = asyncio.ensure_future(self._out.get())
        await asyncio.wait([getting, self.running], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if getting.done():
            return getting.result()
        getting.cancel()
        if self.running.done():
            self.running.result()
            raise AssertionError("the socket's application ended")
        raise AssertionError(f"nothing came within {PATIENCE:g} s")

    def _note_push(self, frame: Json) -> None:
        assert frame["event"] in PUSHES, frame
        PUSHES[frame["event"]].data.check(frame["data"], frame["event"])
        self._pushes.append((frame["event"], frame["data"]))


def _check_refusal(data: Json, event: str) -> None:
    assert data["event"] == event
    assert data["message"] == MESSAGES[data["code"]]
    assert data["details"]
    if event in REQUESTS:
        assert data["code"] in (*REQUESTS[event].codes, *COMMON_CODES), f"{event} does not list {data['code']}"
