"""Browsers for which media has no straight way: through a TURN server only, and over TCP only."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.request import urlopen

import pytest
import pytest_asyncio
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.live.browser import Chromium
from tests.live.coturn import Coturn, coturn
from tests.live.server import RunningServer
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Runs before the page's scripts, and outside of the product: a browser that finds no path but through TURN servers.
ONLY_RELAYS = """(() => {
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(configuration) { super({ ...configuration, iceTransportPolicy: "relay" }); }
  };
})();"""

# A firewall that swallows UDP: whatever the server is said to listen on over UDP is a port where nobody answers.
NO_UDP = """(() => {
  const native = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const sdp = description.sdp.replace(/(a=candidate:\\S+ \\d+ udp \\d+ \\S+) \\d+/gi, "$1 %d");
    return native.call(this, { type: description.type, sdp });
  };
})();"""

SELECTED_PATHS = """async () => {
  const paths = [];
  for (const connection of window.__probe.connections) {
    if (connection.connectionState === "closed") continue;
    const reports = await connection.getStats();
    for (const report of reports.values()) {
      if (report.type !== "transport" || !report.selectedCandidatePairId) continue;
      const pair = reports.get(report.selectedCandidatePairId);
      const local = reports.get(pair.localCandidateId), remote = reports.get(pair.remoteCandidateId);
      paths.push({ local: local.candidateType, remote: remote.protocol, state: connection.connectionState });
    }
  }
  return paths;
}"""


async def paths_of(window: Window) -> list[dict[str, str]]:
    """The selected candidate pair of each of the window's connections."""
    paths: list[dict[str, str]] = await window.page.evaluate(SELECTED_PATHS)
    return paths


def scraped(server: RunningServer) -> dict[str, Metric]:
    """The server's metrics, by name."""
    with urlopen(f"{server.base_url}/metrics", timeout=10) as response:
        text = response.read().decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def paths_by_protocol(metrics: dict[str, Metric]) -> dict[str, int]:
    """How many of the server's transports go over UDP and over TCP."""
    counts: Counter[str] = Counter()
    for sample in metrics["kcs_media_transport_paths"].samples:
        counts[sample.labels["protocol"]] += int(sample.value)
    return dict(counts)


class TestThroughATurnServer:
    SECRET = "a secret of the browser tests"

    @pytest.fixture(scope="class")
    def turn_server(self) -> Iterator[Coturn]:
        with coturn(self.SECRET) as server:
            yield server

    @pytest.fixture(scope="class")
    def server(self, turn_server: Coturn) -> Iterator[RunningServer]:
        with RunningServer(
            TURN_URLS=turn_server.url, TURN_SECRET=turn_server.secret, TURN_TTL="600", MEDIASOUP_WORKERS="1"
        ) as server:
            yield server

    @pytest_asyncio.fixture(loop_scope="session")
    async def people(self, chromium: Chromium, server: RunningServer) -> AsyncIterator[People]:
        people = People(chromium, server)
        try:
            yield people
            people.check()
        finally:
            await chromium.close_windows()

    async def test_frames_are_decoded_through_the_relay(
        self, people: People, server: RunningServer, turn_server: Coturn
    ) -> None:
        meeting = await Site(server.base_url).create_meeting("Relayed")
        windows = []
        for name in ("Ada", "Bob"):
            window = await people.open(name)
            await window.context.add_init_script(ONLY_RELAYS)
            await window.join(meeting["code"])
            windows.append(window)
        ada, bob = windows
        await asyncio.gather(ada.sees(bob.participant_id), bob.sees(ada.participant_id), ada.hears(bob.participant_id))
        for window in windows:
            paths = await paths_of(window)
            assert len(paths) == 2, paths
            assert {path["local"] for path in paths} == {"relay"}
            assert re.search(rf"<\d+:{window.participant_id}>", turn_server.log), "coturn knows who it relays for"


class TestWhereUdpIsBlocked:
    @pytest.fixture
    def black_hole(self) -> Iterator[int]:
        """A UDP port that takes everything and answers nothing."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hole:
            hole.bind(("127.0.0.1", 0))
            yield hole.getsockname()[1]

    async def test_frames_are_decoded_over_tcp(
        self, people: People, code: str, black_hole: int, server: RunningServer
    ) -> None:
        ada = await people.open("Ada")
        await ada.context.add_init_script(NO_UDP % black_hole)
        await ada.join(code)
        bob = await people.join("Bob", code)
        await asyncio.gather(ada.sees(bob.participant_id), bob.sees(ada.participant_id), bob.hears(ada.participant_id))

        async def settled() -> Any:
            paths = await paths_of(ada)
            return len(paths) == 2 and paths

        paths = await eventually("both of Ada's transports have a path", settled)
        assert {path["remote"] for path in paths} == {"tcp"}
        assert {path["remote"] for path in await paths_of(bob)} == {"udp"}
        # The workers say the same of the tuples that were selected.
        metrics = await asyncio.to_thread(scraped, server)
        assert paths_by_protocol(metrics) == {"udp": 2, "tcp": 2}

        async def flows() -> bool:
            now = await asyncio.to_thread(scraped, server)
            rates = [now[f"kcs_media_{way}_bytes_per_second"].samples for way in ("received", "sent")]
            return all(sum(sample.value for sample in samples) > 5_000 for samples in rates)

        await eventually("the bitrates are those of two cameras", flows, within=15)
