"""A thousand of each, made and closed: nothing stays behind in the worker, in our tables or in memory."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from media.mediasoup.errors import RequestRejected
from media.mediasoup.listen_info import ListenInfo
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.worker import Worker
from media.mediasoup.worker_object import WorkerObject
from tests.mediasoup.conftest import MEDIA_CODECS
from tests.mediasoup.recording import next_event, within
from tests.mediasoup.rtp import OPUS_PARAMETERS

CYCLES = 1000
AT_ONCE = 50

LISTEN: ListenInfo = {"protocol": "udp", "ip": "127.0.0.1"}


class Tables:
    """What the worker and we keep track of, before and after."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def snapshot(self) -> dict[str, Any]:
        worker = self._worker
        dump = await worker.dump()
        routers = list(worker._routers.values())
        transports = [transport for router in routers for transport in router._transports.values()]
        return {
            "handlers": sorted(dump["channelMessageHandlers"]["channelRequestHandlers"]),
            "notification handlers": sorted(dump["channelMessageHandlers"]["channelNotificationHandlers"]),
            "routers": dump["routerIds"],
            "servers": dump["webRtcServerIds"],
            "subscriptions": sorted(worker._pipe._subscribers),
            "pending": len(worker._pipe._pending),
            "ours": {
                router.id: (
                    sorted(router._transports),
                    sorted(router._producers),
                    sorted(router._data_producers),
                    sorted(router._rtp_observers),
                    sorted(router._pipe_pairs),
                )
                for router in routers
            },
            "transports": {
                transport.id: (
                    sorted(transport._producers),
                    sorted(transport._consumers),
                    sorted(transport._data_producers),
                    sorted(transport._data_consumers),
                    sorted(transport._sctp_stream_ids._used),
                )
                for transport in transports
            },
            "in servers": [sorted(server._transports) for server in worker._webrtc_servers.values()],
        }


async def assert_no_leaks(worker: Worker, cycle: Callable[[], Awaitable[list[WorkerObject]]]) -> None:
    """`cycle` makes objects, closes them and answers them. Everything must be as before afterwards."""
    tables = Tables(worker)
    await cycle()
    before = await tables.snapshot()
    references: list[weakref.ref[WorkerObject]] = []
    for _ in range(CYCLES // AT_ONCE):
        for _ in range(AT_ONCE):
            references.extend(weakref.ref(one) for one in await cycle())
    assert await tables.snapshot() == before
    gc.collect()
    assert len(references) >= CYCLES
    assert [reference() for reference in references if reference() is not None] == []


async def test_routers(worker: Worker) -> None:
    async def cycle() -> list[WorkerObject]:
        router = await worker.create_router(media_codecs=MEDIA_CODECS)
        router.close()
        return [router]

    await assert_no_leaks(worker, cycle)


@pytest.mark.parametrize("kind", ["webrtc", "plain", "pipe", "direct"])
async def test_transports(worker: Worker, webrtc_server: WebRtcServer, router: Router, kind: str) -> None:
    async def cycle() -> list[WorkerObject]:
        transport: WorkerObject
        match kind:
            case "webrtc":
                transport = await router.create_webrtc_transport(webrtc_server=webrtc_server, enable_sctp=True)
            case "plain":
                transport = await router.create_plain_transport(listen_info=LISTEN)
            case "pipe":
                transport = await router.create_pipe_transport(listen_info=LISTEN, enable_sctp=True)
            case _:
                transport = await router.create_direct_transport()
        transport.close()
        return [transport]

    await assert_no_leaks(worker, cycle)


async def test_webrtc_servers(worker: Worker, router: Router) -> None:
    async def cycle() -> list[WorkerObject]:
        server = await worker.create_webrtc_server(listen_infos=[LISTEN])
        transport = await router.create_webrtc_transport(webrtc_server=server)
        server.close()
        return [server, transport]

    await assert_no_leaks(worker, cycle)


@pytest.mark.parametrize("first_to_close", ["consumer", "producer", "transport", "router"])
async def test_producers_and_consumers(worker: Worker, router: Router, first_to_close: str) -> None:
    transport = await router.create_direct_transport()

    async def cycle() -> list[WorkerObject]:
        home, on = router, transport
        if first_to_close == "router":
            home = await worker.create_router(media_codecs=MEDIA_CODECS)
        if first_to_close in ("transport", "router"):
            on = await home.create_direct_transport()
        producer = await on.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
        consumer = await on.consume(producer_id=producer.id, rtp_capabilities=home.rtp_capabilities)
        match first_to_close:
            case "consumer":
                consumer.close()
                producer.close()
            case "producer":
                gone = next_event(consumer, "producerclose")
                producer.close()
                await within(gone)
            case "transport":
                on.close()
            case _:
                home.close()
        return [producer, consumer]

    await assert_no_leaks(worker, cycle)


@pytest.mark.parametrize("first_to_close", ["data consumer", "data producer", "transport"])
async def test_data_producers_and_data_consumers(
    worker: Worker, webrtc_server: WebRtcServer, router: Router, first_to_close: str
) -> None:
    transport = await router.create_webrtc_transport(webrtc_server=webrtc_server, enable_sctp=True)

    async def cycle() -> list[WorkerObject]:
        on = transport
        if first_to_close == "transport":
            on = await router.create_webrtc_transport(webrtc_server=webrtc_server, enable_sctp=True)
        data_producer = await on.produce_data(sctp_stream_parameters={"streamId": 7})
        data_consumer = await on.consume_data(data_producer_id=data_producer.id)
        match first_to_close:
            case "data consumer":
                data_consumer.close()
                data_producer.close()
            case "data producer":
                gone = next_event(data_consumer, "dataproducerclose")
                data_producer.close()
                await within(gone)
            case _:
                on.close()
        return [data_producer, data_consumer]

    await assert_no_leaks(worker, cycle)


async def test_rtp_observers(worker: Worker, router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)

    async def cycle() -> list[WorkerObject]:
        speaker = await router.create_active_speaker_observer()
        level = await router.create_audio_level_observer()
        for observer in (speaker, level):
            await observer.add_producer(producer_id=producer.id)
            observer.close()
        return [speaker, level]

    await assert_no_leaks(worker, cycle)


async def test_pipes_between_routers(worker: Worker, router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    other = await worker.create_router(media_codecs=MEDIA_CODECS)

    async def cycle() -> list[WorkerObject]:
        piped = await router.pipe_to_router(router=other, producer_id=producer.id, keep_id=False)
        pair = router._pipe_pairs[other.id].result()
        pair[router.id].close()
        assert piped.pipe_consumer is not None
        assert piped.pipe_producer is not None
        return [*pair.values(), piped.pipe_consumer, piped.pipe_producer]

    await assert_no_leaks(worker, cycle)


async def test_refused_requests(worker: Worker, router: Router) -> None:
    """Whatever is refused, here or by the worker, leaves no handler behind."""
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    tables = Tables(worker)
    before = await tables.snapshot()
    for _ in range(CYCLES):
        with pytest.raises(TypeError):
            await transport.produce(kind="audio", rtp_parameters={})  # type: ignore[typeddict-item]  # what a client may send
        with pytest.raises(TypeError):
            await transport.produce(id=producer.id, kind="audio", rtp_parameters=OPUS_PARAMETERS)
        with pytest.raises(RequestRejected):  # its ssrc is the first one's
            await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    assert await tables.snapshot() == before
