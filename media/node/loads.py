"""How loaded the workers are, as placement sees them."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from media import placement
from media.placement import Candidate

from .census import Census
from .worker_slot import WorkerSlot

if TYPE_CHECKING:
    from .rooms import Rooms


class Loads:
    """Measures the node's workers: their CPU by their pulse, their consumers by counting, `limit` consumers each."""

    def __init__(self, rooms: "Rooms", limit: int) -> None:
        self._rooms = rooms
        self.limit = limit
        self._opening: Counter[WorkerSlot] = Counter()

    @contextmanager
    def opening(self, slot: WorkerSlot) -> Iterator[None]:
        """Count a room that is being opened on a worker."""
        self._opening[slot] += 1
        try:
            yield
        finally:
            self._opening[slot] -= 1

    def candidates(self, slots: Iterable[WorkerSlot]) -> list[Candidate[int]]:
        """What there is to choose from, by the index of the worker."""
        now = asyncio.get_running_loop().time()
        occupants, fresh, promised = Counter(self._opening), Counter(self._opening), Counter[WorkerSlot]()
        for room in self._rooms:
            for place in room.places:
                occupants[place.slot] += 1
            for peer in room.peers.values():
                slot, age = peer.place.slot, now - peer.arrived_at
                occupants[slot] += 1
                fresh[slot] += placement.is_fresh(age)
                if peer.is_moving:
                    promised[slot] += len(peer.consumers)
                else:
                    promised[slot] += placement.outstanding(peer.expects, len(peer.consumers), age)
        return [
            Candidate(
                slot.index,
                cpu=slot.pulse.cpu,
                consumers=Census.of(slot.worker).consumers,
                promised=promised[slot],
                fresh=fresh[slot],
                limit=self.limit,
                occupants=occupants[slot],
            )
            for slot in slots
        ]

    def of(self, slot: WorkerSlot, census: Census) -> float:
        """A worker's load, 0 to 1."""
        return placement.load(slot.pulse.cpu, census.consumers, self.limit)

    def consumers_left(self, slot: WorkerSlot) -> int:
        """How many consumers more those who are there may have."""
        consumers = Census.of(slot.worker).consumers
        return self.limit - consumers if placement.takes_consumer(slot.pulse.cpu, consumers, self.limit) else 0
