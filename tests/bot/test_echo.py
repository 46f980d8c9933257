"""The bot that talks back to somebody who is alone: called over the socket, heard and seen, and gone in time."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from meetings.bot.errors import RequestRefused
from meetings.bot.participant import BotParticipant
from meetings.bot.picture import MovingPicture
from meetings.bot.received import ReceivedAudio, ReceivedVideo, RemoteParticipant
from meetings.bot.site import Site
from meetings.bot.tone import Tone
from tests.live.server import RunningServer, children_of
from tests.live.waiting import eventually

pytestmark = pytest.mark.long

HERTZ = 900


async def alone(site: Site, name: str = "Alone") -> BotParticipant:
    """Somebody in a meeting of their own."""
    meeting = await site.create_meeting("Hello?")
    person = BotParticipant(
        site,
        meeting["code"],
        display_name=name,
        picture=MovingPicture(),
        tone=Tone(HERTZ),
        ticket=meeting["host_ticket"],
    )
    await person.join()
    return person


async def echo_of(person: BotParticipant) -> RemoteParticipant:
    """The bot that they called, once it is there."""
    return await eventually(
        "Echo comes", lambda: next((one for one in person.others.values() if one.display_name == "Echo"), None)
    )


@pytest.mark.media
async def test_who_is_alone_hears_and_sees_themselves(site: Site) -> None:
    person = await alone(site)
    try:
        event, data = await person.signalling.exchange("invite-bot")
        assert (event, data) == ("bot-invited", {})
        echo = await echo_of(person)

        microphone = await eventually("Echo's sound is received", lambda: echo.microphone)
        assert isinstance(microphone, ReceivedAudio)
        await eventually("they hear themselves", lambda: microphone.share_of_tone(HERTZ) > 0.8)
        said = time.monotonic()
        person.tone.hold()  # type: ignore[union-attr]  # it is a Tone
        await eventually("they hear that they have fallen silent", lambda: microphone.share_of_tone(HERTZ) < 0.1)
        assert time.monotonic() - said > 1.5, "what is heard is two seconds old"

        camera = await eventually("Echo's picture is received", lambda: echo.camera)
        assert isinstance(camera, ReceivedVideo)
        own = person.picture
        assert isinstance(own, MovingPicture)

        def sees_own_frames() -> bool:
            return camera.last_stamp is not None and 0 <= own.frames_made - camera.last_stamp < 2 * own.fps

        await eventually("they see the picture that they send", sees_own_frames)
        assert not person.failures
    finally:
        await person.leave()


async def test_it_leaves_when_a_third_person_comes(site: Site) -> None:
    person = await alone(site)
    await person.signalling.request("invite-bot")
    echo = await echo_of(person)
    async with BotParticipant(site, person._meeting, display_name="Third"):
        await eventually("Echo leaves", lambda: echo.left_because == "left")
    await person.leave()


async def test_it_leaves_with_the_last_person(site: Site, server: RunningServer) -> None:
    person = await alone(site)
    code = person._meeting
    await person.signalling.request("invite-bot")
    await echo_of(person)
    await person.leave()

    async def empty() -> bool:
        return not (await site.describe(code))["participants"]

    await eventually("nobody is left", empty)
    await eventually("its process has ended", lambda: not echo_processes(server))


async def test_refused_to_two_people_and_twice_to_one(site: Site) -> None:
    person = await alone(site)
    async with BotParticipant(site, person._meeting, display_name="Company"):
        await refused(person, "NOT_ALLOWED", "not alone")
    await person.signalling.request("invite-bot")
    await refused(person, "NOT_ALLOWED", "on its way|not alone")
    await echo_of(person)
    await person.leave()


async def test_refused_while_two_others_talk_with_it(site: Site, server: RunningServer) -> None:
    await eventually("no bot is busy", lambda: not echo_processes(server))
    people = [await alone(site, f"Person {number}") for number in range(3)]
    for person in people[:2]:
        await person.signalling.request("invite-bot")
    await refused(people[2], "RATE_LIMITED", "others")
    for person in people:
        await person.leave()


async def test_refused_in_a_locked_meeting(site: Site) -> None:
    person = await alone(site)
    await person.signalling.request("lock-meeting", {"locked": True})
    await refused(person, "NOT_ALLOWED", "unlock")
    await person.leave()


def test_fault_the_server_stops_and_no_bot_stays() -> None:
    async def call(site: Site) -> None:
        person = await alone(site)
        await person.signalling.request("invite-bot")
        await echo_of(person)
        await person.vanish()

    # Leaving it looks for processes that were left behind.
    with RunningServer(MEDIASOUP_WORKERS="1") as server:
        asyncio.run(call(Site(server.base_url)))
        assert echo_processes(server)


async def refused(person: BotParticipant, code: str, words: str) -> None:
    with pytest.raises(RequestRefused, match=words) as denied:
        await person.signalling.request("invite-bot")
    assert denied.value.code == code


def echo_processes(server: RunningServer) -> list[int]:
    """The bots that the server has started."""
    found = []
    for pid in children_of(server.pid):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if b"meetings.bot.echo" in command:
            found.append(pid)
    return found
