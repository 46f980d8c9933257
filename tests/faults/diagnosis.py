"""Where a sentence has to stand: in the page, in the admin, and in what `media_doctor` prints."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from tests.live.server import RunningServer
from tests.live.waiting import eventually
from tests.live.window import Window

Json = dict[str, Any]

WITHIN = 10.0
ADMIN, PASSWORD = "doctor", "a password of the tests of faults"
SUPERUSER = (
    "from django.contrib.auth.models import User; "
    f"User.objects.create_superuser({ADMIN!r}, 'doctor@example.org', {PASSWORD!r})"
)
SUMMARY = "document.getElementById('connection-summary').innerText"


@dataclass
class Diagnosis:
    """The eyes of the three who ask about one server: participant, administrator, operator."""

    server: RunningServer
    _browser: OpenerDirector | None = field(default=None, repr=False)

    async def page_says(self, window: Window, code: str, *, since: float, within: float = WITHIN) -> Json:
        """The verdict of that code, once its sentence and action can be read in the page, opened by the button that
        every view of the page has. `since` is when the fault began (monotonic).
        """
        verdict = await eventually(
            f"{window.name} is told {code}; so far {told(window)}",
            lambda: told(window).get(code),
            within=max(0.1, since + within - time.monotonic()),
        )
        await open_connection_panel(window)
        for words in (verdict["sentence"], verdict["action"]):
            # Numbers of seconds go on counting.
            fixed = max(re.split(r"\d+", words), key=len).strip()

            async def stands(fixed: str = fixed) -> bool:
                return squeezed(fixed) in squeezed(await window.page.evaluate(SUMMARY))

            await eventually(f"{window.name} reads {fixed!r}", stands, within=3)
        took = time.monotonic() - since
        print(f"{code}: in the page after {took:.1f} s: {verdict['sentence']} {verdict['action']}")
        assert took < within, f"it took {took:.1f} s until {window.name} could read of {code}"
        return verdict

    async def admin_says(self, code: str, *words: str, report: str = "", name: str = "") -> str:
        """The page of the attempt in the admin, found by its report id or name, once it shows the code and these
        words.
        """

        async def shows() -> str | None:
            page = await asyncio.to_thread(self._attempt_page, report or name)
            text = squeezed(text_of(page))
            return text if code in page and all(squeezed(one) in text for one in words) else None

        return await eventually(f"the admin says {code} and {words} of {report or name}", shows, within=5)

    async def doctor_says(self, code: str, *, check: str = "failures") -> Json:
        """The finding of `media_doctor` that names the code, with a sentence."""
        done = await asyncio.to_thread(self.server.manage, "media_doctor", "--json", "--only", check)
        findings: list[Json] = json.loads(done.stdout)["findings"]
        named = [finding for finding in findings if code in finding["evidence"]]
        assert named, f"no finding of {check} names {code}: {done.stdout}{done.stderr}"
        assert named[0]["colour"] in ("yellow", "red")
        assert named[0]["remedy"]
        return named[0]

    async def all_say(
        self, window: Window, code: str, *, since: float, within: float = WITHIN, admin: str = ""
    ) -> Json:
        """The three of them, one after the other."""
        verdict = await self.page_says(window, code, since=since, within=within)
        await self.admin_says(code, *([admin] if admin else []), report=report_of(window))
        await self.doctor_says(code)
        return verdict

    def _attempt_page(self, sought: str) -> str:
        browser = self._signed_in()
        listed = self._get(browser, f"/admin/meetings/joinattempt/?{urlencode({'q': sought})}")
        found = re.search(r"/admin/meetings/joinattempt/[0-9a-f-]{36}/change/", listed)
        return self._get(browser, found.group()) if found else ""

    def _signed_in(self) -> OpenerDirector:
        if self._browser is None:
            done = self.server.manage("shell", "-v", "0", "-c", SUPERUSER)
            assert done.returncode == 0, done.stderr
            jar = CookieJar()
            self._browser = build_opener(HTTPCookieProcessor(jar))
            self._get(self._browser, "/admin/login/")
            token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
            form = {"username": ADMIN, "password": PASSWORD, "csrfmiddlewaretoken": token or "", "next": "/admin/"}
            url = f"{self.server.base_url}/admin/login/"
            request = Request(url, urlencode(form).encode(), {"Referer": url})
            with self._browser.open(request, timeout=10) as answer:
                assert "Log in" not in answer.read().decode()
        return self._browser

    def _get(self, browser: OpenerDirector, path: str) -> str:
        with browser.open(f"{self.server.base_url}{path}", timeout=10) as answer:
            text: str = answer.read().decode()
            return text


def told(window: Window) -> dict[str, Json]:
    """All verdicts that the page was told so far, over the socket, by code."""
    return {verdict["code"]: verdict for push in window.pushes("verdict") for verdict in push["verdicts"]}


def report_of(window: Window) -> str:
    """The report id that the page was told with its verdicts."""
    report: str = window.pushes("verdict")[-1]["report"]
    return report


async def hosting(window: Window) -> str:
    """Start a meeting as people do, go into it as its host, and answer its code."""
    await window.page.goto("/")
    await window.page.get_by_role("button", name="New meeting").click()
    await window.page.wait_for_url("**/m/*/**")
    await window.press_join()
    return window.page.url.split("/m/")[1].split("/")[0]


async def over(window: Window, code: str, *, within: float = 25.0) -> None:
    """Wait until the verdict has been taken back."""

    def gone() -> bool:
        pushes = window.pushes("verdict")
        return bool(pushes) and code not in [verdict["code"] for verdict in pushes[-1]["verdicts"]]

    await eventually(f"{code} is over for {window.name}", gone, within=within)


async def open_connection_panel(window: Window) -> None:
    """Open it, from whichever view is shown."""
    if not await window.page.evaluate("document.getElementById('connection-dialog').open"):
        button = window.page.locator("#topbar-connection, #prejoin-connection, #outcome-connection")
        await button.filter(visible=True).first.click()


def text_of(page: str) -> str:
    """The words of an HTML page."""
    return unescape(re.sub(r"<[^>]*>", " ", page))


def squeezed(words: str) -> str:
    """With single spaces."""
    return " ".join(words.split())
