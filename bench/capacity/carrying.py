"""How many consumers one worker carries: real RTP through plain transports, until loss or delay rises."""

from __future__ import annotations

import asyncio
import base64
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bench.capacity.limits import Knee, Load, find_knee
from bench.capacity.processes import cpu_time, dropped_datagrams, machine_busy_seconds
from bench.capacity.receiver import ReceiverReport
from bench.capacity.sender import SenderReport
from bench.capacity.stream import (
    BITS_A_SECOND,
    PACKETS_A_SECOND,
    STREAMS_A_PERSON,
    audio_parameters,
    video_parameters,
)
from bench.capacity.talking import TalkingProcess, module
from media.binary import locate
from media.mediasoup import ortc
from media.mediasoup.listen_info import ListenInfo
from media.mediasoup.plain_transport import PlainTransport
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.srtp_parameters import SrtpCryptoSuite, SrtpParameters
from media.mediasoup.worker import Worker
from media.mediasoup.worker_start import create_worker
from media.node.codecs import MEDIA_CODECS

# So many people send, and everybody who watches receives all of them.
PEOPLE = 4
CONSUMERS_A_VIEWER = PEOPLE * STREAMS_A_PERSON
# Three viewers' 24 consumers are looked at; what the others are sent ends in a socket that nobody reads.
LOOKED_AT = 3
START, GROWTH, MOST, REFINEMENTS, TRIES = 12 * CONSUMERS_A_VIEWER, 1.6, 8000, 3, 3
SETTLE_SECONDS = 1.5

# What Chromium and a worker agree on (its getStats says so). Master key and salt, bytes.
SUITE: SrtpCryptoSuite = "AEAD_AES_256_GCM"
KEY_BYTES = 44

LOOPBACK: ListenInfo = {"protocol": "udp", "ip": "127.0.0.1"}


class Viewers:
    """Plain transports that consume everything, in any number."""

    def __init__(self, router: Router, producers: list[Producer], watched: list[int], sink: int, srtp: bool) -> None:
        self._router = router
        self._producers = producers
        self._ports = watched
        self._sink = sink
        self._srtp = srtp
        self._capabilities = ortc.remote_capabilities(router.rtp_capabilities)
        self._transports: list[PlainTransport] = []

    async def become(self, count: int) -> None:
        """Let some in or send some away, while nobody sends: a worker that is full answers late.

        The first of them send to the ports that are looked at.
        """
        await asyncio.gather(*(producer.pause() for producer in self._producers))
        while len(self._transports) > count:
            self._transports.pop().close()
        while len(self._transports) < count:
            seat = len(self._transports)
            port = self._ports[seat] if seat < len(self._ports) else self._sink
            self._transports.append(await self._let_in(port))
        await asyncio.gather(*(producer.resume() for producer in self._producers))

    async def _let_in(self, port: int) -> PlainTransport:
        transport = await self._router.create_plain_transport(
            listen_info=LOOPBACK, enable_srtp=self._srtp, srtp_crypto_suite=SUITE
        )
        await transport.connect(ip="127.0.0.1", port=port, srtp_parameters=_some_key() if self._srtp else None)
        for producer in self._producers:
            await transport.consume(producer_id=producer.id, rtp_capabilities=self._capabilities)
        return transport


def _some_key() -> SrtpParameters:
    """What a receiver would offer. Only RTCP of ours would come with it, and we send none."""
    return {"cryptoSuite": SUITE, "keyBase64": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}


