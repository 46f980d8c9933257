"""From the end of a meeting to what stays of it, as its host sees it; and pictures for a person to look at."""

from __future__ import annotations

import asyncio
import csv
import re
from itertools import product
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from meetings.bot.participant import BotParticipant
from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.browser.test_files import picture, share
from tests.browser.test_hosting import controls, row, starts_meeting
from tests.browser.test_notes import open_notes
from tests.browser.test_pages import SCHEMES, SCREENSHOTS, SIZES
from tests.live.server import RunningServer
from tests.live.waiting import eventually

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

PASSWORD = "correct horse battery"
MAKE_CAROL = f"""
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
user = User.objects.create_user("carol@example.org", "carol@example.org", "{PASSWORD}", first_name="Carol")
EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
"""
LONG = "Somebody whose name is much too long for a narrow table, and goes on"


async def dialog_pictures(page: Page) -> None:
    """The host controls, as they are open."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for (width, height), scheme in product(SIZES, SCHEMES):
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)
        await page.screenshot(path=SCREENSHOTS / f"host-controls-{width}-{scheme}.png")
    if before is not None:
        await page.set_viewport_size(before)


async def test_a_host_ends_a_meeting_and_reads_what_stays_of_it(people: People, site: Site, tmp_path: Path) -> None:
    people.expect_problem("status of 410")
    alice, code = await starts_meeting(people, "Alice")
    page = alice.page
    bob, other = (BotParticipant(site, code, display_name=name, receive=False) for name in ("Bob", LONG))
    async with bob, other:
        await alice.is_told("participant-joined", displayName=LONG)
        for words in ("Good morning", "<b>Shall</b> we begin?", "a" * 200):
            await bob.signalling.request("send-message", {"message": words, "recipientType": "all"})
        await page.locator("#bar-chat").click()
        await share(alice, "a-plan-of-the-bridges-with-a-name-that-goes-on.png", picture(64, 48))
        await expect(page.locator(".message-picture:visible")).to_have_count(1)
        await page.keyboard.press("Escape")
        await open_notes(alice)
        await page.keyboard.type("First the boats,\nthen the bridges. <b>All</b> of them.")

        async def are_kept() -> bool:
            return "them." in (await bob.signalling.request("notes", {}))["text"]

        await eventually("the notes are kept", are_kept)
        await page.keyboard.press("Escape")
        dialog = await controls(alice)
        await dialog_pictures(page)
        await dialog.get_by_role("button", name="End for everybody").click()
        await (
            page.locator("dialog[open]", has_text="nobody can come back")
            .get_by_role("button", name="End for everybody")
            .click()
        )
        await expect(page.get_by_role("heading", name="The meeting has ended")).to_be_visible()
    link = page.get_by_role("link", name="See the summary")
    await expect(link).to_be_visible()
    await link.click()

    await expect(page.get_by_role("heading", name="Attendance")).to_be_visible()
    rows = page.get_by_role("region", name="Attendance").get_by_role("row")
    await expect(rows).to_have_count(4)
    await expect(rows.nth(1)).to_contain_text(re.compile(r"Alice\s*host"))
    await expect(page.get_by_text("4 messages were written.")).to_be_visible()
    files = page.get_by_role("region", name="Files")
    await expect(files.get_by_role("row")).to_have_count(2)
    async with page.expect_download() as downloading:
        await files.get_by_role("link", name="a-plan-of").click()
    assert await asyncio.to_thread(Path(await (await downloading.value).path()).read_bytes) == picture(64, 48)
    notes = page.get_by_role("region", name="Notes")
    await expect(notes).to_contain_text("then the bridges. <b>All</b> of them.")
    async with page.expect_download() as downloading:
        await notes.get_by_role("link", name="Notes as text").click()
    assert (await downloading.value).suggested_filename == f"notes-{code}.txt"
    await expect(page.get_by_text("<b>Shall</b> we begin?")).to_be_visible()
    await expect(page.get_by_role("region", name="What hosts did")).to_contain_text("Alice")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Attendance as CSV").click()
    await (await downloading.value).save_as(table := tmp_path / "attendance.csv")
    assert [line[0] for line in csv.reader(table.open())] == ["name", "Alice", "Bob", LONG]

    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for (width, height), scheme in product(SIZES, SCHEMES):
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        await page.screenshot(path=SCREENSHOTS / f"summary-{width}-{scheme}.png", full_page=True)
    await page.emulate_media(media="print", color_scheme="dark")
    await expect(page.locator(".site-header")).to_be_hidden()
    await page.screenshot(path=SCREENSHOTS / "summary-print.png", full_page=True)

    # Whoever opens the link of the meeting again is led there too, if it is theirs.
    await page.emulate_media(media="screen")
    await page.goto(f"/m/{code}/")
    await expect(page.get_by_role("link", name="See the summary")).to_be_visible()


async def test_a_co_host_with_an_account_reads_it_too(people: People, server: RunningServer) -> None:
    made = await asyncio.to_thread(server.manage, "shell", "-c", MAKE_CAROL)
    assert made.returncode == 0, made.stderr
    people.expect_problem("status of 404")
    alice, code = await starts_meeting(people, "Alice")
    carol, dave = await people.open("Carol"), await people.join("Dave", code)
    await carol.page.goto("/account/sign-in/")
    await carol.page.locator("#id_login").fill("carol@example.org")
    await carol.page.locator("#id_password").fill(PASSWORD)
    await carol.page.locator(".account-form button").click()
    await carol.page.wait_for_url(lambda url: "sign-in" not in url)
    await carol.join(code)
    await alice.page.keyboard.press("p")
    await row(alice, "Carol").get_by_role("button", name="What you can do about Carol").click()
    await row(alice, "Carol").get_by_role("button", name="Make co-host").click()
    await carol.page.locator("#bar-more").click()
    await expect(carol.page.get_by_role("menuitem", name="Host controls…")).to_be_visible()
    await (await controls(alice)).get_by_role("button", name="End for everybody").click()
    sure = alice.page.locator("dialog[open]", has_text="nobody can come back")
    await sure.get_by_role("button", name="End for everybody").click()
    await carol.page.get_by_role("link", name="See the summary").click()
    await expect(carol.page.get_by_role("region", name="Attendance").get_by_role("row")).to_have_count(4)
    await expect(dave.page.get_by_role("heading", name="The meeting has ended")).to_be_visible()
    await expect(dave.page.get_by_role("link", name="See the summary")).to_have_count(0)
    gone = await dave.page.goto(f"/meetings/{code}/summary/")
    assert gone is not None
    assert gone.status == 404
