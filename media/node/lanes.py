"""Order where it matters: what is asked for one peer is done in order, different peers go side by side."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]

# The web side slows floods long before; this bounds what one peer can pile up when it does not.
LONGEST_LANE = 256


class Lanes:
    """One queue of work a key. A lane exists only while it has work."""

    def __init__(self) -> None:
        self._lanes: dict[Hashable, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._lanes)

    def submit(self, key: Hashable, work: Work) -> bool:
        """Do `work` after all that was submitted for `key` before.

        False when its lane is full; nothing happens then.
        """
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = deque()
            self._own(asyncio.create_task(self._drive(key, lane), name="media-lane"))
        elif len(lane) >= LONGEST_LANE:
            return False
        lane.append(work)
        return True

    async def close(self) -> None:
        """Cancel everything."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _own(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, key: Hashable, lane: deque[Work]) -> None:
        try:
            while lane:
                try:
                    await lane.popleft()()
                except Exception:
                    log.exception("Work of a lane failed")
        finally:
            del self._lanes[key]
