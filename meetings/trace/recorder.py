"""Writes the stream down beside what it is about: whoever notes an event never waits, not even for a database."""

import asyncio
import logging
import time
from collections import deque
from uuid import UUID
from weakref import WeakKeyDictionary

from meetings import numbers
from meetings.database import in_database
from meetings.protocol.codes import Refusal
from meetings.trace.attempt import Attempt
from meetings.trace.event import Event
from meetings.trace.speaking import add_spoken, spoken_in
from meetings.trace.writing import Batch, Row, write

log = logging.getLogger(__name__)

# What comes within this time is one transaction.
GATHER_SECONDS = 0.5
# While the database is away.
RETRY_SECONDS = 1.0
# Beyond this the oldest are forgotten; half an hour of a full site's quality, or the joins of a large meeting.
MOST_WAITING = 20_000
AT_ONCE = 1000
LAST_PATIENCE = 2.0


class Recorder:
    """The stream of one event loop. Events that the database refuses for good are counted and logged, not kept."""

    def __init__(self) -> None:
        self._waiting: deque[Row] = deque(maxlen=MOST_WAITING)
        self._touched: dict[UUID, Attempt] = {}
        self._task: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self._hurry = asyncio.Event()
        self._awaited: list[asyncio.Future[None]] = []

    def begin(self, attempt_id: UUID, began_at: float | None = None) -> Attempt:
        """An attempt that this loop did not know: a new one, or one that another process or the page itself wrote of
        before, whose events so far it is given as soon as they are read.
        """
        return Attempt(attempt_id, self._put, time.time() if began_at is None else began_at)

    async def catch_up(self) -> None:
        """Have what was noted so far written now, and wait a moment for that."""
        if self._task is None:
            return
        written = asyncio.get_running_loop().create_future()
        self._awaited.append(written)
        self._hurry.set()
        await asyncio.wait([written], timeout=LAST_PATIENCE)

    async def finish(self) -> None:
        """Wait a moment for what has not been written."""
        self._ending.set()
        self._hurry.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=LAST_PATIENCE)
            if self._task is not None:
                self._task.cancel()

    def _put(self, attempt: Attempt, event: Event | None) -> None:
        if event is not None:
            if len(self._waiting) == MOST_WAITING:
                numbers.EVENTS_LOST.inc()
            self._waiting.append(Row(event, attempt.id, attempt.meeting_id, attempt.participant_id))
        self._touched[attempt.id] = attempt
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work(), name="event stream")

    async def _work(self) -> None:
        try:
            while self._waiting or self._touched:
                await self._pause(GATHER_SECONDS, self._hurry)
                batch, attempts = self._take()
                # Whoever waits does so for all that there was when they came.
                satisfied = 0 if self._waiting else len(self._awaited)
                if not self._waiting and not self._ending.is_set():
                    self._hurry.clear()
                await self._write(batch, attempts)
                self._release(satisfied)
        finally:
            self._task = None
            self._release(len(self._awaited))

    def _take(self) -> tuple[Batch, list[Attempt]]:
        attempts, self._touched = list(self._touched.values()), {}
        batch = Batch()
        for attempt in attempts:
            if not attempt.written:
                batch.begun[attempt.id] = attempt.began_at
            if attempt.changed:
                batch.columns[attempt.id], attempt.changed = attempt.changed, {}
        while self._waiting and len(batch.rows) < AT_ONCE:
            batch.rows.append(self._waiting.popleft())
        return batch, attempts

    async def _write(self, batch: Batch, attempts: list[Attempt]) -> None:
        while True:
            try:
                earlier = await in_database(write, batch)
            except Refusal as away:
                log.debug("The event stream waits: %s", away)
                await self._pause(RETRY_SECONDS, self._ending)
                if self._ending.is_set():
                    return
            except Exception:
                numbers.EVENTS_LOST.inc(len(batch.rows))
                log.exception("%d events could not be written down", len(batch.rows))
                return
            else:
                break
        await self._add_up(batch)
        for attempt in attempts:
            if not attempt.written:
                attempt.written = True
                attempt.remember_before(earlier.get(attempt.id, []))

    async def _add_up(self, batch: Batch) -> None:
        # Not in the transaction: writing that again would count again.
        if not (spoken := spoken_in(batch.rows)):
            return
        try:
            await in_database(add_spoken, spoken)
        except Refusal as away:
            log.debug("What %d people spoke is not counted: %s", len(spoken), away)
        except Exception:
            log.exception("What %d people spoke is not counted", len(spoken))

    def _release(self, count: int) -> None:
        released, self._awaited = self._awaited[:count], self._awaited[count:]
        for one in released:
            if not one.done():
                one.set_result(None)

    async def _pause(self, seconds: float, sooner: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(seconds):
                await sooner.wait()
        except TimeoutError:
            pass


_recorders: WeakKeyDictionary[asyncio.AbstractEventLoop, Recorder] = WeakKeyDictionary()


def recorder() -> Recorder:
    """The recorder of the running loop; made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _recorders:
        _recorders[loop] = Recorder()
    return _recorders[loop]


async def finish_recording() -> None:
    """Wait a moment for what the running loop has not written yet."""
    if (mine := _recorders.pop(asyncio.get_running_loop(), None)) is not None:
        await mine.finish()
