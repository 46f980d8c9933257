"""What an administrator, or whoever else has a way to the media node, does to a call."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.live.server import RunningServer
from tests.live.window import Window

_CALL = """
import asyncio
from media.client import onlooking_client

async def call():
    client = onlooking_client()
    try:
        await client.call({verb!r}, {meeting!r}, "", {data!r})
    finally:
        await client.close()

asyncio.run(call())
"""


async def at_node(server: RunningServer, verb: str, data: dict[str, Any] | None = None, *, meeting: str = "") -> None:
    """Send one verb to the media node, from a process beside those of the site."""
    program = _CALL.format(verb=verb, meeting=meeting, data=data or {})
    done = await asyncio.to_thread(server.manage, "shell", "-v", "0", "-c", program)
    assert done.returncode == 0, done.stderr


def producer_of(window: Window, source: str) -> str:
    """What the window's page sends from that source now, by id."""
    made = [one["data"] for one in window.received if one.get("event") == "produced"]
    return next(str(one["producerId"]) for one in reversed(made) if one["source"] == source)


def consumer_of(window: Window, participant_id: str, source: str) -> str:
    """What the window's page receives of somebody, by id."""
    whose = {"participantId": participant_id, "source": source}
    told: list[dict[str, Any]] = []
    for one in window.received:
        if one.get("event") in ("meeting-joined", "consumed"):
            told += one["data"].get("consumers") or []
    return next(str(one["id"]) for one in reversed(told) if whose.items() <= one.items())
