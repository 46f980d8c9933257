"""One real server for the tests of the bot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from meetings.bot.site import Site
from tests.live.server import RunningServer


@pytest.fixture(scope="session")
def server() -> Iterator[RunningServer]:
    with RunningServer(GRACE_SECONDS="2") as server:
        yield server


@pytest.fixture
def site(server: RunningServer) -> Iterator[Site]:
    yield Site(server.base_url)
    tracebacks = server.new_tracebacks()
    assert not tracebacks, f"the server complained:\n{tracebacks}"
