"""Two bots exchange a picture and a tone through the real stack, without a browser."""

from __future__ import annotations

import pytest

from meetings.bot.errors import RequestRefused, SiteRefused
from meetings.bot.participant import BotParticipant
from meetings.bot.picture import MovingPicture
from meetings.bot.received import ReceivedAudio, ReceivedVideo
from meetings.bot.site import Site
from meetings.bot.tone import Tone
from tests.live.waiting import eventually

pytestmark = pytest.mark.media

LOW, HIGH = 450, 1200


def bot(site: Site, code: str, name: str, hertz: int, *, video_codec: str = "") -> BotParticipant:
    return BotParticipant(
        site, code, display_name=name, picture=MovingPicture(), tone=Tone(hertz), video_codec=video_codec
    )


async def camera_of(viewer: BotParticipant, sender: BotParticipant) -> ReceivedVideo:
    return await eventually(
        f"{viewer.display_name} receives {sender.display_name}'s camera",
        lambda: viewer.others[sender.participant_id].camera if sender.participant_id in viewer.others else None,
    )


async def microphone_of(listener: BotParticipant, sender: BotParticipant) -> ReceivedAudio:
    return await eventually(
        f"{listener.display_name} receives {sender.display_name}'s microphone",
        lambda: listener.others[sender.participant_id].microphone if sender.participant_id in listener.others else None,
    )


async def sees(viewer: BotParticipant, sender: BotParticipant) -> None:
    video = await camera_of(viewer, sender)
    frames, changes, stamps = video.frames, video.changes, video.stamps
    await eventually(f"{viewer.display_name} decodes frames", lambda: video.frames >= frames + 20)
    assert video.changes - changes >= 15, "the picture moves"
    assert video.stamps - stamps >= 10, "it is the picture that the other bot draws"
    assert video.last_stamp is not None
    assert video.first_stamp is not None
    assert video.last_stamp > video.first_stamp


async def hears(listener: BotParticipant, sender: BotParticipant, hertz: int, other: int) -> None:
    audio = await microphone_of(listener, sender)
    energy = audio.energy
    await eventually(f"{listener.display_name} hears {hertz} Hz", lambda: audio.share_of_tone(hertz) > 0.8)
    await eventually(f"{listener.display_name} hears energy", lambda: audio.energy > energy + 0.001)
    assert audio.share_of_tone(other) < 0.1


async def test_two_bots_see_and_hear_each_other(site: Site) -> None:
    code = (await site.create_meeting("Bots"))["code"]
    async with bot(site, code, "Low", LOW) as low, bot(site, code, "High", HIGH) as high:
        await sees(low, high)
        await sees(high, low)
        await hears(low, high, HIGH, LOW)
        await hears(high, low, LOW, HIGH)
        assert low.others[high.participant_id].display_name == "High"
    assert low.failures == []
    assert high.failures == []


async def test_two_bots_see_each_other_in_h264_and_others_in_vp8(site: Site) -> None:
    code = (await site.create_meeting("Bots"))["code"]
    async with (
        bot(site, code, "Low", LOW, video_codec="video/H264") as low,
        bot(site, code, "High", HIGH, video_codec="video/H264") as high,
        bot(site, code, "Plain", HIGH) as plain,
    ):
        for viewer, sender, codec in (
            (high, low, "H264"),
            (low, high, "H264"),
            (plain, low, "H264"),
            (low, plain, "VP8"),
        ):
            await sees(viewer, sender)
            assert viewer.others[sender.participant_id].codecs["camera"] == f"video/{codec}"
    assert low.failures == high.failures == plain.failures == []


async def test_a_muted_bot_is_not_heard_until_it_unmutes(site: Site) -> None:
    code = (await site.create_meeting("Bots"))["code"]
    async with bot(site, code, "Low", LOW) as low, bot(site, code, "High", HIGH) as high:
        await hears(high, low, LOW, HIGH)
        await low.mute()
        person = high.others[low.participant_id]
        await eventually("High is told of the mute", lambda: person.paused["mic"])
        await low.unmute()
        await eventually("High is told of the unmute", lambda: not person.paused["mic"])
        await hears(high, low, LOW, HIGH)


async def test_a_bot_that_leaves_has_left_and_one_that_vanishes_is_disconnected(site: Site) -> None:
    code = (await site.create_meeting("Bots"))["code"]
    async with bot(site, code, "Stays", LOW) as stays:
        leaver = bot(site, code, "Leaver", HIGH)
        await leaver.join()
        await sees(stays, leaver)
        await leaver.leave()
        await eventually("the leaver has left", lambda: stays.others[leaver.participant_id].left_because == "left")

        vanisher = bot(site, code, "Vanisher", HIGH)
        await vanisher.join()
        await sees(stays, vanisher)
        await vanisher.vanish()
        await eventually(
            "the vanisher is disconnected after the grace period",
            lambda: stays.others[vanisher.participant_id].left_because == "disconnected",
            within=10,
        )


async def test_refusals_come_out_with_their_code(site: Site) -> None:
    with pytest.raises(SiteRefused) as refused:
        await site.describe("aaaa-bbbb-ccc")
    assert refused.value.status == 404
    code = (await site.create_meeting("Bots"))["code"]
    async with bot(site, code, "Low", LOW) as low:
        with pytest.raises(RequestRefused) as denied:
            await low.signalling.request("consume", {"producerId": "nobody"})
        assert denied.value.code == "PRODUCER_NOT_FOUND"
        assert denied.value.details
        assert (await low.signalling.exchange("ping"))[0] == "pong"
