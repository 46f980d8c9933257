"""Every page, and the meeting with its panels open, as axe-core sees them: no violation, in both colour schemes, from
left to right and from right to left.
"""

from __future__ import annotations

import json
from itertools import product
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import People
from tests.browser.test_files import picture, share
from tests.browser.test_pages import SCHEMES, STATUS_COMPLAINT
from tests.live.server import ROOT, RunningServer

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const why = (one) => [...one.any, ...one.all, ...one.none].map(({ message }) => message).join("; ");
  const lines = ({ nodes }) => nodes.map((one) => `    ${one.target.join(" ")}: ${why(one)}`);
  return violations.map((one) => [`${one.id}: ${one.help}`, ...lines(one)].join("\\n"));
}"""
PASSWORD = "correct horse battery"
# A host with a weekly class to which somebody is invited, and meetings that go on, are over, and have a door.
MAKE = f"""
import json
from datetime import datetime, timedelta
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.utils import timezone
from meetings.actions.start import start_meeting
from meetings.calendars.plan import read_plan
from meetings.identity import Person
from meetings.models import ChatMessage, Meeting, Notes, SharedFile
from meetings.planning.invitees import Wanted, invite_people
from meetings.planning.plan import plan_meeting
user = User.objects.create_user("ada@example.org", "ada@example.org", "{PASSWORD}", first_name="Ada")
EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
ada = Person(user_id=user.pk, display_name="Ada")
planned = start_meeting(ada, "Algebra")
begins = datetime.combine(timezone.now().date() + timedelta(days=2), datetime.min.time()).replace(hour=9)
plan_meeting(planned.id, read_plan(begins, "Europe/Berlin", 60, "FREQ=WEEKLY;COUNT=4"), by=ada)
invitee = invite_people(planned.id, [Wanted("bob@example.org", "Bob")], by=ada)[0]
now = start_meeting(ada, "Talk")
ended = start_meeting(ada, "Yesterday")
Meeting.objects.filter(pk=ended.pk).update(state="ended", ended_at=timezone.now())
Notes.objects.create(meeting=ended, text="First the boats", version=1, changed_at=timezone.now())
shared = dict(meeting=ended, size=2048, shared_at=timezone.now())
file = SharedFile.objects.create(name="plan.pdf", media_type="application/pdf", place="ab/c", **shared)
ChatMessage.objects.create(meeting=ended, author_name="Ada", recipient_type="all", file=file, sent_at=timezone.now())
waiting = start_meeting(ada, "Behind a door")
Meeting.objects.filter(pk=waiting.pk).update(waiting_room="everybody")
print(json.dumps({{
    "planned": planned.code, "occurrence": str(planned.occurrences.first().pk), "invitation": invitee.key,
    "now": now.code, "ended": ended.code, "waiting": waiting.code,
}}))
"""


@pytest.fixture(scope="session")
def made(server: RunningServer) -> dict[str, str]:
    """What there is to look at: codes, an occurrence and the key of an invitation."""
    done = server.manage("shell", "-c", MAKE)
    assert done.returncode == 0, done.stderr
    result: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return result


async def violations(page: Page) -> list[str]:
    """What axe-core finds in the page as it is now. It gets in from outside: the pages' policy lets nothing else in."""
    await page.evaluate(AXE)
    found: list[str] = await page.evaluate(RUN)
    return found


async def sign_in(page: Page) -> None:
    await page.goto("/account/sign-in/")
    await page.locator("#id_login").fill("ada@example.org")
    await page.locator("#id_password").fill(PASSWORD)
    await page.locator(".account-form button").click()
    await page.wait_for_url(lambda url: "sign-in" not in url)


SEEN = list(product(["en", "ar"], SCHEMES))


