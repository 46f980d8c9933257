"""Participants, as the web side would be them: the real client on a real link, and everything that was pushed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from media.client import MediaClient
from media.errors import MediaError
from media.link.frames import MEDIA_STEP
from media.media_peer import MediaPeer

from . import rtp

Json = dict[str, Any]

# Generous: the machine may be busy with other tests.
PATIENCE = 30.0


class Person:
    """A participant who remembers every push, in order, as (event, data); `steps` are what only their web process is
    told.
    """

    def __init__(self, client: MediaClient, meeting: str, name: str) -> None:
        self.name = name
        self.meeting = meeting
        self.events: list[tuple[str, Json]] = []
        self.steps: list[Json] = []
        self._arrived = asyncio.Event()
        self.peer: MediaPeer = client.peer(meeting, name, self._pushed)

    def _pushed(self, event: str, data: Json) -> None:
        if event == MEDIA_STEP:
            self.steps.append(data)
        else:
            self.events.append((event, data))
        self._arrived.set()

    async def call(self, verb: str, **data: Any) -> Json:
        return await self.peer.call(verb, data, timeout=PATIENCE)

    async def join(self, **data: Any) -> Json:
        return await self.call("join-meeting", **data)

    async def fast_join(self, capabilities: Json, **data: Any) -> Json:
        return await self.join(rtpCapabilities=capabilities, dtlsParameters=rtp.DTLS, **data)

    async def send(self, source: str, **more: Any) -> str:
        """Produce from a source; the producer's id."""
        audio = source in ("mic", "screen-audio")
        kind, parameters = ("audio", rtp.microphone()) if audio else ("video", rtp.camera())
        reply = await self.call("produce", kind=kind, source=source, rtpParameters=parameters, **more)
        return str(reply["producerId"])

    async def refused(self, verb: str, code: str, **data: Any) -> MediaError:
        """The refusal of a call that must be refused with `code`."""
        with pytest.raises(MediaError) as refusal:
            await self.call(verb, **data)
        assert refusal.value.code == code, refusal.value
        return refusal.value

    def told(self, event: str) -> list[Json]:
        """The data of every such push so far."""
        return [data for name, data in self.events if name == event]

    async def hears(self, event: str, count: int = 1) -> Json:
        """Wait for the `count`th such push, and give its data."""
        await self.sees(lambda: len(self.told(event)) >= count, f"{event} for {self.name}; there was {self.events}")
        return self.told(event)[count - 1]

    async def sees(self, condition: Callable[[], bool], what: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._arrived.clear()
                try:
                    await self._arrived.wait()
                except asyncio.CancelledError:
                    raise AssertionError(f"waited in vain for {what}") from None


async def until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for a condition that nothing announces."""
    deadline = asyncio.get_running_loop().time() + patience
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.01)
