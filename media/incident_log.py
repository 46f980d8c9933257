"""Incidents on their way into the database: noted in an event loop, written in a thread, kept while there is none."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from weakref import WeakKeyDictionary

from django.db import InterfaceError, OperationalError, connections

log = logging.getLogger(__name__)

Write = Callable[[], object]

# The database may be what failed.
RETRY_SECONDS = 1.0
MOST_WAITING = 1000
LAST_PATIENCE = 2.0


class IncidentLog:
    """Writes one after the other, in the order in which they were noted. One for each event loop."""

    def __init__(self) -> None:
        self._waiting: deque[Write] = deque(maxlen=MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    def note(self, write: Write) -> None:
        """Have `write`, a function of `media.incidents` with its arguments, called as soon as the database is there.

        Returns at once. When a thousand wait, the oldest is forgotten.
        """
        self._waiting.append(write)
        if self._task is None:
            self._task = asyncio.create_task(self._write_all(), name="incident-log")

    async def finish(self) -> None:
        """Wait a moment for what has not been written."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=LAST_PATIENCE)
            if self._task is not None:
                self._task.cancel()

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                write = self._waiting[0]
                try:
                    await asyncio.to_thread(_in_a_connection, write)
                except (OperationalError, InterfaceError):
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                except Exception:
                    log.exception("An incident could not be written down")
                if self._waiting and self._waiting[0] is write:
                    self._waiting.popleft()
        finally:
            self._task = None


def _in_a_connection(write: Write) -> None:
    try:
        write()
    finally:
        # Incidents are rare; a connection that waited for the next one would be one too many.
        connections.close_all()


_logs: WeakKeyDictionary[asyncio.AbstractEventLoop, IncidentLog] = WeakKeyDictionary()


def incident_log() -> IncidentLog:
    """The log of the running loop; made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _logs:
        _logs[loop] = IncidentLog()
    return _logs[loop]


async def finish_incidents() -> None:
    """Wait a moment for what the running loop has not written yet."""
    if (incidents := _logs.pop(asyncio.get_running_loop(), None)) is not None:
        await incidents.finish()
