"""`python -m meetings.bot.echo`: the bot that talks back to whoever called it.

A line of JSON on standard input says where to: `{url, socketPath, ticket, meetingId, inviter}`. On standard output it
says `{"event": "joined"}` and in the end `{"event": "left", "because": …}`. When standard input ends, it leaves.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import dataclass
from typing import Any

from meetings.bot.echoing import DelayedSound, MirroredPicture
from meetings.bot.participant import BotParticipant
from meetings.bot.received import Receiver
from meetings.bot.signalling import JsonObject
from meetings.bot.site import JoinTicket, Site

STAYS_SECONDS = 120.0
GOODBYE_SECONDS = 3.0
SOURCES = ("mic", "camera")


@dataclass(frozen=True, slots=True)
class Order:
    """Where to go, and who called."""

    site: Site
    ticket: JoinTicket
    inviter: str

    @classmethod
    def read(cls, line: bytes) -> Order:
        """From the line on standard input."""
        said: dict[str, Any] = json.loads(line)
        site = Site(said["url"])
        ticket = JoinTicket(said["meetingId"], site.socket_url(said["socketPath"], said["ticket"]))
        return cls(site, ticket, said["inviter"])


class Echo:
    """One stay. `why` says, once `over` is set, why it is over."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._sound, self._picture = DelayedSound(), MirroredPicture()
        self._bot = BotParticipant(
            order.site,
            order.ticket.meeting_id,
            display_name="Echo",
            picture=self._picture,
            tone=self._sound,
            join_ticket=order.ticket,
            receiver=self._receiver,
            may_follow=self._is_theirs,
            small_pictures=True,
        )
        self._bot.on_push = self._hear_of
        self.over = asyncio.Event()
        self.why = "two minutes are over"

    async def stay(self, said_to_leave: asyncio.Event) -> None:
        """Join, talk back until it is over, and leave."""
        joined = await self._bot.join()
        _say({"event": "joined"})
        people = {person["participantId"] for person in joined["participants"]} - {self._bot.participant_id}
        if people != {self._order.inviter}:
            self._leave("it is not alone with who called it")
        waits = [asyncio.create_task(event.wait()) for event in (self.over, self._bot.ended, said_to_leave)]
        await asyncio.wait(waits, timeout=STAYS_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if self._bot.ended.is_set():
            self.why = "its socket was closed"
        elif said_to_leave.is_set():
            self.why = "the site ends"
        for wait in waits:
            wait.cancel()
        async with asyncio.timeout(GOODBYE_SECONDS):
            await self._bot.leave()

    def _receiver(self, kind: str) -> Receiver:
        return self._picture if kind == "video" else self._sound

    def _is_theirs(self, producer: JsonObject) -> bool:
        return producer["participantId"] == self._order.inviter and producer["source"] in SOURCES

    def _hear_of(self, event: str, data: JsonObject) -> None:
        who = data.get("participantId", "")
        match event:
            case "participant-joined" if who not in (self._order.inviter, self._bot.participant_id):
                self._leave("somebody else came")
            case "participant-left" if who == self._order.inviter:
                self._leave("who called it has left")
            case "meeting-ended" | "removed-by-host":
                self._leave("it was put out, or the meeting has ended")

    def _leave(self, why: str) -> None:
        self.why = why
        self.over.set()


def _say(what: JsonObject) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Read the order, carry it out, and say how it ended."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    echo = Echo(Order.read(await reader.readline()))
    said_to_leave = asyncio.Event()
    listening = asyncio.create_task(_until_end(reader, said_to_leave))
    try:
        await echo.stay(said_to_leave)
        why = echo.why
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
    listening.cancel()
    _say({"event": "left", "because": why})


async def _until_end(reader: asyncio.StreamReader, ended: asyncio.Event) -> None:
    while await reader.read(1024):
        pass
    ended.set()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(main())
