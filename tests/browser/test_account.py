"""An account in a browser: made and used by keyboard alone, and through an OpenID Connect provider."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from itertools import product

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.accounts.provider import CLIENT, SECRET, Provider, running_provider
from tests.browser.test_pages import SCHEMES, SCREENSHOTS, SIZES
from tests.live.browser import Chromium
from tests.live.server import RunningServer
from tests.live.waiting import eventually

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

PASSWORD = "correct horse battery"
MOST_TABS = 25
FOCUS = """() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const shown = element.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const label = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent;
  return { name: label.trim(), shown: shown || element.closest(".joined-field") !== null };
}"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
def own_server(provider: Provider) -> Iterator[RunningServer]:
    """A newcomer's server that knows the provider."""
    with RunningServer(
        OIDC_ISSUER=provider.url, OIDC_CLIENT_ID=CLIENT, OIDC_CLIENT_SECRET=SECRET, OIDC_NAME="School login"
    ) as server:
        yield server


async def tab_to(page: Page, name: str) -> None:
    """Tab until the focus is there; it is to be seen at each stop on the way."""
    stops = []
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        focus = await page.evaluate(FOCUS)
        stops.append(focus)
        assert focus["shown"], focus
        if focus["name"] == name:
            return
    raise AssertionError(f"{MOST_TABS} times Tab do not lead to {name}: {stops}")


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _windows_of_these_tests(chromium: Chromium) -> AsyncIterator[None]:
    """Nobody else's: they are closed with the test."""
    yield
    await chromium.close_windows()


async def test_from_signing_up_to_a_meeting_and_the_settings_by_keyboard(
    own_server: RunningServer, chromium: Chromium
) -> None:
    ada = await chromium.window("Ada", own_server.base_url)
    page, keys = ada.page, ada.page.keyboard
    await page.goto("/")
    await tab_to(page, "Sign in")
    await keys.press("Enter")
    await page.wait_for_url("**/account/sign-in/**")
    await tab_to(page, "Sign up")
    await keys.press("Enter")
    await page.wait_for_url("**/account/sign-up/**")
    await tab_to(page, "Your name")
    await keys.type("Ada")
    await tab_to(page, "E-mail address")
    await keys.type("ada@example.org")
    await tab_to(page, "Password")
    await keys.type(PASSWORD)
    await keys.press("Enter")

    await page.get_by_role("heading", name="My meetings").wait_for()
    await tab_to(page, "New meeting")
    await keys.press("Enter")
    await page.wait_for_url(re.compile(r"/m/\w+-\w+-\w+/"))
    assert await page.get_by_role("textbox", name="Your name").input_value() == "Ada"
    assert await page.evaluate("JSON.parse(document.getElementById('meeting-config').textContent).isHost")

    await page.goto("/")
    await tab_to(page, "Ada")
    await keys.press("Enter")
    await tab_to(page, "Settings")
    await keys.press("Enter")
    await page.wait_for_url("**/account/")
    await tab_to(page, "Your name")
    await keys.type("Ada L.")
    await tab_to(page, "Time zone")
    await keys.type("Europe/Ber")
    await tab_to(page, "Save")
    await keys.press("Enter")
    await page.get_by_text("Your settings are saved.").wait_for()
    assert await page.get_by_label("Time zone").input_value() == "Europe/Berlin"

    await tab_to(page, "Ada L.")
    await keys.press("Enter")
    await tab_to(page, "Sign out")
    await keys.press("Enter")
    await page.get_by_role("link", name="Sign in").wait_for()
    assert not ada.problems
    await ada.close()


async def test_through_the_provider_under_our_policy(own_server: RunningServer, chromium: Chromium) -> None:
    carol = await chromium.window("Carol", own_server.base_url)
    await carol.page.goto("/account/sign-in/?next=/test/")
    await carol.page.get_by_role("button", name="Sign in with School login").click()
    await carol.page.wait_for_url("**/test/")
    await carol.page.goto("/")
    await eventually("Carol is signed in", lambda: carol.page.get_by_text("Carol Example").is_visible())
    assert not carol.problems
    await carol.close()


async def test_pictures_of_the_pages_fit(own_server: RunningServer, chromium: Chromium) -> None:
    """Nothing is cut off at the side; and pictures for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    someone = await chromium.window("Bob", own_server.base_url)
    page = someone.page
    await page.goto("/account/sign-up/")
    await page.get_by_label("Your name").fill("Bob")
    await page.get_by_label("E-mail address").fill("bob-with-a-long-address@mail.department.example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign up").click()
    await page.get_by_role("heading", name="My meetings").wait_for()
    signed_in = {"start": "/", "settings": "/account/", "delete": "/account/delete/", "again": "/account/again/"}
    signed_in |= {"e-mail": "/account/e-mail/", "password": "/account/password/"}
    signed_out = {"sign-in": "/account/sign-in/", "sign-up": "/account/sign-up/"}
    signed_out |= {"forgotten": "/account/password/forgotten/", "invitation-over": "/account/invitation/x/"}
    for pages in (signed_in, signed_out):
        if pages is signed_out:
            await someone.context.clear_cookies()
        for (name, path), (width, height), scheme in product(pages.items(), SIZES, SCHEMES):
            await page.set_viewport_size({"width": width, "height": height})
            await page.emulate_media(color_scheme=scheme)
            await page.goto(path)
            if name == "start" and pages is signed_in:
                await page.locator(".who summary").click()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            await page.screenshot(path=SCREENSHOTS / f"account-{name}-{width}-{scheme}.png")
    await someone.close()
