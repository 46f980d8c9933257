"""One real server and one real browser for all tests here; windows, meetings and the looking for problems are
per test.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from meetings.bot.site import Site
from tests.live.browser import Chromium
from tests.live.relay import SignallingRelay
from tests.live.server import RunningServer
from tests.live.window import Window


@pytest.fixture(scope="session")
def server() -> Iterator[RunningServer]:
    """A server with nothing set but its port and directory, as people start it."""
    with RunningServer() as server:
        yield server


@pytest.fixture(scope="session")
def site(server: RunningServer) -> Site:
    return Site(server.base_url)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    async with Chromium() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="session")
async def code(site: Site) -> str:
    """The code of a meeting of its own for this test."""
    meeting = await site.create_meeting("Weekly")
    meeting_code: str = meeting["code"]
    return meeting_code


@pytest_asyncio.fixture(loop_scope="session")
async def relay(server: RunningServer) -> AsyncIterator[SignallingRelay]:
    """A wire of this test's own to the server, whole until the test cuts it."""
    async with SignallingRelay(server.port) as relay:
        yield relay


class People:
    """Opens windows for named people. What their pages or the server complained about fails the test, unless it
    was expected.
    """

    def __init__(self, chromium: Chromium, server: RunningServer) -> None:
        self._chromium = chromium
        self.server = server
        self._expected: list[str] = []

    async def open(self, name: str, *, via: SignallingRelay | None = None, **how: Any) -> Window:
        """A window, on the server directly or behind a relay."""
        return await self._chromium.window(name, (via or self.server).base_url, **how)

    async def join(self, name: str, code: str, *, via: SignallingRelay | None = None, **how: Any) -> Window:
        """A window whose person has joined by link."""
        window = await self.open(name, via=via, **how)
        await window.join(code)
        return window

    def expect_problem(self, pattern: str) -> None:
        """Complaints of this kind belong to what the test does (a browser reports every socket that fails)."""
        self._expected.append(pattern)

    def check(self) -> None:
        problems = [
            f"{window.name}: {problem}"
            for window in self._chromium.windows
            for problem in window.problems
            if not any(re.search(pattern, problem) for pattern in self._expected)
        ]
        assert not problems, "the pages complained:\n" + "\n".join(problems)
        tracebacks = self.server.new_tracebacks()
        assert not tracebacks, f"the server complained:\n{tracebacks}"


@pytest_asyncio.fixture(loop_scope="session")
async def people(chromium: Chromium, server: RunningServer) -> AsyncIterator[People]:
    people = People(chromium, server)
    try:
        yield people
        people.check()
    finally:
        await chromium.close_windows()