class Scene:
    """A worker with people who send and viewers who receive; `measure` puts a number of consumers on it."""

    def __init__(
        self,
        worker: Worker,
        viewers: Viewers,
        sender: TalkingProcess,
        receivers: TalkingProcess,
        worker_ports: list[int],
        seconds: float,
    ) -> None:
        self._worker = worker
        self._viewers = viewers
        self._sender = sender
        self._receivers = receivers
        self._worker_ports = worker_ports
        self._seconds = seconds

    async def measure(self, consumers: int) -> Load:
        """Let so many consume, let it settle, and look for some seconds."""
        await self._viewers.become(consumers // CONSUMERS_A_VIEWER)
        await asyncio.sleep(SETTLE_SECONDS)
        await self._reports()
        dropped = dropped_datagrams(self._worker_ports)
        cpu, busy, start = cpu_time(self._worker.pid), machine_busy_seconds(), time.perf_counter()
        own = time.process_time()
        await asyncio.sleep(self._seconds)
        took = time.perf_counter() - start
        cpu, busy = cpu_time(self._worker.pid) - cpu, machine_busy_seconds() - busy
        sent, came = await self._reports()
        ours = cpu.ran + sent["cpuSeconds"] + came["cpuSeconds"] + time.process_time() - own
        assert came["streams"] or cpu.ran > self._seconds / 2, f"nothing arrived of what was sent: {came}"
        expected = came["received"] + came["missing"]
        return Load(
            consumers=consumers,
            packets_a_second=consumers / STREAMS_A_PERSON * PACKETS_A_SECOND,
            megabits_a_second=consumers / STREAMS_A_PERSON * BITS_A_SECOND / 1e6,
            loss=came["missing"] / expected if expected else 1.0,
            median_delay_ms=came["medianMs"],
            delay_ms=came["p95Ms"],
            worker_cpu=cpu.ran / took,
            waiting=cpu.waited / took,
            sender_cpu=sent["cpuSeconds"] / took,
            sender_late_ms=sent["lateMs"],
            receiver_cpu=came["cpuSeconds"] / took,
            dropped_before=dropped_datagrams(self._worker_ports) - dropped,
            dropped_after=came["dropped"],
            others_cpu=max(0.0, (busy - ours) / took),
        )

    async def _reports(self) -> tuple[SenderReport, ReceiverReport]:
        """Of both, on the time since the last ones."""
        sent, came = await asyncio.gather(self._sender.ask(), self._receivers.ask())
        return sent, came


@asynccontextmanager
async def scene(*, srtp: bool, seconds: float) -> AsyncIterator[Scene]:
    """Everything that is needed, for as long as the block runs."""
    binary = locate()
    async with AsyncExitStack() as stack:
        worker = await create_worker(binary.path, binary.schemas)
        stack.push_async_callback(worker.wait_closed)
        stack.callback(worker.close)
        router = await worker.create_router(media_codecs=MEDIA_CODECS)
        doors = [await router.create_plain_transport(listen_info=LOOPBACK, comedia=True) for _ in range(PEOPLE)]
        producers = []
        for person, door in enumerate(doors):
            producers.append(await door.produce(kind="video", rtp_parameters=video_parameters(person)))
            producers.append(await door.produce(kind="audio", rtp_parameters=audio_parameters(person)))
        worker_ports = [door.tuple["localPort"] for door in doors]
        sink = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        sink.bind(("127.0.0.1", 0))
        receivers = await stack.enter_async_context(TalkingProcess(module("bench.capacity.receiver", str(LOOKED_AT))))
        watched: list[int] = await receivers.hear()
        sender = await stack.enter_async_context(
            TalkingProcess(module("bench.capacity.sender", *map(str, worker_ports)))
        )
        viewers = Viewers(router, producers, watched, sink.getsockname()[1], srtp)
        yield Scene(worker, viewers, sender, receivers, worker_ports, seconds)


async def find_what_a_worker_carries(*, srtp: bool, seconds: float) -> Knee:
    """Step up until something gives way. Each step is looked at for some seconds."""
    async with scene(srtp=srtp, seconds=seconds) as on_stage:
        return await find_knee(
            on_stage.measure,
            start=START,
            unit=CONSUMERS_A_VIEWER,
            growth=GROWTH,
            most=MOST,
            refinements=REFINEMENTS,
            tries=TRIES,
        )
