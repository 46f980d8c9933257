"""Somebody in the meeting, over one connection: in the words of our contract, or in those of socket.io."""

from __future__ import annotations

import asyncio
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypedDict

from bench.people.line import Line, LineClosed
from meetings.bot.signalling import SUBPROTOCOL

JsonObject = dict[str, Any]
PATIENCE = 60.0


class Door(TypedDict):
    """A way into the meeting, through one process. `contract` is whose words are spoken there: kcs or socket.io."""

    contract: str
    url: str
    origin: str
    meetingId: str


class Member(ABC):
    """`got` is called with the member's number, every message that arrives as it is, and when."""

    # What every frame with a message begins with.
    MESSAGE: bytes

    def __init__(self, number: int, got: Callable[[int, bytes, float], None]) -> None:
        self.number = number
        self.participant_id = ""
        self.others_told = 0
        self._got = got
        self._line: Line | None = None
        self._next_id = 1
        self._answers: dict[int, asyncio.Future[JsonObject]] = {}

    @property
    def is_there(self) -> bool:
        return self._line is not None and self._line.is_open

    async def come_in(self, door: Door, name: str, *, host: bool) -> None:
        """Connect and join."""
        async with asyncio.timeout(PATIENCE):
            self._line = await self._open(door)
            self.participant_id = await self._join(door["meetingId"], name, host=host)

    async def write(self, message: JsonObject) -> None:
        """Send a message and wait until the server has it."""
        async with asyncio.timeout(PATIENCE):
            await self.ask("send-message", message)

    async def ask(self, event: str, data: JsonObject) -> JsonObject:
        """Send a request, and hear its answer."""
        assert self._line is not None
        number, self._next_id = self._next_id, self._next_id + 1
        answer: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        self._line.say(self._framed(number, event, data))
        return await answer

    def _ended(self, code: int) -> None:
        for answer in self._answers.values():
            answer.set_exception(LineClosed(f"the server closed with {code}"))
        self._answers.clear()

    def leave(self) -> None:
        """Go without a word."""
        if self._line is not None:
            self._line.close()

    def _heard(self, text: bytes, at: float) -> None:
        if text.startswith(self.MESSAGE):
            self._got(self.number, text, at)
        else:
            self._heard_else(text)

    def _answered(self, number: int, data: JsonObject) -> None:
        self._answers.pop(number).set_result(data)

    @abstractmethod
    async def _open(self, door: Door) -> Line:
        """Connect, up to where requests can be sent."""

    @abstractmethod
    async def _join(self, meeting: str, name: str, *, host: bool) -> str:
        """Come in. The participant's id."""

    @abstractmethod
    def _framed(self, number: int, event: str, data: JsonObject) -> str:
        """A request as it is sent."""

    @abstractmethod
    def _heard_else(self, text: bytes) -> None:
        """Something arrived that is no message."""

    @staticmethod
    @abstractmethod
    def message_in(text: bytes) -> JsonObject:
        """The message in a frame with one."""


class OurMember(Member):
    """As docs/signalling.md has it."""

    MESSAGE = b'{"event":"new-message"'

    async def _open(self, door: Door) -> Line:
        return await Line.open(door["url"], self._heard, self._ended, origin=door["origin"], protocol=SUBPROTOCOL)

    async def _join(self, meeting: str, name: str, *, host: bool) -> str:
        joined = await self.ask("join-meeting", {"meetingId": meeting, "displayName": name})
        assert (joined["role"] == "host") == host, joined["role"]
        return str(joined["participantId"])

    def _framed(self, number: int, event: str, data: JsonObject) -> str:
        return json.dumps({"id": number, "event": event, "data": data})

    def _heard_else(self, text: bytes) -> None:
        if text.startswith(b'{"event":"participant-joined"'):
            self.others_told += 1
        elif text.startswith(b'{"id":'):
            frame = json.loads(text)
            if frame["event"] == "error":
                self._answers.pop(frame["id"]).set_exception(AssertionError(f"refused: {frame['data']}"))
            else:
                self._answered(frame["id"], frame["data"])

    @staticmethod
    def message_in(text: bytes) -> JsonObject:
        data: JsonObject = json.loads(text)["data"]
        return data


class SocketIoMember(Member):
    """Over socket.io's protocol, version 5, in WebSocket frames of Engine.IO 4."""

    MESSAGE = b'42["new-message"'

    def __init__(self, number: int, got: Callable[[int, bytes, float], None]) -> None:
        super().__init__(number, got)
        self._connected = asyncio.get_running_loop().create_future()

    async def _open(self, door: Door) -> Line:
        self._line = await Line.open(door["url"], self._heard, self._ended)
        await self._connected
        return self._line

    async def _join(self, meeting: str, name: str, *, host: bool) -> str:
        wish = {"meetingId": meeting, "displayName": name, "role": "host" if host else "guest"}
        joined = await self.ask("join-meeting", wish)
        return str(joined["participantId"])

    def _framed(self, number: int, event: str, data: JsonObject) -> str:
        return f"42{number}{json.dumps([event, data])}"

    def _heard_else(self, text: bytes) -> None:
        if text.startswith(b'42["participant-joined"'):
            self.others_told += 1
        elif text.startswith(b"43"):
            number, data = text[2:].split(b"[", 1)
            self._answered(int(number), json.loads(b"[" + data)[0])
        elif text == b"2":
            assert self._line is not None
            self._line.say("3")
        elif text.startswith(b"40"):
            self._connected.set_result(None)
        elif text.startswith(b"0"):
            asyncio.get_running_loop().call_soon(self._greet)

    def _greet(self) -> None:
        if self._line is None:
            asyncio.get_running_loop().call_soon(self._greet)
        else:
            self._line.say("40")

    @staticmethod
    def message_in(text: bytes) -> JsonObject:
        data: JsonObject = json.loads(text[2:])[1]
        return data


MEMBERS: dict[str, type[Member]] = {"kcs": OurMember, "socket.io": SocketIoMember}


def now() -> float:
    """What all processes of a machine have in common."""
    return time.perf_counter()
