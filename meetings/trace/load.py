"""How busy the worker of a meeting is, beside what its pages measure: whose fault a bad picture is depends on it."""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from media.errors import MediaError
from media.media_peer import MediaPeer

log = logging.getLogger(__name__)

Json = dict[str, Any]

# One question a meeting in this time, however many are in it; pages measure every five seconds.
FRESH_SECONDS = 4.0
STALE_SECONDS = 12.0
PATIENCE = 2.0
MOST_MEETINGS = 2000


@dataclass(slots=True)
class _Load:
    asked_at: float
    told_at: float = 0.0
    us: Json | None = None


class Loads:
    """The load of the workers of meetings, as last heard. One for each event loop."""

    def __init__(self) -> None:
        self._loads: dict[str, _Load] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def of(self, peer: MediaPeer) -> Json | None:
        """What is known at this moment, `{worker, cpu, lagMs}`; asks again when that is not fresh."""
        now = time.monotonic()
        load = self._loads.get(peer.meeting_id)
        if load is None or now - load.asked_at >= FRESH_SECONDS:
            if load is None:
                if len(self._loads) >= MOST_MEETINGS:
                    del self._loads[next(iter(self._loads))]
                load = self._loads[peer.meeting_id] = _Load(now)
            load.asked_at = now
            task = asyncio.get_running_loop().create_task(self._ask(peer, load), name="load of a meeting's worker")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return load.us if load.us is not None and now - load.told_at < STALE_SECONDS else None

    async def _ask(self, peer: MediaPeer, load: _Load) -> None:
        try:
            seen = await peer.call("witness", {"stats": False}, PATIENCE)
        except MediaError as error:
            log.debug("The load of meeting %s is not known: %s", peer.meeting_id, error)
            return
        load.us = {name: seen[name] for name in ("worker", "cpu", "lagMs")}
        load.told_at = time.monotonic()


_loads: WeakKeyDictionary[asyncio.AbstractEventLoop, Loads] = WeakKeyDictionary()


def with_load(steps: list[Json], peer: MediaPeer) -> None:
    """Put `us` into the quality samples among a page's steps, as far as it is known. Does not wait."""
    for step in steps:
        if step["step"] == "quality":
            loop = asyncio.get_running_loop()
            us = _loads.setdefault(loop, Loads()).of(peer)
            if us is not None:
                step["data"] = {**step.get("data", {}), "us": us}
