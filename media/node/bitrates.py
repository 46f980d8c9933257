"""What runs over a worker's transports, in bits a second."""

import asyncio
import logging
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from media.mediasoup.errors import InvalidStateError, MediasoupError, RequestRejected
from media.mediasoup.worker import Worker

log = logging.getLogger(__name__)

# A round is not begun again sooner than this, however many collect.
FRESH_SECONDS = 5.0
# For so long an answer waits for the round under way; after that it has the one before.
PATIENCE = 0.5


class Bitrates(NamedTuple):
    """`at` is the loop's time at which they were complete."""

    received: int
    sent: int
    at: float


class BitrateRounds:
    """Asks the transports of a worker only when somebody wants to know, one after the other.

    So a join never finds more than one such question before it in the worker's pipe.
    """

    def __init__(self) -> None:
        self._latest: WeakKeyDictionary[Worker, Bitrates] = WeakKeyDictionary()
        self._rounds: dict[Worker, asyncio.Task[None]] = {}

    async def of(self, worker: Worker) -> Bitrates | None:
        """Not older than some seconds where the worker answers quickly. None before the first round is complete."""
        latest = self._latest.get(worker)
        if latest is None or asyncio.get_running_loop().time() - latest.at > FRESH_SECONDS:
            if worker not in self._rounds:
                self._rounds[worker] = asyncio.create_task(self._round(worker), name=f"bitrates of {worker.pid}")
            await asyncio.wait([self._rounds[worker]], timeout=PATIENCE)
        return self._latest.get(worker)

    async def close(self) -> None:
        """Stop asking."""
        rounds = list(self._rounds.values())
        for task in rounds:
            task.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)

    async def _round(self, worker: Worker) -> None:
        received = sent = 0
        try:
            # Any: each type of transport has statistics of its own shape, and these two in all of them.
            transports: list[Any] = [one for router in worker.routers.values() for one in router.transports.values()]
            for transport in transports:
                try:
                    [stats] = await transport.get_stats()
                except (InvalidStateError, RequestRejected):
                    continue  # closed meanwhile
                received += stats["recvBitrate"]
                sent += stats["sendBitrate"]
            self._latest[worker] = Bitrates(received, sent, asyncio.get_running_loop().time())
        except MediasoupError as error:
            log.debug("The worker with pid %d tells no bitrates: %s", worker.pid, error)
        finally:
            del self._rounds[worker]
