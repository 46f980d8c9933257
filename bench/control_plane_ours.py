"""One round of the control plane benchmark with our object model. Reads a plan from stdin, writes timings to stdout."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.control_plane_plan import MODES, Plan, Timing, Timings
from media.mediasoup.consumer import Consumer
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.worker import Worker
from media.mediasoup.worker_start import create_worker

TRANSPORTS = 10


One = Callable[[int], Awaitable[Any]]
Many = Callable[[range], Awaitable[Any]]


class Round:
    """Does each operation in each mode, and times it."""

    def __init__(self, plan: Plan, worker: Worker) -> None:
        self.plan = plan
        self.worker = worker
        self.timings: Timings = {}

    async def run(self) -> None:
        for mode in MODES:
            await self._time("dump", mode, lambda index: self.worker.dump())
            await self._transports(mode)
            await self._producers(mode)
            await self._consumers(mode)

    async def _transports(self, mode: str) -> None:
        server = await self.worker.create_webrtc_server(listen_infos=[{"protocol": "udp", "ip": "127.0.0.1"}])
        router = await self.worker.create_router(media_codecs=self.plan["mediaCodecs"])  # type: ignore[arg-type]  # JSON
        await self._time(
            "createWebRtcTransport", mode, lambda index: router.create_webrtc_transport(webrtc_server=server)
        )
        server.close()
        router.close()

    async def _producers(self, mode: str) -> None:
        router, transports = await self._some_transports()

        def produce(index: int) -> Awaitable[Producer]:
            parameters: Any = {**self.plan["rtpParameters"], "mid": str(index)}
            return transports[index % TRANSPORTS].produce(kind="video", rtp_parameters=parameters)

        await self._time("produce", mode, produce)
        router.close()

    async def _consumers(self, mode: str) -> None:
        router, transports = await self._some_transports()
        capabilities: Any = self.plan["rtpCapabilities"]
        parameters: Any = self.plan["rtpParameters"]
        producer = await transports[0].produce(kind="video", rtp_parameters=parameters)
        consumers: list[Consumer] = []

        async def consume(index: int) -> None:
            transport = transports[index % TRANSPORTS]
            consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=capabilities, paused=True)
            consumers.append(consumer)

        await self._time("consume", mode, consume)

        # Closing has no answer. What comes behind it in the pipe has: one for each, or one for the last of many.
        def close(index: int) -> Awaitable[Any]:
            consumers[index].close()
            return self.worker.update_settings(log_level="error")

        def close_many(indexes: range) -> Awaitable[Any]:
            for index in indexes:
                consumers[index].close()
            return self.worker.update_settings(log_level="error")

        await self._time("close", mode, close, close_many)
        router.close()

    async def _some_transports(self) -> tuple[Router, list[WebRtcTransport]]:
        server = await self.worker.create_webrtc_server(listen_infos=[{"protocol": "udp", "ip": "127.0.0.1"}])
        router = await self.worker.create_router(media_codecs=self.plan["mediaCodecs"])  # type: ignore[arg-type]  # JSON
        return router, [await router.create_webrtc_transport(webrtc_server=server) for _ in range(TRANSPORTS)]

    async def _time(self, operation: str, mode: str, one: One, many: Many | None = None) -> None:
        warm_up, count = self.plan["warmUp"], self.plan["operations"][operation]
        if many is None:

            def many(indexes: range) -> Awaitable[Any]:
                return asyncio.gather(*[one(index) for index in indexes])

        async def do(indexes: range) -> None:
            if mode == "sequential":
                for index in indexes:
                    await one(index)
            else:
                for first in range(indexes.start, indexes.stop, self.plan["batch"]):
                    await many(range(first, min(first + self.plan["batch"], indexes.stop)))

        await do(range(warm_up))
        worker_cpu, cpu, start = worker_cpu_seconds(self.worker.pid), time.process_time(), time.perf_counter()
        await do(range(warm_up, warm_up + count))
        timing: Timing = {
            "operations": count,
            "seconds": time.perf_counter() - start,
            "controllerCpuSeconds": time.process_time() - cpu,
            "workerCpuSeconds": worker_cpu_seconds(self.worker.pid) - worker_cpu,
        }
        self.timings[f"{operation} {mode}"] = timing


def worker_cpu_seconds(pid: int) -> float:
    """CPU time of the worker, which does all of this in its main thread."""
    with open(f"/proc/{pid}/schedstat") as schedstat:
        return int(schedstat.read().split()[0]) / 1e9


async def main() -> None:
    plan: Plan = json.load(sys.stdin)
    worker = await create_worker(plan["workerBinary"], plan["schemas"])
    this_round = Round(plan, worker)
    await this_round.run()
    worker.close()
    await worker.wait_closed()
    json.dump(this_round.timings, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
