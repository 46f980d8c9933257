"""Fault: one browser's network is gone for fifteen seconds: no media, no signalling."""

from __future__ import annotations

import asyncio

import pytest

from .conftest import FourPeople, now, report

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

GONE_SECONDS = 15.0


async def test_network_gone_for_fifteen_seconds_and_dora_is_back_as_who_she_was(call: FourPeople) -> None:
    dora = call.dora
    identity = dora.participant_id
    since = now()
    call.cut_doras_network()
    await asyncio.sleep(GONE_SECONDS)
    call.mend_doras_network()

    incident = await call.incident("network-lost", since, hit=1, told=1, within=40)
    gaps = await dora.gaps()
    report("one network gone for fifteen seconds", sorted(gaps.values()), incident)
    assert incident["participants"] == [identity]
    assert GONE_SECONDS - 2 < incident["gaps"][identity] / 1000 < GONE_SECONDS + 12
    assert dora.participant_id == identity
    assert call.bob.pushes("participant-left") == []
    # The others among themselves did not notice anything.
    others = [gap for one, gap in (await call.bob.gaps()).items() if one != identity]
    assert max(others) < 1.5
    await call.everybody_sees_everybody()
