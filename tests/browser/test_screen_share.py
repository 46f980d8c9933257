"""A screen is shown, seen by the others, and gone when it is stopped."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator

from tests.browser.conftest import People
from tests.live.browser import Chromium
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    """A browser that chooses a screen by itself, which without a display is a moving picture. It answers every other
    question as well, so it is one of its own.
    """
    async with Chromium("--use-fake-ui-for-media-stream") as chromium:
        yield chromium


async def test_a_shown_screen_moves_at_the_others_until_it_is_stopped(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await bob.sees(ada.participant_id)
    for _ in range(2):
        await ada.press("show your screen")
        await eventually("Bob sees Ada's screen moving", lambda: screen_moves(bob, ada.participant_id), within=25)
        assert re.search(r"Ada.s screen", await screen(bob, ada.participant_id).inner_text())
        # The camera goes on beside it.
        await bob.sees(ada.participant_id)

        await ada.press("stop showing your screen")
        await bob.is_told("producer-closed", participantId=ada.participant_id)
        await eventually("the screen is gone at Bob", lambda: no_screen(bob, ada.participant_id))
        await eventually("and at Ada", lambda: no_screen(ada, ada.participant_id))
        await bob.sees(ada.participant_id)


async def test_a_late_joiner_sees_the_screen_that_is_shown_already(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    await ada.press("show your screen")
    await eventually("Ada's page shows what she shows", lambda: screen_moves(ada, ada.participant_id))
    bob = await people.join("Bob", code)
    await eventually("Bob sees Ada's screen moving", lambda: screen_moves(bob, ada.participant_id), within=25)


def screen(window: Window, participant_id: str) -> Locator:
    return window.page.locator(f'.tile[data-participant-id="{participant_id}"][data-source="screen"]')


async def screen_moves(window: Window, participant_id: str) -> bool:
    """Whether frames of it come to be presented within a moment. This one does take that moment."""
    tile = screen(window, participant_id)
    if await tile.count() != 1:
        return False
    frames = "video => video.getVideoPlaybackQuality().totalVideoFrames"
    before = await tile.locator("video").evaluate(frames)
    await window.page.wait_for_timeout(500)
    return bool(await tile.locator("video").evaluate(frames) > before + 2)


async def no_screen(window: Window, participant_id: str) -> bool:
    return await screen(window, participant_id).count() == 0
