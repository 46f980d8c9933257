"""One call between two bots, judged by what each sees and hears of the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import TypeVar

from meetings.bot.errors import BotError
from meetings.bot.participant import BotParticipant
from meetings.bot.picture import MovingPicture
from meetings.bot.received import ReceivedAudio, ReceivedVideo, Receiver
from meetings.bot.signalling import JsonObject
from meetings.bot.site import Site
from meetings.bot.tone import Scale
from meetings.probe import causes
from meetings.probe.addresses import addresses_of, is_ours
from meetings.probe.explaining import TROUBLE, CallFailed, failure_of
from meetings.probe.report import CallReport, Failure, Seen, of_both
from meetings.probe.watching import LOOK_SECONDS, PictureWatch, stop_all

# Small and slow enough to cost next to nothing, large enough for the stamps to survive.
WIDTH, HEIGHT, FPS = 320, 192, 10
MOST_LOSS = 0.3
LEAST_PITCHES = 5
GOODBYE_SECONDS = 3.0
DIRECTIONS = ("send", "recv")

R = TypeVar("R", ReceivedVideo, ReceivedAudio)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that each phase may take."""

    enter: float = 12.0
    worker: float = 8.0
    transports: float = 10.0
    connect: float = 8.0
    first_picture: float = 6.0
    last_picture: float = 2.0


Place = Callable[[], Awaitable[None]]
"""Sees to it that the meeting, which has a room by now, is on the worker that is meant. Raises CallFailed."""


