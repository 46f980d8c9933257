"""Statistics of what lives on the workers: asked of them as often as somebody looks, and shared by all who do."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
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
# Requests to one worker that are on their way at the same time.
AT_ONCE = 16
AT_ONCE_CALM = 2

EVERYTHING = "*"
"""What to open in order to see the streams of all transports."""


@dataclass(slots=True)
class Samples:
    """The latest round of one worker, by the ids of transports and streams."""

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

    While nobody looks: the transports of each worker, every ten seconds. While somebody does: the same every second or
    so, and the streams (producers and consumers) of the transports that are opened; of the other transports of an
    opened router one stream each, which has the round-trip time of their path. A worker that is slow to answer is asked
    less often; it delays no other.
    """

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._opened: dict[str, float] = {}
        self._watched_until = 0.0
        self._samples: dict[Worker, Samples] = {}
        self._rounds: dict[Worker, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._keep_fresh(), name="media-samples")

    async def close(self) -> None:
        """Stop asking."""
        tasks = [self._task, *self._rounds.values()] if self._task is not None else []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def look(self, opened: Collection[str]) -> None:
        """Somebody looks, and has opened these routers and transports (`EVERYTHING` for all)."""
        until = asyncio.get_running_loop().time() + WATCHED_SECONDS
        self._watched_until = until
        for object_id in opened:
            self._opened[object_id] = until

    def of(self, slot: WorkerSlot) -> Samples | None:
        """The latest of a worker; None when it is not up or has not been asked yet."""
        return self._samples.get(slot.worker) if slot.worker is not None else None

    @property
    def watched(self) -> bool:
        """Whether somebody looks."""
        return asyncio.get_running_loop().time() < self._watched_until

    async def _keep_fresh(self) -> None:
        loop = asyncio.get_running_loop()
        begun: dict[Worker, float] = {}
        while True:
            now = loop.time()
            slots = (*self._supervisor.slots, *self._supervisor.leaving)
            workers = {slot.worker for slot in slots if slot.worker is not None}
            begun = {worker: at for worker, at in begun.items() if worker in workers}
            self._samples = {worker: samples for worker, samples in self._samples.items() if worker in workers}
            for worker in workers - self._rounds.keys():
                if self.watched or now - begun.get(worker, -CALM_SECONDS) >= CALM_SECONDS:
                    begun[worker] = now
                    self._rounds[worker] = task = asyncio.create_task(self._round(worker), name="media-samples-round")
                    task.add_done_callback(functools.partial(self._round_ended, worker))
            await asyncio.sleep(FRESH_SECONDS)

    def _round_ended(self, worker: Worker, _: asyncio.Task[None]) -> None:
        self._rounds.pop(worker, None)

    async def _round(self, worker: Worker) -> None:
        at_once = AT_ONCE if self.watched else AT_ONCE_CALM
        transports = [one for router in worker.routers.values() for one in router.transports.values()]
        try:
            answers = await _ask_all([(one.id, one.get_stats) for one in transports], at_once)
            samples = Samples({transport_id: stats[0] for transport_id, stats in answers.items()})
            if self.watched:
                samples.streams = await _ask_all([(one.id, one.get_stats) for one in self._streams(worker)], at_once)
        except MediasoupError as error:
            log.debug("%r gives no statistics: %s", worker, error)
        except Exception:
            log.exception("The statistics of %r failed", worker)
        else:
            self._samples[worker] = samples

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
