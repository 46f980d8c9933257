"""Live media in the admin, in a real browser: with real calls, with a thousand transports, and with no media node."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from meetings.bot.participant import BotParticipant
from meetings.bot.picture import MovingPicture
from meetings.bot.site import Site
from meetings.bot.tone import Tone
from tests.browser.conftest import People
from tests.live.browser import Chromium
from tests.live.server import ROOT, RunningServer
from tests.live.waiting import eventually

pytestmark = [pytest.mark.patient, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

SCREENSHOTS = ROOT / "build" / "screenshots"
LIVE = "/admin/media/livemedia/"
PASSWORD = "a long enough one"
MAKE_STAFF = """
from django.contrib.auth.models import Permission, User
if not User.objects.filter(username="ops").exists():
    User.objects.create_superuser("ops", password={password!r})
    looker = User.objects.create_user("looker", password={password!r}, is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_livemedia"))
"""
Json = dict[str, Any]


def make_staff(server: RunningServer) -> None:
    """`ops` may do everything, `looker` may look."""
    done = server.manage("shell", "-c", MAKE_STAFF.format(password=PASSWORD))
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def staff(server: RunningServer) -> None:
    make_staff(server)


class Meeting:
    """A meeting whose people are bots."""

    def __init__(self, site: Site, made: Json, stack: AsyncExitStack) -> None:
        self.code, self.id = str(made["code"]), str(made["id"])
        self._site, self._ticket, self._stack = site, made["host_ticket"], stack

    async def enter(self, name: str, hertz: int) -> BotParticipant:
        bot = BotParticipant(
            self._site,
            self.code,
            display_name=name,
            picture=MovingPicture(),
            tone=Tone(hertz),
            ticket=self._ticket if name == "Alice" else "",
        )
        return await self._stack.enter_async_context(bot)


@pytest_asyncio.fixture(loop_scope="session")
async def meeting(site: Site) -> AsyncIterator[Meeting]:
    """Alice and Bob see and hear each other in "Weekly". Nobody else has media: whom an earlier test left without a
    goodbye keeps a place for a while, which would stand in the tree too.
    """

    async def nobody_has_media() -> bool:
        return bool((await site.health())["totalParticipants"] == 0)

    await eventually("what earlier tests left is gone", nobody_has_media, within=60, every=0.5)
    async with AsyncExitStack() as stack:
        meeting = Meeting(site, await site.create_meeting("Weekly"), stack)
        await meeting.enter("Alice", 450)
        await meeting.enter("Bob", 900)
        yield meeting


async def sign_in(page: Page, who: str, path: str = LIVE) -> Page:
    await page.goto(f"/admin/login/?next={path}")
    await page.fill("#id_username", who)
    await page.fill("#id_password", PASSWORD)
    await page.press("#id_password", "Enter")
    await page.wait_for_url(f"**{path}*")
    return page


async def signed_in(people: People, who: str, **how: Any) -> Page:
    return await sign_in((await people.open(who, **how)).page, who)


def row(page: Page, name: str) -> Any:
    return page.get_by_role("row", name=re.compile(name))


async def picture(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def test_tree_follows_by_itself_and_everything_else_stays_where_it_is(
    people: People, staff: None, meeting: Meeting
) -> None:
    page = await signed_in(people, "ops", size=(1440, 900), scheme="light")
    await expect(row(page, "Weekly")).to_be_visible(timeout=10_000)
    await page.fill("#live-search", meeting.code)
    await expect(row(page, "Alice sends")).to_be_visible()
    assert await row(page, "Weekly").count() == 1
    await row(page, "Alice sends").focus()
    await page.keyboard.press("ArrowRight")
    await expect(row(page, "sends camera.*flows.*VP8")).to_be_visible()
    await row(page, "Bob receives").focus()
    await page.keyboard.press("ArrowRight")
    theirs = row(page, "Alice.s camera.*flows")
    await expect(theirs).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(row(page, "Alice.s camera.*bit.s.*ms")).to_be_visible(timeout=10_000)
    focused = "document.activeElement.dataset.key"
    kept = await page.evaluate(f"[{focused}, scrollY]")
    assert str(kept[0]).startswith("c:")
    await page.evaluate("document.activeElement.marked = true")
    await picture(page, "live-media-light")

    carol = await meeting.enter("Carol", 1200)
    entered = time.monotonic()
    await expect(row(page, "Carol sends")).to_be_visible(timeout=4_000)
    assert time.monotonic() - entered < 2.5
    await expect(row(page, "Carol.s camera")).to_be_visible(timeout=4_000)
    await carol.leave()
    left = time.monotonic()
    await expect(row(page, "Carol")).to_have_count(0, timeout=4_000)
    assert time.monotonic() - left < 2.5
    assert await page.evaluate(f"[{focused}, scrollY]") == kept
    assert await page.evaluate("document.activeElement.marked") is True

    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    await expect(theirs).to_have_count(0)
    await page.reload()
    await expect(row(page, "Weekly")).to_be_visible()
    await page.goto(f"/admin/meetings/meeting/{meeting.id}/change/")
    await page.get_by_role("link", name="Rooms, transports and streams").click()
    await expect(row(page, "Bob receives")).to_be_visible()

    dark = await signed_in(people, "looker", size=(1440, 900), scheme="dark")
    await dark.fill("#live-search", "bob")
    await row(dark, "Bob receives").focus()
    await dark.keyboard.press("ArrowRight")
    await expect(row(dark, "Alice.s.*flows.*ms")).to_have_count(2, timeout=10_000)
    await dark.keyboard.press("ArrowDown")
    await dark.keyboard.press("ArrowDown")
    assert await dark.get_by_role("link", name="Pause").count() == 0, "who may only look is offered nothing to do"
    await picture(dark, "live-media-dark")
    await dark.set_viewport_size({"width": 390, "height": 800})
    await picture(dark, "live-media-narrow")


async def test_act_is_confirmed_reaches_the_owners_page_and_is_logged(
    people: People, staff: None, meeting: Meeting
) -> None:
    ada = await people.join("Ada", meeting.code)
    page = await signed_in(people, "ops", size=(1440, 900), scheme="light")
    await page.fill("#live-search", "ada")
    await row(page, "Ada sends").focus()
    await page.keyboard.press("ArrowRight")
    await expect(row(page, "sends microphone")).to_be_visible()
    await row(page, "sends microphone").focus()

    async def act(name: str) -> None:
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name=f"{name}…").click()

    await act("Pause")
    await expect(page.get_by_text("Nobody in Weekly")).to_be_visible()
    await picture(page, "live-media-act")
    assert await ada.button("turn microphone off").count() == 1
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text(re.compile("Paused Ada's microphone in Weekly"))).to_be_visible()
    await expect(row(page, "sends microphone.*paused by an administrator")).to_be_visible()
    await expect(row(page, "sends microphone")).to_be_focused()
    await ada.page.get_by_text("An administrator turned your microphone off").wait_for(timeout=5_000)
    await expect(ada.button("turn microphone on")).to_be_visible()

    await act("Resume")
    await page.get_by_role("button", name="Resume").click()
    await expect(row(page, "sends microphone.*flows")).to_be_visible()
    await expect(ada.button("turn microphone off")).to_be_visible()
    await ada.page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    assert not [sent for sent in ada.sent if sent.get("event") in ("pause-producer", "resume-producer")]

    await act("Trace for 30 seconds")
    await page.get_by_role("checkbox", name="every RTP packet").check()
    await page.get_by_role("button", name="Trace").click()
    await expect(page.get_by_role("cell", name="rtp", exact=True).first).to_be_visible(timeout=5_000)
    await expect(page.locator("#trace-state")).to_contain_text("more seconds")
    await picture(page, "live-media-trace")
    await page.get_by_role("link", name="Back to the tree").click()

    await row(page, "Ada sends").focus()
    old = await page.evaluate("document.activeElement.dataset.key")
    await act("Close")
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_text(re.compile("Closed Ada's sending transport"))).to_be_visible()
    await page.fill("#live-search", "ada")
    fresh = row(page, "Ada sends.*connected")
    await expect(fresh).to_be_visible(timeout=10_000)
    assert await fresh.get_attribute("data-key") != old
    bea = await people.join("Bea", meeting.code)
    await bea.sees(ada.participant_id)
    await ada.sees(bea.participant_id)

    await page.fill("#live-search", meeting.id)
    await row(page, "Weekly").focus()
    await act("Move to another worker")
    await page.get_by_role("button", name="Move").click()
    await expect(page.get_by_text(re.compile("Moved the room of Weekly"))).to_be_visible()
    await bea.sees(ada.participant_id)

    await page.goto("/admin/")
    await expect(page.get_by_role("link", name=re.compile("Ada's microphone in Weekly"))).to_have_count(3)


async def test_picture_that_is_paused_for_one_says_so_there(people: People, staff: None, meeting: Meeting) -> None:
    ada = await people.join("Ada", meeting.code)
    alice = ada.page.locator('.tile[aria-label="Alice"]')
    await expect(alice).to_be_visible()
    page = await signed_in(people, "ops", size=(1440, 900), scheme="light")
    await page.fill("#live-search", "ada")
    await row(page, "Ada receives").focus()
    await page.keyboard.press("ArrowRight")
    received = row(page, "Alice.s camera.*flows")
    await received.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Pause…").click()
    await page.get_by_role("button", name="Pause").click()
    words = alice.get_by_text("An administrator has paused this picture for you.")
    await expect(words).to_be_visible(timeout=5_000)
    await picture(ada.page, "paused-for-me")

    await row(page, "Alice.s camera.*paused").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Resume…").click()
    await page.get_by_role("button", name="Resume").click()
    await expect(words).to_be_hidden(timeout=5_000)


async def test_load_is_drawn_and_said(people: People, staff: None, meeting: Meeting) -> None:
    for scheme in ("light", "dark"):
        page = await signed_in(people, "ops", size=(1440, 760), scheme=scheme)
        await page.goto(f"{LIVE}load/")
        chart = page.get_by_role("img", name=re.compile(r"CPU, share of a core\. .*% now"))
        await expect(chart.first).to_be_visible(timeout=25_000)
        await page.get_by_text("As a table").first.click()
        await expect(page.get_by_role("rowheader", name="0 to 5 minutes ago").first).to_be_visible()
        await page.get_by_text("As a table").first.click()
        await picture(page, f"live-media-load-{scheme}")


def thousand(moment: int) -> Json:
    """A node with a thousand transports, whose numbers change every time."""

    def transport(room: int, place: int) -> Json:
        sends = place % 2 == 0
        return {
            "id": f"t{room}-{place}",
            "type": "webrtc",
            "participant": f"p{room}-{place // 2}",
            "direction": "send" if sends else "recv",
            "iceState": "completed",
            "dtlsState": "connected",
            "tuple": {
                "protocol": "udp",
                "localAddress": "192.0.2.1",
                "localPort": 44444,
                "remoteIp": "198.51.100.7",
                "remotePort": 50000 + place,
            },
            "bitrateIn": 1000 * (moment * 37 + room + place),
            "bitrateOut": 1000 * (moment * 11 + room),
            "lossIn": (moment % 7) / 100,
            "lossOut": 0.0,
            "availableOut": None,
            "capIn": None,
            "capOut": None,
            "rtt": float(moment % 50),
            "producerCount": 2 if sends else 0,
            "consumerCount": 0 if sends else 18,
        }

    routers = [
        {"id": f"r{room}", "meeting": f"m{room}", "transports": [transport(room, place) for place in range(20)]}
        for room in range(50)
    ]
    worker = {
        "index": 0,
        "leaving": False,
        "pid": 4711,
        "state": "up",
        "trouble": "",
        "port": 44444,
        "cpu": 0.5,
        "memoryBytes": 500_000_000,
        "load": 0.5,
        "uptimeSeconds": 3600,
        "restarts": 0,
        "bitrateIn": 1,
        "bitrateOut": 1,
        "routers": routers,
    }
    return {
        "at": int(time.time() * 1000),
        "nodes": [{"node": "n", "host": "media1", "pid": 1, "state": "up", "workers": [worker]}],
        "silent": [],
        "meetings": {f"m{room}": [f"Meeting {room}", ""] for room in range(50)},
        "people": {f"p{room}-{place}": [f"Person {room}-{place}", ""] for room in range(50) for place in range(10)},
    }


async def test_thousand_transports_are_followed_without_standing_still(people: People, staff: None) -> None:
    window = await people.open("ops", size=(1440, 900), scheme="light")
    moment = 0

    async def answer(route: Route) -> None:
        nonlocal moment
        moment += 1
        await route.fulfill(body=json.dumps(thousand(moment)), content_type="application/json")

    await window.page.route(f"**{LIVE}tree/", answer)
    page = await sign_in(window.page, "ops")
    await expect(row(page, "Meeting 7 ")).to_be_visible()
    assert await page.locator("#live-rows tr").count() == 2 + 50, "what is closed is not there"
    await page.fill("#live-search", "meeting")
    await expect(page.locator("#live-rows tr")).to_have_count(2 + 50 + 1000)
    deep = row(page, "Person 40-3 sends")
    await deep.focus()
    scrolled = await page.evaluate("scrollY")
    assert scrolled > 1000

    durations: list[float] = []

    async def updated() -> bool:
        entries = await page.evaluate("performance.getEntriesByName('live-media-update').map(({duration}) => duration)")
        if entries and entries[-1] not in durations:
            durations.append(entries[-1])
        return len(durations) >= 5

    await eventually("five updates of everything", updated, within=20)
    assert sorted(durations)[len(durations) // 2] < 200, durations
    await expect(deep).to_be_focused()
    assert await page.evaluate("scrollY") == scrolled

    await page.fill("#live-search", "person 40-3")
    await expect(page.locator("#live-rows tr")).to_have_count(2 + 1 + 2)
    await page.fill("#live-search", "nobody at all")
    await expect(page.get_by_role("status")).to_contain_text("called that")
    await page.get_by_role("button", name="Collapse all").click()
    await expect(page.locator("#live-rows tr")).to_have_count(2 + 50)


async def test_without_a_media_node_the_page_says_why(chromium: Chromium) -> None:
    with RunningServer(media=False, MEDIA_EMBEDDED="0") as server:
        make_staff(server)
        page = await sign_in((await chromium.window("ops", server.base_url)).page, "ops")
        await expect(page.get_by_role("status")).to_contain_text("No media node answers", timeout=10_000)
        assert len((await page.get_by_role("status").inner_text()).split()) > 6
        await expect(page.get_by_role("treegrid")).to_be_hidden()
        await chromium.close_windows()


async def test_before_anybody_has_joined_the_page_says_that_too(people: People, staff: None) -> None:
    page = await signed_in(people, "ops")
    await expect(row(page, "Worker 0")).to_be_visible(timeout=10_000)
    await expect(page.get_by_role("status")).to_contain_text("No meeting has media just now", timeout=30_000)
