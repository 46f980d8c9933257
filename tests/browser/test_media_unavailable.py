"""Fault: the worker's binary is missing. The site stays up and says so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from meetings.bot.site import Site
from tests.live.browser import Chromium
from tests.live.server import RunningServer
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MISSING = "/nonexistent/mediasoup-worker"


@pytest.fixture(scope="module")
def lame() -> Iterator[RunningServer]:
    with RunningServer(media=False, MEDIASOUP_WORKER_BIN=MISSING) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def window(lame: RunningServer, chromium: Chromium) -> AsyncIterator[Window]:
    yield await chromium.window("Ada", lame.base_url)
    await chromium.close_windows()
    assert not lame.new_tracebacks()


async def test_missing_worker_binary_leaves_the_pages_working(lame: RunningServer, window: Window) -> None:
    answer = await window.page.goto("/")
    assert answer is not None
    assert answer.status == 200
    meeting = await Site(lame.base_url).create_meeting("Weekly")
    answer = await window.page.goto(f"/m/{meeting['code']}/")
    assert answer is not None
    assert answer.status == 200
    assert [problem for problem in window.problems if "503" not in problem] == []


async def test_missing_worker_binary_makes_joining_say_media_unavailable_in_plain_words(
    lame: RunningServer, window: Window
) -> None:
    meeting = await Site(lame.base_url).create_meeting("Weekly")
    await window.page.goto(f"/m/{meeting['code']}/")
    words = window.page.get_by_text(re.compile(r"(sound|audio).*video.*not available", re.I)).filter(visible=True)
    join = window.page.get_by_role("button", name=re.compile(r"^\s*join\b", re.I))
    await words.or_(join).first.wait_for(timeout=10_000)
    if await join.count() and await join.is_enabled():
        await window.page.get_by_role("textbox", name=re.compile("name", re.I)).fill("Ada")
        await join.click()
    await words.first.wait_for(timeout=10_000)
    refusals = [frame["data"]["code"] for frame in window.received if frame.get("event") == "error"]
    assert set(refusals) <= {"MEDIA_UNAVAILABLE"}


async def test_missing_worker_binary_is_health_503(lame: RunningServer) -> None:
    health = await Site(lame.base_url).health()
    assert health == {"status": "error", "message": "MediaSoup workers not initialized", "workers": 0}


async def test_missing_worker_binary_is_named_with_its_remedy_by_check(lame: RunningServer) -> None:
    done = await asyncio.to_thread(lame.manage, "check")
    said = done.stdout + done.stderr
    assert MISSING in said, said
    assert re.search(r"make setup|MEDIASOUP_WORKER_BIN", said), said


async def test_missing_worker_binary_is_said_once_in_plain_words_at_the_start(lame: RunningServer) -> None:
    # The server is patient with workers that are slow to start.
    # A machine so slow that the workers are not yet looked for by then is told of that first.
    said = await eventually("the server says why", lambda: verdicts(lame), within=30)
    assert len(said) == len(set(said)) == 1, lame.log
    assert "ready: " not in lame.log


def verdicts(server: RunningServer) -> list[str]:
    """What the server said of the binary."""
    said = [line for line in server.log.splitlines() if line.startswith("pages are served")]
    return [line for line in said if MISSING in line]
