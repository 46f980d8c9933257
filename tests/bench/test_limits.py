"""Finding the limit, on loads whose limit is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.capacity.limits import Load, find_knee, limit, percentile, slope, symptoms

FINE = Load(
    consumers=100,
    packets_a_second=8500,
    megabits_a_second=60,
    loss=0.0,
    median_delay_ms=0.2,
    delay_ms=1.0,
    worker_cpu=0.2,
    waiting=0.0,
    sender_cpu=0.05,
    sender_late_ms=0.2,
    receiver_cpu=0.05,
    dropped_before=0,
    dropped_after=0,
    others_cpu=0.0,
)


class Worker:
    """Carries up to `limit` consumers; remembers what it was asked to carry."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.asked: list[int] = []

    async def measure(self, consumers: int) -> Load:
        self.asked.append(consumers)
        return replace(FINE, consumers=consumers, loss=0.0 if consumers <= self.limit else 0.1)


async def test_grows_until_it_is_too_much_and_halves_the_gap() -> None:
    worker = Worker(limit=430)
    knee = await find_knee(worker.measure, start=96, unit=8, growth=2, most=8000, refinements=3)
    assert worker.asked == [96, 192, 384, 768, 576, 480, 432]
    assert knee.carried is not None
    assert knee.broke is not None
    assert (knee.carried.consumers, knee.broke.consumers) == (384, 432)
    assert [load.consumers for load in knee.steps] == worker.asked


async def test_goes_no_further_than_told_when_nothing_gives_way() -> None:
    worker = Worker(limit=10_000)
    knee = await find_knee(worker.measure, start=100, unit=10, growth=2, most=500, refinements=3)
    assert worker.asked == [100, 200, 400]
    assert knee.broke is None
    assert knee.carried is not None
    assert knee.carried.consumers == 400


async def test_says_when_not_even_the_first_step_is_carried() -> None:
    knee = await find_knee(Worker(limit=0).measure, start=100, unit=10, growth=2, most=500, refinements=3)
    assert knee.carried is None
    assert knee.broke is not None
    assert knee.broke.consumers == 100


async def test_what_other_work_disturbed_is_tried_again() -> None:
    asked: list[int] = []

    async def measure(consumers: int) -> Load:
        asked.append(consumers)
        disturbed = (consumers == 20 and asked.count(20) < 3) or consumers >= 40
        return replace(FINE, consumers=consumers, loss=0.1 if disturbed else 0.0, waiting=0.3 if disturbed else 0.0)

    knee = await find_knee(measure, start=10, unit=10, growth=2, most=100, refinements=0, tries=3)
    assert asked == [10, 20, 20, 20, 40, 40, 40]
    assert len(knee.steps) == len(asked)
    assert knee.carried is not None
    assert knee.carried.consumers == 20
    assert knee.broke is not None
    assert limit(knee.broke).is_the_workers is False


async def test_what_the_worker_did_not_carry_is_not_tried_again() -> None:
    worker = Worker(limit=15)
    await find_knee(worker.measure, start=10, unit=10, growth=2, most=100, refinements=0, tries=3)
    assert worker.asked == [10, 20]


async def test_small_growth_still_grows() -> None:
    worker = Worker(limit=25)
    await find_knee(worker.measure, start=8, unit=8, growth=1.01, most=100, refinements=3)
    assert worker.asked == [8, 16, 24, 32]


async def test_delay_is_held_against_the_first_step() -> None:
    async def measure(consumers: int) -> Load:
        return replace(FINE, consumers=consumers, delay_ms=30.0 if consumers == 10 else 10.0 + consumers)

    knee = await find_knee(measure, start=10, unit=10, growth=2, most=100, refinements=0)
    assert knee.broke is not None
    assert knee.broke.consumers == 80


@pytest.mark.parametrize(
    ("too_much", "word"),
    [({"loss": 0.006}, "loss"), ({"delay_ms": 21.5}, "delay"), ({"worker_cpu": 0.95}, "core")],
)
def test_symptoms(too_much: dict[str, float], word: str) -> None:
    assert symptoms(FINE, baseline_ms=1.0) == []
    (said,) = symptoms(replace(FINE, **too_much), baseline_ms=1.0)  # type: ignore[arg-type]  # all are floats
    assert word in said


@pytest.mark.parametrize(
    ("what", "word", "is_the_workers"),
    [
        ({"worker_cpu": 0.99}, "CPU of the worker", True),
        ({"worker_cpu": 0.5, "dropped_before": 9}, "socket buffers", True),
        ({"worker_cpu": 0.5}, "unknown", True),
        ({"worker_cpu": 0.7, "waiting": 0.3, "dropped_before": 9}, "no core", False),
        ({"worker_cpu": 0.99, "sender_late_ms": 11.0}, "sender", False),
        ({"worker_cpu": 0.99, "sender_cpu": 0.95}, "sender", False),
        ({"worker_cpu": 0.99, "dropped_after": 1}, "receivers", False),
    ],
)
def test_what_gave_way(what: dict[str, float], word: str, is_the_workers: bool) -> None:
    found = limit(replace(FINE, loss=0.1, **what))  # type: ignore[arg-type]  # floats and counts
    assert word in found.name
    assert found.is_the_workers is is_the_workers


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.95) == 95
    assert percentile(values, 1) == 100
    assert percentile([7.0], 0.01) == 7
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_slope() -> None:
    assert slope([(1, 5), (2, 7), (10, 23)]) == pytest.approx(2)
    assert slope([(1, 4), (50, 4)]) == 0
    for points in ([], [(1.0, 2.0)], [(3.0, 1.0), (3.0, 2.0)]):
        with pytest.raises(ValueError, match="two different x"):
            slope(points)
