"""Participants with a camera, a microphone, and eyes and ears: bots on the link."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import cast

from meetings.bot.media import BotMedia
from meetings.bot.picture import MovingPicture
from meetings.bot.received import ReceivedAudio, ReceivedVideo
from meetings.bot.signalling import SignallingClient
from meetings.bot.tone import Tone

from .people import Json, Person, until

HERTZ = 450


class Wire:
    """The bot's signalling, straight into the link."""

    def __init__(self, person: Person) -> None:
        self._person = person

    async def request(self, event: str, data: Json) -> Json:
        return await self._person.peer.call(event, data)


class Attendee:
    """A person with a camera, a microphone, and eyes and ears."""

    def __init__(self, person: Person, stack: AsyncExitStack) -> None:
        self.person = person
        self.picture, self.tone = MovingPicture(), Tone(HERTZ)
        self._media = BotMedia(cast(SignallingClient, Wire(person)), person.meeting)
        self.stack = stack
        stack.push_async_callback(self._media.close)
        stack.callback(self.picture.stop)
        stack.callback(self.tone.stop)

    async def join(self, **data: bool) -> None:
        reply = await self.person.join(**data)
        await self._media.load(reply["rtpCapabilities"])
        await self._media.create_transport("send")
        await self._media.create_transport("recv")

    async def send(self) -> tuple[str, str]:
        """Camera and microphone on; their producers."""
        camera = await self._media.produce(self.picture, "camera")
        self.sent = (camera, await self._media.produce(self.tone, "mic"))
        return self.sent

    async def watch(self, producer_id: str) -> ReceivedVideo:
        received = ReceivedVideo()
        await self._attend(producer_id, received)
        return received

    async def listen(self, producer_id: str) -> ReceivedAudio:
        received = ReceivedAudio()
        await self._attend(producer_id, received)
        return received

    async def _attend(self, producer_id: str, received: ReceivedVideo | ReceivedAudio) -> None:
        _, track = await self._media.consume(producer_id)
        watching = asyncio.create_task(received.watch(track))
        self.stack.callback(watching.cancel)


async def more_frames(received: ReceivedVideo | ReceivedAudio, count: int) -> None:
    seen = received.frames
    await until(lambda: received.frames >= seen + count, f"{count} more frames", patience=20)
