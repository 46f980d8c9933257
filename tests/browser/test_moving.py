"""Meetings that move to another worker while people talk: nobody clicks, nobody goes, the picture hardly stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from media.client import MediaClient
from media.conf import MediaSettings, lock_beside
from media.node.config import NodeConfig
from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.live.server import RunningServer
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# It is some 0.3 s on two cores that carry three browsers, each encoding its camera twice for a moment. A picture that
# was lost and found again by other means takes longer than this.
LONGEST_GAP = 1.5


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    """A server of its own, with two workers."""
    with RunningServer(MEDIASOUP_WORKERS="2") as server:
        yield server


@pytest.fixture(scope="module")
def site(server: RunningServer) -> Site:
    return Site(server.base_url)


@pytest_asyncio.fixture(loop_scope="session")
async def media(server: RunningServer) -> AsyncIterator[MediaClient]:
    """The media node of the server, as an operator reaches it."""
    socket = server.log_path.parent / "media.sock"
    client = MediaClient(MediaSettings(socket=socket, lock=lock_beside(socket), embedded=False, node=NodeConfig()))
    try:
        yield client
    finally:
        await client.close()


async def routers(media: MediaClient) -> dict[int, int]:
    """How many routers each worker has; those that are leaving count as well."""
    rows = (await media.workers())["workers"]
    return {row["index"]: row["routers"] for row in rows}


async def all_see_and_hear(windows: list[Window]) -> None:
    await asyncio.gather(
        *(one.sees(other.participant_id) for one in windows for other in windows if one is not other),
        *(one.hears(other.participant_id) for one in windows for other in windows if one is not other),
    )


async def longest_gap(windows: list[Window]) -> float:
    return max(
        [await one.longest_gap(other.participant_id) for one in windows for other in windows if one is not other]
    )


def meeting_of(window: Window) -> str:
    joined = next(frame["data"] for frame in window.received if frame.get("event") == "meeting-joined")
    return str(joined["meeting"]["id"])


async def test_a_meeting_moves_to_another_worker_and_back_and_its_workers_are_replaced(
    people: People, server: RunningServer, code: str, media: MediaClient
) -> None:
    windows = [await people.join(name, code) for name in ("Ada", "Bob", "Cyd")]
    await all_see_and_hear(windows)
    identities = [window.participant_id for window in windows]
    [here] = [index for index, count in (await routers(media)).items() if count]

    for window in windows:
        await window.watch_gaps(*(other for other in identities if other != window.participant_id))
    await media.move_room(meeting_of(windows[0]), 1 - here)
    await eventually_home(media, {here: 0, 1 - here: 1})
    await all_see_and_hear(windows)
    moved = await longest_gap(windows)

    before = {row["pid"] for row in (await media.workers())["workers"]}
    await media.restart_worker()

    async def replaced() -> bool:
        return not before & {row["pid"] for row in (await media.workers())["workers"]}

    await eventually("both workers are replaced", replaced, within=30.0)
    await all_see_and_hear(windows)
    restarted = await longest_gap(windows)

    print(f"longest gap at a move: {moved:.2f} s; while both workers were replaced: {restarted:.2f} s")  # noqa: T201
    assert [window.participant_id for window in windows] == identities
    assert all(window.pushes("participant-left") == [] for window in windows)
    assert max(moved, restarted) < LONGEST_GAP


async def eventually_home(media: MediaClient, wanted: dict[int, int]) -> None:
    async def home() -> bool:
        return await routers(media) == wanted

    await eventually(f"the meeting lives on {wanted}", home, within=20.0)
