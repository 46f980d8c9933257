"""The load generator: many bots in one meeting, of which some send and all receive."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from meetings.bot.participant import BotParticipant
from meetings.bot.picture import MovingPicture
from meetings.bot.site import Site
from meetings.bot.tone import Tone
from meetings.probe.call import FPS, GOODBYE_SECONDS, HEIGHT, WIDTH
from meetings.probe.explaining import TROUBLE, failure_of
from meetings.probe.watching import PictureWatch, stop_all, wait_until

Json = dict[str, Any]

JOIN_SECONDS = 30.0
SETTLE_SECONDS = 10.0
LAST_PICTURE_SECONDS = 2.0
TELL_SECONDS = 2.0
# Above this share of one core, what is measured is this process and not the site.
BUSY = 0.85


@dataclass(slots=True)
class CrowdReport:
    """What came of it. Of `streams`, one a receiver and sender, each should have been seen."""

    url: str
    asked: int
    sending: int
    joins: list[float] = field(default_factory=list)
    joining_seconds: float = 0.0
    streams: int = 0
    streams_seen: int = 0
    frames_sent: int = 0
    frames_seen: int = 0
    delays: list[float] = field(default_factory=list)
    own_cpu: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)
    sentences: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.failures and self.streams_seen == self.streams

    def as_json(self) -> Json:
        """In the style of the API. `ownCpu` is the share of one core that the bots used: near 1 it is they who were at
        their limit.
        """
        ordered = sorted(self.joins)
        return {
            "ok": self.ok,
            "url": self.url,
            "asked": self.asked,
            "joined": len(self.joins),
            "sending": self.sending,
            "joinsPerSecond": round(len(self.joins) / self.joining_seconds, 2) if self.joining_seconds else None,
            "joinMs": {
                "median": _milliseconds(median(ordered)),
                "p95": _milliseconds(ordered[int(len(ordered) * 0.95)]),
                "worst": _milliseconds(ordered[-1]),
            }
            if ordered
            else None,
            "streams": self.streams,
            "streamsSeen": self.streams_seen,
            "framesSent": self.frames_sent,
            "framesSeen": self.frames_seen,
            "loss": round(max(0.0, 1 - self.frames_seen / self.frames_sent), 4) if self.frames_sent else None,
            "glassToGlassMs": {"median": _milliseconds(median(self.delays)), "worst": _milliseconds(max(self.delays))}
            if self.delays
            else None,
            "ownCpu": round(self.own_cpu, 2),
            "ownLimit": self.own_cpu > BUSY,
            "failures": {
                code: {"count": count, "sentence": self.sentences[code]} for code, count in self.failures.items()
            },
        }


class Crowd:
    """`participants` bots in a meeting of a site, the first `sending` of which send."""

    def __init__(self, site: Site, meeting: str, participants: int, sending: int, say: Callable[[str], None]) -> None:
        self._site, self._meeting, self._say = site, meeting, say
        self._report = CrowdReport(site.base_url, participants, min(sending, participants))
        self._bots: list[BotParticipant] = []

    async def run(self, seconds: float, at_once: int) -> CrowdReport:
        """Join, `at_once` at a time; see each other for `seconds`; leave. Never raises for what goes wrong with it."""
        report = self._report
        began, used = time.monotonic(), time.process_time()
        telling = asyncio.create_task(self._tell(), name="crowd progress")
        try:
            turns = asyncio.Semaphore(at_once)
            await asyncio.gather(*(self._join(number, turns) for number in range(report.asked)))
            report.joining_seconds = time.monotonic() - began
            await self._settle()
            await self._watch(seconds)
            report.own_cpu = (time.process_time() - used) / (time.monotonic() - began)
        finally:
            telling.cancel()
            self._say("leaving")
            await asyncio.gather(*map(_leave, self._bots))
        return report

    async def _join(self, number: int, turns: asyncio.Semaphore) -> None:
        sends = number < self._report.sending
        bot = BotParticipant(
            self._site,
            self._meeting,
            display_name=f"Bot {number + 1}",
            picture=MovingPicture(width=WIDTH, height=HEIGHT, fps=FPS) if sends else None,
            tone=Tone() if sends else None,
        )
        async with turns:
            began = time.monotonic()
            try:
                async with asyncio.timeout(JOIN_SECONDS):
                    await bot.join()
            except TROUBLE as error:
                self._failed(error, bot.phase)
                return
            self._report.joins.append(time.monotonic() - began)
        self._bots.append(bot)

    async def _settle(self) -> None:
        """Wait until all see all who send, but not for ever."""
        await wait_until(lambda: all(camera and camera.stamps for _, _, camera in self._streams()), SETTLE_SECONDS)

    async def _watch(self, seconds: float) -> None:
        report = self._report
        streams = self._streams()
        watches = [PictureWatch(picture, camera) for _, picture, camera in streams if camera and camera.stamps]
        await asyncio.sleep(seconds)
        await stop_all(watches, LAST_PICTURE_SECONDS)
        report.streams, report.streams_seen = len(streams), sum(watch.seen > 0 for watch in watches)
        report.frames_sent, report.frames_seen = (
            sum(watch.sent for watch in watches),
            sum(watch.seen for watch in watches),
        )
        report.delays = [delay for watch in watches for delay in watch.delays]
        for bot in self._bots:
            for error in bot.failures:
                self._failed(error, "receive")

    def _streams(self) -> list[tuple[BotParticipant, MovingPicture, Any]]:
        """Who receives, the picture, and what arrives of it so far; None where nothing does."""
        senders = [bot for bot in self._bots if isinstance(bot.picture, MovingPicture)]
        return [
            (bot, sender.picture, person.camera if (person := bot.others.get(sender.participant_id)) else None)
            for bot in self._bots
            for sender in senders
            if sender is not bot and isinstance(sender.picture, MovingPicture)
        ]

    def _failed(self, error: BaseException, phase: str) -> None:
        failure = failure_of(error, phase, self._site.base_url, JOIN_SECONDS)
        self._report.failures[failure.code] += 1
        self._report.sentences.setdefault(failure.code, failure.sentence)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            streams = self._streams()
            seen = sum(bool(camera and camera.stamps) for _, _, camera in streams)
            failed = sum(self._report.failures.values())
            self._say(
                f"{len(self._report.joins)} of {self._report.asked} joined, {failed} failed, "
                f"{seen} of {len(streams)} pictures arrive"
            )


async def _leave(bot: BotParticipant) -> None:
    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            await bot.leave()
    except TROUBLE:
        await bot.vanish()


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
