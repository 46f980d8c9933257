"""Ten thousand requests at once: each answered, the socket alive, nobody else disturbed, memory bounded."""

from __future__ import annotations

import asyncio
import json
import logging
import time

import pytest

from meetings.database import in_database
from meetings.models import Meeting, Participant
from meetings.signalling.allowance import Allowance
from meetings.signalling.outbox import MOST_WAITING
from tests.meetings.conftest import Someone

REQUESTS = 10_000
# So many that a slow machine does not earn the allowance for all of them while it answers.
PINGS = 2_000


async def test_ten_thousand_requests(
    alice: Someone, mallory: Someone, meeting: Meeting, caplog: pytest.LogCaptureFixture
) -> None:
    at_alices, _ = await alice.join(meeting)
    at_mallorys = await mallory.socket()
    caplog.set_level(logging.INFO, "meetings.consumers")
    for number in range(REQUESTS):
        at_mallorys.send(json.dumps({"id": number, "event": "leave-meeting"}))

    slowest = 0.0

    async def undisturbed() -> None:
        nonlocal slowest
        for _ in range(20):
            asked = time.monotonic()
            await at_alices.ask("ping")
            slowest = max(slowest, time.monotonic() - asked)

    alices = asyncio.create_task(undisturbed())
    codes: dict[int, str] = {}
    while len(codes) < REQUESTS:
        frame = await at_mallorys.next_frame()
        assert frame["id"] not in codes
        codes[frame["id"]] = frame["data"]["code"]
        if codes[frame["id"]] == "RATE_LIMITED":
            assert frame["data"]["retryAfter"] > 0
    await alices
    assert set(codes.values()) == {"NOT_IN_MEETING", "RATE_LIMITED"}
    assert sum(code == "NOT_IN_MEETING" for code in codes.values()) < 2000
    assert slowest < 5
    limited = [record for record in caplog.records if "RATE_LIMITED" in record.getMessage()]
    assert len(limited) < 1000


async def test_after_a_while_requests_are_answered_again(mallory: Someone, meeting: Meeting) -> None:
    socket = await mallory.socket()
    for _ in range(PINGS):
        socket.send('{"event": "ping"}')
    answers = [(await socket.next_frame())["event"] for _ in range(PINGS)]
    assert "error" in answers
    await asyncio.sleep(0.2)  # the allowance is a matter of time: 20 more requests
    await socket.ask("ping")


async def test_fault_a_client_reads_nothing(alice: Someone, mallory: Someone, meeting: Meeting) -> None:
    """What waits for it is bounded: it is given up, and leaves the meeting like anybody whose socket drops."""
    at_alices, _ = await alice.join(meeting)
    stuck, joined = await mallory.join(meeting)
    stuck.stop_reading()
    for _ in range(MOST_WAITING + 2):
        stuck.send('{"event": "ping"}')
    await asyncio.wait([stuck.running], timeout=10)
    assert stuck.running.done()
    stay = await in_database(Participant.objects.get, id=joined["participantId"])
    assert stay.disconnected_at is not None
    await at_alices.ask("ping")


def test_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    allowance = Allowance(rate=2, burst=3)
    assert [allowance.take() for _ in range(4)] == [0, 0, 0, 0.5]
    now += 0.5
    assert allowance.take() == 0
    assert allowance.take() == 0.5
    now += 60
    assert [allowance.take() for _ in range(4)] == [0, 0, 0, 0.5]
