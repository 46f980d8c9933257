"""The control plane benchmark's contender with our object model: see `Plan` for what it reads and writes."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.control_plane_plan import Plan, Timing
from media.mediasoup.consumer import Consumer
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.worker import Worker
from media.mediasoup.worker_start import create_worker
from media.node import event_loop

TRANSPORTS = 10

One = Callable[[int], Awaitable[Any]]
Many = Callable[[range], Awaitable[Any]]


class Contender:
    """Does each operation in each mode, on a router that is made for one go, and times it."""

    def __init__(self, plan: Plan, worker: Worker, server: WebRtcServer) -> None:
        self.plan = plan
        self.worker = worker
        self.server = server
        self.operations: dict[str, Callable[[str], Awaitable[Timing]]] = {
            "dump": self.dump,
            "createWebRtcTransport": self.create_webrtc_transport,
            "produce": self.produce,
            "consume": self.consume,
            "close": self.close,
        }

    async def dump(self, mode: str) -> Timing:
        return await self._time("dump", mode, lambda index: self.worker.dump())

    async def create_webrtc_transport(self, mode: str) -> Timing:
        router = await self._router()
        timing = await self._time(
            "createWebRtcTransport", mode, lambda index: router.create_webrtc_transport(webrtc_server=self.server)
        )
        router.close()
        return timing

    async def produce(self, mode: str) -> Timing:
        router, transports = await self._transports()

        def produce(index: int) -> Awaitable[Producer]:
            parameters: Any = {**self.plan["rtpParameters"], "mid": str(index)}
            return transports[index % TRANSPORTS].produce(kind="video", rtp_parameters=parameters)

        timing = await self._time("produce", mode, produce)
        router.close()
        return timing

    async def consume(self, mode: str) -> Timing:
        router, consume = await self._consuming()
        timing = await self._time("consume", mode, consume)
        router.close()
        return timing

    async def close(self, mode: str) -> Timing:
        router, consume = await self._consuming()
        consumers = await asyncio.gather(*[consume(index) for index in range(self.plan["counts"]["close"])])

        # Closing has no answer. What comes behind it in the pipe has: one for each, or one for the last of many.
        def close(index: int) -> Awaitable[Any]:
            consumers[index].close()
            return self.worker.update_settings(log_level="error")

        def close_many(indexes: range) -> Awaitable[Any]:
            for index in indexes:
                consumers[index].close()
            return self.worker.update_settings(log_level="error")

        timing = await self._time("close", mode, close, close_many)
        router.close()
        return timing

    async def _router(self) -> Router:
        media_codecs: Any = self.plan["mediaCodecs"]
        return await self.worker.create_router(media_codecs=media_codecs)

    async def _transports(self) -> tuple[Router, list[WebRtcTransport]]:
        router = await self._router()
        return router, [await router.create_webrtc_transport(webrtc_server=self.server) for _ in range(TRANSPORTS)]

    async def _consuming(self) -> tuple[Router, Callable[[int], Awaitable[Consumer]]]:
        router, transports = await self._transports()
        capabilities: Any = self.plan["rtpCapabilities"]
        parameters: Any = self.plan["rtpParameters"]
        producer = await transports[0].produce(kind="video", rtp_parameters=parameters)

        def consume(index: int) -> Awaitable[Consumer]:
            transport = transports[index % TRANSPORTS]
            return transport.consume(producer_id=producer.id, rtp_capabilities=capabilities, paused=True)

        return router, consume

    async def _time(self, operation: str, mode: str, one: One, many: Many | None = None) -> Timing:
        def at_once(indexes: range) -> Awaitable[Any]:
            return asyncio.gather(*[one(index) for index in indexes])

        count, in_flight = self.plan["counts"][operation], self.plan["inFlight"]
        worker_cpu, cpu, start = worker_cpu_seconds(self.worker.pid), time.process_time(), time.perf_counter()
        if mode == "sequential":
            for index in range(count):
                await one(index)
        else:
            for first in range(0, count, in_flight):
                await (many or at_once)(range(first, first + in_flight))
        return {
            "seconds": time.perf_counter() - start,
            "controllerCpuSeconds": time.process_time() - cpu,
            "workerCpuSeconds": worker_cpu_seconds(self.worker.pid) - worker_cpu,
        }


def worker_cpu_seconds(pid: int) -> float:
    """CPU time of the worker, which does all of this in its main thread."""
    with open(f"/proc/{pid}/schedstat") as schedstat:
        return int(schedstat.read().split()[0]) / 1e9


async def main() -> None:
    plan: Plan = json.loads(sys.stdin.readline())
    worker = await create_worker(plan["workerBinary"], plan["schemas"])
    server = await worker.create_webrtc_server(listen_infos=[{"protocol": "udp", "ip": "127.0.0.1"}])
    contender = Contender(plan, worker, server)
    # The loop stands still while it waits for its turn: nothing else runs in it.
    for line in sys.stdin:
        operation, mode = line.split()
        timing = await contender.operations[operation](mode)
        print(json.dumps(timing), flush=True)
    worker.close()
    await worker.wait_closed()


if __name__ == "__main__":
    event_loop.run(main())
