"""Fault: Redis is killed and started again."""

from __future__ import annotations

import pytest

from .conftest import FourPeople, now, report

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_redis_restart_pictures_move_on_and_news_of_people_travel_again(call: FourPeople) -> None:
    since = now()
    call.site.redis.kill()

    incident = await call.incident("layer-lost", since, told=0, within=30)
    gaps = await call.gaps()
    report("Redis restarted", gaps, incident)
    assert max(gaps) < 1.5
    await call.nobody_noticed_more_than_a_standstill()
    await call.everybody_sees_everybody()

    # Who comes now is seen by those who were there before.
    eve = await call.guest("Eve")
    for window in call.windows:
        await window.is_told("participant-joined", displayName="Eve")
    gone = eve.participant_id
    await eve.close()
    await call.bob.is_told("participant-left", participantId=gone)
    call.forget_pushes()
