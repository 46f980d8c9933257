"""The watch over the channel layer: what counts as lost, and what only as late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from media.incident_log import incident_log
from media.models import Incident
from meetings.database import in_database
from meetings.layer_watch import LayerWatch
from meetings.signalling.session import DEAF_CODE
from tests.live.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


class FailingLayer:
    """A layer that loses what it is given, refuses it, or keeps it for a while."""

    def __init__(self) -> None:
        self.mood = "well"
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._kept: list[Any] = []

    async def new_channel(self) -> str:
        return "mine"

    async def send(self, channel: str, message: Any) -> None:
        if self.mood == "refuses":
            raise ConnectionError("no layer")
        if self.mood == "keeps":
            self._kept.append(message)
        if self.mood == "well":
            for one in (*self._kept, message):
                self._queue.put_nowait(one)
            self._kept.clear()

    async def receive(self, channel: str) -> Any:
        return await self._queue.get()


class Participation:
    def __init__(self) -> None:
        self.meeting_id, self.participant_id = uuid4(), uuid4()


class Socket:
    def __init__(self) -> None:
        self.participation = Participation()
        self.closed_with: list[int] = []

    def hang_up(self, code: int) -> None:
        self.closed_with.append(code)


@pytest.fixture
def layer() -> FailingLayer:
    return FailingLayer()


@pytest.fixture
async def socket(layer: FailingLayer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Socket]:
    """A socket that is watched over."""
    monkeypatch.setattr("meetings.layer_watch.BEAT_SECONDS", 0.02)
    monkeypatch.setattr("meetings.layer_watch.LATE_SECONDS", 0.1)
    monkeypatch.setattr("meetings.layer_watch.get_channel_layer", lambda: layer)
    watch, socket = LayerWatch(), Socket()
    watch.begin(socket)  # type: ignore[arg-type]  # what is used of a session
    yield socket
    await watch.close()


async def over() -> Incident | None:
    await incident_log().finish()
    return await in_database(lambda: Incident.objects.filter(ended_at__isnull=False).first())


@pytest.mark.parametrize("mood", ["refuses", "loses"])
async def test_what_was_lost_closes_the_sockets_once_the_layer_is_back(
    layer: FailingLayer, socket: Socket, mood: str
) -> None:
    layer.mood = mood
    await eventually("the outage is written", lambda: in_database(Incident.objects.exists))
    assert socket.closed_with == []
    layer.mood = "well"
    await eventually("the socket is closed", lambda: socket.closed_with)
    assert socket.closed_with == [DEAF_CODE]
    incident = await eventually("the outage is over", over)
    assert incident.kind == "layer-lost"
    assert incident.participants == [str(socket.participation.participant_id)]


async def test_what_is_only_late_closes_none(layer: FailingLayer, socket: Socket) -> None:
    layer.mood = "keeps"
    await eventually("the outage is written", lambda: in_database(Incident.objects.exists))
    layer.mood = "well"
    incident = await eventually("the outage is over", over)
    assert socket.closed_with == []
    assert incident.participants == []
