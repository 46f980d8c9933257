"""How much is too much, and what it was that gave way: pure."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

MOST_LOSS = 0.005
MOST_DELAY_MS = 20.0
FULL_CORE = 0.95

# From here on something else than the worker is too slow for what it measures to be the worker's.
LATE_SENDER_MS = 10.0
BUSY = 0.9
STARVED = 0.1


@dataclass(frozen=True, slots=True)
class Load:
    """What was seen while a worker carried so many consumers.

    CPU is a share of one core. `waiting` is the share of the time in which the worker could have run but had no core.
    `delay_ms` runs from the sender's socket to the receiver's, percentile 95 and median. `dropped_before` are packets
    that the kernel dropped because the worker did not come to read them, `dropped_after` those that the receivers did
    not come to read.
    """

    consumers: int
    packets_a_second: float
    megabits_a_second: float
    loss: float
    median_delay_ms: float
    delay_ms: float
    worker_cpu: float
    waiting: float
    sender_cpu: float
    sender_late_ms: float
    receiver_cpu: float
    dropped_before: int
    dropped_after: int
    others_cpu: float


@dataclass(frozen=True, slots=True)
class Limit:
    """What gave way. With `is_the_workers` False the worker would have carried more: the number is a lower bound."""

    name: str
    is_the_workers: bool


def symptoms(load: Load, baseline_ms: float) -> list[str]:
    """What is too much, in words; empty while all is well."""
    found = []
    if load.loss > MOST_LOSS:
        found.append(f"loss {load.loss:.1%}")
    if load.delay_ms > baseline_ms + MOST_DELAY_MS:
        found.append(f"p95 delay {load.delay_ms:.0f} ms")
    if load.worker_cpu >= FULL_CORE:
        found.append(f"worker at {load.worker_cpu:.0%} of a core")
    return found


def limit(load: Load) -> Limit:
    """What gave way under a load with symptoms; whoever starves the worker of packets or of a core comes first."""
    if load.dropped_after:
        return Limit("the receivers did not read in time", False)
    if load.sender_late_ms > LATE_SENDER_MS or load.sender_cpu > BUSY:
        return Limit("the sender was late", False)
    if load.worker_cpu < BUSY and load.waiting > STARVED:
        return Limit("the machine had no core for the worker", False)
    if load.worker_cpu >= BUSY:
        return Limit("CPU of the worker", True)
    if load.dropped_before:
        return Limit("socket buffers before the worker", True)
    return Limit("unknown: neither CPU nor buffers were full", True)


@dataclass(frozen=True, slots=True)
class Knee:
    """`carried` is the largest load without symptoms, `broke` the smallest with some; None when there was no such."""

    steps: list[Load]
    carried: Load | None
    broke: Load | None


async def find_knee(
    measure: Callable[[int], Awaitable[Load]],
    *,
    start: int,
    unit: int,
    growth: float,
    most: int,
    refinements: int,
    tries: int = 1,
) -> Knee:
    """Measure growing numbers of consumers until one is too many, then halve the gap `refinements` times.

    Numbers are multiples of `unit`. The first one gives the delay that all others are held against. What was too much
    because of something else than the worker, as when other work took its core, is tried again, up to `tries` times.
    """
    steps: list[Load] = []
    carried: Load | None = None
    broke: Load | None = None
    baseline_ms = math.inf

    async def try_out(consumers: int) -> None:
        nonlocal carried, broke, baseline_ms
        for _ in range(tries):
            load = await measure(consumers)
            if not steps:
                baseline_ms = load.delay_ms
            steps.append(load)
            if not symptoms(load, baseline_ms):
                carried = load
                return
            if limit(load).is_the_workers:
                break
        broke = load

    consumers = _multiple(start, unit)
    while broke is None and consumers <= most:
        await try_out(consumers)
        consumers = max(_multiple(consumers * growth, unit), consumers + unit)
    for _ in range(refinements):
        if broke is None or carried is None or broke.consumers - carried.consumers <= unit:
            break
        await try_out(_multiple((carried.consumers + broke.consumers) / 2, unit))
    return Knee(steps, carried, broke)


def _multiple(number: float, unit: int) -> int:
    return max(1, round(number / unit)) * unit


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least this share of them do not exceed. Raises ValueError for no values."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """How much y grows with each x, by least squares. Raises ValueError with fewer than two different x."""
    mean_x = sum(x for x, _ in points) / len(points) if points else 0.0
    mean_y = sum(y for _, y in points) / len(points) if points else 0.0
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if not spread:
        raise ValueError("a slope needs two different x")
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
