"""Breakout rooms as a class has them: two pupils in two rooms, and all together again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import People
from tests.browser.test_hosting import starts_meeting
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]


def tiles(window: Window) -> Any:
    return window.page.locator("#stage-tiles .tile")


async def joins_once_more(window: Window, times: int) -> None:
    await eventually(f"{window.name} has joined {times} times", lambda: window.times_joined == times, within=20)


async def test_a_class_goes_into_rooms_and_returns(people: People) -> None:
    alice, code = await starts_meeting(people, "Alice")
    bob, carol = await people.join("Bob", code), await people.join("Carol", code)
    await bob.sees(carol.participant_id)

    await alice.page.locator("#bar-more").click()
    await alice.page.get_by_role("menuitem", name="Breakout rooms…").click()
    panel = alice.page.get_by_role("complementary", name="Breakout rooms")
    await panel.get_by_label("Or their names").fill("Red\nBlue")
    await panel.get_by_role("button", name="Make the rooms").click()
    await expect(panel.get_by_text("2 of 3 belong in a room")).to_be_visible()
    await panel.get_by_role("button", name="Open the rooms").click()
    for pupil in (bob, carol):
        await joins_once_more(pupil, 2)
        await expect(pupil.page.get_by_text("You are in the breakout room “")).to_be_visible()
        await expect(tiles(pupil)).to_have_count(1)
    await expect(tiles(alice)).to_have_count(1)
    await expect(panel.locator(".breakouts-where", has_text="is in the main room")).to_have_count(1)

    # A host goes to where Bob is: they see each other, and Carol sees nobody.
    room = await bob.page.locator("#topbar-title").text_content()
    await panel.get_by_role("button", name=f"Visit {room}").click()
    await joins_once_more(alice, 2)
    await alice.sees(bob.participant_id)
    await bob.sees(alice.participant_id)
    await bob.hears(alice.participant_id)
    await expect(tiles(carol)).to_have_count(1)

    await panel.get_by_label("Say to all rooms").fill("Two minutes left")
    await panel.get_by_role("button", name="Send").click()
    for pupil in (bob, carol):
        await expect(pupil.page.locator("#toasts")).to_contain_text("Alice to all rooms: Two minutes left")

    # Carol goes back by herself, and then to her room again.
    await carol.page.get_by_role("button", name="Back to the main room").click()
    await joins_once_more(carol, 3)
    await carol.page.get_by_role("button", name="Go to “").click()
    await joins_once_more(carol, 4)

    await panel.get_by_label("Everybody comes back").select_option("in a minute")
    await panel.get_by_role("button", name="Close the rooms").click()
    await expect(carol.page.get_by_text("Closes in 0:5")).to_be_visible()
    # Nobody has to wait for it.
    await panel.get_by_label("Everybody comes back").select_option("at once")
    await panel.get_by_role("button", name="Close the rooms").click()
    await joins_once_more(carol, 5)
    await joins_once_more(bob, 3)
    await joins_once_more(alice, 3)
    await expect(carol.page.locator("#breakout-line")).to_be_hidden()
    for one, others in ((alice, (bob, carol)), (bob, (alice, carol)), (carol, (alice, bob))):
        for other in others:
            await one.sees(other.participant_id)
    await carol.hears(bob.participant_id)
