"""Faults between the browser and the worker: addresses, ports, firewalls, TURN, handshakes."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.faults.diagnosis import Diagnosis
from tests.faults.wires import WiredServer, handshakes, wire
from tests.live.browser import Chromium
from tests.live.coturn import coturn
from tests.live.server import RunningServer, free_port
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

NOBODYS = "203.0.113.9"


@asynccontextmanager
async def talking(chromium: Chromium, server: RunningServer, name: str = "Ada") -> AsyncIterator[tuple[Window, str]]:
    """Somebody about to join a meeting of this server, with a camera and a microphone to send."""
    meeting = await Site(server.base_url).create_meeting("Weekly")
    window = await chromium.window(name, server.base_url)
    try:
        yield window, meeting["code"]
    finally:
        await chromium.close_windows()


async def test_wrong_announced_address(chromium: Chromium) -> None:
    """What was announced stands beside where the browser came from."""
    with RunningServer(MEDIASOUP_ANNOUNCED_IP=NOBODYS, MEDIASOUP_WORKERS="1") as server:
        diagnosis = Diagnosis(server)
        async with talking(chromium, server) as (ada, code):
            began = time.monotonic()
            await ada.join(code)
            await diagnosis.all_say(ada, "WRONG_ANNOUNCED_ADDRESS", since=began, admin=NOBODYS)
            await diagnosis.admin_says("WRONG_ANNOUNCED_ADDRESS", "127.0.0.1", name="Ada")
            await diagnosis.doctor_says("WRONG_ANNOUNCED_ADDRESS", check="unreached")


async def test_media_port_blocked(people: People, code: str, server: WiredServer, diagnosis: Diagnosis) -> None:
    ada = await people.open("Ada")
    async with wire(ada, server) as blocked:
        blocked.silent = True
        began = time.monotonic()
        await ada.join(code)
        port = str(server.media_port)
        verdict = await diagnosis.all_say(ada, "MEDIA_PORT_BLOCKED", since=began, admin=port)
        assert port in verdict["sentence"] + verdict["action"]


async def test_handshake_does_not_get_through(
    people: People, code: str, server: WiredServer, diagnosis: Diagnosis
) -> None:
    ada = await people.open("Ada")
    async with wire(ada, server) as filtering:
        filtering.swallows = handshakes
        began = time.monotonic()
        await ada.join(code)
        await diagnosis.all_say(ada, "DTLS_FAILED", since=began)


class TestTurn:
    """The straight way is blocked, and the detour does not work either."""

    @pytest.fixture
    def black_hole(self) -> Iterator[int]:
        """A UDP port that takes everything and answers nothing."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hole:
            hole.bind(("127.0.0.1", 0))
            yield hole.getsockname()[1]

    async def judged(self, chromium: Chromium, code: str, **turn: str) -> None:
        with WiredServer(**turn) as server:
            diagnosis = Diagnosis(server)
            async with talking(chromium, server) as (ada, meeting), wire(ada, server) as blocked:
                blocked.silent = True
                began = time.monotonic()
                await ada.join(meeting)
                await diagnosis.all_say(ada, code, since=began)

    async def test_refuses_the_credentials(self, chromium: Chromium) -> None:
        with coturn("its own secret") as turn_server:
            await self.judged(chromium, "TURN_REFUSED", TURN_URLS=turn_server.url, TURN_SECRET="another secret")

    async def test_is_not_there(self, chromium: Chromium) -> None:
        nowhere = f"turn:127.0.0.1:{free_port()}?transport=tcp"
        await self.judged(chromium, "TURN_UNREACHABLE", TURN_URLS=nowhere, TURN_SECRET="a secret")

    async def test_is_being_tried(self, chromium: Chromium, black_hole: int) -> None:
        silent = f"turn:127.0.0.1:{black_hole}"
        with WiredServer(TURN_URLS=silent, TURN_SECRET="a secret") as server:
            diagnosis = Diagnosis(server)
            async with talking(chromium, server) as (ada, meeting), wire(ada, server) as blocked:
                blocked.silent = True
                began = time.monotonic()
                await ada.join(meeting)
                # To wait is no failure yet, of which the doctor would tell.
                await diagnosis.page_says(ada, "TRYING_TURN", since=began)
                await diagnosis.admin_says("TRYING_TURN", name="Ada")
