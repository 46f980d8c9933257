"""Turning microphone and camera off and on: what the others then get, and what they are told."""

from __future__ import annotations

import pytest

from tests.browser.conftest import People
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_after_mute_and_unmute_the_sound_stops_and_comes_back(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await bob.hears(ada.participant_id)

    await ada.press("microphone")
    await bob.is_told("producer-paused", participantId=ada.participant_id)
    await eventually("silence from Ada", lambda: silent(bob, ada.participant_id), within=10)
    await eventually("Bob's page says that Ada is muted", lambda: says(bob, ada.participant_id, "muted"))
    await bob.sees(ada.participant_id)

    await ada.press("microphone")
    await bob.is_told("producer-resumed", participantId=ada.participant_id)
    await bob.hears(ada.participant_id)
    await eventually("Bob's page no longer says muted", lambda: says_not(bob, ada.participant_id, "muted"))


async def test_after_camera_off_and_on_the_picture_goes_and_comes_back(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await bob.sees(ada.participant_id)

    for _ in range(2):
        await ada.press("camera")
        await bob.stops_seeing(ada.participant_id)
        await bob.hears(ada.participant_id)
        await ada.press("camera")
        await bob.sees(ada.participant_id)


async def silent(window: Window, participant_id: str) -> bool:
    """Longer than the gap between two beeps of the fake microphone."""
    return await window.sound_heard_in(participant_id, 2.5) < 1e-6


async def says(window: Window, participant_id: str, word: str) -> bool:
    return word in (await window.tile_text(participant_id)).lower()


async def says_not(window: Window, participant_id: str, word: str) -> bool:
    return not await says(window, participant_id, word)
