"""What people in a cluster's meeting do, and how it is seen that all is well."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from meetings.bot.site import Site
from tests.live.waiting import eventually
from tests.live.window import Message, Window

from .running_cluster import RunningCluster

AGAIN_WITHIN = 30.0
ABOUT_MEDIA = (
    *("join-meeting", "meeting-joined", "media-lost", "media-restored", "error"),
    *("produce", "produced", "new-producer", "producer-closed", "consume", "consumed", "consumer-closed"),
)
NAMING = ("code", "event", "source", "kind", "participantId", "producerId", "producerIds", "producers", "consumers")
PRESENT = "FROM meetings_participant WHERE left_at IS NULL AND disconnected_at IS NULL"


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


async def everything_is_well(cluster: RunningCluster, people: int, workers: int | None = None) -> None:
    """Everybody has a socket, both web processes serve, and all workers of both nodes answer."""
    expected = workers or 2 * max(1, (os.cpu_count() or 1) // 2)

    async def well() -> bool:
        try:
            healths = [await Site(f"http://localhost:{port}").health() for port in cluster.web_ports]
            [(present,)] = await asyncio.to_thread(cluster.ask, f"SELECT count(*) {PRESENT}")
        except Exception:
            return False
        whole = all(health["status"] == "healthy" and health["workers"] == expected for health in healths)
        return whole and bool(present == people)

    await eventually("the cluster is whole again", well, within=30, every=0.3)


def node_of_the_meeting(cluster: RunningCluster) -> str:
    """The name of the media node where the newest meeting is at home."""
    [(name,)] = cluster.ask(
        "SELECT name FROM media_medianode JOIN media_roomplacement ON node_id = media_medianode.id "
        "ORDER BY placed_at DESC LIMIT 1"
    )
    return str(name)


def standstills(gaps: list[float]) -> str:
    """In words, for the table in docs/operations.md."""
    return f"pictures stood still for {sorted(gaps)[len(gaps) // 2]:.1f} s (median), {max(gaps):.1f} s (worst)"


async def watch(people: list[Window]) -> None:
    """Begin to note for how long pictures stand still."""
    identities = [window.participant_id for window in people]
    for window in people:
        await window.watch_gaps(*(other for other in identities if other != window.participant_id))


async def gaps_of(people: list[Window]) -> list[float]:
    """Of each one's picture at each other's, in seconds."""
    return [await one.longest_gap(other.participant_id) for one in people for other in people if one is not other]


async def nobody_left(people: list[Window], identities: list[str]) -> None:
    """They are who they were, and nobody was told that somebody left."""
    assert [window.participant_id for window in people] == identities
    for window in people:
        assert window.pushes("participant-left") == []
        for other in identities:
            if other != window.participant_id:
                assert (await window.remote(other))["tile"]
