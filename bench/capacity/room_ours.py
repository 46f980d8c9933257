"""What a join is for a media controller, with our object model: see `room_peers` for what it reads and writes."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from bench.control_plane_ours import worker_cpu_seconds
from bench.control_plane_plan import Plan, Timing
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.worker import Worker
from media.mediasoup.worker_start import create_worker

DTLS: Any = {"role": "client", "fingerprints": [{"algorithm": "sha-256", "value": ":".join(["AB"] * 32)}]}


class Room:
    """A router with somebody who sends two streams, and members who receive them."""

    def __init__(self, plan: Plan, worker: Worker, server: WebRtcServer, router: Router) -> None:
        self._capabilities: Any = plan["rtpCapabilities"]
        self._worker = worker
        self._server = server
        self._router = router
        self._producers: list[Producer] = []
        self._members = 0

    async def present(self, parameters: dict[str, Any]) -> None:
        """Send two streams."""
        transport = await self._transport()
        for mid in ("0", "1"):
            stream: Any = {**parameters, "mid": mid}
            self._producers.append(await transport.produce(kind="video", rtp_parameters=stream))
        self._members = 1

    async def join(self) -> list[WebRtcTransport]:
        """Both transports, then all at once: connect them, and consume everything."""
        send, recv = await asyncio.gather(self._transport(), self._transport())
        await asyncio.gather(
            send.connect(dtls_parameters=DTLS),
            recv.connect(dtls_parameters=DTLS),
            *(
                recv.consume(producer_id=producer.id, rtp_capabilities=self._capabilities)
                for producer in self._producers
            ),
        )
        return [send, recv]

    async def time(self, size: int, joins: int) -> Timing:
        """Grow to `size` members, then time so many joins; each leaves before the next comes, which is not timed."""
        while self._members < size:
            await self.join()
            self._members += 1
        timing: Timing = {"seconds": 0, "controllerCpuSeconds": 0, "workerCpuSeconds": 0}
        for _ in range(joins):
            worker_cpu, cpu = worker_cpu_seconds(self._worker.pid), time.process_time()
            start = time.perf_counter()
            transports = await self.join()
            timing["seconds"] += time.perf_counter() - start
            timing["controllerCpuSeconds"] += time.process_time() - cpu
            timing["workerCpuSeconds"] += worker_cpu_seconds(self._worker.pid) - worker_cpu
            for transport in transports:
                transport.close()
            await self._worker.update_settings(log_level="error")
        return timing

    async def _transport(self) -> WebRtcTransport:
        return await self._router.create_webrtc_transport(webrtc_server=self._server)


async def main() -> None:
    plan: Plan = json.loads(sys.stdin.readline())
    media_codecs: Any = plan["mediaCodecs"]
    worker = await create_worker(plan["workerBinary"], plan["schemas"])
    server = await worker.create_webrtc_server(listen_infos=[{"protocol": "udp", "ip": "127.0.0.1"}])
    room = Room(plan, worker, server, await worker.create_router(media_codecs=media_codecs))
    await room.present(plan["rtpParameters"])
    # The loop stands still while it waits for its turn: nothing else runs in it.
    for line in sys.stdin:
        size, joins = map(int, line.split())
        print(json.dumps(await room.time(size, joins)), flush=True)
    worker.close()
    await worker.wait_closed()


if __name__ == "__main__":
    asyncio.run(main())
