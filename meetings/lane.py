"""Work done one after the other, in the order in which it came."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]


class Lane:
    """Runs jobs one at a time, in order, in a task that lives only while there are any.

    A job that raises is logged and hurts no other. Belongs to the event loop in which `put` is called.
    """

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._waiting: deque[Job] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def put(self, job: Job) -> bool:
        """Run `job` after everything put before. False, and nothing, when `limit` jobs wait or the lane is closed."""
        if self._closed or len(self._waiting) >= self._limit:
            return False
        self._waiting.append(job)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work(), name=self._name)
        return True

    @property
    def is_idle(self) -> bool:
        """Whether all that was put is done."""
        return self._task is None

    async def close(self, patience: float) -> None:
        """Drop what waits, and let the job under way end; cancel it after `patience` seconds. Takes no more jobs."""
        self._closed = True
        self._waiting.clear()
        await self._ended(patience)

    async def finish(self, patience: float) -> None:
        """Take no more jobs, and let those that are there end; cancel them after `patience` seconds."""
        self._closed = True
        await self._ended(patience)

    async def _ended(self, patience: float) -> None:
        task = self._task
        if task is None or task is asyncio.current_task():
            return
        await asyncio.wait([task], timeout=patience)
        if not task.done():
            self._waiting.clear()
            task.cancel()
            await asyncio.wait([task])

    async def _work(self) -> None:
        try:
            while self._waiting:
                job = self._waiting.popleft()
                try:
                    await job()
                except Exception:
                    log.exception("A job of %s failed", self._name)
        finally:
            self._task = None
