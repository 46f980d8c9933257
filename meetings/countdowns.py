"""The countdowns of breakout rooms that were begun in this process. A sweep makes good for processes that died."""

import asyncio
import logging
from uuid import UUID
from weakref import WeakKeyDictionary

from meetings.actions.breakouts.close import Closing, close_due
from meetings.database import in_database
from meetings.facts import serving_loop
from meetings.handlers.departing import close_room, close_room_soon
from meetings.protocol.codes import Refusal

log = logging.getLogger(__name__)

# Rows are judged by the wall clock, sleeping is not.
CLOCK_SLACK = 0.05


class Countdowns:
    """One for each event loop. Everything it starts, it owns; `end` ends it."""

    def __init__(self) -> None:
        self._running: dict[UUID, asyncio.Task[None]] = {}

    def begin(self, closing: Closing) -> None:
        """Close it when the time has come; one that runs here for the same rooms is replaced."""
        before = self._running.pop(closing.breakouts_id, None)
        if before is not None:
            before.cancel()
        self._running[closing.breakouts_id] = asyncio.create_task(
            self._close(closing), name=f"countdown of {closing.breakouts_id}"
        )

    async def end(self) -> None:
        """Count no more. What is not closed then is left to the sweep."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    async def _close(self, closing: Closing) -> None:
        try:
            await asyncio.sleep(closing.seconds + CLOCK_SLACK)
            for room in await in_database(close_due):
                await close_room(room)
        except Refusal as away:
            log.warning("Breakout rooms could not be closed (%s); the sweep will", away)
        except Exception:
            log.exception("Breakout rooms could not be closed; the sweep will")
        finally:
            if self._running.get(closing.breakouts_id) is asyncio.current_task():
                del self._running[closing.breakouts_id]


_countdowns: WeakKeyDictionary[asyncio.AbstractEventLoop, Countdowns] = WeakKeyDictionary()


def countdowns() -> Countdowns:
    """Those of the running loop."""
    return _countdowns.setdefault(asyncio.get_running_loop(), Countdowns())


def begin_soon(closing: Closing) -> None:
    """Begin a countdown from a thread; what is due already is closed before this returns. In a process without sockets
    the sweep closes it.
    """
    if closing.seconds == 0:
        for room in close_due():
            close_room_soon(room)
        return
    loop = serving_loop()
    if loop is not None:
        loop.call_soon_threadsafe(lambda: countdowns().begin(closing))


async def end_countdowns() -> None:
    """End the running loop's, if there are any."""
    mine = _countdowns.pop(asyncio.get_running_loop(), None)
    if mine is not None:
        await mine.end()
