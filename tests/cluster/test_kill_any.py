"""Four browsers talk across two web processes; any one process of the cluster is killed, and they keep talking."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from meetings.bot.site import Site
from tests.live.browser import Chromium
from tests.live.server import children_of
from tests.live.waiting import eventually
from tests.live.window import Window

from .running_cluster import RunningCluster
from .talking import PRESENT, everything_is_well, gaps_of, nobody_left, node_of_the_meeting, standstills, talk, watch

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NAMES = ("Ada", "Bob", "Cleo", "Dan")


@pytest.fixture(scope="module")
def cluster() -> Iterator[RunningCluster]:
    with RunningCluster() as cluster:
        yield cluster


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(cluster: RunningCluster) -> AsyncIterator[list[Window]]:
    """Four people in one meeting, who all see and hear each other."""
    meeting = await Site(cluster.base_url).create_meeting("Weekly")
    async with Chromium() as chromium:
        windows = [await chromium.window(name, cluster.base_url, size=(640, 480)) for name in NAMES]
        for window in windows:
            await window.join(meeting["code"])
        await talk(windows)
        yield windows


async def test_the_meeting_is_held_across_both_web_processes(cluster: RunningCluster, people: list[Window]) -> None:
    [(processes,)] = await asyncio.to_thread(cluster.ask, f"SELECT count(DISTINCT served_by_id) {PRESENT}")
    assert processes == 2


def workers_of(cluster: RunningCluster, node: str) -> list[int]:
    """The process ids of a node's C++ workers."""
    # The kernel keeps fifteen characters of a process's name.
    workers = [pid for pid, name in children_of(cluster.pid(node)).items() if name == "mediasoup-worke"]
    assert workers
    return workers


@pytest.mark.parametrize(
    "victim",
    ["media node", "media worker", "web-1", "web-2", "redis", "postgresql", "balancer", "celery-worker", "celery-beat"],
)
async def test_kill_one_and_they_keep_talking(cluster: RunningCluster, people: list[Window], victim: str) -> None:
    program = await asyncio.to_thread(node_of_the_meeting, cluster) if victim.startswith("media") else victim
    identities = [window.participant_id for window in people]
    await watch(people)

    if victim == "media worker":
        for pid in await asyncio.to_thread(workers_of, cluster, program):
            os.kill(pid, signal.SIGKILL)
    else:
        killed = await asyncio.to_thread(cluster.kill, program)
        await eventually(
            f"{program} runs again", lambda: asyncio.to_thread(cluster.runs_anew, program, killed), within=30, every=0.5
        )
    await talk(people)
    await everything_is_well(cluster, len(people))
    await talk(people)
    print(f"{victim}: {standstills(await gaps_of(people))}")
    await nobody_left(people, identities)
