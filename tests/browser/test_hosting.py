"""What a host does in the page: the door, muting, hands, the spotlight, removing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import People
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]


async def starts_meeting(people: People, name: str) -> tuple[Window, str]:
    """Somebody starts a meeting from the start page and is in it; its code."""
    window = await people.open(name)
    await window.page.goto("/")
    await window.page.get_by_role("button", name="New meeting").click()
    await window.page.wait_for_url(re.compile(r"/m/"))
    await window.press_join()
    return window, window.page.url.split("/m/")[1].split("/")[0]


async def controls(host: Window) -> Any:
    """The host controls, opened from the people panel."""
    page = host.page
    if not await page.locator("#people-panel").is_visible():
        await page.keyboard.press("p")
    await page.locator("#people-host").click()
    return page.get_by_role("dialog", name="Host controls")


def row(window: Window, name: str) -> Any:
    return window.page.locator("#people .person", has_text=name)


async def falls_silent(window: Window, participant_id: str) -> None:
    """Wait until what was on its way has been heard, and a second passes without a sound."""

    async def silent() -> bool:
        return await window.sound_heard_in(participant_id, 1) < 1e-6

    await eventually(f"{window.name} hears nothing of {participant_id}", silent)


async def test_the_door(people: People) -> None:
    alice, code = await starts_meeting(people, "Alice")
    dialog = await controls(alice)
    await dialog.get_by_label("Has to be let in by a host").select_option("everybody")
    await alice.page.keyboard.press("Escape")
    bob, carol = await people.open("Bob"), await people.open("Carol")
    for window in (bob, carol):
        await window.page.goto(f"/m/{code}/")
        await window.type_name_and_press_join()
        await expect(window.page.locator("#door-title")).to_contain_text("Waiting to be let in")
    await expect(carol.page.locator("#door-text")).to_contain_text("One other person asked before you")

    waiting = alice.page.locator("#waiting-list .person")
    await expect(waiting).to_have_count(2)
    await alice.page.get_by_role("button", name="Do not let Carol in").click()
    await expect(carol.page.get_by_role("heading", name="The host did not let you in")).to_be_visible()
    await alice.page.get_by_role("button", name="Let Bob in", exact=True).click()
    await eventually("Bob is in", lambda: bob.times_joined == 1)
    await alice.sees(bob.participant_id)
    await bob.hears(alice.participant_id)
    await expect(waiting).to_have_count(0)

    # Carol asks again, and thinks better of it.
    await carol.page.get_by_role("button", name="Try again").click()
    await carol.type_name_and_press_join()
    await expect(waiting).to_have_count(1)
    await carol.page.get_by_role("button", name="Stop waiting").click()
    await expect(carol.page.get_by_role("heading", name="You stopped waiting")).to_be_visible()
    await expect(waiting).to_have_count(0)


async def test_muting_and_asking_to_unmute(people: People) -> None:
    alice, code = await starts_meeting(people, "Alice")
    bob = await people.join("Bob", code)
    await alice.hears(bob.participant_id)
    await alice.page.keyboard.press("p")
    await row(alice, "Bob").get_by_role("button", name="What you can do about Bob").click()
    await row(alice, "Bob").get_by_role("button", name="Mute", exact=True).click()
    microphone = bob.page.locator("#bar-microphone")
    await expect(microphone).to_have_accessible_name(re.compile("a host does not let you turn it on"))
    await expect(bob.page.locator("#urgent")).to_contain_text("Alice has turned your microphone off")
    await falls_silent(alice, bob.participant_id)
    # Bob tries all the same, and raises his hand.
    await microphone.click()
    await bob.page.keyboard.press("Control+d")
    await bob.page.keyboard.press("h")
    await expect(row(alice, "Bob").get_by_text("Hand raised")).to_be_attached()
    assert await alice.sound_heard_in(bob.participant_id, 1) < 1e-6

    await row(alice, "Bob").get_by_role("button", name="Take hand down").click()
    await expect(bob.page.locator("#bar-hand")).to_have_attribute("aria-pressed", "false")
    await row(alice, "Bob").get_by_role("button", name="Ask to unmute").click()
    await bob.page.get_by_role("button", name="Turn it on").click()
    await alice.hears(bob.participant_id)


async def test_nobody_may_show_anything_until_they_may(people: People) -> None:
    alice, code = await starts_meeting(people, "Alice")
    dialog = await controls(alice)
    await dialog.get_by_label("turn their camera on").uncheck()
    await alice.page.keyboard.press("Escape")
    bob = await people.join("Bob", code)
    await expect(bob.page.locator("#bar-camera")).to_have_attribute("data-forbidden", "")
    await alice.hears(bob.participant_id)
    assert await alice.frames_decoded_in(bob.participant_id, 1) == 0
    dialog = await controls(alice)
    await dialog.get_by_label("turn their camera on").check()
    await alice.page.keyboard.press("Escape")
    await expect(bob.page.locator("#bar-camera:not([data-forbidden])")).to_be_visible()
    await bob.page.locator("#bar-camera").click()
    await alice.sees(bob.participant_id)


async def test_spotlight_roles_and_removing_for_good(people: People) -> None:
    alice, code = await starts_meeting(people, "Alice")
    bob = await people.join("Bob", code)
    carol = await people.join("Carol", code)
    await carol.sees(bob.participant_id)
    await alice.page.keyboard.press("p")
    await row(alice, "Bob").get_by_role("button", name="What you can do about Bob").click()
    await row(alice, "Bob").get_by_role("button", name="Put in the spotlight").click()
    mine, his = (f'.tile[data-participant-id="{one.participant_id}"]' for one in (carol, bob))
    larger = "([one, other]) => document.querySelector(one).offsetWidth > 2 * document.querySelector(other).offsetWidth"
    await carol.page.wait_for_function(f"({larger})({[his, mine]!r})")

    await row(alice, "Bob").get_by_role("button", name="Make co-host").click()
    await bob.page.keyboard.press("p")
    await row(bob, "Carol").get_by_role("button", name="What you can do about Carol").click()
    await row(bob, "Carol").get_by_role("button", name="Remove").click()
    await bob.page.get_by_label("Do not let them in again").check()
    await bob.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(carol.page.get_by_role("heading", name=re.compile("removed"))).to_be_visible()
    await bob.loses_tile(carol.participant_id)
    people.expect_problem("403")
    await carol.page.goto(f"/m/{code}/")
    await expect(carol.page.get_by_role("heading", name="You were removed from this meeting")).to_be_visible()

    # He did not mean it.
    await bob.page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    await expect(bob.page.locator("#toasts")).to_contain_text("Carol can come again.")
    await carol.page.goto(f"/m/{code}/")
    await carol.type_name_and_press_join()
    await carol.sees(bob.participant_id)
    await bob.sees(carol.participant_id)
