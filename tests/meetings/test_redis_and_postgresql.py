"""Many processes: channels-redis and PostgreSQL in place of what one process has inside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from meetings.bot.site import Site
from tests.live.server import ROOT, RunningServer
from tests.live.waiting import eventually
from tests.meetings.debian_services import postgresql, redis
from tests.meetings.two_people import Visitor, push_named, two_people_meet

pytestmark = pytest.mark.long

GRACE = 3.0
RACES = (
    "tests/meetings/test_races.py",
    "tests/meetings/test_breakout_races.py",
    "tests/accounts/test_signing_up.py::test_one_invitation_used_by_many_at_once",
    "tests/meetings/test_api_hosting.py::TestTwice::test_at_once",
    "tests/webhooks/test_sending.py::TestSeveralAtOnce",
)


@pytest.fixture(scope="module")
def services() -> Iterator[dict[str, str]]:
    with redis() as redis_url, postgresql() as database_url:
        yield {"REDIS_URL": redis_url, "DATABASE_URL": database_url}


@pytest.fixture(scope="module")
def two_servers(services: dict[str, str]) -> Iterator[tuple[RunningServer, RunningServer]]:
    """Two web processes of one site. The first runs the media node, the second finds it by its socket."""
    site = {
        **services,
        "SECRET_KEY": "shared by the processes of this test",
        "ALLOW_ANONYMOUS_HOSTS": "1",
        "GRACE_SECONDS": str(GRACE),
        "MEDIASOUP_WORKERS": "1",
    }
    with RunningServer(**site) as first:  # type: ignore[arg-type]  # all are environment variables
        media = {"MEDIA_SOCKET": str(Path(first.log_path).parent / "media.sock")}
        with RunningServer(**site, **media) as second:  # type: ignore[arg-type]  # all are environment variables
            yield first, second


async def test_two_people_meet_across_processes(two_servers: tuple[RunningServer, RunningServer]) -> None:
    first, second = two_servers
    await two_people_meet(first.base_url, second.base_url, grace=GRACE)
    await two_people_meet(second.base_url, first.base_url, grace=GRACE)
    for server in two_servers:
        assert server.new_tracebacks() == ""


async def test_facts_reach_every_process_in_order(two_servers: tuple[RunningServer, RunningServer]) -> None:
    first, second = two_servers
    meeting = await Site(first.base_url).create_meeting("Crowd")
    watcher = await Visitor.join(first.base_url, meeting["id"], "Watcher")
    come = [await Visitor.join(second.base_url, meeting["id"], f"Guest {number}") for number in range(12)]
    seen = [(await push_named(watcher.socket, "participant-joined"))["participantId"] for _ in come]
    assert seen == [one.participant_id for one in come]
    for one in come:
        await one.socket.request("leave-meeting")
    gone = [(await push_named(watcher.socket, "participant-left"))["participantId"] for _ in come]
    assert gone == seen
    for one in (watcher, *come):
        await one.socket.close()


async def test_fault_web_process_is_killed(services: dict[str, str]) -> None:
    """Nobody is left to say goodbye: media end by themselves, and the sweep of another process finds the rows."""
    site = {
        **services,
        "SECRET_KEY": "shared by the processes of this test",
        "ALLOW_ANONYMOUS_HOSTS": "1",
        "GRACE_SECONDS": "0",
        "MEDIASOUP_WORKERS": "1",
    }
    with RunningServer(**site) as first:  # type: ignore[arg-type]  # all are environment variables
        media = {"MEDIA_SOCKET": str(Path(first.log_path).parent / "media.sock")}
        second = RunningServer(**site, **media)  # type: ignore[arg-type]  # all are environment variables
        second.start()
        meeting = await Site(first.base_url).create_meeting("Cut off")
        alice = await Visitor.join(first.base_url, meeting["id"], "Alice")
        bob = await Visitor.join(second.base_url, meeting["id"], "Bob")
        pid = second.pid
        os.killpg(pid, signal.SIGKILL)
        second.stop()
        sweep = (
            "from django.utils import timezone; from datetime import timedelta; from meetings.models import WebProcess;"
            f"WebProcess.objects.filter(pid={pid}).update(heartbeat_at=timezone.now() - timedelta(minutes=1));"
            "from meetings.tasks import sweep_presence; sweep_presence(); sweep_presence()"
        )
        assert first.manage("shell", "-c", sweep).returncode == 0
        left = await push_named(alice.socket, "participant-left")
        assert left == {"participantId": bob.participant_id, "reason": "disconnected"}

        async def bobs_peer_is_gone() -> bool:
            return bool((await Site(first.base_url).health())["totalParticipants"] == 1)

        await eventually("Bob's peer is gone", bobs_peer_is_gone, within=20)
        await alice.socket.close()


def test_races_on_postgresql(services: dict[str, str]) -> None:
    """The same races as on SQLite, where transactions really run side by side."""
    environment = {**os.environ, "DATABASE_URL": services["DATABASE_URL"]}
    races = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *RACES],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert races.returncode == 0, races.stdout[-3000:]
