"""Who is gone for good is gone: at the others, and in the counts of the health page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.live.relay import SignallingRelay
from tests.live.server import RunningServer
from tests.live.waiting import eventually

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

GRACE_SECONDS = 4
SOCKET_FAILED = r"WebSocket connection to .* failed"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    """A server that waits for those who dropped out for a short time only."""
    with RunningServer(GRACE_SECONDS=str(GRACE_SECONDS)) as server:
        yield server


@pytest.fixture(scope="module")
def site(server: RunningServer) -> Site:
    return Site(server.base_url)


async def test_signalling_socket_killed_for_good_ends_the_participation_after_the_grace_period(
    people: People, relay: SignallingRelay, code: str, site: Site
) -> None:
    people.expect_problem(SOCKET_FAILED)
    ada = await people.join("Ada", code, via=relay)
    bob = await people.join("Bob", code)
    await asyncio.gather(ada.sees(bob.participant_id), bob.sees(ada.participant_id))
    gone = ada.participant_id
    before = await site.health()

    relay.cut()
    killed_at = time.monotonic()
    await bob.is_told("participant-left", within=GRACE_SECONDS + 8, participantId=gone, reason="disconnected")
    waited = time.monotonic() - killed_at
    assert waited > GRACE_SECONDS - 1, f"left after {waited:.1f} s, before the grace period was over"
    await bob.loses_tile(gone)
    await eventually("health counts fall", lambda: fallen(site, before["totalParticipants"]), within=8)

    # Too late to resume: the page comes back as somebody new, with media again, and does not pretend to be in
    # the call before.
    relay.mend()
    await eventually("Ada is back as somebody new", lambda: ada.participant_id != gone, within=20)
    await bob.sees(ada.participant_id)
    await ada.sees(bob.participant_id)


async def test_health_counts_fall_to_nothing_when_everybody_left(people: People, code: str, site: Site) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await ada.sees(bob.participant_id)
    during = await site.health()
    assert during["totalParticipants"] >= 2
    await ada.press("leave")
    await bob.press("leave")
    await eventually("no room and nobody left", lambda: empty(site), within=GRACE_SECONDS + 15)


async def fallen(site: Site, before: int) -> bool:
    health = await site.health()
    return health["status"] == "healthy" and int(health["totalParticipants"]) < before


async def empty(site: Site) -> bool:
    health = await site.health()
    return (health["totalParticipants"], health["activeRooms"]) == (0, 0)
