"""What an operator does to the node while it runs: draining workers or the whole of it, replacing workers, stopping."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from media.errors import BAD_REQUEST, MediaError

from .rooms import Rooms
from .supervisor import Supervisor
from .worker_slot import WorkerSlot

log = logging.getLogger(__name__)

# After a move most people are in their new place within a second; whoever has not come by then was not going to.
MOVE_SECONDS = 10.0
LOOK_SECONDS = 0.1
TRY_AGAIN_SECONDS = 1.0
TELL_SECONDS = 5.0


class Upkeep:
    """Begins what is asked for and sees it through, one worker at a time where meetings must go on.

    `stop` ends the node, or is None where nobody may.
    """

    def __init__(
        self, supervisor: Supervisor, rooms: Rooms, drain_seconds: float, stop: Callable[[], None] | None
    ) -> None:
        self._supervisor, self._rooms = supervisor, rooms
        self._drain_seconds = drain_seconds
        self._stop = stop
        self._restarting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def slot(self, index: int) -> WorkerSlot:
        """A worker of the node. Raises `MediaError` (BAD_REQUEST)."""
        slots = self._supervisor.slots
        if not 0 <= index < len(slots):
            raise MediaError(BAD_REQUEST, f"There is no worker {index}: the node has workers 0 to {len(slots) - 1}.")
        return slots[index]

    def drain_worker(self, slot: WorkerSlot) -> None:
        """Give it nothing new, and move its rooms to others of the node as long as there are any. Idempotent."""
        if not slot.draining:
            slot.draining = True
            log.info("MediaSoup worker %d is drained", slot.index)
            self._begin(self._empty(slot), f"drain of worker {slot.index}")

    def drain_node(self) -> None:
        """Take no new meetings. Those that are there go on until they end."""
        if not self._rooms.draining:
            self._rooms.draining = True
            log.info("The media node is drained: it takes no new meetings")

    def restart(self, slots: list[WorkerSlot]) -> None:
        """Replace workers one after another: each new one is up before the rooms are moved and the old one ends."""
        self._begin(self.replace(slots), "restart of workers")

    async def replace(self, slots: list[WorkerSlot]) -> None:
        """`restart`, to be awaited. A worker whose successor cannot be started stays; that is logged."""
        async with self._restarting:
            for slot in slots:
                if slot in self._supervisor.slots:
                    await self._replace(slot)

    async def drained(self) -> None:
        """Drain the node and wait until its meetings have ended, or the time for that is over. Logs how it goes."""
        self.drain_node()
        loop = asyncio.get_running_loop()
        end, told = loop.time() + self._drain_seconds, loop.time()
        while (rooms := list(self._rooms)) and loop.time() < end:
            if loop.time() >= told:
                peers = sum(len(room.peers) for room in rooms)
                left = end - loop.time()
                log.info("Draining: %d meetings with %d participants, %.0f s at most", len(rooms), peers, left)
                told += TELL_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
        if rooms:
            log.warning("Not drained in time: %d meetings are cut", len(rooms))
        else:
            log.info("Drained")

    def stop(self) -> None:
        """Have the node drained and ended by whoever runs it. Raises `MediaError` when it runs inside something."""
        if self._stop is None:
            raise MediaError(BAD_REQUEST, "This node runs inside a web process; stop that.")
        self._stop()

    async def close(self) -> None:
        """Leave everything as it is."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _empty(self, slot: WorkerSlot) -> None:
        """Move rooms away until there is none, or until it does not drain any more."""
        while slot.draining and self._rooms.on_worker(slot):
            moved = await self._rooms.vacate(slot)
            await asyncio.sleep(LOOK_SECONDS if moved else TRY_AGAIN_SECONDS)
        log.info("MediaSoup worker %d is empty", slot.index)

    async def _replace(self, slot: WorkerSlot) -> None:
        log.info("MediaSoup worker %d is restarted", slot.index)
        slot.trouble = ""
        try:
            await self._supervisor.start_successor(slot)
        except MediaError as error:
            log.error("MediaSoup worker %d stays as it is: %s", slot.index, error.details)
            slot.trouble = error.details.rstrip(".")
            return
        try:
            async with asyncio.timeout(MOVE_SECONDS):
                await self._empty(slot)
        except TimeoutError:
            log.warning("%d meetings are cut from MediaSoup worker %d", len(self._rooms.on_worker(slot)), slot.index)
        finally:
            await self._supervisor.end(slot)
            self._rooms.worker_ended(slot)
        log.info("MediaSoup worker %d has been restarted", slot.index)

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
