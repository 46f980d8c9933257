"""Who speaks is shown at the others."""

from __future__ import annotations

import pytest

from tests.browser.conftest import People
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_tile_of_whoever_speaks_is_marked_until_they_are_muted(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await bob.hears(ada.participant_id)
    for _ in range(2):
        await eventually("Bob's page shows that Ada speaks", lambda: speaking(bob, ada.participant_id), within=15)
        await ada.press("microphone")
        await eventually("it no longer does", lambda: silent(bob, ada.participant_id), within=15)
        await ada.press("microphone")


async def speaking(window: Window, participant_id: str) -> bool:
    tile = window.page.locator(f'.tile[data-participant-id="{participant_id}"]')
    return await tile.and_(window.page.locator(".tile--speaking")).count() == 1


async def silent(window: Window, participant_id: str) -> bool:
    """Its tile is there, and is not marked."""
    there = await window.page.locator(f'.tile[data-participant-id="{participant_id}"]').count() == 1
    return there and not await speaking(window, participant_id)
