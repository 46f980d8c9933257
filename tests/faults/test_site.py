"""Faults on the side of the site: no worker, a worker that hangs or dies, web processes that go, sockets that do not
come through, too much work, pages from before an update, clocks.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress

import pytest

from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.faults.diagnosis import SUMMARY, Diagnosis, open_connection_panel, over, squeezed
from tests.faults.node_verbs import at_node
from tests.faults.test_paths import talking
from tests.live.browser import Chromium
from tests.live.relay import SignallingRelay
from tests.live.server import RunningServer, children_of
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

WORKER = "mediasoup-worke"  # the kernel keeps fifteen characters of a process's name
LATE_CLOCK = "(() => { const now = Date.now.bind(Date); Date.now = () => now() - 3600e3; })();"

# Before the page's own scripts run, which are modules and wait for the document.
OLD_VERSION = """document.addEventListener("readystatechange", () => {
  const config = document.getElementById("meeting-config");
  if (config) config.textContent = config.textContent.replace(/"version": "[0-9a-f]{12}"/, '"version": "0123456789ab"');
});"""


def worker_of(server: RunningServer) -> int:
    """The process of the only worker."""
    (pid,) = [pid for pid, name in children_of(server.pid).items() if name == WORKER]
    return pid


async def reads(window: Window, words: str, *, since: float, within: float = 10.0) -> None:
    """Wait until the page says this, wherever it says it, for what no server can tell."""

    async def stands() -> bool:
        return re.search(words, squeezed(await window.page.evaluate("document.body.innerText"))) is not None

    await eventually(f"{window.name} reads {words!r}", stands, within=max(0.1, since + within - time.monotonic()))


async def test_no_worker(chromium: Chromium) -> None:
    with RunningServer(media=False, MEDIASOUP_WORKER_BIN="/nonexistent/mediasoup-worker") as server:
        diagnosis = Diagnosis(server)
        async with talking(chromium, server) as (ada, code):
            await ada.page.goto(f"/m/{code}/")
            began = time.monotonic()
            await ada.type_name_and_press_join()
            await reads(ada, "Sound and video are not available", since=began)
            await diagnosis.admin_says("NO_WORKER", name="Ada")
            await diagnosis.doctor_says("NO_WORKER")
            await diagnosis.doctor_says("nonexistent", check="worker-binary")


async def test_worker_stopped(chromium: Chromium) -> None:
    """SIGSTOP: it hangs, is replaced, and the call goes on; while it hangs, everybody is told."""
    with RunningServer(MEDIASOUP_WORKERS="1") as server:
        diagnosis = Diagnosis(server)
        async with talking(chromium, server) as (ada, code):
            await ada.join(code)
            await ada.until("window.kcsMeet.transports?.send === 'connected'")
            began = time.monotonic()
            os.kill(worker_of(server), signal.SIGSTOP)
            await eventually("she is told", lambda: ada.pushes("media-lost"), within=10)
            await diagnosis.admin_says("MEDIA_LOST", name="Ada")
            await over(ada, "MEDIA_LOST")
            assert time.monotonic() - began < 20


async def test_worker_killed(chromium: Chromium) -> None:
    with RunningServer(MEDIASOUP_WORKERS="1") as server:
        diagnosis = Diagnosis(server)
        async with talking(chromium, server) as (ada, code):
            await ada.join(code)
            await ada.until("window.kcsMeet.transports?.send === 'connected'")
            # What she sends is there before the worker goes: a request on its way would be refused besides.
            await eventually("Ada sends", lambda: [one.get("event") for one in ada.received].count("produced") == 2)
            os.kill(worker_of(server), signal.SIGKILL)
            await diagnosis.admin_says("MEDIA_LOST", name="Ada")
            await over(ada, "MEDIA_LOST")
            await diagnosis.doctor_says("MEDIA_LOST")


async def test_router_is_gone(people: People, site: Site, server: RunningServer, diagnosis: Diagnosis) -> None:
    """The node has closed the meeting's room, which tells nobody; the next thing that is asked of it finds out, and the
    page gets everything anew once it sees that nothing comes any more.
    """
    meeting = await site.create_meeting("Weekly")
    ada, bob = await people.join("Ada", meeting["code"]), await people.join("Bob", meeting["code"])
    await ada.sees(bob.participant_id)
    await at_node(server, "close-meeting", meeting=meeting["id"])
    began = time.monotonic()
    await ada.press("turn microphone off")
    await diagnosis.all_say(ada, "ROUTER_MISSING", since=began)
    await ada.page.keyboard.press("Escape")
    await ada.sees(bob.participant_id)
    await over(ada, "ROUTER_MISSING")


async def test_socket_never_reaches_us(people: People, code: str, relay: SignallingRelay, diagnosis: Diagnosis) -> None:
    """A proxy that passes pages and no sockets."""
    relay.cut()
    people.expect_problem("WebSocket")
    ada = await people.open("Ada", via=relay)
    await ada.page.goto(f"/m/{code}/")
    began = time.monotonic()
    await ada.type_name_and_press_join()
    await reads(ada, "live connection to this site has not come about", since=began)
    await open_connection_panel(ada)
    assert "live connection" in await ada.page.evaluate(SUMMARY)
    await diagnosis.admin_says("SOCKET_UNREACHABLE", "WebSockets", name="Ada")
    await diagnosis.doctor_says("SOCKET_UNREACHABLE")


async def test_socket_is_lost_in_the_call(
    people: People, code: str, relay: SignallingRelay, diagnosis: Diagnosis
) -> None:
    people.expect_problem("WebSocket")
    ada = await people.join("Ada", code, via=relay)
    relay.cut()
    began = time.monotonic()
    await open_connection_panel(ada)
    await reads(ada, "Your live connection to this site was lost", since=began)
    await diagnosis.admin_says("SOCKET_UNREACHABLE", name="Ada")
    relay.mend()
    await ada.until(f"!{SUMMARY}.includes('was lost')", within=25)


async def test_site_cannot_be_reached(chromium: Chromium) -> None:
    server = RunningServer(MEDIASOUP_WORKERS="1")
    server.start()
    try:
        async with talking(chromium, server) as (ada, code):
            await ada.page.goto(f"/m/{code}/")
            await ada.shows_own_picture()
            server.stop()
            began = time.monotonic()
            await ada.type_name_and_press_join()
            await reads(ada, "This site cannot be reached from your device", since=began)
    finally:
        server.stop()


async def test_web_process_gone(chromium: Chromium) -> None:
    server = RunningServer(MEDIASOUP_WORKERS="1")
    server.start()
    try:
        diagnosis = Diagnosis(server)
        async with talking(chromium, server) as (ada, code):
            await ada.join(code)
            await ada.until("window.kcsMeet.phase === 'joined'")
            os.kill(server.pid, signal.SIGKILL)
            began = time.monotonic()
            server.start()
            await diagnosis.page_says(ada, "WEB_PROCESS_GONE", since=began, within=25)
            await diagnosis.admin_says("WEB_PROCESS_GONE", name="Ada")
            await diagnosis.doctor_says("WEB_PROCESS_GONE")
    finally:
        server.stop()


async def test_page_from_before_an_update(people: People, code: str, diagnosis: Diagnosis) -> None:
    ada = await people.open("Ada")
    await ada.context.add_init_script(OLD_VERSION)
    began = time.monotonic()
    await ada.join(code)
    await diagnosis.all_say(ada, "VERSION_MISMATCH", since=began)


async def test_clock_of_the_device_is_off(people: People, code: str, diagnosis: Diagnosis) -> None:
    ada = await people.open("Ada")
    await ada.context.add_init_script(LATE_CLOCK)
    began = time.monotonic()
    await ada.join(code)
    await diagnosis.all_say(ada, "CLOCK_OFF", since=began)


@asynccontextmanager
async def starved(pids: Collection[int], *, runs: float, waits: float) -> AsyncIterator[None]:
    """Let processes have the CPU for a moment now and then only."""

    def all_of_them(what: signal.Signals) -> None:
        for pid in pids:
            os.kill(pid, what)

    async def starve() -> None:
        while True:
            all_of_them(signal.SIGSTOP)
            await asyncio.sleep(waits)
            all_of_them(signal.SIGCONT)
            await asyncio.sleep(runs)

    task = asyncio.create_task(starve())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        all_of_them(signal.SIGCONT)


async def test_server_has_too_much_to_do(chromium: Chromium) -> None:
    """The process of the media node gets the CPU for a fourth of the time."""
    with RunningServer(MEDIASOUP_WORKERS="1") as server:
        diagnosis = Diagnosis(server)
        async with talking(chromium, server) as (ada, code):
            await ada.join(code)
            await ada.until("window.kcsMeet.transports?.send === 'connected'")
            began = time.monotonic()
            async with starved([server.pid], runs=0.4, waits=1.3):
                await diagnosis.page_says(ada, "WORKER_OVERLOADED", since=began, within=20)
            await diagnosis.admin_says("WORKER_OVERLOADED", name="Ada")
            await diagnosis.doctor_says("WORKER_OVERLOADED")


async def test_healthy_call_is_told_nothing(people: People, diagnosis: Diagnosis) -> None:
    """Nothing is wrong: nobody is told anything, and the attempt is well."""
    meeting = await Site(diagnosis.server.base_url).create_meeting("Healthy")
    ada = await people.join("Ada", meeting["code"])
    bob = await people.join("Bob", meeting["code"])
    await asyncio.gather(ada.sees(bob.participant_id), bob.sees(ada.participant_id), ada.hears(bob.participant_id))
    await ada.page.wait_for_timeout(12_000)
    for window in (ada, bob):
        told = [push["verdicts"] for push in window.pushes("verdict") if push["verdicts"]]
        assert told == [], f"{window.name} was told of {told}"
