"""What a join costs in a room of so many: whoever comes, our processes, and those who are in already."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median

from bench.capacity.crowd import Heard
from bench.capacity.site import ROLES, RunningSite, meeting
from bench.capacity.talking import TalkingProcess, module
from bench.capacity.visitor import Door, come_in, go

PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Visit:
    """One join. Pushes and bytes are for each of those who were in and listened; there may be none."""

    latency_ms: float
    reply_bytes: int
    cpu_ms: dict[str, float]
    pushes_each: float | None
    bytes_each: float | None


@dataclass(frozen=True, slots=True)
class JoinCost:
    """Medians over some joins into a room with `participants` in it."""

    participants: int
    latency_ms: float
    reply_bytes: float
    cpu_ms: dict[str, float]
    pushes_each: float | None
    bytes_each: float | None


async def find_cost_of_joins(site: RunningSite, sizes: Iterable[int], visits: int) -> list[JoinCost]:
    """Let a room grow to each of the sizes, and let so many visitors come and go there, one after another.

    One participant presents, the others listen; nobody sends media, so that what is counted is the join.
    """
    web = site.webs[:1]
    async with AsyncExitStack() as stack:
        (door,) = await stack.enter_async_context(meeting(web, "Grows"))
        crowd = await stack.enter_async_context(TalkingProcess(module("bench.capacity.crowd")))
        await _visit(site, door, crowd, 0)
        costs = []
        listeners = 0
        for size in sizes:
            # The presenter is one of them.
            listeners = await crowd.ask({"do": "stay", "doors": [door], "count": size - 1 - listeners})
            await _quiet(crowd)
            costs.append(_medians(size, [await _visit(site, door, crowd, listeners) for _ in range(visits)]))
        return costs


async def _visit(site: RunningSite, door: Door, crowd: TalkingProcess, listeners: int) -> Visit:
    """Somebody comes and, when everybody has heard of it and all is counted, goes."""
    cpu = site.cpu()
    start = time.perf_counter()
    connection, reply_bytes = await come_in(door)
    latency = time.perf_counter() - start
    heard = await _until_heard(crowd, "joined", listeners)
    now = site.cpu()
    await go(connection)
    await _until_heard(crowd, "left", listeners)
    await _quiet(crowd)
    pushes = heard["joined"] + heard["others"]
    return Visit(
        latency_ms=latency * 1000,
        reply_bytes=reply_bytes,
        cpu_ms={role: 1000 * (now[role] - cpu[role]).ran for role in ROLES},
        pushes_each=pushes / listeners if listeners else None,
        bytes_each=heard["bytes"] / listeners if listeners else None,
    )


async def _until_heard(crowd: TalkingProcess, what: str, times: int) -> Heard:
    """What the crowd heard until all had heard of it."""
    total: Heard = {"joined": 0, "left": 0, "others": 0, "bytes": 0}
    async with asyncio.timeout(PATIENCE):
        while True:
            heard: Heard = await crowd.ask({"do": "heard"})
            total = {
                "joined": total["joined"] + heard["joined"],
                "left": total["left"] + heard["left"],
                "others": total["others"] + heard["others"],
                "bytes": total["bytes"] + heard["bytes"],
            }
            if {"joined": total["joined"], "left": total["left"]}[what] >= times:
                return total
            await asyncio.sleep(0.002)


async def _quiet(crowd: TalkingProcess) -> None:
    """Wait until nobody is told anything any more."""
    async with asyncio.timeout(PATIENCE):
        while True:
            heard: Heard = await crowd.ask({"do": "heard"})
            if not heard["bytes"]:
                return
            await asyncio.sleep(0.05)


def _medians(participants: int, visits: list[Visit]) -> JoinCost:
    pushes = [visit.pushes_each for visit in visits if visit.pushes_each is not None]
    bytes_each = [visit.bytes_each for visit in visits if visit.bytes_each is not None]
    return JoinCost(
        participants=participants,
        latency_ms=median(visit.latency_ms for visit in visits),
        reply_bytes=median(visit.reply_bytes for visit in visits),
        cpu_ms={role: median(visit.cpu_ms[role] for visit in visits) for role in ROLES},
        pushes_each=median(pushes) if pushes else None,
        bytes_each=median(bytes_each) if bytes_each else None,
    )
