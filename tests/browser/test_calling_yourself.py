"""Somebody alone in a real browser calls the bot: it is seen and heard giving back what they send, and goes in time."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.browser.test_connection_panel import kept_as_pictures, says
from tests.browser.test_keyboard import Keys
from tests.live.browser import Chromium
from tests.live.server import RunningServer
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

DELAY = 2.0
# The browser's microphone beeps once a second; without a beep for longer it is silent.
BETWEEN_BEEPS = 1.5


async def echo_in(window: Window) -> str:
    """The participant id of the bot, once its tile is there."""

    async def tile() -> str | None:
        found: str | None = await window.page.evaluate(
            "document.querySelector('.tile[aria-label=\"Echo\"]')?.dataset.participantId"
        )
        return found

    return await eventually("Echo has a tile", tile, within=20)


async def energy_of(window: Window, participant_id: str) -> float:
    audio = (await window.remote(participant_id)).get("audio", {})
    return float(audio.get("totalAudioEnergy", 0.0))


async def apart(window: Window, one: str, other: str) -> float:
    """How far the pictures in two tiles are from each other, in grey values."""
    pictures = [await window.picture(participant_id) for participant_id in (one, other)]
    if None in pictures:
        return 255.0
    first, second = (picture or [] for picture in pictures)
    return sum(abs(a - b) for a, b in zip(first, second, strict=True)) / len(first)


async def test_the_bot_gives_back_what_is_sent_to_it(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    keys = Keys(ada)
    progress = ada.page.locator("#invite-bot-progress")
    await ada.page.locator("#topbar-connection").focus()
    await keys.tab_to("invite-bot-button")
    assert await progress.get_attribute("role") == "status"
    called = time.monotonic()
    await keys.press("Enter")
    await eventually("it is said that the bot comes", lambda: says(progress, "on its way"), every=0.02)
    echo = await echo_in(ada)
    assert time.monotonic() - called < 5, "nobody has to wonder"
    await ada.sees(echo)
    await ada.hears(echo)
    await keys.seen_on("stage")
    assert "Echo joined" in await ada.page.locator("#toasts").inner_text()
    await kept_as_pictures(ada, "talking-with-the-bot")

    # It is their own picture while they have one.
    async def alike() -> bool:
        return await apart(ada, ada.participant_id, echo) < 20

    await eventually("Echo shows what Ada's camera shows", alike)
    await ada.press("camera")
    await eventually("without it Echo is still seen", lambda: _is_decoded(ada, echo))

    # And their own sound of two seconds ago.
    await ada.press("microphone")
    silent = time.monotonic()
    heard_at = [(silent, await energy_of(ada, echo))]

    async def fell_silent() -> bool:
        heard_at.append((time.monotonic(), await energy_of(ada, echo)))
        return heard_at[-1][0] - _last_heard(heard_at) > 2 * BETWEEN_BEEPS

    await eventually("Echo falls silent", fell_silent, within=15)
    assert DELAY - BETWEEN_BEEPS < _last_heard(heard_at) - silent < DELAY + BETWEEN_BEEPS
    await ada.press("microphone")
    await ada.hears(echo)

    bob = await people.join("Bob", code)
    await ada.loses_tile(echo)
    await bob.loses_tile(echo)
    await ada.sees(bob.participant_id)
    await bob.press("leave")
    invite = ada.page.locator("#invite-bot-button")
    await eventually("it can be called again", lambda: says(invite, "Test with the bot"))
    assert await progress.inner_text() == ""


async def _is_decoded(window: Window, participant_id: str) -> bool:
    return await window.frames_decoded_in(participant_id, 0.5) > 0


def _last_heard(heard_at: list[tuple[float, float]]) -> float:
    """When the energy grew for the last time by more than comfort noise does."""
    grew = [now for (_, before), (now, energy) in pairwise(heard_at) if energy - before > 1e-5]
    return grew[-1] if grew else heard_at[0][0]


async def test_it_goes_with_who_called_it(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    await ada.press("test with the bot")
    await echo_in(ada)
    await ada.press("leave")
    bob = await people.join("Bob", code)
    await eventually("Bob is alone", lambda: says(bob.page.locator("#alone"), "only one"))


async def test_a_bot_that_cannot_come_is_told_of_where_it_was_called(chromium: Chromium) -> None:
    """The site does not answer at the address at which it believes to be."""
    with RunningServer(MEDIASOUP_WORKERS="1", PROBE_URL="http://localhost:9") as server:
        people = People(chromium, server)
        try:
            window = await people.open("Ada")
            meeting = await Site(server.base_url).create_meeting("Weekly")
            await window.join(meeting["code"])
            keys = Keys(window)
            await window.page.locator("#topbar-connection").focus()
            await keys.tab_to("invite-bot-button")
            await keys.press("Space")
            progress = window.page.locator("#invite-bot-progress")
            await eventually("it is told", lambda: says(progress, "The bot could not come"), within=20)
            await keys.seen_on("invite-bot-button")
            assert server.log_has("The bot did not come: ")
            await kept_as_pictures(window, "bot-stays-away")
            await keys.press("Space")
            await eventually("it can be tried again", lambda: says(progress, "on its way"), every=0.02)
            people.check()
        finally:
            await chromium.close_windows()
