"""The signalling socket breaks: media flows on, and people who come back were never gone."""

from __future__ import annotations

import re
import time

import pytest

from tests.browser.conftest import People
from tests.live.relay import SignallingRelay
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CUT_SECONDS = 5.0
# Less than what is cut, and more than what a loaded machine lets a picture of 15 frames a second stand still.
FROZEN_SECONDS = 3.0
SOCKET_FAILED = r"WebSocket connection to .* failed"


async def both_flow(ada: Window, bob: Window) -> None:
    await ada.sees(bob.participant_id)
    await bob.sees(ada.participant_id)
    await ada.hears(bob.participant_id)
    await bob.hears(ada.participant_id)


async def no_picture_froze(ada: Window, bob: Window) -> None:
    gaps = {"Ada's picture at Bob": await bob.longest_gap(ada.participant_id)}
    gaps["Bob's picture at Ada"] = await ada.longest_gap(bob.participant_id)
    assert max(gaps.values()) < FROZEN_SECONDS, gaps


async def test_signalling_socket_cut_for_five_seconds_freezes_nothing_and_nobody_leaves(
    people: People, relay: SignallingRelay, code: str
) -> None:
    people.expect_problem(SOCKET_FAILED)
    ada = await people.join("Ada", code, via=relay)
    bob = await people.join("Bob", code)
    await both_flow(ada, bob)
    identity, joins = ada.participant_id, ada.times_joined

    await ada.watch_gaps(bob.participant_id)
    await bob.watch_gaps(ada.participant_id)
    relay.cut()
    cut_at = time.monotonic()
    await eventually("Ada's page says that it is reconnecting", lambda: says_reconnecting(ada), within=4)
    await ada.page.wait_for_timeout(1000 * (CUT_SECONDS - (time.monotonic() - cut_at)))
    assert relay.open_sockets == 0
    assert ada.times_joined == joins
    await no_picture_froze(ada, bob)
    relay.mend()

    await eventually("Ada is back", lambda: ada.times_joined > joins, within=15)
    assert ada.participant_id == identity
    await eventually_calm(ada)
    await both_flow(ada, bob)
    await no_picture_froze(ada, bob)
    assert bob.pushes("participant-left") == []

    # What changed on either side still reaches the other one: the new socket is as good as the old one.
    await bob.press("camera")
    await ada.stops_seeing(bob.participant_id)
    await ada.press("camera")
    await bob.stops_seeing(ada.participant_id)


async def test_what_happened_while_the_socket_was_cut_is_there_afterwards(
    people: People, relay: SignallingRelay, code: str
) -> None:
    people.expect_problem(SOCKET_FAILED)
    ada = await people.join("Ada", code, via=relay)
    bob = await people.join("Bob", code)
    await both_flow(ada, bob)
    joins = ada.times_joined

    relay.cut()
    await eventually("Ada's page says that it is reconnecting", lambda: says_reconnecting(ada), within=4)
    cleo = await people.join("Cleo", code)
    gone = bob.participant_id
    await bob.press("leave")
    await cleo.sees(ada.participant_id)
    relay.mend()

    await eventually("Ada is back", lambda: ada.times_joined > joins, within=15)
    await ada.sees(cleo.participant_id)
    await ada.hears(cleo.participant_id)
    await ada.loses_tile(gone)


async def test_signalling_socket_silent_for_five_seconds_freezes_nothing_and_nobody_leaves(
    people: People, relay: SignallingRelay, code: str
) -> None:
    ada = await people.join("Ada", code, via=relay)
    bob = await people.join("Bob", code)
    await both_flow(ada, bob)

    await ada.watch_gaps(bob.participant_id)
    await bob.watch_gaps(ada.participant_id)
    relay.silence()
    await ada.page.wait_for_timeout(CUT_SECONDS * 1000)
    relay.mend()
    await bob.press("camera")
    await ada.stops_seeing(bob.participant_id)
    assert bob.pushes("participant-left") == []
    assert await bob.longest_gap(ada.participant_id) < FROZEN_SECONDS


async def says_reconnecting(window: Window) -> bool:
    return await window.page.get_by_text(re.compile("reconnect", re.I)).filter(visible=True).count() > 0


async def eventually_calm(window: Window) -> None:
    async def calm() -> bool:
        return not await says_reconnecting(window)

    await eventually(f"{window.name}'s page no longer says that it is reconnecting", calm, within=5)
