"""How busy the worker is stands beside what a page measures."""

from __future__ import annotations

import time
from uuid import UUID, uuid4

import pytest

from meetings.database import in_database
from meetings.models import Meeting, MeetingEvent
from meetings.trace.recorder import finish_recording
from tests.live.waiting import eventually
from tests.meetings.conftest import Someone

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_real_workers_load_stands_beside_what_the_page_measured(alice: Someone, meeting: Meeting) -> None:
    attempt = str(uuid4())
    socket, _ = await alice.join(meeting, attemptId=attempt)

    async def told() -> dict[str, float] | None:
        now = time.time() * 1000
        down = {"kbps": 900, "loss": 0.5, "jitter": 3, "well": 0}
        step = {"step": "quality", "outcome": "ok", "at": now, "data": {"seconds": 5, "down": down}}
        await socket.ask("trace", {"attemptId": attempt, "sentAt": now, "steps": [step]})
        await finish_recording()
        samples = MeetingEvent.objects.filter(attempt_id=UUID(attempt), step="quality").order_by("-id")
        rows = await in_database(lambda: list(samples.values_list("data", flat=True)[:1]))
        us: dict[str, float] | None = rows[0].get("us") if rows else None
        return us

    us = await eventually("the load beside a sample", told)
    assert us["worker"] >= 0
    assert 0 <= us["cpu"] <= 1
    assert us["lagMs"] >= 0
