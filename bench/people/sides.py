"""The two that are compared: what they run, and the doors into one meeting of each."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from bench.capacity.site import running_site
from bench.capacity.talking import TalkingProcess
from bench.people.member import Door
from bench.people.queries import Queries
from meetings.bot.site import Site
from tests.live.server import ROOT, free_port
from tests.meetings.debian_services import redis

PROCESSES = 2
# Of what a web process logged, where something went wrong.
LAST_WORDS = 3000


@dataclass(frozen=True, slots=True)
class Side:
    """`doors` lead in through one process each, `host_doors` as a host. `pids` are of these processes, `queries` tells
    how often the database was asked, where there is one."""

    name: str
    contract: str
    doors: list[Door]
    host_doors: list[Door]
    pids: list[int]
    queries: Callable[[], int]

    def memory_kib(self) -> float:
        """Resident memory of a process, on average."""
        return sum(map(_resident_kib, self.pids)) / len(self.pids)


@asynccontextmanager
async def our_side(people: int) -> AsyncIterator[Side]:
    """Two web processes over PostgreSQL and Redis, beside a media node."""
    with (
        running_site(PROCESSES, MEETING_CAPACITY=str(people)) as site,
        Queries(site.database) as queries,
    ):
        created = await Site(site.webs[0].base_url).create_meeting("Assembly", capacity=people)
        doors: list[Door] = []
        host_doors: list[Door] = []
        for web in site.webs:
            at = Site(web.base_url)
            url = at.socket_url("/ws/signaling/", "")
            door: Door = {
                "contract": "kcs",
                "url": url.partition("?")[0],
                "origin": at.origin,
                "meetingId": created["id"],
            }
            doors.append(door)
            host_door = door.copy()
            host_door["url"] = at.socket_url("/ws/signaling/", created["host_ticket"])
            host_doors.append(host_door)
        try:
            yield Side("ours", "kcs", doors, host_doors, [web.pid for web in site.webs], queries.so_far)
        except BaseException:
            print(*(web.log[-LAST_WORDS:] for web in site.webs), sep="\n", file=sys.stderr)
            raise


@asynccontextmanager
async def socketio_side() -> AsyncIterator[Side]:
    """Two processes of Node over a Redis of their own."""
    with redis() as redis_url:
        async with AsyncExitStack() as stack:
            doors: list[Door] = []
            pids = []
            meeting = str(uuid4())
            for _ in range(PROCESSES):
                port = free_port()
                command = ["node", str(ROOT / "bench/people/socketio.mjs"), str(port), redis_url]
                process = await stack.enter_async_context(TalkingProcess(command))
                assert await process.hear() == "ready"
                pids.append(process.pid)
                url = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
                doors.append({"contract": "socket.io", "url": url, "origin": "", "meetingId": meeting})
            yield Side("socket.io", "socket.io", doors, doors, pids, lambda: 0)


@asynccontextmanager
async def both_sides(people: int) -> AsyncIterator[list[Side]]:
    """Ours and theirs, at the same time."""
    async with our_side(people) as ours, socketio_side() as theirs:
        yield [ours, theirs]


def _resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
