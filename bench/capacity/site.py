"""A site of several processes to knock at: PostgreSQL, Redis, a media node of its own and web processes."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.capacity.processes import CpuTime, cpu_time
from bench.capacity.visitor import Door
from meetings.bot.signalling import SignallingClient
from meetings.bot.site import Site
from tests.live.server import ROOT, RunningServer, children_of
from tests.live.waiting import eventually_blocking
from tests.meetings.debian_services import postgresql, redis
from tests.node.rtp import camera, microphone

ROLES = ("web", "node", "worker", "postgresql", "redis")
_NAMES = {"mediasoup-worke": "worker", "postgres": "postgresql", "redis-server": "redis"}


@dataclass(frozen=True, slots=True)
class RunningSite:
    """`webs` are any number of doors into the same site, `database` the address of its database, which counts queries
    (`pg_stat_statements`)."""

    webs: list[RunningServer]
    node: int
    database: str

    def cpu(self) -> dict[str, CpuTime]:
        """Of each of `ROLES` so far, all its processes together."""
        pids: dict[str, list[int]] = {role: [] for role in ROLES}
        pids["web"] = [web.pid for web in self.webs]
        pids["node"] = [self.node]
        for pid, name in children_of(os.getpid()).items():
            if name in _NAMES:
                pids[_NAMES[name]].append(pid)
        return {role: cpu_time(*of_role) for role, of_role in pids.items()}


@contextmanager
def running_site(web_processes: int, **settings: str) -> Iterator[RunningSite]:
    """The site, for as long as the block runs; `settings` are environment variables beside its own."""
    with ExitStack() as stack:
        run_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kcs-capacity-")))
        environment = {
            "REDIS_URL": stack.enter_context(redis()),
            "DATABASE_URL": stack.enter_context(postgresql(shared_preload_libraries="pg_stat_statements")),
            "SECRET_KEY": secrets.token_hex(),
            "ALLOW_ANONYMOUS_HOSTS": "1",
            "MEETING_CAPACITY": "1000",
            "THROTTLE_START_MEETING": "100000/min",
            "THROTTLE_JOIN": "100000/min",
            "LOG_LEVEL": "WARNING",
            "MEDIA_EMBEDDED": "0",
            "MEDIA_SOCKET": str(run_dir / "media.sock"),
            **settings,
        }
        node = stack.enter_context(_media_node(run_dir, environment))
        webs = [
            stack.enter_context(RunningServer(**environment))  # type: ignore[arg-type]  # all are environment variables
            for _ in range(web_processes)
        ]
        yield RunningSite(webs, node, environment["DATABASE_URL"])


@contextmanager
def _media_node(run_dir: Path, environment: dict[str, str]) -> Iterator[int]:
    """`manage.py media_workers` with one worker; its process id."""
    with (run_dir / "node.log").open("wb") as log:
        node = subprocess.Popen(
            [sys.executable, "manage.py", "media_workers", "--workers", "1"],
            cwd=ROOT,
            env={**os.environ, **environment, "KCS_VAR": str(run_dir)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        socket = Path(environment["MEDIA_SOCKET"])
        eventually_blocking("the media node listens", lambda: socket.exists() or node.poll() is not None, within=30)
        assert node.poll() is None, (run_dir / "node.log").read_text()
        yield node.pid
    finally:
        node.send_signal(signal.SIGTERM)
        try:
            node.wait(20)
        except subprocess.TimeoutExpired:
            node.kill()
            node.wait()


@asynccontextmanager
async def meeting(webs: list[RunningServer], title: str) -> AsyncIterator[list[Door]]:
    """A new meeting in which somebody presents with camera and microphone: its doors, one at each web process."""
    site = Site(webs[0].base_url)
    created = await site.create_meeting(title)
    ticket = await site.join(created["code"], "Presenter")
    presenter = await SignallingClient.open(ticket.socket_url, origin=site.origin)
    joined = await presenter.request("join-meeting", {"meetingId": ticket.meeting_id, "displayName": "Presenter"})
    await presenter.request("create-transport", {"meetingId": ticket.meeting_id, "direction": "send"})
    for kind, source, parameters in (("video", "camera", camera()), ("audio", "mic", microphone())):
        wish: dict[str, Any] = {"kind": kind, "source": source, "rtpParameters": parameters}
        await presenter.request("produce", {"meetingId": ticket.meeting_id, **wish})
    query = ticket.socket_url.partition("?")[2]
    yield [
        {
            "url": Site(web.base_url).socket_url("/ws/signaling/?" + query, ""),
            "origin": Site(web.base_url).origin,
            "meetingId": ticket.meeting_id,
            "rtpCapabilities": joined["rtpCapabilities"],
        }
        for web in webs
    ]
    await presenter.request("leave-meeting")
    await presenter.close()
