"""Live media in the admin, in a real browser, with bots in a meeting and with a thousand transports."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from meetings.bot.participant import BotParticipant
from meetings.bot.picture import MovingPicture
from meetings.bot.site import Site
from meetings.bot.tone import Tone
from tests.browser.conftest import People
from tests.live.server import ROOT, RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SCREENSHOTS = ROOT / "build" / "screenshots"
PASSWORD = "a long enough one"
MAKE_STAFF = """
from django.contrib.auth.models import Permission, User
if not User.objects.filter(username="ops").exists():
    User.objects.create_superuser("ops", password={password!r})
    looker = User.objects.create_user("looker", password={password!r}, is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_livemedia"))
"""


@pytest.fixture(scope="module")
def staff(server: RunningServer) -> None:
    """`ops` may do everything, `looker` may look."""
    done = server.manage("shell", "-c", MAKE_STAFF.format(password=PASSWORD))
    assert done.returncode == 0, done.stderr


@pytest_asyncio.fixture(loop_scope="session")
async def meeting(site: Site) -> AsyncIterator[dict[str, str]]:
    """Alice and Bob see and hear each other in "Weekly"."""
    made = await site.create_meeting("Weekly")
    async with AsyncExitStack() as stack:
        for name, hertz in (("Alice", 450), ("Bob", 900)):
            bot = BotParticipant(
                site,
                made["code"],
                display_name=name,
                picture=MovingPicture(),
                tone=Tone(hertz),
                ticket=made["host_ticket"],
            )
            await stack.enter_async_context(bot)
        yield made


async def signed_in(people: People, who: str, path: str = "/admin/media/livemedia/", **how: Any) -> Page:
    window = await people.open(who, **how)
    await window.page.goto(f"/admin/login/?next={path}")
    await window.page.fill("#id_username", who)
    await window.page.fill("#id_password", PASSWORD)
    await window.page.press("#id_password", "Enter")
    await window.page.wait_for_url(f"**{path}*")
    return window.page


async def test_look(people: People, staff: None, meeting: dict[str, str]) -> None:
    for scheme in ("light", "dark"):
        page = await signed_in(people, "ops", size=(1440, 900), scheme=scheme)
        row = page.get_by_role("row", name=re.compile("Weekly"))
        await expect(row).to_be_visible(timeout=10_000)
        await row.focus()
        await page.keyboard.press("ArrowRight")
        await expect(page.get_by_role("row", name=re.compile("Bob receives"))).to_be_visible()
        await page.get_by_role("row", name=re.compile("Bob receives")).focus()
        await page.keyboard.press("ArrowRight")
        await page.get_by_role("row", name=re.compile("Alice sends")).focus()
        await page.keyboard.press("ArrowRight")
        await page.wait_for_timeout(6000)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / f"live-{scheme}.png")
        await page.goto("/admin/media/livemedia/load/")
        await page.wait_for_timeout(1000)
        await page.screenshot(path=SCREENSHOTS / f"load-{scheme}.png", full_page=True)
