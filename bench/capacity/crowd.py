"""Those who are in a meeting, and those who come and go, in a process of their own: `python -m bench.capacity.crowd`.

Reads a line of JSON at a time and answers each: `{"do": "stay", "doors", "count"}` with how many are there,
`{"do": "heard"}` with a `Heard`, `{"do": "visit", "doors", "slots", "seconds"}` with `Visits`. When its standard
input ends, everybody leaves.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import sys
import time
from collections import Counter
from typing import Any, TypedDict

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from bench.capacity.limits import percentile
from bench.capacity.visitor import Door, Refused, come_in, go

LAG_EVERY = 0.01


class Heard(TypedDict):
    """What those who stay were pushed since the last time, all of them together."""

    joined: int
    left: int
    others: int
    bytes: int


class Visits(TypedDict):
    """`latenciesMs` runs from before the socket is opened to the reply. `lagMs` is by how much this process was late
    for what it wanted to do, percentile 95."""

    visits: int
    seconds: float
    medianMs: float
    p95Ms: float
    refused: dict[str, int]
    cpuSeconds: float
    lagMs: float


class Crowd:
    """Everybody in this process."""

    def __init__(self) -> None:
        self._members: list[ClientConnection] = []
        self._listening: list[asyncio.Task[None]] = []
        self._heard: Counter[str] = Counter()

    async def stay(self, doors: list[Door], count: int) -> int:
        """Let in so many, who stay and only listen."""
        for door in itertools.islice(itertools.cycle(doors), count):
            connection, _ = await come_in(door)
            self._members.append(connection)
            self._listening.append(asyncio.create_task(self._listen(connection)))
        return len(self._members)

    async def _listen(self, connection: ClientConnection) -> None:
        try:
            async for text in connection:
                assert isinstance(text, str)
                event = text[:60]
                if '"participant-joined"' in event:
                    self._heard["joined"] += 1
                elif '"participant-left"' in event:
                    self._heard["left"] += 1
                else:
                    self._heard["others"] += 1
                self._heard["bytes"] += len(text)
        except ConnectionClosed:
            return

    def heard(self) -> Heard:
        """What was heard since the last time."""
        heard, self._heard = self._heard, Counter()
        return {"joined": heard["joined"], "left": heard["left"], "others": heard["others"], "bytes": heard["bytes"]}

    async def visit(self, doors: list[Door], slots: int, seconds: float) -> Visits:
        """So many at a time come and go, again and again."""
        ends = time.perf_counter() + seconds
        latencies: list[float] = []
        refused: Counter[str] = Counter()

        async def come_and_go(door: Door) -> None:
            while (start := time.perf_counter()) < ends:
                try:
                    connection, _ = await come_in(door)
                except Refused as refusal:
                    refused[str(refusal)] += 1
                    continue
                latencies.append(time.perf_counter() - start)
                await go(connection)

        lags: list[float] = []
        watching = asyncio.create_task(_watch_lag(lags))
        start, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(come_and_go(door) for door in itertools.islice(itertools.cycle(doors), slots)))
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
        watching.cancel()
        return {
            "visits": len(latencies),
            "seconds": took,
            "medianMs": percentile(latencies, 0.5) * 1000 if latencies else 0.0,
            "p95Ms": percentile(latencies, 0.95) * 1000 if latencies else 0.0,
            "refused": dict(refused),
            "cpuSeconds": cpu,
            "lagMs": percentile(lags, 0.95) * 1000 if lags else 0.0,
        }

    async def leave(self) -> None:
        """Everybody goes."""
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        for member in self._members:
            await go(member)


async def _watch_lag(lags: list[float]) -> None:
    while True:
        start = time.perf_counter()
        await asyncio.sleep(LAG_EVERY)
        lags.append(time.perf_counter() - start - LAG_EVERY)


async def main() -> None:
    crowd = Crowd()
    gc.freeze()
    while line := await asyncio.to_thread(sys.stdin.readline):
        wish: dict[str, Any] = json.loads(line)
        answer: Any
        match wish.pop("do"):
            case "stay":
                answer = await crowd.stay(**wish)
            case "heard":
                answer = crowd.heard()
            case "visit":
                answer = await crowd.visit(**wish)
        print(json.dumps(answer), flush=True)
    await crowd.leave()


if __name__ == "__main__":
    asyncio.run(main())
