"""Who hears what happens in which meeting, over a layer that can be made to fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer

from meetings import audience as module
from meetings.audience import Audience, Told, group_of
from tests.live.waiting import eventually

ONE, OTHER = "one", "other"


class MoodyLayer(InMemoryChannelLayer):  # type: ignore[misc]  # Channels has no types
    """The layer in memory, which on demand does not answer who enters a group, loses what is sent first, or breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.silent_about = ""
        self.asked = False
        self.loses = 0
        self.loses_of = ""
        self.lost = 0
        self.broken = asyncio.Event()

    async def group_add(self, group: str, channel: str) -> None:
        if group == self.silent_about:
            self.asked = True
            await asyncio.Event().wait()
        await super().group_add(group, channel)

    async def group_send(self, group: str, message: Any) -> None:
        if group == self.loses_of:
            self.lost += 1
            return
        if self.loses:
            self.loses -= 1
            return
        await super().group_send(group, message)

    async def receive(self, channel: str) -> Any:
        waiting = [asyncio.ensure_future(super().receive(channel)), asyncio.ensure_future(self.broken.wait())]
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        if self.broken.is_set():
            self.broken.clear()
            raise ConnectionError("the layer is gone")
        return done.pop().result()


class Hearer:
    def __init__(self) -> None:
        self.told: list[Told] = []
        self.deaf = 0

    def hear(self, told: Sequence[Told]) -> None:
        self.told.extend(told)

    def deafen(self) -> None:
        self.deaf += 1

    async def hears(self) -> list[Told]:
        """What it was told, once that is something."""
        return await eventually("somebody is told of it", lambda: self.told or None)


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> MoodyLayer:
    layer = MoodyLayer()
    monkeypatch.setattr(module, "get_channel_layer", lambda: layer)
    return layer


@pytest.fixture
async def audience(layer: MoodyLayer) -> AsyncIterator[Audience]:
    audience = Audience()
    yield audience
    await audience.close()


def fact(meeting: str, *each: str) -> dict[str, Any]:
    return {
        "type": "meeting.fact",
        "meeting": meeting,
        "event": "participant-joined",
        "each": [{"participantId": one} for one in each],
    }


async def test_all_of_a_meeting_hear_it_in_frames_that_are_written_once(layer: MoodyLayer, audience: Audience) -> None:
    first, second, elsewhere = Hearer(), Hearer(), Hearer()
    await audience.add(group_of(ONE), first)
    await audience.add(group_of(ONE), second)
    await audience.add(group_of(OTHER), elsewhere)
    await layer.group_send(group_of(ONE), fact(ONE, "alice", "bob"))
    await second.hears()
    assert first.told == second.told
    assert [frame.text for frame in first.told[0].frames] == [
        '{"event":"participant-joined","data":{"participantId":"alice"}}',
        '{"event":"participant-joined","data":{"participantId":"bob"}}',
    ]
    assert first.told[0].frames is second.told[0].frames
    assert not elsewhere.told


async def test_whoever_has_gone_hears_no_more(layer: MoodyLayer, audience: Audience) -> None:
    stays, goes = Hearer(), Hearer()
    for one in (stays, goes):
        await audience.add(group_of(ONE), one)
    await audience.remove(group_of(ONE), goes)
    await layer.group_send(group_of(ONE), fact(ONE, "alice"))
    await stays.hears()
    assert not goes.told
    await audience.remove(group_of(ONE), stays)
    assert not layer.groups.get(group_of(ONE)), "the last who goes leaves the group"


async def test_one_hears_only_once_the_layer_delivers(layer: MoodyLayer, audience: Audience) -> None:
    """Redis may take what is sent to a group before it has begun to deliver what is sent there."""
    layer.loses = 1
    hearer = Hearer()
    await audience.add(group_of(ONE), hearer)
    assert layer.loses == 0
    await layer.group_send(group_of(ONE), fact(ONE, "alice"))
    await hearer.hears()


async def test_a_meeting_of_which_the_layer_says_nothing_keeps_no_other_waiting(
    layer: MoodyLayer, audience: Audience
) -> None:
    layer.silent_about = group_of(OTHER)
    waiting = asyncio.create_task(audience.add(group_of(OTHER), Hearer()))
    await eventually("the layer is asked", lambda: layer.asked or None)
    hearer = Hearer()
    async with asyncio.timeout(2):
        await audience.add(group_of(ONE), hearer)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.wait([waiting])


async def test_one_meeting_that_delivers_is_not_taken_for_another(layer: MoodyLayer, audience: Audience) -> None:
    """Two enter at once; what is said in the one is lost for a while, and heard in the other."""
    first, second = Hearer(), Hearer()
    layer.loses_of = group_of(ONE)
    entering = asyncio.create_task(audience.add(group_of(ONE), first))
    await eventually("something of the one is lost", lambda: layer.lost or None)
    await audience.add(group_of(OTHER), second)
    lost = layer.lost
    await eventually("it is said again", lambda: layer.lost > lost or None)
    assert not entering.done()
    layer.loses_of = ""
    await entering
    for meeting, hearer in ((ONE, first), (OTHER, second)):
        await layer.group_send(group_of(meeting), fact(meeting, "alice"))
        await hearer.hears()


async def test_when_the_layer_breaks_all_are_told_that_they_hear_nothing(layer: MoodyLayer, audience: Audience) -> None:
    first, second = Hearer(), Hearer()
    await audience.add(group_of(ONE), first)
    await audience.add(group_of(OTHER), second)
    layer.broken.set()
    await eventually("both are told", lambda: (first.deaf == second.deaf == 1) or None)
    again = Hearer()
    await audience.add(group_of(ONE), again)
    await layer.group_send(group_of(ONE), fact(ONE, "alice"))
    await again.hears()
    assert not first.told
