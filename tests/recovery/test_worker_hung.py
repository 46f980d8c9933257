"""Fault: the worker of the meeting stops answering without dying."""

from __future__ import annotations

import os
import signal

import pytest

from tests.live.server import wait_until_gone

from .conftest import FourPeople, now, report

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_worker_sigstop_is_killed_after_three_seconds_and_the_call_goes_on(call: FourPeople) -> None:
    worker = await call.site.worker_of_the_room()
    await call.watch()
    since = now()
    os.kill(worker, signal.SIGSTOP)

    incident = await call.incident("worker-hung", since)
    gaps = await call.gaps()
    report("a worker hung", gaps, incident)
    assert incident["details"]["pid"] == worker
    assert not wait_until_gone({worker}, within=1)
    # Three seconds until it is believed, and what a dead worker costs.
    assert min(gaps) > 2.5
    assert max(gaps) < 7
    await call.nobody_noticed_more_than_a_standstill()
    await call.everybody_sees_everybody()
