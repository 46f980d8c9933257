"""Pages for each way in which joining can fail, and pictures of the pages for a person to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, product
from typing import Literal

import pytest
from playwright.async_api import Page, Response

from meetings.bot.participant import BotParticipant
from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.live.browser import Chromium
from tests.live.server import ROOT, RunningServer
from tests.live.waiting import eventually

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

SCREENSHOTS = ROOT / "build" / "screenshots"
SIZES = [(1280, 720), (360, 740)]
SCHEMES: list[Literal["dark", "light"]] = ["dark", "light"]
STATUS_COMPLAINT = r"Failed to load resource.*status of (4\d\d|5\d\d)"


async def opened(page: Page, path: str) -> tuple[int, str]:
    answer: Response | None = await page.goto(path)
    assert answer is not None
    return answer.status, await page.locator("body").inner_text()


async def test_no_such_meeting_says_so(people: People) -> None:
    people.expect_problem(STATUS_COMPLAINT)
    window = await people.open("Ada")
    status, text = await opened(window.page, "/m/aaaa-bbbb-ccc/")
    assert status == 404
    assert re.search("no such meeting", text, re.I), text
    assert await window.page.get_by_role("link").filter(visible=True).count() > 0, "there is a way on"


async def test_an_ended_meeting_says_so_to_those_inside_and_to_those_who_come(people: People, site: Site) -> None:
    people.expect_problem(STATUS_COMPLAINT)
    meeting = await site.create_meeting("Weekly")
    ada = await people.join("Ada", meeting["code"])
    host = BotParticipant(site, meeting["code"], display_name="Host", ticket=meeting["host_ticket"])
    async with host:
        await ada.is_told("participant-joined")
        await host.signalling.request("end-meeting")
    await (
        ada.page.get_by_text(re.compile("meeting has ended|ended", re.I))
        .filter(visible=True)
        .first.wait_for(timeout=8000)
    )

    late = await people.open("Bob")
    status, text = await opened(late.page, f"/m/{meeting['code']}/")
    assert status in (404, 410)
    assert re.search("has ended", text, re.I), text


@pytest.fixture(scope="module")
def tiny() -> Iterator[RunningServer]:
    """A server whose meetings hold one person."""
    with RunningServer(MEETING_CAPACITY="1") as server:
        yield server


async def test_a_full_meeting_says_so_and_lets_in_when_somebody_left(
    people: People, tiny: RunningServer, chromium: Chromium
) -> None:
    people.expect_problem(STATUS_COMPLAINT)
    code = (await Site(tiny.base_url).create_meeting("Weekly"))["code"]
    ada = await chromium.window("Ada", tiny.base_url)
    await ada.join(code)

    bob = await chromium.window("Bob", tiny.base_url)
    status, _ = await opened(bob.page, f"/m/{code}/")
    if status == 200:
        await bob.type_name_and_press_join()
    else:
        assert status in (403, 409, 503), status
    full = bob.page.get_by_text(re.compile("meeting is full", re.I)).filter(visible=True).first
    await full.wait_for(timeout=8000)

    await ada.press("leave")
    await eventually("the meeting has room", lambda: has_room(tiny, code))
    await bob.join(code)


async def has_room(server: RunningServer, code: str) -> bool:
    described = await Site(server.base_url).describe(code)
    return bool(described["participants"] == [] and described["capacity"] == 1)


async def test_an_unknown_page_is_a_page(people: People) -> None:
    people.expect_problem(STATUS_COMPLAINT)
    window = await people.open("Ada")
    status, text = await opened(window.page, "/no/such/page")
    assert status == 404
    assert len(text.split()) > 5, text


async def test_starting_a_meeting_from_the_start_page_leads_into_it(people: People) -> None:
    ada = await people.open("Ada")
    await ada.page.goto("/")
    await ada.page.get_by_role("button", name=re.compile("new meeting", re.I)).click()
    await ada.page.wait_for_url(re.compile(r"/m/\w+-\w+-\w+/"), timeout=10_000)
    await ada.press_join()
    code = ada.page.url.split("/m/")[1].split("/")[0]

    bob = await people.open("Bob")
    await bob.page.goto("/")
    await bob.page.get_by_role("textbox", name=re.compile("code|link", re.I)).fill(code)
    await bob.page.get_by_role("button", name=re.compile(r"^\s*join", re.I)).click()
    await bob.page.wait_for_url(re.compile(code), timeout=10_000)
    await bob.press_join()
    await ada.sees(bob.participant_id)
    await bob.sees(ada.participant_id)


async def test_pages_fit_their_window_and_are_kept_as_pictures(people: People, code: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    others = [await people.join(name, code) for name in ("Grace Hopper", "Alan Turing")]
    ada = await people.open("Ada Lovelace")
    wiggle = count()

    async def keep(name: str) -> None:
        for (width, height), scheme in product(SIZES, SCHEMES):
            await ada.page.set_viewport_size({"width": width, "height": height})
            await ada.page.emulate_media(color_scheme=scheme)
            await ada.page.mouse.move(width / 2, 5 + next(wiggle))  # what hides when idle is shown
            await ada.page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{width}.png")
            overflow = await ada.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{name} is {overflow} px wider than its window of {width} px"

    await ada.page.goto("/")
    await ada.page.get_by_role("button", name=re.compile("new meeting", re.I)).wait_for()
    await keep("start")
    await ada.page.goto(f"/m/{code}/")
    await ada.shows_own_picture()
    await ada.page.get_by_role("textbox", name=re.compile("name", re.I)).fill(ada.name)
    await keep("prejoin")
    await ada.press_join()
    for other in others:
        await ada.sees(other.participant_id)
    await keep("meeting")
