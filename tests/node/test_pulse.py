"""The pulse of a worker: what it tells, when a worker counts as hung, and when a machine is only busy."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable

import pytest

from media.node.node import MediaNode
from media.node.pulse import HUNG_AFTER_SECONDS, LOOK_SECONDS, Effort, Silence
from media.node.worker_slot import SlotState

from .people import Json, Person, until

MakePerson = Callable[..., Person]

ASLEEP = Effort(runnable=False, cpu_seconds=1.0)


def looks(silence: Silence, times: int, effort: Callable[[int], Effort | None], seconds: float = LOOK_SECONDS) -> None:
    for number in range(times):
        silence.lasted(seconds, effort(number))


def test_a_worker_that_sleeps_or_is_stopped_is_silent_all_the_time() -> None:
    silence = Silence()
    looks(silence, 12, lambda _: ASLEEP)
    assert silence.seconds == pytest.approx(HUNG_AFTER_SECONDS)


def test_a_worker_that_runs_in_circles_is_silent_all_the_time() -> None:
    silence = Silence()
    looks(silence, 12, lambda number: Effort(runnable=True, cpu_seconds=number * LOOK_SECONDS))
    assert silence.seconds == pytest.approx(HUNG_AFTER_SECONDS)


def test_a_worker_that_gets_no_cpu_is_not_silent() -> None:
    silence = Silence()
    looks(silence, 100, lambda number: Effort(runnable=True, cpu_seconds=number * 0.001))
    assert silence.seconds == pytest.approx(LOOK_SECONDS)  # until the first two looks can be compared


def test_time_in_which_we_were_held_up_ourselves_hardly_counts() -> None:
    silence = Silence()
    silence.lasted(20.0, ASLEEP)
    assert silence.seconds == 2 * LOOK_SECONDS


def test_where_there_is_no_proc_all_of_it_counts() -> None:
    silence = Silence()
    looks(silence, 12, lambda _: None)
    assert silence.seconds == pytest.approx(HUNG_AFTER_SECONDS)


def test_an_answer_ends_the_silence() -> None:
    silence = Silence()
    looks(silence, 11, lambda _: ASLEEP)
    silence.broken()
    assert silence.seconds == 0


def test_effort_of_a_process_that_is_not_there() -> None:
    assert Effort.of(2**22 + 1) is None
    mine = Effort.of(os.getpid())
    assert mine is not None
    assert mine.cpu_seconds > 0


async def test_pulse_tells_how_the_worker_is(node: MediaNode) -> None:
    slot = node.supervisor.slots[0]
    await until(lambda: slot.pulse.latency_seconds > 0, "the first beat")
    assert 0 < slot.pulse.latency_seconds < 3
    assert 1_000_000 < slot.pulse.memory_bytes < 500_000_000
    before = slot.pulse.uptime
    await until(lambda: slot.pulse.uptime > before, "time to pass")
    assert slot.worker is not None
    # What load looks like: a worker that is asked for dumps as fast as it answers.
    ends = time.monotonic() + 2.5
    while time.monotonic() < ends:
        await asyncio.gather(*(slot.worker.dump() for _ in range(50)))
    assert 0.02 < slot.pulse.cpu < 1.5


async def test_worker_sigstop_is_noticed_within_seconds_and_replaced(
    node: MediaNode, person: MakePerson, capabilities: Json, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "media.node")
    alice = person("alice")
    await alice.fast_join(capabilities)
    slot = node.supervisor.slots[0]
    assert slot.worker is not None
    stopped = slot.worker.pid
    began = time.monotonic()
    os.kill(stopped, signal.SIGSTOP)

    await alice.hears("media-lost")
    assert HUNG_AFTER_SECONDS - 1 < time.monotonic() - began < HUNG_AFTER_SECONDS + 3
    await alice.hears("media-restored")
    assert slot.loss is not None
    assert (slot.loss.pid, slot.loss.hung, slot.restarts) == (stopped, True, 1)
    assert any("has not answered for 3 s and is killed" in message for message in caplog.messages)
    assert (await alice.fast_join(capabilities, resume=True))["transports"]
    assert Effort.of(stopped) is None


async def test_a_short_stop_is_survived(node: MediaNode, person: MakePerson, capabilities: Json) -> None:
    alice = person("alice")
    await alice.fast_join(capabilities)
    slot = node.supervisor.slots[0]
    worker = slot.worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGSTOP)
    asyncio.get_running_loop().call_later(1.5, os.kill, worker.pid, signal.SIGCONT)
    before = slot.pulse.uptime
    await until(lambda: slot.pulse.latency_seconds > 0.5, "the late answer")
    assert slot.pulse.uptime > before
    assert (slot.state, slot.worker, slot.restarts) == (SlotState.UP, worker, 0)
    assert alice.told("media-lost") == []
