from __future__ import annotations

import asyncio
import logging
from functools import partial

import pytest

from meetings.lane import Lane


async def test_one_after_the_other_in_order() -> None:
    lane, done = Lane("test", 10), []

    async def job(number: int) -> None:
        await asyncio.sleep(0.01 * (3 - number))
        done.append(number)

    for number in range(3):
        assert lane.put(partial(job, number))
    await lane.finish(5)
    assert done == [0, 1, 2]


async def test_job_that_raises_hurts_no_other(caplog: pytest.LogCaptureFixture) -> None:
    lane, done = Lane("test", 10), asyncio.Event()

    async def bad() -> None:
        raise ZeroDivisionError

    async def good() -> None:
        done.set()

    with caplog.at_level(logging.ERROR):
        lane.put(bad)
        lane.put(good)
        await lane.finish(5)
    assert done.is_set()
    assert "ZeroDivisionError" in caplog.text


async def test_full_and_closed_lanes_take_nothing() -> None:
    lane, go = Lane("test", 1), asyncio.Event()

    async def wait() -> None:
        await go.wait()

    assert lane.put(wait)
    await asyncio.sleep(0)
    assert lane.put(wait)
    assert not lane.put(wait)
    go.set()
    await lane.finish(5)
    assert not lane.put(wait)


async def test_close_lets_the_job_under_way_end_and_drops_the_rest() -> None:
    lane, go, done = Lane("test", 5), asyncio.Event(), []

    async def job() -> None:
        await go.wait()
        done.append(1)

    lane.put(job)
    lane.put(job)
    await asyncio.sleep(0)
    closing = asyncio.create_task(lane.close(5))
    await asyncio.sleep(0)
    go.set()
    await closing
    assert done == [1]


async def test_close_cancels_what_takes_too_long() -> None:
    lane, cancelled = Lane("test", 5), asyncio.Event()

    async def job() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    lane.put(job)
    await asyncio.sleep(0)
    await lane.close(0.01)
    assert cancelled.is_set()
