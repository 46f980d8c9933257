"""The notes, as people write them together."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.test_hosting import starts_meeting
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

ADAS = "first the boats, then the bridges; "
BOBS = "and at the end 🦊 all of the rest. "


async def open_notes(window: Window) -> None:
    await window.page.locator("#bar-more").click()
    await window.page.get_by_role("menuitem", name="Notes").click()
    await expect(window.page.get_by_role("textbox", name="Notes")).to_be_focused()
    await expect(window.page.locator("#notes-hint")).to_have_text("Everybody in the meeting sees this.")


async def text_of(window: Window) -> str:
    return await window.page.locator("#notes-field").input_value()


async def test_two_who_write_at_the_same_time_have_one_text(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    for window in (ada, bob):
        await open_notes(window)
    await ada.page.keyboard.type("Here: ")
    await expect(bob.page.locator("#notes-field")).to_have_value("Here: ")
    await bob.page.keyboard.press("End")
    # Ada in front, Bob behind; each finds the cursor where they left it.
    await ada.page.keyboard.press("Home")
    await asyncio.gather(ada.page.keyboard.type(ADAS, delay=25), bob.page.keyboard.type(BOBS, delay=25))

    async def same() -> bool:
        one, other = await text_of(ada), await text_of(bob)
        return one == other and len(one) == len(f"{ADAS}Here: {BOBS}")

    await eventually("both have one text", same, within=8)
    assert await text_of(ada) == f"{ADAS}Here: {BOBS}"

    eve = await people.join("Eve", code)
    await open_notes(eve)
    await expect(eve.page.locator("#notes-field")).to_have_value(f"{ADAS}Here: {BOBS}")
    await eve.page.keyboard.press("Escape")
    await expect(eve.page.locator("#notes-panel")).to_be_hidden()
    await expect(eve.page.locator("#bar-more")).to_be_focused()


async def writers(host: Window) -> Locator:
    """In the host controls, whether everybody writes them."""
    await host.page.locator("#bar-more").click()
    await host.page.get_by_role("menuitem", name="Host controls…").click()
    return host.page.get_by_role("dialog", name="Host controls").get_by_label("write the notes")


async def test_a_host_says_who_writes_them(people: People) -> None:
    alice, code = await starts_meeting(people, "Alice")
    bob = await people.join("Bob", code)
    await open_notes(bob)
    field, hint = bob.page.locator("#notes-field"), bob.page.locator("#notes-hint")
    await bob.page.keyboard.type("Mine")
    box = await writers(alice)
    await expect(box).to_be_checked()
    await box.focus()
    await alice.page.keyboard.press("Space")
    await expect(field).not_to_be_editable()
    await expect(hint).to_have_text("Only hosts and presenters write here.")
    await expect(bob.page.locator("#toasts")).to_contain_text("Only hosts and presenters write the notes now.")
    await expect(field).to_have_value("Mine")
    # The host still writes, and is not told what they did themselves.
    await expect(alice.page.locator("#toasts")).not_to_contain_text("write the notes")
    await alice.page.keyboard.press("Escape")
    await open_notes(alice)
    await alice.page.keyboard.type("Ours: ")
    await expect(field).to_have_value(re.compile("Ours: "))

    box = await writers(alice)
    await expect(box).not_to_be_checked()
    await box.focus()
    await alice.page.keyboard.press("Space")
    await expect(field).to_be_editable()
    await expect(hint).to_have_text("Everybody in the meeting sees this.")
    await expect(bob.page.locator("#toasts")).to_contain_text("Everybody may write the notes now.")
