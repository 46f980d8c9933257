"""Statistics of what lives on the workers: asked of them as often as somebody looks, and shared by all who do."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from media.mediasoup.consumer import Consumer
from media.mediasoup.errors import InvalidStateError, MediasoupError, RequestRejected
from media.mediasoup.producer import Producer
from media.mediasoup.transport import Transport
from media.mediasoup.transport_stats import BaseTransportStats
from media.mediasoup.worker import Worker

from .supervisor import Supervisor
from .worker_slot import WorkerSlot

log = logging.getLogger(__name__)

Stats = dict[str, Any]

# Somebody who looks asks again within a second or two; who has not for this long has gone.
WATCHED_SECONDS = 10.0
# Between the beginnings of two rounds, while somebody looks and while nobody does.
FRESH_SECONDS = 0.8
CALM_SECONDS = 10.0
# After a round, however long it took: a worker is not asked without a pause.
LEAST_PAUSE = 0.3
# Requests to one worker that are on their way at the same time.
AT_ONCE = 16
AT_ONCE_CALM = 2

EVERYTHING = "*"
"""What to open in order to see the streams of all transports."""

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a worker's process has used: `cpu_ms` of CPU since it started, by the loop's clock `at`."""

    at: float
    pid: int
    cpu_ms: int
    memory_bytes: int


@dataclass(slots=True)
class Samples:
    """The latest round of one worker. `cpu` is the share of one core since the round before, None after the first."""

    usage: Usage | None = None
    cpu: float | None = None
    transports: dict[str, BaseTransportStats] = field(default_factory=dict)
    streams: dict[str, list[Stats]] = field(default_factory=dict)

    @property
    def bitrate_in(self) -> int:
        """Bits a second that the worker receives."""
        return sum(stats["recvBitrate"] for stats in self.transports.values())

    @property
    def bitrate_out(self) -> int:
        """Bits a second that the worker sends."""
        return sum(stats["sendBitrate"] for stats in self.transports.values())


Ask = Callable[[], Awaitable[Any]]


class Sampler:
    """Keeps `of(slot)` fresh.

    While nobody looks: what each worker uses, and its transports, every ten seconds. While somebody does: the same
    every second or so, and the streams (producers and consumers) of the transports that are opened; of the other
    transports of an opened router one stream each, which has the round-trip time of their path. A worker that is slow
    to answer is asked less often; it delays no other.
    """

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._opened: dict[str, float] = {}
        self._watched_until = 0.0
        self._samples: dict[int, Samples] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin. The supervisor's slots must be there."""
        self._tasks = [
            asyncio.create_task(self._keep_fresh(slot), name=f"media-samples-{slot.index}")
            for slot in self._supervisor.slots
        ]

    async def close(self) -> None:
        """Stop asking."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def look(self, opened: Collection[str]) -> None:
        """Somebody looks, and has opened these routers and transports (`EVERYTHING` for all)."""
        until = asyncio.get_running_loop().time() + WATCHED_SECONDS
        self._watched_until = until
        for object_id in opened:
            self._opened[object_id] = until

    def of(self, slot: WorkerSlot) -> Samples:
        """The latest of a worker; empty when it is not up or has not been asked yet."""
        samples = self._samples.get(slot.index)
        if samples is None or samples.usage is None or slot.worker is None or slot.worker.pid != samples.usage.pid:
            return Samples()
        return samples

    @property
    def watched(self) -> bool:
        """Whether somebody looks."""
        return asyncio.get_running_loop().time() < self._watched_until

    async def _keep_fresh(self, slot: WorkerSlot) -> None:
        loop = asyncio.get_running_loop()
        last = -CALM_SECONDS
        while True:
            began = loop.time()
            if slot.worker is not None and (self.watched or began - last >= CALM_SECONDS):
                last = began
                try:
                    await self._round(slot, slot.worker)
                except MediasoupError as error:
                    log.debug("MediaSoup worker %d gives no statistics: %s", slot.index, error)
                except Exception:
                    log.exception("The statistics of MediaSoup worker %d failed", slot.index)
            await asyncio.sleep(max(LEAST_PAUSE, began + FRESH_SECONDS - loop.time()))

    async def _round(self, slot: WorkerSlot, worker: Worker) -> None:
        before = self.of(slot).usage
        usage = await usage_of(worker)
        samples = Samples(usage, cpu_share(before, usage))
        transports = [one for router in worker.routers.values() for one in router.transports.values()]
        at_once = AT_ONCE if self.watched else AT_ONCE_CALM
        answers = await _ask_all([(one.id, one.get_stats) for one in transports], at_once)
        samples.transports = {transport_id: stats[0] for transport_id, stats in answers.items()}
        if self.watched:
            samples.streams = await _ask_all([(one.id, one.get_stats) for one in self._streams(worker)], at_once)
        self._samples[slot.index] = samples

    def _streams(self, worker: Worker) -> Iterator[Producer | Consumer]:
        now = asyncio.get_running_loop().time()
        self._opened = {object_id: until for object_id, until in self._opened.items() if until > now}
        everything = EVERYTHING in self._opened
        for router in worker.routers.values():
            router_open = router.id in self._opened
            for transport in router.transports.values():
                if everything or transport.id in self._opened:
                    yield from transport.producers.values()
                    yield from transport.consumers.values()
                elif router_open and (one := _representative(transport)) is not None:
                    yield one


def _representative(transport: Transport) -> Producer | Consumer | None:
    """The stream of a transport that tells most about its path."""
    flowing = (one for one in transport.consumers.values() if not one.paused and not one.producer_paused)
    return next(flowing, None) or next(iter(transport.producers.values()), None)


async def _ask_all(questions: list[tuple[str, Ask]], at_once: int) -> dict[str, Any]:
    """The answers by id, of those that are still there. Raises `MediasoupError` when the worker does not answer."""
    answers: dict[str, Any] = {}
    waiting = iter(questions)

    async def lane() -> None:
        for object_id, ask in waiting:
            try:
                answers[object_id] = await ask()
            except (InvalidStateError, RequestRejected):
                continue  # closed meanwhile

    outcomes = await asyncio.gather(*(lane() for _ in range(min(at_once, len(questions)))), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return answers


async def usage_of(worker: Worker) -> Usage:
    """What its process has used until now. Raises `MediasoupError`."""
    usage = await worker.get_resource_usage()
    cpu_ms = usage["ruUtime"] + usage["ruStime"]
    memory = _resident_bytes(worker.pid) or usage["ruMaxrss"] * 1024
    return Usage(asyncio.get_running_loop().time(), worker.pid, cpu_ms, memory)


def cpu_share(before: Usage | None, now: Usage) -> float | None:
    """The share of one core between two looks at one process; None when they are not of one process."""
    if before is None or before.pid != now.pid or now.at <= before.at:
        return None
    return max(0.0, (now.cpu_ms - before.cpu_ms) / ((now.at - before.at) * 1000))


def _resident_bytes(pid: int) -> int:
    """Memory that the process has now; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return 0
