"""Four browsers talk across two web processes; any one process of the cluster is killed, and they keep talking."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from meetings.bot.site import Site
from tests.cluster.running_cluster import RunningCluster
from tests.live.browser import Chromium
from tests.live.server import children_of
from tests.live.waiting import eventually
from tests.live.window import Message, Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NAMES = ("Ada", "Bob", "Cleo", "Dan")
AGAIN_WITHIN = 30.0
ABOUT_MEDIA = (
    *("join-meeting", "meeting-joined", "media-lost", "media-restored", "error"),
    *("produce", "produced", "new-producer", "producer-closed", "consume", "consumed", "consumer-closed"),
)
NAMING = ("code", "event", "source", "kind", "participantId", "producerId", "producerIds", "producers", "consumers")
PRESENT = "FROM meetings_participant WHERE left_at IS NULL AND disconnected_at IS NULL"


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


async def talk(people: list[Window]) -> None:
    """Wait until everybody sees everybody else moving, and hears them."""
    pairs = [(one, other.participant_id) for one in people for other in people if one is not other]
    try:
        await asyncio.gather(*(one.sees(other, within=AGAIN_WITHIN, frames=5) for one, other in pairs))
        await asyncio.gather(*(one.hears(other, within=AGAIN_WITHIN) for one, other in pairs))
    except AssertionError:
        for window in people:
            print(f"{window.name} ({window.participant_id}) sent {said(window.sent)} and got {said(window.received)}")
        raise


def said(frames: list[Message]) -> str:
    """The last of what was said over a socket about media, in short."""
    told = [frame for frame in frames if frame.get("event") in ABOUT_MEDIA]
    return " ".join(
        "/".join([frame["event"], *(short(frame["data"][name]) for name in NAMING if name in frame["data"])])
        for frame in told[-60:]
    )


def short(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(short(one) for one in value)}]"
    if isinstance(value, dict):
        return "-".join(short(value[name]) for name in ("source", "participantId", "producerId") if name in value)
    return str(value)[:8]


async def test_the_meeting_is_held_across_both_web_processes(cluster: RunningCluster, people: list[Window]) -> None:
    [(processes,)] = await asyncio.to_thread(cluster.ask, f"SELECT count(DISTINCT served_by_id) {PRESENT}")
    assert processes == 2


def node_of_the_meeting(cluster: RunningCluster) -> str:
    [(name,)] = cluster.ask("SELECT name FROM media_medianode JOIN media_roomplacement ON node_id = media_medianode.id")
    return str(name)


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
    for window in people:
        await window.watch_gaps(*(other for other in identities if other != window.participant_id))

    if victim == "media worker":
        for pid in await asyncio.to_thread(workers_of, cluster, program):
            os.kill(pid, signal.SIGKILL)
    else:
        killed = await asyncio.to_thread(cluster.kill, program)
        await eventually(
            f"{program} runs again", lambda: asyncio.to_thread(cluster.runs_anew, program, killed), within=30, every=0.5
        )
    await talk(people)
    await everything_is_well(cluster)
    await talk(people)
    gaps = [
        await window.longest_gap(other) for window in people for other in identities if other != window.participant_id
    ]
    median, worst = sorted(gaps)[len(gaps) // 2], max(gaps)
    print(f"{victim}: pictures stood still for {median:.1f} s (median), {worst:.1f} s (worst)")
    assert [window.participant_id for window in people] == identities
    for window in people:
        assert window.pushes("participant-left") == []
        for other in identities:
            if other != window.participant_id:
                assert (await window.remote(other))["tile"]


async def everything_is_well(cluster: RunningCluster) -> None:
    """Everybody has a socket, both web processes serve, and all workers of both nodes answer."""
    workers = 2 * max(1, (os.cpu_count() or 1) // 2)

    async def well() -> bool:
        try:
            healths = [await Site(f"http://localhost:{port}").health() for port in cluster.web_ports]
            [(present,)] = await asyncio.to_thread(cluster.ask, f"SELECT count(*) {PRESENT}")
        except Exception:
            return False
        whole = all(health["status"] == "healthy" and health["workers"] == workers for health in healths)
        return whole and bool(present == len(NAMES))

    await eventually("the cluster is whole again", well, within=30, every=0.3)