class Call:
    """Two bots in one meeting of a site. `host_ticket` makes the first one its host, who `ends` it at the end."""

    def __init__(
        self, site: Site, meeting: str, *, host_ticket: str = "", ends: bool = False, limits: Limits | None = None
    ) -> None:
        self._site = site
        self._ends = ends
        self._limits = limits or Limits()
        self._pictures = [MovingPicture(width=WIDTH, height=HEIGHT, fps=FPS) for _ in range(2)]
        self._bots = [
            BotParticipant(
                site, meeting, display_name=name, picture=picture, tone=Scale(), ticket=ticket, receiver=_receiver
            )
            for name, picture, ticket in zip(("Probe 1", "Probe 2"), self._pictures, (host_ticket, ""), strict=True)
        ]
        self._first, self._second = self._bots

    async def run(self, seconds: float, place: Place | None = None) -> CallReport:
        """Meet, look and listen for `seconds`, and part. Never raises for what goes wrong with the call."""
        report = CallReport()
        try:
            entered, first = await self._enter(self._first)
            if place is not None:
                async with self._phase("worker", self._limits.worker):
                    await place()
            later, second = await self._enter(self._second)
            joined = max(entered, later)
            report = replace(report, joined_ms=round(joined * 1000))
            report = replace(report, connected_ms=round((joined + await self._connect(first, second)) * 1000))
            await self._first_pictures()
            seen = await self._look_and_listen(seconds)
            report = replace(report, **of_both(*seen))
            _judge(report, seconds)
        except CallFailed as failed:
            return replace(report, failure=failed.failure)
        finally:
            await self._part()
        return report

    async def _enter(self, bot: BotParticipant) -> tuple[float, JsonObject]:
        """Seconds from asking for a ticket to being in the meeting, and the answer to the join."""
        began = monotonic()
        async with self._phase(bot, self._limits.enter):
            joined = await bot.enter()
        return monotonic() - began, joined

    async def _connect(self, *joined: JsonObject) -> float:
        """Seconds from asking for transports until media can flow both ways, for both."""
        began = monotonic()
        for bot, answer in zip(self._bots, joined, strict=True):
            async with self._phase(bot, self._limits.transports):
                await bot.open_media(answer)
        ends = monotonic() + self._limits.connect
        while waiting := [
            (bot, direction)
            for bot in self._bots
            for direction in DIRECTIONS
            if bot.media.path(direction)[1] != "connected"
        ]:
            self._check_background()
            hopeless = [one for one in waiting if "failed" in one[0].media.path(one[1])]
            if hopeless or monotonic() > ends:
                raise CallFailed(await self._not_connected(*(hopeless or waiting)[0]))
            await asyncio.sleep(LOOK_SECONDS)
        return monotonic() - began

    async def _not_connected(self, bot: BotParticipant, direction: str) -> Failure:
        announced = bot.media.announced(direction)
        return causes.not_connected(
            direction,
            bot.media.path(direction),
            announced,
            ours=any(is_ours(one["ip"]) for one in announced),
            site_addresses=await addresses_of(self._site.base_url),
        )

    async def _first_pictures(self) -> None:
        ends = monotonic() + self._limits.first_picture
        while not all(camera is not None and camera.stamps for camera in self._cameras()):
            self._check_background()
            if monotonic() > ends:
                sent = sum(picture.frames_made for picture in self._pictures)
                seen = sum(camera.frames for camera in self._cameras() if camera is not None)
                raise CallFailed(causes.no_picture(sent, seen, self._limits.first_picture))
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_and_listen(self, seconds: float) -> tuple[Seen, Seen]:
        # Whose camera the first one receives is drawn by the second, and the other way round.
        watches = [
            PictureWatch(picture, camera)
            for picture, camera in zip(reversed(self._pictures), self._cameras(), strict=True)
            if camera is not None
        ]
        await asyncio.sleep(seconds)
        await stop_all(watches, self._limits.last_picture)
        self._check_background()
        one, other = (_seen(*got) for got in zip(watches, self._microphones(), strict=True))
        return one, other

    def _cameras(self) -> tuple[ReceivedVideo | None, ReceivedVideo | None]:
        """What each sees of the other."""
        return (
            self._of_other(self._first, self._second, "camera", ReceivedVideo),
            self._of_other(self._second, self._first, "camera", ReceivedVideo),
        )

    def _microphones(self) -> tuple[ReceivedAudio | None, ReceivedAudio | None]:
        """What each hears of the other."""
        return (
            self._of_other(self._first, self._second, "mic", ReceivedAudio),
            self._of_other(self._second, self._first, "mic", ReceivedAudio),
        )

    def _of_other(self, bot: BotParticipant, other: BotParticipant, source: str, kind: type[R]) -> R | None:
        person = bot.others.get(other.participant_id)
        received = person.received.get(source) if person is not None else None
        return received if isinstance(received, kind) else None

    def _check_background(self) -> None:
        """Raise what went wrong while receiving."""
        for bot in self._bots:
            for error in bot.failures:
                raise CallFailed(failure_of(error, "receive", self._site.base_url, self._limits.connect))
            if bot.signalling.closed:
                raise CallFailed(
                    causes.socket_unreachable(self._site.base_url, "it was closed in the middle", "receive")
                )

    @asynccontextmanager
    async def _phase(self, name: str | BotParticipant, seconds: float) -> AsyncIterator[None]:
        """What is raised inside, and more than `seconds` in it, comes out as CallFailed. A bot knows its phase."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TROUBLE as error:
            phase = name if isinstance(name, str) else name.phase
            raise CallFailed(failure_of(error, phase, self._site.base_url, seconds)) from error

    async def _part(self) -> None:
        """Leave, whatever state the bots are in."""
        for bot, ends in ((self._second, False), (self._first, self._ends)):
            try:
                async with asyncio.timeout(GOODBYE_SECONDS):
                    if ends:
                        await bot.end_meeting()
                    await bot.leave()
            except (BotError, OSError, AssertionError):
                await bot.vanish()


def _receiver(kind: str) -> Receiver:
    return ReceivedVideo() if kind == "video" else ReceivedAudio(listens_for_scale=True)


def _seen(watch: PictureWatch, microphone: ReceivedAudio | None) -> Seen:
    return Seen(
        frames_sent=watch.sent,
        frames_seen=watch.seen,
        picture_delays=watch.delays,
        sound_heard=microphone is not None and microphone.pitches >= LEAST_PITCHES,
        sound_delays=tuple(microphone.delays) if microphone is not None else (),
    )


def _judge(report: CallReport, seconds: float) -> None:
    """Raise CallFailed where nobody could talk like this."""
    if report.loss is None or not report.frames_seen:
        raise CallFailed(causes.no_picture(report.frames_sent, report.frames_seen, seconds))
    if report.loss > MOST_LOSS:
        raise CallFailed(causes.too_much_lost(report.loss))
    if not report.sound_heard:
        raise CallFailed(causes.no_sound(seconds))
