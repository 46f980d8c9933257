"""All workers of the node: starting them, replacing them, and asking them how they are."""

import asyncio
import logging
from collections.abc import Callable

from media.errors import MEDIA_UNAVAILABLE, MediaError
from media.mediasoup.errors import MediasoupError

from .config import NodeConfig
from .worker_slot import SlotState, WorkerSlot

log = logging.getLogger(__name__)

# A worker takes up to five seconds to start.
START_PATIENCE = 6.0
ANSWER_PATIENCE = 1.5

NOT_RUNNING = "No media worker is running."


class Supervisor:
    """`on_up` is called when a worker comes up, `on_lost` when one that was up has died."""

    def __init__(
        self,
        config: NodeConfig,
        *,
        on_up: Callable[[WorkerSlot], None],
        on_lost: Callable[[WorkerSlot], None],
    ) -> None:
        self._config = config
        self._on_up, self._on_lost = on_up, on_lost
        # Set unless a new room had better wait: no worker runs, and one is just being started.
        self._settled = asyncio.Event()
        self._first_round = True
        self.slots: list[WorkerSlot] = []
        self.leaving: list[WorkerSlot] = []

    def start(self) -> None:
        """Begin to start the workers; returns at once."""
        log.info("Initializing %d MediaSoup workers", self._config.workers)
        self.slots = [self._make(index, self._slot_changed) for index in range(self._config.workers)]

    async def close(self) -> None:
        """End all workers."""
        self._first_round = False
        await asyncio.gather(*(slot.close() for slot in (*self.slots, *self.leaving)))

    @property
    def up(self) -> list[WorkerSlot]:
        """The workers that run, as far as is known."""
        return [slot for slot in self.slots if slot.state is SlotState.UP]

    @property
    def trouble(self) -> str:
        """Why there are fewer workers than there should be, for an operator;

        Empty when nothing is known to be wrong.
        """
        if trouble := next((slot.trouble for slot in self.slots if slot.trouble), ""):
            return trouble
        if any(slot.state is SlotState.STARTING for slot in self.slots):
            return "The media workers are being started."
        return ""

    @property
    def open(self) -> list[WorkerSlot]:
        """The workers that run and take what is new."""
        return [slot for slot in self.up if not slot.draining]

    async def available(self) -> list[WorkerSlot]:
        """The workers that can take a room, one at least.

        Waits while none runs and one is just being started. Raises `MediaError` (MEDIA_UNAVAILABLE) when none can be
        had.
        """
        try:
            async with asyncio.timeout(START_PATIENCE):
                await self._settled.wait()
        except TimeoutError:
            raise MediaError(MEDIA_UNAVAILABLE, "The media workers are still being started.") from None
        if not self.up:
            why = next((slot.short_trouble for slot in self.slots if slot.short_trouble), "")
            raise MediaError(MEDIA_UNAVAILABLE, f"No media worker is running: {why}." if why else NOT_RUNNING)
        if not self.open:
            raise MediaError(MEDIA_UNAVAILABLE, "All media workers are being drained.")
        return self.open

    async def start_successor(self, slot: WorkerSlot) -> WorkerSlot:
        """Start another worker beside one, in the other bank of ports, and let it take the place once it is up.

        The former one drains from then on, and is among the `leaving` until it is told to `end`. Raises `MediaError`
        (MEDIA_UNAVAILABLE) when no other can be started; nothing has changed then.
        """
        settled = asyncio.Event()

        def changed(successor: WorkerSlot) -> None:
            if successor.state in (SlotState.UP, SlotState.FAILED):
                settled.set()
            self._slot_changed(successor)

        successor = self._make(slot.index, changed, 1 - slot.bank)
        try:
            await settled.wait()
            if successor.state is not SlotState.UP:
                raise MediaError(MEDIA_UNAVAILABLE, f"Its successor cannot be started: {successor.trouble}.")
        except BaseException:
            await successor.close()
            raise
        successor.restarts = slot.restarts + 1
        slot.draining = slot.last = True
        self.slots[self.slots.index(slot)] = successor
        self.leaving.append(slot)
        return successor

    async def end(self, slot: WorkerSlot) -> None:
        """End a worker that is leaving. Idempotent."""
        if slot in self.leaving:
            self.leaving.remove(slot)
        await slot.close()

    async def answering(self) -> int:
        """How many workers answered a request just now."""
        answers = await asyncio.gather(*(self._answers(slot) for slot in self.slots))
        return sum(answers)

    async def _answers(self, slot: WorkerSlot) -> bool:
        if slot.worker is None:
            return False
        try:
            async with asyncio.timeout(ANSWER_PATIENCE):
                await slot.worker.get_resource_usage()
        except (MediasoupError, TimeoutError):
            return False
        return True

    def _make(self, index: int, changed: Callable[[WorkerSlot], None], bank: int = 0) -> WorkerSlot:
        return WorkerSlot(index, self._config, on_change=changed, on_lost=self._on_lost, bank=bank)

    def _slot_changed(self, slot: WorkerSlot) -> None:
        if slot.state is SlotState.UP:
            self._on_up(slot)
        starting = any(other.state is SlotState.STARTING for other in self.slots)
        if self._first_round and not starting:
            self._first_round = False
            level = logging.INFO if len(self.up) == len(self.slots) else logging.ERROR
            log.log(level, "MediaSoup initialized with %d/%d workers", len(self.up), len(self.slots))
        if self.up or not starting:
            self._settled.set()
        else:
            self._settled.clear()