@pytest.mark.parametrize(("language", "scheme"), SEEN)
async def test_axe_finds_nothing_on_the_pages(
    people: People, made: dict[str, str], language: str, scheme: Literal["dark", "light"]
) -> None:
    people.expect_problem(STATUS_COMPLAINT)
    page = (await people.open("Ada", language=language, scheme=scheme)).page
    found: dict[str, list[str]] = {}

    async def look(path: str) -> None:
        await page.goto(path)
        if problems := await violations(page):
            found[path] = problems

    for path in (
        "/",
        "/account/sign-in/",
        "/account/sign-up/",
        "/account/password/forgotten/",
        f"/i/{made['invitation']}/",
        "/test/",
        "/api/",
        "/nowhere/",
        "/m/aaa-aaaa-aaa/",
        f"/m/{made['ended']}/",
    ):
        await look(path)
    await sign_in(page)
    planned = f"/meetings/{made['planned']}/"
    for path in (
        "/",
        "/account/",
        "/account/delete/",
        "/account/e-mail/",
        "/meetings/",
        "/meetings/new/",
        planned,
        f"{planned}change/",
        f"{planned}dates/{made['occurrence']}/",
        f"/meetings/{made['ended']}/summary/",
    ):
        await look(path)
    assert not found, report(found)


@pytest.mark.parametrize(("language", "scheme"), SEEN)
async def test_axe_finds_nothing_in_the_meeting(
    people: People, made: dict[str, str], language: str, scheme: Literal["dark", "light"]
) -> None:
    window = await people.open("Ada", language=language, scheme=scheme, size=(1280, 720))
    page = window.page
    found: dict[str, list[str]] = {}

    async def look(where: str) -> None:
        if problems := await violations(page):
            found[where] = problems

    await sign_in(page)
    await page.goto(f"/m/{made['now']}/")
    await window.shows_own_picture()
    await look("prejoin")
    await page.locator("#display-name").fill("Ada")
    await page.locator("#join-button").click()
    await expect(page.locator("#room .tile")).to_be_visible()
    await look("alone")
    await page.locator("#bar-more").click()
    await look("menu")
    await page.keyboard.press("Escape")
    for button, panel in (
        ("#bar-chat", "#chat-panel"),
        ("#bar-polls", "#polls-panel"),
        ("#bar-people", "#people-panel"),
    ):
        await page.locator(button).click()
        await expect(page.locator(panel)).to_be_visible()
        if panel == "#chat-panel":
            await page.locator("#chat-field").fill("Good morning")
            await page.locator("#chat-send").click()
            await share(window, "photo.png", picture(64, 48))
            await expect(page.locator("#chat-messages .message").last.locator(".message-picture")).to_be_visible()
            await expect(page.locator("#chat-messages .message:not(.message--outgoing)").last).to_be_visible()
        await look(panel)
    for name in ("notes", "breakouts"):
        await page.locator("#bar-more").click()
        await page.locator(f"#menu-{name}").click()
        await expect(page.locator(f"#{name}-panel")).to_be_visible()
        await look(f"#{name}-panel")
    await page.locator("#breakouts-panel-close").click()
    await page.locator("#bar-more").click()
    await page.locator("#menu-host").click()
    await expect(page.locator("#host-dialog")).to_be_visible()
    await look("host controls")
    await page.keyboard.press("Escape")
    await page.keyboard.press("i")
    await expect(page.locator("#connection-dialog")).to_be_visible()
    await look("connection")
    await page.keyboard.press("Escape")
    await page.locator("#bar-leave").click()
    await expect(page.locator("#outcome-title")).to_be_visible()
    await look("outcome")
    page = (await people.open("Bob", language=language, scheme=scheme)).page
    await page.goto(f"/m/{made['waiting']}/")
    await page.locator("#display-name").fill("Bob")
    await page.locator("#join-button").click()
    await expect(page.locator("#door-title")).to_be_visible()
    await look("waiting")
    assert not found, report(found)


def report(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{where}\n  " + "\n  ".join(problems) for where, problems in found.items())
