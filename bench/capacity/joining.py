"""How joins a second grow with the number of web processes."""

from __future__ import annotations

import os
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bench.capacity.crowd import Visits
from bench.capacity.processes import machine_busy_seconds
from bench.capacity.site import RunningSite, meeting
from bench.capacity.talking import TalkingProcess, module

# So many are in a meeting at a time beside its presenter, and so many meetings there are for each web process.
VISITORS = 4
MEETINGS_A_PROCESS = 2
WARM_UP_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Storm:
    """People who come and go through so many web processes. `cpu_ms` is by role for each of them.

    `idle` is the share of all cores that had nothing to do, `others` what was busy with other things than this, in
    cores.
    """

    web_processes: int
    joins_a_second: float
    median_ms: float
    p95_ms: float
    refused: dict[str, int]
    cpu_ms: dict[str, float]
    web_cpu: float
    client_cpu: float
    client_lag_ms: float
    idle: float
    others: float


async def find_joins_a_second(site: RunningSite, seconds: float) -> list[Storm]:
    """With one web process, two, and so on."""
    async with AsyncExitStack() as stack:
        meetings = [
            await stack.enter_async_context(meeting(site.webs, f"Storm {number}"))
            for number in range(MEETINGS_A_PROCESS * len(site.webs))
        ]
        crowd = await stack.enter_async_context(TalkingProcess(module("bench.capacity.crowd")))
        storms = []
        for processes in range(1, len(site.webs) + 1):
            slots = VISITORS * MEETINGS_A_PROCESS * processes
            # Those who meet come through different processes.
            doors = [meetings[slot // VISITORS][slot % processes] for slot in range(slots)]
            wish = {"do": "visit", "doors": doors, "slots": slots}
            await crowd.ask({**wish, "seconds": WARM_UP_SECONDS})
            cpu, busy, start = site.cpu(), machine_busy_seconds(), time.perf_counter()
            visits: Visits = await crowd.ask({**wish, "seconds": seconds})
            took = time.perf_counter() - start
            now = site.cpu()
            used = {role: (now[role] - cpu[role]).ran for role in now}
            used["client"] = visits["cpuSeconds"]
            busy = machine_busy_seconds() - busy
            storms.append(
                Storm(
                    web_processes=processes,
                    joins_a_second=visits["visits"] / visits["seconds"],
                    median_ms=visits["medianMs"],
                    p95_ms=visits["p95Ms"],
                    refused=visits["refused"],
                    cpu_ms={role: 1000 * ran / max(1, visits["visits"]) for role, ran in used.items()},
                    web_cpu=used["web"] / took / processes,
                    client_cpu=visits["cpuSeconds"] / visits["seconds"],
                    client_lag_ms=visits["lagMs"],
                    idle=max(0.0, 1 - busy / took / (os.cpu_count() or 1)),
                    others=max(0.0, (busy - sum(used.values())) / took),
                )
            )
        return storms
