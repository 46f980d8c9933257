"""Fault: a laptop's address changes under the call: what the worker sends to the old one is lost."""

from __future__ import annotations

import pytest

from .conftest import FourPeople, now, report

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_address_changed_media_find_the_new_one(call: FourPeople) -> None:
    identity = call.dora.participant_id
    since = now()
    for relay in call.doras_media:
        relay.change_address()

    incident = await call.incident("address-changed", since, hit=1, told=1, within=30)
    gaps = await call.dora.gaps()
    report("an address changed", sorted(gaps.values()), incident)
    assert incident["participants"] == [identity]
    assert max(gaps.values()) < 12
    assert call.dora.participant_id == identity
    await call.nobody_noticed_more_than_a_standstill()
    await call.everybody_sees_everybody()
