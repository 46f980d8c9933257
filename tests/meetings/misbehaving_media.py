"""A media client that fails on demand, for faults that the real one cannot be made to have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from media.client import get_media_client

Json = dict[str, Any]
Fault = Callable[[], Awaitable[Json]]


class MisbehavingMedia:
    """The real client, but for the verbs in `faults`, which do what stands there."""

    def __init__(self) -> None:
        self.faults: dict[str, Fault] = {}
        self._tell: dict[str, Callable[[str, Json], None]] = {}
        self._client = get_media_client()

    def peer(self, meeting: str, participant: str, on_event: Callable[[str, Json], None]) -> Any:
        self._tell[participant] = on_event
        return MisbehavingPeer(self, self._client.peer(meeting, participant, on_event))

    def tell(self, participant: str, event: str, data: Json) -> None:
        """Push something to a participant, now."""
        self._tell[participant](event, data)

    async def call(self, verb: str, meeting: str, participant: str, data: Json) -> Json:
        return await self._client.call(verb, meeting, participant, data)


class MisbehavingPeer:
    """A peer of `MisbehavingMedia`."""

    def __init__(self, media: MisbehavingMedia, peer: Any) -> None:
        self._media = media
        self._peer = peer

    async def call(self, verb: str, data: Json | None = None) -> Json:
        if fault := self._media.faults.get(verb):
            return await fault()
        answer: Json = await self._peer.call(verb, data)
        return answer

    def forget(self) -> None:
        self._peer.forget()


def raising(error: Exception) -> Fault:
    """Raise it."""

    async def fault() -> Json:
        raise error

    return fault


def silent_until(event: asyncio.Event, then: Json) -> Fault:
    """Answer `then` once the event is set."""

    async def fault() -> Json:
        await event.wait()
        return then

    return fault
