"""What hosts do holds against a client that ignores every notice: nobody hears or sees it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from meetings.bot.errors import RequestRefused
from meetings.bot.participant import BotParticipant
from meetings.bot.site import Site
from tests.bot.test_two_bots import HIGH, LOW, bot, camera_of, hears, microphone_of, sees
from tests.live.waiting import eventually

pytestmark = pytest.mark.media

Json = dict[str, Any]


async def insists(deaf: BotParticipant, refused: list[str]) -> None:
    """Goes on sending, and asks again and again to be heard and seen."""
    while True:
        for producer_id in deaf.producers.values():
            try:
                await deaf.signalling.request("resume-producer", {"producerId": producer_id})
            except RequestRefused as refusal:
                refused.append(refusal.code)
        await asyncio.sleep(0.1)


async def stands_still(frames: Any) -> None:
    """Nothing arrives for a second and a half, once what was on its way is there."""
    seen, still = frames(), 0
    async with asyncio.timeout(15):
        while still < 3:
            await asyncio.sleep(0.5)
            now = frames()
            seen, still = (seen, still + 1) if now == seen else (now, 0)


async def test_a_client_that_ignores_every_notice(site: Site) -> None:
    meeting = await site.create_meeting("Class")
    host = BotParticipant(site, meeting["code"], display_name="Host", ticket=meeting["host_ticket"])
    async with host, bot(site, meeting["code"], "Deaf", LOW) as deaf:
        await hears(host, deaf, LOW, HIGH)
        await sees(host, deaf)
        heard, seen = await microphone_of(host, deaf), await camera_of(host, deaf)
        refused: list[str] = []
        insisting = asyncio.create_task(insists(deaf, refused))
        whom = {"participantId": deaf.participant_id}
        try:
            await host.signalling.request("mute-participant", {**whom, "kind": "audio"})
            await stands_still(lambda: heard.frames)
            await sees(host, deaf)
            await host.signalling.request("mute-participant", {**whom, "kind": "video"})
            await stands_still(lambda: seen.frames)
            assert set(refused) == {"NOT_ALLOWED"}

            # Let again, it is heard because it asks to be, not because the host turned it on.
            await host.signalling.request("ask-to-unmute", whom)
            await hears(host, deaf, LOW, HIGH)

            await host.signalling.request("remove-participant", {**whom, "ban": True})
            await stands_still(lambda: heard.frames)
            await eventually("it is told that it is out", lambda: "removed-by-host" in deaf.pushes_seen)
        finally:
            insisting.cancel()
            await asyncio.wait([insisting])


async def test_a_bot_does_not_wait_at_a_door(site: Site) -> None:
    meeting = await site.create_meeting("Class")
    host = BotParticipant(site, meeting["code"], display_name="Host", ticket=meeting["host_ticket"])
    async with host:
        await host.signalling.request("set-waiting-room", {"waitingRoom": "everybody"})
        with pytest.raises(RequestRefused) as refused:
            await bot(site, meeting["code"], "Low", LOW).join()
        assert refused.value.code == "JOIN_DENIED"
