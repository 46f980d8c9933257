"""A meeting of four browsers across both web processes and both media nodes of a cluster: kill one of each, and they
keep talking.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from media.placement import CONSUMERS_PER_WORKER
from meetings.bot.site import Site
from tests.live.browser import Chromium
from tests.live.waiting import eventually
from tests.live.window import Window

from .running_cluster import RunningCluster
from .talking import PRESENT, everything_is_well, gaps_of, nobody_left, node_of_the_meeting, standstills, talk, watch

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NODES = ("media-1", "media-2")
NAMES = ("Ada", "Bob", "Cleo", "Dan")
# Three people who send two streams each receive four each; with the six of a fourth they would be eighteen.
CONSUMERS_OF_THREE = 12


@pytest.fixture(scope="module")
def cluster() -> Iterator[RunningCluster]:
    share = CONSUMERS_OF_THREE / CONSUMERS_PER_WORKER
    with RunningCluster(MEDIASOUP_WORKERS="1", MEDIA_ROOM_SHARE=str(share)) as cluster:
        yield cluster


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Chromium]:
    async with Chromium() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="module")
async def people(cluster: RunningCluster, chromium: Chromium) -> AsyncIterator[list[Window]]:
    """Three people at home and one on an annex, who all see and hear each other."""
    meeting = await Site(cluster.base_url).create_meeting("Weekly")
    windows = [await chromium.window(name, cluster.base_url, size=(640, 480)) for name in NAMES]
    for number, window in enumerate(windows):
        await window.join(meeting["code"])
        await talk(windows[: number + 1])
    yield windows
    await chromium.close_windows()


async def transports(cluster: RunningCluster, node: str) -> int:
    """How many browsers' transports a media node carries, as /metrics tells."""
    async with httpx.AsyncClient() as http:
        said = (await http.get(f"http://localhost:{cluster.web_ports[0]}/metrics")).text
    browsers = rf'^kcs_media_transports{{(?=.*node="{node}")(?=.*type="webrtc").*}} (\S+)$'
    counts = re.findall(browsers, said, re.MULTILINE)
    return int(sum(float(count) for count in counts))


@pytest.mark.parametrize("part", ["web process", "node of the annex", "node of the home"])
async def test_part_of_a_meeting_across_all_is_killed(cluster: RunningCluster, people: list[Window], part: str) -> None:
    home = await asyncio.to_thread(node_of_the_meeting, cluster)
    [annex] = [node for node in NODES if node != home]
    assert (await transports(cluster, home), await transports(cluster, annex)) == (6, 2)
    [(processes,)] = await asyncio.to_thread(cluster.ask, f"SELECT count(DISTINCT served_by_id) {PRESENT}")
    assert processes == 2
    identities = [window.participant_id for window in people]
    await watch(people)
    victim = {"web process": "web-1", "node of the annex": annex, "node of the home": home}[part]

    killed = await asyncio.to_thread(cluster.kill, victim)
    await eventually(
        f"{victim} runs again", lambda: asyncio.to_thread(cluster.runs_anew, victim, killed), within=30, every=0.5
    )

    await talk(people)
    await everything_is_well(cluster, len(people), workers=2)
    await talk(people)
    print(f"the {part}: {standstills(await gaps_of(people))}")
    await nobody_left(people, identities)
