"""A weekly class from its planning to the list of who was there: a teacher with an account, pupils with none."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from icalendar import Calendar
from playwright.async_api import expect

from tests.browser.conftest import People
from tests.browser.test_breakouts import joins_once_more
from tests.browser.test_hosting import controls, falls_silent, row
from tests.live.browser import Chromium
from tests.live.mailbox import Mailbox
from tests.live.server import RunningServer
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

PUPILS = ("Ben", "Eve", "Mal")
# Mail is sent by a task that looks every five seconds.
POST = 15.0


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def school(mailbox: Mailbox) -> Iterator[RunningServer]:
    """A newcomer's server that sends mail."""
    # Links in mail are for where browsers of these tests may use their cameras.
    with RunningServer(EMAIL_URL=mailbox.url, CONFIRM_EMAIL="false", HOST="localhost") as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def people(chromium: Chromium, school: RunningServer) -> AsyncIterator[People]:
    people = People(chromium, school)
    try:
        yield people
        people.check()
    finally:
        await chromium.close_windows()


async def signs_up(people: People, name: str) -> Window:
    window = await people.open(name)
    page = window.page
    await page.goto("/account/sign-up/")
    await page.get_by_label("E-mail address").fill(f"{name.lower()}@example.org")
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Password", exact=True).fill("correct horse battery")
    await page.get_by_role("button", name=re.compile("account|sign up", re.I)).last.click()
    await page.wait_for_url(re.compile(r"/$"))
    return window


async def schedules_the_class(teacher: Window) -> None:
    """From the start page; it begins within the hour."""
    page = teacher.page
    await page.get_by_role("link", name="Schedule").click()
    await page.get_by_label("Title").fill("Algebra")
    await page.get_by_label("Repeats").select_option("Every week")
    await page.get_by_label("Invite").fill("\n".join(f"{name} <{name.lower()}@example.org>" for name in PUPILS))
    await page.get_by_text("Who comes in, and how").click()
    await page.get_by_label("Waiting room").select_option("Everybody waits to be let in")
    await page.get_by_role("button", name="Schedule").click()
    await expect(page.get_by_text("It is planned.")).to_be_visible()


async def follows_the_link(people: People, mailbox: Mailbox, name: str) -> Window:
    """From the mail to the door."""
    link = await eventually(f"mail for {name}", lambda: mailbox.link_to(f"{name.lower()}@example.org"), within=POST)
    window = await people.open(name)
    await window.page.goto(link)
    await window.page.get_by_role("button", name="Yes").click()
    await expect(window.page.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    await window.page.get_by_role("button", name="Join").click()
    await window.page.wait_for_url(re.compile("/m/"))
    await expect(window.page.get_by_role("textbox", name="Your name")).to_have_value(name)
    await window.type_name_and_press_join()
    await expect(window.page.locator("#door-title")).to_contain_text("Waiting to be let in")
    return window


async def test_a_class(people: People, mailbox: Mailbox, tmp_path: Path) -> None:
    teacher = await signs_up(people, "Teacher")
    await schedules_the_class(teacher)
    page = teacher.page

    # The teacher is there first, and lets them in as they come.
    await page.get_by_role("link", name="Join").first.click()
    await teacher.press_join()
    ben, eve, mal = [await follows_the_link(people, mailbox, name) for name in PUPILS]
    [invitation] = mailbox.to("ben@example.org")
    [attached] = [part for part in invitation.walk() if part.get_content_type() == "text/calendar"]
    [event] = Calendar.from_ical(attached.get_content()).walk("VEVENT")
    assert "RRULE:FREQ=WEEKLY" in event.to_ical().decode()
    await page.keyboard.press("p")
    await page.get_by_role("button", name="Let all in").click()
    for pupil in (ben, eve, mal):
        await joins_once_more(pupil, 1)
        await teacher.sees(pupil.participant_id)
        await pupil.hears(teacher.participant_id)

    # One misbehaves.
    await row(teacher, "Mal").get_by_role("button", name="What you can do about Mal").click()
    await row(teacher, "Mal").get_by_role("button", name="Mute", exact=True).click()
    await falls_silent(teacher, mal.participant_id)
    await row(teacher, "Mal").get_by_role("button", name="Remove").click()
    await page.get_by_label("Do not let them in again").check()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(mal.page.get_by_role("heading", name=re.compile("removed", re.I))).to_be_visible()
    # Nor through the link in the mail, in a browser of another kind.
    again = await people.open("Mal")
    await again.page.goto(mailbox.link_to("mal@example.org"))
    await again.page.get_by_role("button", name="Join").click()
    await again.type_name_and_press_join()
    await expect(again.page.get_by_role("heading", name=re.compile("removed", re.I))).to_be_visible()

    # The class votes.
    await page.locator("#bar-polls").click()
    await page.get_by_role("button", name="New poll").click()
    await page.get_by_label("Question", exact=True).fill("Once more?")
    await page.get_by_label("Answers, one a line").fill("Yes\nNo")
    await page.get_by_role("button", name="Open now").click()
    for pupil, said in ((ben, "Yes"), (eve, "No")):
        await pupil.page.locator("#toasts").get_by_role("button", name="Vote").click()
        await pupil.page.get_by_role("radio", name=said).check()
        await pupil.page.get_by_role("button", name="Vote", exact=True).click()
    await expect(page.locator("#polls-list .poll-option-result")).to_have_text(["1 (50%)", "1 (50%)"])

    # It goes into rooms, and returns.
    await page.locator("#bar-more").click()
    await page.get_by_role("menuitem", name="Breakout rooms…").click()
    panel = page.get_by_role("complementary", name="Breakout rooms")
    await panel.get_by_label("Or their names").fill("Red\nBlue")
    await panel.get_by_role("button", name="Make the rooms").click()
    await panel.get_by_role("button", name="Open the rooms").click()
    for pupil in (ben, eve):
        await joins_once_more(pupil, 2)
        await expect(pupil.page.locator("#stage-tiles .tile")).to_have_count(1)
    await panel.get_by_label("Everybody comes back").select_option("at once")
    await panel.get_by_role("button", name="Close the rooms").click()
    for pupil in (ben, eve):
        await joins_once_more(pupil, 3)
        await teacher.sees(pupil.participant_id)
        await pupil.hears(teacher.participant_id)

    # It is over, and the teacher takes the list of who was there home.
    people.expect_problem("status of 410")
    dialog = await controls(teacher)
    await dialog.get_by_role("button", name="End for everybody").click()
    sure = page.locator("dialog[open]", has_text="nobody can come back")
    await sure.get_by_role("button", name="End for everybody").click()
    await page.get_by_role("link", name="See the summary").click()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Attendance as CSV").click()
    await (await downloading.value).save_as(table := tmp_path / "attendance.csv")
    present = {line["name"]: line for line in csv.DictReader(table.open())}
    assert set(present) == {"Teacher", *PUPILS}
    await expect(page.get_by_text("Once more?")).to_be_visible()
