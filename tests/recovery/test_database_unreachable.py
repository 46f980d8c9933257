"""Fault: the database cannot be reached for ten seconds."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.live.waiting import eventually
from tests.live.window import Message

from .conftest import FourPeople, now, report

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AWAY_SECONDS = 10.0


async def test_database_away_for_ten_seconds_breaks_no_call_and_joins_wait(call: FourPeople) -> None:
    eve = await call.open("Eve")
    await eve.page.goto(call.link)
    since, away_at = now(), time.monotonic()
    call.site.database.cut()
    await eve.type_name_and_press_join()
    refused = await eventually("Eve's join is refused with a code", lambda: refusals_of(eve.received))
    assert refused[0]["data"]["code"] == "SERVICE_UNAVAILABLE"
    assert refused[0]["data"]["retryAfter"] == 1
    # Whoever is in can go on muting and unmuting; what needs the database takes effect when it is back.
    await call.cleo.press("microphone")
    await call.cleo.press("microphone")
    await asyncio.sleep(AWAY_SECONDS - (time.monotonic() - away_at))
    call.site.database.mend()

    await eventually("Eve is in, without another click", lambda: eve.times_joined == 1, within=15)
    incident = await call.incident("database-lost", since, hit=0, told=0)
    gaps = await call.gaps()
    report("the database away for ten seconds", gaps, incident)
    assert max(gaps) < 1.5
    await call.bob.sees(eve.participant_id)
    await call.nobody_noticed_more_than_a_standstill()
    await eve.close()
    await call.everybody_sees_everybody()
    await call.bob.is_told("participant-left", participantId=eve.participant_id)
    call.forget_pushes()


def refusals_of(received: list[Message]) -> list[Message]:
    return [frame for frame in received if frame.get("event") == "error"]
