"""Fault: daphne is killed, and started again; the media node lives on beside it."""

from __future__ import annotations

import asyncio

import pytest

from .conftest import FourPeople, now, report

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_daphne_sigkill_pictures_move_on_and_everybody_comes_back(call: FourPeople) -> None:
    joined = [window.times_joined for window in call.windows]
    identities = call.ids
    since = now()
    await asyncio.to_thread(call.site.kill_web)

    # It is taken to have died after its last heartbeat.
    incident = await call.incident("web-process-lost", since, within=30, slack=15)
    gaps = await call.gaps()
    report("daphne killed", gaps, incident)
    assert call.ids == identities
    assert all(window.times_joined > before for window, before in zip(call.windows, joined, strict=True))
    # Media do not need daphne; a loaded machine needs some of this.
    assert max(gaps) < 1.5
    await call.nobody_noticed_more_than_a_standstill()
    await call.everybody_sees_everybody()
