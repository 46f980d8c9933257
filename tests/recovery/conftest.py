"""One site of many processes and one call of four browsers, for all faults: each test breaks something under it, sees
it mended, and leaves the call as it found it.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from meetings.bot.site import Site
from tests.live.browser import Chromium
from tests.live.relay import SignallingRelay
from tests.live.waiting import eventually
from tests.live.window import Window

from .udp_relay import REDIRECT, UdpRelay
from .whole_site import WORKERS, WholeSite

Json = dict[str, Any]

SMALL_WINDOW = (480, 360)
# Four browsers share the cores of one machine, where in life each has its own: their pictures are small for that.
SMALL_CAMERA = """
(() => {
  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => {
    const video = wanted.video ? { ...Object(wanted.video), width: 640, height: 360, frameRate: 10 } : wanted.video;
    return native({ ...wanted, video });
  };
})();
"""
WHAT_THE_PAGE_KNOWS = """
async () => JSON.stringify({
  media: kcsMeet.media, transports: kcsMeet.transports, consumers: kcsMeet.consumers, stats: await kcsMeet.stats(),
  requests: kcsMeet.wire.requests.map(({ event, outcome }) => `${event} ${outcome}`),
})
"""
# In place of the browser's own picker, which nobody is there to answer: a moving picture, and a count of how often the
# page asked for one.
SCREEN = """
(() => {
  window.__screenAsked = 0;
  navigator.mediaDevices.getDisplayMedia = async () => {
    window.__screenAsked += 1;
    const canvas = document.createElement("canvas");
    canvas.width = 320;
    canvas.height = 180;
    const context = canvas.getContext("2d");
    let step = 0;
    setInterval(() => {
      context.fillStyle = `hsl(${(step += 7) % 360} 80% 50%)`;
      context.fillRect(0, 0, 320, 180);
      context.fillStyle = "white";
      context.fillRect((step * 5) % 300, 50, 20, 80);
    }, 125);
    return canvas.captureStream(8);
  };
})();
"""


class FourPeople:
    """Ada shows her screen; Dora's media and signalling go over wires that can be broken."""

    def __init__(
        self,
        site: WholeSite,
        chromium: Chromium,
        code: str,
        windows: list[Window],
        signalling: SignallingRelay,
        media: list[UdpRelay],
    ) -> None:
        self.site = site
        self.link = f"/m/{code}/"
        self._chromium = chromium
        self._code = code
        self.windows = windows
        self.ada, self.bob, self.cleo, self.dora = windows
        self.doras_signalling = signalling
        self.doras_media = media

    @property
    def ids(self) -> list[str]:
        return [window.participant_id for window in self.windows]

    def others_of(self, window: Window) -> list[str]:
        return [one for one in self.ids if one != window.participant_id]

    async def everybody_sees_everybody(self, within: float = 25.0) -> None:
        """Pictures move and sound is heard, from each to each; Ada's screen too."""
        await asyncio.gather(
            *(window.sees(other, within=within) for window in self.windows for other in self.others_of(window)),
            *(window.hears(other, within=within) for window in self.windows for other in self.others_of(window)),
        )
        await asyncio.gather(*(self.sees_adas_screen(window) for window in self.windows[1:]))

    async def open(self, name: str) -> Window:
        """A further window, in nobody's meeting yet."""
        window = await self._chromium.window(name, self.site.web.base_url, size=SMALL_WINDOW)
        await window.context.add_init_script(SMALL_CAMERA)
        return window

    async def guest(self, name: str) -> Window:
        """Somebody else in the meeting."""
        window = await self.open(name)
        await window.join(self._code)
        return window

    def forget_pushes(self) -> None:
        """What the windows were told so far is no concern of the next test."""
        for window in self.windows:
            window.received[:] = [frame for frame in window.received if frame.get("event") == "meeting-joined"]

    def cut_doras_network(self) -> None:
        """Nothing gets through to Dora, or from her."""
        self.doras_signalling.silence()
        for relay in self.doras_media:
            relay.silent = True

    def mend_doras_network(self) -> None:
        self.doras_signalling.mend()
        for relay in self.doras_media:
            relay.silent = False

    async def sees_adas_screen(self, window: Window) -> None:
        async def moves() -> bool:
            frames: int = await window.page.evaluate(
                """async () => {
                    const video = document.querySelector('.tile[data-source="screen"] video');
                    if (!video || video.hidden || video.readyState < 2) return 0;
                    const before = video.getVideoPlaybackQuality().totalVideoFrames;
                    await new Promise((resolve) => setTimeout(resolve, 400));
                    return video.getVideoPlaybackQuality().totalVideoFrames - before;
                }"""
            )
            return frames > 0

        try:
            await eventually(f"{window.name} sees Ada's screen", moves, within=15)
        except AssertionError as failure:
            failure.add_note(await window.page.evaluate(WHAT_THE_PAGE_KNOWS))
            raise

    async def watch(self) -> None:
        """From now on, note gaps, and tiles that go."""
        await asyncio.gather(*(window.watch_gaps(*self.others_of(window)) for window in self.windows))
        await asyncio.gather(*(window.page.evaluate(WATCH_TILES) for window in self.windows))

    async def gaps(self) -> list[float]:
        """Each one's picture at each other's, in seconds, sorted."""
        found = await asyncio.gather(*(window.gaps() for window in self.windows))
        return sorted(gap for gaps in found for gap in gaps.values())

    async def nobody_noticed_more_than_a_standstill(self) -> None:
        """No tile went or showed an avatar, nobody was told that somebody left, nobody was asked for their screen."""
        for window in self.windows:
            assert await window.page.evaluate("window.__tilesLost") == [], window.name
            assert window.pushes("participant-left") == [], window.name
        assert await self.ada.page.evaluate("window.__screenAsked") == 1

    async def told(self) -> list[str]:
        """What the line at the top said to anybody since the watch began."""
        said = await asyncio.gather(*(window.page.evaluate("window.__bannerSaid") for window in self.windows))
        return [words for all_words in said for words in all_words]

    async def incident(
        self, kind: str, since: float, *, hit: int = 4, told: int = 4, within: float = 20.0, slack: float = 2.0
    ) -> Json:
        """The newest incident of this kind that began since then (seconds since the epoch, give or take `slack`), once
        it is over, and so many people were hit and have told of their gaps.
        """

        async def complete() -> Json | None:
            rows = await asyncio.to_thread(self.site.incidents)
            rows = [row for row in rows if row["kind"] == kind and _epoch(row["began_at"]) >= since - slack]
            rows = [
                row for row in rows if row["ended_at"] and len(row["participants"]) >= hit and len(row["gaps"]) >= told
            ]
            return rows[0] if rows else None

        try:
            found = await eventually(f"an incident {kind}, hit {hit}, told {told}", complete, within=within, every=0.3)
        except AssertionError as error:
            rows = await asyncio.to_thread(self.site.incidents)
            raise AssertionError(f"{error}; there are {rows[:4]}") from None
        return found


