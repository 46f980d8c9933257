"""What the workers carried in the last hour."""

import asyncio
import time
from collections import deque
from typing import Any, NamedTuple

from .census import Census
from .pulse import BEAT_SECONDS
from .sampling import Sampler
from .supervisor import Supervisor
from .worker_slot import WorkerSlot

Json = dict[str, Any]

EVERY_SECONDS = 10
KEPT = 360


class LoadSample(NamedTuple):
    """One worker over ten seconds. `cpu` is the share of one core; bitrates are bits a second, of all its transports.

    All but `at` (milliseconds of the epoch) are None while it was not up.
    """

    at: int
    cpu: float | None = None
    memory_bytes: int | None = None
    consumers: int | None = None
    bitrate_in: int | None = None
    bitrate_out: int | None = None


class LoadHistory:
    """One sample of each worker every ten seconds, for an hour."""

    def __init__(self, supervisor: Supervisor, sampler: Sampler) -> None:
        self._supervisor, self._sampler = supervisor, sampler
        self._samples: dict[int, deque[LoadSample]] = {}
        self._cpu: dict[int, list[float]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to remember."""
        self._task = asyncio.create_task(self._remember(), name="media-load-history")

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def take(self) -> None:
        """Remember how things are now."""
        for slot in self._supervisor.slots:
            self._samples.setdefault(slot.index, deque(maxlen=KEPT)).append(self._sample(slot))
        self._cpu.clear()

    def describe(self) -> Json:
        """`{everySeconds, workers: [{index, pid, state, at: [ms], cpu: […], memoryBytes, consumers, bitrateIn,
        bitrateOut}]}`, oldest first, with null where a worker was not up.
        """
        return {"everySeconds": EVERY_SECONDS, "workers": [self._series(slot) for slot in self._supervisor.slots]}

    def _series(self, slot: WorkerSlot) -> Json:
        samples = self._samples.get(slot.index, ())
        return {
            "index": slot.index,
            "pid": slot.worker.pid if slot.worker is not None else None,
            "state": slot.state.value,
            "at": [one.at for one in samples],
            "cpu": [one.cpu if one.cpu is None else round(one.cpu, 4) for one in samples],
            "memoryBytes": [one.memory_bytes for one in samples],
            "consumers": [one.consumers for one in samples],
            "bitrateIn": [one.bitrate_in for one in samples],
            "bitrateOut": [one.bitrate_out for one in samples],
        }

    def _sample(self, slot: WorkerSlot) -> LoadSample:
        at = int(time.time() * 1000)
        if slot.worker is None:
            return LoadSample(at)
        cpu = self._cpu.get(slot.index) or [slot.pulse.cpu]
        latest = self._sampler.of(slot)
        return LoadSample(
            at,
            sum(cpu) / len(cpu),
            slot.pulse.memory_bytes,
            Census.of(slot.worker).consumers,
            latest.bitrate_in if latest is not None else None,
            latest.bitrate_out if latest is not None else None,
        )

    async def _remember(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + EVERY_SECONDS
        while True:
            await asyncio.sleep(min(BEAT_SECONDS, due - loop.time()))
            for slot in self._supervisor.slots:
                if slot.worker is not None:
                    self._cpu.setdefault(slot.index, []).append(slot.pulse.cpu)
            if loop.time() >= due:
                self.take()
                due += EVERY_SECONDS
