"""Join attempts in the admin, in a real browser: one person's are found by keys; and pictures of the pages."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import People
from tests.browser.test_connection_panel import kept_as_pictures
from tests.browser.test_keyboard import Keys
from tests.browser.test_live_admin import make_staff, sign_in
from tests.live.server import RunningServer

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

ATTEMPTS = "/admin/meetings/joinattempt/"


@pytest.fixture(scope="module")
def staff(server: RunningServer) -> None:
    make_staff(server)


async def test_the_attempts_of_one_person_are_found_by_keys(people: People, staff: None, code: str) -> None:
    for name in ("Ada of the filter", "Bob of the filter", "Ada of the filter"):
        window = await people.join(name, code)
        await window.press("leave")
    window = await people.open("ops", size=(1280, 720))
    page = await sign_in(window.page, "ops", ATTEMPTS)
    keys = Keys(window)
    results = page.locator("#result_list tbody tr")

    await page.locator("#filter-person").focus()
    await page.keyboard.type("of the filter")
    await keys.press("Enter")
    await expect(results).to_have_count(3)
    await kept_as_pictures(window, "attempts-of-a-name")

    # Each window is a browser of its own, and so a guest of its own.
    await page.get_by_role("link", name="All attempts of Bob of the filter").focus()
    await keys.press("Enter")
    await expect(results).to_have_count(1)
    await expect(page.get_by_text("Only whoever made")).to_contain_text("Bob of the filter")
    await kept_as_pictures(window, "attempts-of-a-person")
    await page.get_by_role("link", name="All persons").focus()
    await keys.press("Enter")
    await expect(page.get_by_text("Only whoever made")).to_have_count(0)
    assert await results.count() >= 3

    await page.locator("#result_list tbody th a").first.focus()
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="What both sides saw")).to_be_visible()
    await kept_as_pictures(window, "attempt")
    await page.get_by_role("link", name="Quality timeline").click()
    await page.wait_for_url("**/timeline/")
    await kept_as_pictures(window, "timeline")


async def test_the_first_page_has_each_thing_in_its_place(people: People, staff: None, server: RunningServer) -> None:
    window = await people.open("ops", size=(1280, 720))
    page = await sign_in(window.page, "ops", "/admin/")
    for probed in (False, True):
        if probed:
            done = server.manage("media_probe", "--record", "--json")
            assert done.returncode == 0, done.stderr
            await page.goto("/admin/")
        probe, apps, recent = [
            await page.locator(place).bounding_box() for place in ("#latest-probe", "#content-main", "#content-related")
        ]
        assert probe is not None
        assert apps is not None
        assert recent is not None
        assert probe["y"] + probe["height"] <= apps["y"], "the latest probe stands above the tables"
        assert recent["y"] < apps["y"] + 20, "recent actions stand beside them"
        # No word of a heading is broken.
        headings = await page.locator("#latest-probe thead th").evaluate_all("all => all.map(one => one.offsetHeight)")
        assert all(height < 40 for height in headings), headings
        await kept_as_pictures(window, f"admin-index-{'probed' if probed else 'fresh'}")
    for path in ("doctor", "meetings/proberun"):
        await page.goto(f"/admin/{path}/")
        await kept_as_pictures(window, f"admin-{path.rpartition('/')[2]}")