WATCH_TILES = """
(() => {
  window.__tilesLost = [];
  const stage = document.getElementById("stage-tiles");
  const live = new Set(stage.querySelectorAll(".tile--live"));
  window.__tilesWatch?.disconnect();
  window.__tilesWatch = new MutationObserver(() => {
    for (const tile of live) {
      if (tile.isConnected && tile.classList.contains("tile--live")) continue;
      live.delete(tile);
      const { participantId, source } = tile.dataset;
      window.__tilesLost.push(`${participantId} ${source} ${tile.isConnected ? "avatar" : "gone"}`);
    }
  });
  window.__bannerSaid = [];
  window.__bannerWatch?.disconnect();
  const banner = document.getElementById("banner");
  window.__bannerWatch = new MutationObserver(() => {
    if (!banner.hidden) window.__bannerSaid.push(banner.innerText);
  });
  window.__bannerWatch.observe(banner, { subtree: true, childList: true, attributes: true, characterData: true });
  window.__tilesWatch.observe(stage, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
})()
"""


def report(what: str, gaps: list[float], incident: Json) -> None:
    """What the table in docs/operations.md holds; `pytest -s` shows it."""
    told = [gap / 1000 for gap in incident["gaps"].values()]
    pages = f"; pages told of {statistics.median(told):.2f} s, worst {max(told):.2f} s" if told else ""
    print(f"\n{what}: median {statistics.median(gaps):.2f} s, worst {max(gaps):.2f} s of {len(gaps)}{pages}")  # noqa: T201  # for the table


def _epoch(text: str) -> float:
    from datetime import datetime  # noqa: PLC0415

    return datetime.fromisoformat(text).timestamp()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_site() -> AsyncIterator[WholeSite]:
    site = WholeSite()
    await asyncio.to_thread(site.__enter__)
    try:
        yield site
    finally:
        await asyncio.to_thread(site.__exit__, None, None, None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    async with Chromium() as chromium:
        yield chromium


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def the_call(whole_site: WholeSite, chromium: Chromium) -> AsyncIterator[FourPeople]:
    meeting = await Site(whole_site.web.base_url).create_meeting("Weekly")
    media = [UdpRelay(whole_site.media_port + index) for index in range(WORKERS)]
    for relay in media:
        await relay.open()
    async with SignallingRelay(whole_site.web.port) as signalling:
        doors = dict.fromkeys(("Ada", "Bob", "Cleo"), whole_site.web.base_url) | {"Dora": signalling.base_url}
        windows = [await chromium.window(name, door, size=SMALL_WINDOW) for name, door in doors.items()]
        ports = {whole_site.media_port + index: relay.port for index, relay in enumerate(media)}
        for window in windows:
            await window.context.add_init_script(SMALL_CAMERA)
        await windows[0].context.add_init_script(SCREEN)
        await windows[3].context.add_init_script(REDIRECT.replace("RELAYS", str(ports)))
        for window in windows:
            await window.join(meeting["code"])
        people = FourPeople(whole_site, chromium, meeting["code"], windows, signalling, media)
        await windows[0].button(r"share|screen").click()
        await people.everybody_sees_everybody()
        assert sum(relay.passed for relay in media) > 0
        yield people
        await chromium.close_windows()
    for relay in media:
        relay.close()


@pytest_asyncio.fixture(loop_scope="session")
async def call(the_call: FourPeople) -> AsyncIterator[FourPeople]:
    """The call, with everybody seen and heard, watched from now on."""
    the_call.mend_doras_network()
    await the_call.everybody_sees_everybody()
    the_call.forget_pushes()
    await the_call.watch()
    yield the_call


def now() -> float:
    return time.time()
