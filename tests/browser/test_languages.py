"""The meeting in a language that runs from right to left, and choosing another one."""

from __future__ import annotations

import re
from itertools import product

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import People
from tests.browser.test_pages import SCREENSHOTS, SIZES
from tests.faults.diagnosis import hosting, open_connection_panel

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

# What overlaps the edge of the page, which then scrolls sideways.
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def test_a_meeting_runs_from_right_to_left(people: People, code: str) -> None:
    """Adnan joins in Arabic and sees and hears Bob, who does not; the bar runs from the right."""
    bob = await people.join("Bob", code)
    adnan = await people.open("عدنان", language="ar-EG", size=(1280, 720))
    page = adnan.page
    await page.goto(f"/m/{code}/")
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await adnan.shows_own_picture()
    await page.locator("#display-name").fill("عدنان")
    await page.screenshot(path=SCREENSHOTS / "prejoin-ar-1280.png")
    await page.locator("#join-button").click()
    await adnan.sees(bob.participant_id)
    await bob.sees(adnan.participant_id)
    await expect(page.locator("#bar-microphone")).to_have_accessible_name("أوقف الميكروفون، يعمل الآن")
    await page.locator("#bar-people").click()
    await expect(page.locator("#bar-people")).to_have_accessible_name("الأشخاص ، شخصان في الاجتماع")
    first, last = page.locator("#bar-microphone"), page.locator("#bar-leave")
    assert await left_of(last) < await left_of(first), "the bar begins at the right"
    assert await left_of(page.locator("#people-panel")) < await left_of(page.locator("#stage")), "so does the room"
    await first.focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#bar-camera")).to_be_focused()

    await page.locator("#bar-chat").click()
    await page.locator("#chat-field").fill("صباح الخير")
    await page.keyboard.press("Enter")
    await expect(bob.page.locator("#toasts")).to_contain_text("عدنان: صباح الخير")
    await expect(page.locator("#chat-messages .message-name")).to_have_text("أنت")
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate(WIDER) == 0
        await page.screenshot(path=SCREENSHOTS / f"chat-ar-{width}.png")
    await page.locator("#chat-close").click()
    await page.screenshot(path=SCREENSHOTS / "meeting-ar-360.png")


async def test_why_nobody_hears_one_is_told_to_each_in_their_language(people: People) -> None:
    """Adnan's browser denies the microphone. He reads why in Arabic, and the host in English."""
    host = await people.open("Greta")
    code = await hosting(host)
    adnan = await people.open("عدنان", permissions=("camera",), language="ar-EG")
    await adnan.page.goto(f"/m/{code}/")
    await adnan.page.locator("#display-name").fill("عدنان")
    await adnan.page.locator("#join-button").click()
    await adnan.until("document.querySelector('#topbar-connection')?.checkVisibility()")
    await open_connection_panel(adnan)
    await expect(adnan.page.locator("#connection-summary")).to_contain_text(
        "لا يسمعك أحد: لا يسمح هذا المتصفح للموقع باستخدام ميكروفونك."
    )
    said = "عدنان cannot be heard: their browser does not let the site use the microphone."
    await expect(host.page.get_by_role("note", name=said)).to_be_visible(timeout=10_000)


async def test_another_language_is_chosen_by_keyboard(people: People) -> None:
    page = (await people.open("Ada")).page
    await page.goto("/meetings/?page=1")
    await page.get_by_role("button", name="Deutsch").press("Enter")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page).to_have_url(re.compile(r"/meetings/\?page=1$"))
    await page.goto("/")
    await page.get_by_label("Code oder Link eines Treffens").fill("nothing")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text(
        "Das ist kein Code oder Link eines Treffens. Ein Code sieht aus wie abc-defg-hij."
    )


async def test_pages_fit_in_each_language(people: People) -> None:
    """Pictures for a person to look at; German words are long."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for language, (width, height) in product(("de", "ar"), SIZES):
        page: Page = (await people.open("Ada", language=language, size=(width, height))).page
        for name, path in (("start", "/"), ("plan", "/meetings/new/"), ("sign-up", "/account/sign-up/")):
            await page.goto(path)
            assert await page.evaluate(WIDER) == 0, f"{name} in {language} at {width}"
            await page.screenshot(path=SCREENSHOTS / f"{name}-{language}-{width}.png", full_page=True)


async def left_of(place: Locator) -> float:
    box = await place.bounding_box()
    assert box is not None
    return box["x"]
