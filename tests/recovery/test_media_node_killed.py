"""Fault: the media node's process is killed with its workers, and started again by its supervisor."""

from __future__ import annotations

import pytest

from .conftest import FourPeople, now, report

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_media_node_sigkill_the_call_goes_on_once_it_is_started_again(call: FourPeople) -> None:
    since = now()
    call.site.media.kill()

    incident = await call.incident("node-lost", since, within=30)
    gaps = await call.gaps()
    report("the media node killed", gaps, incident)
    assert set(incident["gaps"]) == set(call.ids)
    assert max(gaps) < 6
    # What takes less than a second is not worth a word.
    assert max(gaps) > 1 or await call.told() == []
    await call.nobody_noticed_more_than_a_standstill()
    await call.everybody_sees_everybody()


async def test_media_node_away_for_four_seconds_is_said_until_it_is_back(call: FourPeople) -> None:
    since = now()
    call.site.media.kill(away=4)

    incident = await call.incident("node-lost", since, within=30)
    gaps = await call.gaps()
    report("the media node away for four seconds", gaps, incident)
    assert 4 < max(gaps) < 15
    assert any("Reconnecting media" in words for words in await call.told())
    await call.nobody_noticed_more_than_a_standstill()
    await call.everybody_sees_everybody()
