"""A meeting in a frame of another site's page: the example of the documentation, served from elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Frame, expect

from meetings.bot.site import Site
from tests.live.browser import Chromium
from tests.live.server import ROOT, RunningServer
from tests.live.waiting import eventually

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

EXAMPLE = ROOT / "docs" / "examples" / "embed.html"


class OtherSite:
    """Serves one page, from another origin than the meetings'."""

    def __init__(self) -> None:
        self.page = ""
        other = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = other.page.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def show(self, path: Path, site: str, code: str) -> None:
        self.page = path.read_text().replace("https://meet.example.org", site).replace("abc-defg-hij", code)


@pytest.fixture
def other_site() -> Iterator[OtherSite]:
    other = OtherSite()
    threading.Thread(target=other.server.serve_forever, args=(0.05,), daemon=True).start()
    yield other
    other.server.shutdown()
    other.server.server_close()


async def test_example(chromium: Chromium, other_site: OtherSite) -> None:
    with RunningServer(EMBED_ORIGINS=other_site.origin) as server:
        code = (await Site(server.base_url).create_meeting("Course"))["code"]
        other_site.show(EXAMPLE, server.base_url, code)
        try:
            bob = await chromium.window("Bob", server.base_url)
            await bob.join(code)
            ada = await chromium.window("Ada", other_site.origin, size=(1000, 900))
            await ada.page.goto("/")
            state = ada.page.locator("#state")
            inside = ada.page.frame_locator("iframe")
            await expect(inside.locator("#display-name")).to_have_value("Ada")
            await inside.locator("#join-button").click()
            await expect(state).to_have_text("2 in the meeting.", timeout=20_000)
            frame = ada.page.frames[-1]
            assert frame.url.startswith(f"{server.base_url}/m/{code}/")
            await decodes(frame, bob.participant_id)
            adas = ada.participant_id
            await bob.sees(adas)

            microphone = ada.page.locator("#microphone")
            await expect(microphone).to_have_attribute("aria-pressed", "true")
            await microphone.click()
            await expect(microphone).to_have_attribute("aria-pressed", "false")
            await bob.is_told("producer-paused", participantId=adas)
            await ada.page.locator("#leave").click()
            await expect(state).to_have_text("You left the meeting.")
            await bob.loses_tile(adas)
            assert bob.problems == ada.problems == []
        finally:
            await chromium.close_windows()
        assert not server.new_tracebacks()


async def test_a_page_that_is_not_named_shows_none(
    chromium: Chromium, server: RunningServer, code: str, other_site: OtherSite
) -> None:
    other_site.show(EXAMPLE, server.base_url, code)
    try:
        mallory = await chromium.window("Mallory", other_site.origin)
        await mallory.page.goto("/")
        await eventually(
            "the browser says why", lambda: any("frame-ancestors" in problem for problem in mallory.problems)
        )
        assert await mallory.page.frame_locator("iframe").locator("#join-button").count() == 0
    finally:
        await chromium.close_windows()


async def decodes(frame: Frame, participant_id: str) -> None:
    """Wait until what somebody sends is decoded in the frame, and shown."""

    async def decoded() -> bool:
        video = (await frame.evaluate("id => window.__probe.remote(id)", participant_id)).get("video")
        return bool(video and video["playing"] and video["shown"] and video["framesDecoded"] > 20)

    await eventually("the frame shows them moving", decoded, within=25, every=0.2)
