"""Fault: the C++ workers die in the middle of a call. Pages say so, and media comes back by itself."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.live.server import RunningServer, children_of
from tests.live.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORKER = "mediasoup-worke"  # the kernel keeps fifteen characters of a process's name


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    """A server of its own: whoever shares it would lose their media as well."""
    with RunningServer() as server:
        yield server


@pytest.fixture(scope="module")
def site(server: RunningServer) -> Site:
    return Site(server.base_url)


def workers(server: RunningServer) -> set[int]:
    return {pid for pid, name in children_of(server.pid).items() if name == WORKER}


async def test_killed_workers_are_replaced_and_the_call_goes_on(
    people: People, server: RunningServer, code: str, site: Site
) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await asyncio.gather(ada.sees(bob.participant_id), bob.sees(ada.participant_id))
    identities = ada.participant_id, bob.participant_id
    killed = workers(server)
    assert killed

    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    await ada.is_told("media-lost")
    await eventually("new workers", lambda: len(workers(server) - killed) == len(killed))
    await asyncio.gather(ada.sees(bob.participant_id), bob.sees(ada.participant_id))
    await asyncio.gather(ada.hears(bob.participant_id), bob.hears(ada.participant_id))
    assert (ada.participant_id, bob.participant_id) == identities
    assert ada.pushes("participant-left") == []
    assert (await site.health())["status"] == "healthy"
