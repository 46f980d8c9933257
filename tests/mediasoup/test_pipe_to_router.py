"""Pipes between routers: one pair of transports, whoever asks and however many at once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest

from media.binary import WorkerBinary
from media.mediasoup.consumer import Consumer
from media.mediasoup.direct_transport import DirectTransport
from media.mediasoup.errors import InvalidStateError, MediasoupError, NotFoundError, RequestRejected
from media.mediasoup.listen_info import ListenInfo
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.worker import Worker
from media.mediasoup.worker_start import create_worker
from tests.mediasoup.conftest import MEDIA_CODECS
from tests.mediasoup.recording import next_event, until, within
from tests.mediasoup.rtp import OPUS_PARAMETERS, VP8_SIMULCAST_PARAMETERS, opus, parse

LISTEN: ListenInfo = {"protocol": "udp", "ip": "127.0.0.1"}


@pytest.fixture
async def other_worker(worker_binary: WorkerBinary) -> AsyncIterator[Worker]:
    worker = await create_worker(worker_binary.path, worker_binary.schemas)
    yield worker
    worker.close()
    await worker.wait_closed()


@pytest.fixture
async def there(other_worker: Worker) -> Router:
    return await other_worker.create_router(media_codecs=MEDIA_CODECS)


@pytest.fixture
async def sending(router: Router) -> DirectTransport:
    return await router.create_direct_transport()


@pytest.fixture
async def producer(sending: DirectTransport) -> Producer:
    return await sending.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS, app_data={"of": "alice"})


async def test_media_reaches_a_consumer_in_another_worker(router: Router, there: Router, producer: Producer) -> None:
    piped = await router.pipe_to_router(router=there, producer_id=producer.id)
    assert piped.pipe_consumer is not None
    assert piped.pipe_producer is not None
    assert piped.pipe_producer.id == producer.id
    assert piped.pipe_consumer.type == "pipe"
    assert piped.pipe_producer.app_data == {"of": "alice"}
    assert piped.pipe_producer.rtp_parameters["rtcp"]["cname"] == "cname-of-tests"
    receiving = await there.create_direct_transport()
    consumer = await receiving.consume(producer_id=producer.id, rtp_capabilities=there.rtp_capabilities)
    heard: list[bytes] = []
    consumer.on("rtp", heard.append)

    def arrived() -> bool:
        producer.send(opus(len(heard)))
        return bool(heard)

    await until(arrived)
    assert len(parse(heard[0]).payload) == 41


async def test_messages_reach_a_data_consumer_in_another_worker(
    router: Router, there: Router, sending: DirectTransport
) -> None:
    data_producer = await sending.produce_data(label="chat", protocol="text")
    piped = await router.pipe_to_router(router=there, data_producer_id=data_producer.id)
    assert piped.pipe_data_producer is not None
    assert piped.pipe_data_consumer is not None
    assert (piped.pipe_data_producer.id, piped.pipe_data_producer.label) == (data_producer.id, "chat")
    assert piped.pipe_data_consumer.protocol == "text"
    receiving = await there.create_direct_transport()
    consumer = await receiving.consume_data(data_producer_id=data_producer.id)
    ends = router._pipe_pairs[there.id].result().values()
    await until(lambda: all(end.sctp_state == "connected" for end in ends))
    heard = next_event(consumer, "message")
    data_producer.send("across")
    assert await within(heard) == (b"across", 51)


async def test_concurrent_pipes_share_one_pair(router: Router, there: Router, sending: DirectTransport) -> None:
    audio = await sending.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    video = await sending.produce(kind="video", rtp_parameters=VP8_SIMULCAST_PARAMETERS)
    data = await sending.produce_data()
    back = await (await there.create_direct_transport()).produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    await asyncio.gather(
        router.pipe_to_router(router=there, producer_id=audio.id),
        router.pipe_to_router(router=there, producer_id=video.id),
        router.pipe_to_router(router=there, data_producer_id=data.id),
        there.pipe_to_router(router=router, producer_id=back.id),
    )
    for one in (router, there):
        dumps = [transport for transport in one._transports.values() if transport.type == "pipe"]
        assert len(dumps) == 1
    assert len(router._pipe_pairs) == len(there._pipe_pairs) == 1
    assert set(there._producers) == {audio.id, video.id, back.id}
    assert set(router._producers) == {audio.id, video.id, back.id}


async def test_later_pipes_use_the_same_pair(router: Router, there: Router, sending: DirectTransport) -> None:
    audio = await sending.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    video = await sending.produce(kind="video", rtp_parameters=VP8_SIMULCAST_PARAMETERS)
    await router.pipe_to_router(router=there, producer_id=audio.id)
    await router.pipe_to_router(router=there, producer_id=video.id)
    assert len(router._transports) == 2
    assert len(there._transports) == 1


async def test_new_pair_after_the_first_was_closed(router: Router, there: Router, producer: Producer) -> None:
    await router.pipe_to_router(router=there, producer_id=producer.id)
    router._pipe_pairs[there.id].result()[there.id].close()
    assert there._producers == {}
    piped = await router.pipe_to_router(router=there, producer_id=producer.id)
    assert piped.pipe_producer is not None
    assert not piped.pipe_producer.closed


async def test_caller_that_is_cancelled_does_not_break_the_pair_for_another(
    router: Router, there: Router, sending: DirectTransport
) -> None:
    audio = await sending.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    video = await sending.produce(kind="video", rtp_parameters=VP8_SIMULCAST_PARAMETERS)
    first = asyncio.ensure_future(router.pipe_to_router(router=there, producer_id=audio.id))
    second = asyncio.ensure_future(router.pipe_to_router(router=there, producer_id=video.id))
    await asyncio.sleep(0)
    first.cancel()
    piped = await second
    assert piped.pipe_producer is not None
    assert set(there._producers) == {video.id}


async def test_pair_that_cannot_be_made_leaves_nothing(router: Router, there: Router, producer: Producer) -> None:
    unreachable: ListenInfo = {"protocol": "udp", "ip": "203.0.113.1"}
    results = await asyncio.gather(
        router.pipe_to_router(router=there, producer_id=producer.id, listen_info=unreachable),
        router.pipe_to_router(router=there, producer_id=producer.id, listen_info=unreachable),
        return_exceptions=True,
    )
    assert all(isinstance(result, RequestRejected) for result in results)
    assert not router._pipe_pairs
    assert not there._pipe_pairs
    assert len(router._transports) == 1
    assert not there._transports
    await router.pipe_to_router(router=there, producer_id=producer.id)


async def test_other_worker_dies_while_the_pair_is_made(
    router: Router, there: Router, other_worker: Worker, producer: Producer
) -> None:
    os.kill(other_worker.pid, signal.SIGSTOP)
    piping = asyncio.ensure_future(router.pipe_to_router(router=there, producer_id=producer.id))
    await until(lambda: router._pipe_pairs)
    os.kill(other_worker.pid, signal.SIGKILL)
    with pytest.raises(MediasoupError):
        await within(piping)
    assert not router._pipe_pairs
    assert [transport.type for transport in router._transports.values()] == ["direct"]
    assert (await router.dump())["transportIds"] == list(router._transports)


async def test_piped_producer_pauses_and_resumes_with_the_original(
    router: Router, there: Router, producer: Producer
) -> None:
    await producer.pause()
    piped = await router.pipe_to_router(router=there, producer_id=producer.id)
    assert piped.pipe_producer is not None
    assert piped.pipe_producer.paused
    receiving = await there.create_direct_transport()
    consumer = await receiving.consume(producer_id=producer.id, rtp_capabilities=there.rtp_capabilities)
    assert consumer.producer_paused
    resumed = next_event(consumer, "producerresume")
    await producer.resume()
    await within(resumed)
    assert not piped.pipe_producer.paused
    paused = next_event(consumer, "producerpause")
    await producer.pause()
    await within(paused)
    assert piped.pipe_producer.paused


async def test_producer_paused_while_it_is_piped(router: Router, there: Router, producer: Producer) -> None:
    piping = asyncio.ensure_future(router.pipe_to_router(router=there, producer_id=producer.id))
    await asyncio.sleep(0)
    await producer.pause()
    piped = await piping
    assert piped.pipe_producer is not None
    await until(lambda: piped.pipe_producer is not None and piped.pipe_producer.paused)
    assert (await piped.pipe_producer.dump())["paused"]


async def test_producer_paused_between_consumer_and_piped_producer(
    router: Router, there: Router, other_worker: Worker, sending: DirectTransport, producer: Producer
) -> None:
    data_producer = await sending.produce_data()
    await router.pipe_to_router(router=there, data_producer_id=data_producer.id)
    consumers: list[Consumer] = []
    router._pipe_pairs[there.id].result()[router.id].observer.on("newconsumer", consumers.append)
    os.kill(other_worker.pid, signal.SIGSTOP)
    try:
        piping = asyncio.ensure_future(router.pipe_to_router(router=there, producer_id=producer.id))
        await until(lambda: consumers)
        await producer.pause()
        await until(lambda: consumers[0].producer_paused)
    finally:
        os.kill(other_worker.pid, signal.SIGCONT)
    piped = await piping
    assert piped.pipe_producer is not None
    assert piped.pipe_producer.paused
    assert (await piped.pipe_producer.dump())["paused"]


async def test_piped_producers_keep_their_cnames(router: Router, there: Router, producer: Producer) -> None:
    """They tell the worker which streams have one sender, and one clock."""
    elsewhere = await router.create_direct_transport()
    other = await elsewhere.produce(kind="audio", rtp_parameters={**OPUS_PARAMETERS, "rtcp": {"cname": "bob"}})
    for one in (producer, other):
        piped = await router.pipe_to_router(router=there, producer_id=one.id)
        assert piped.pipe_producer is not None
        assert piped.pipe_producer.rtp_parameters["rtcp"]["cname"] == one.rtp_parameters["rtcp"]["cname"]


async def test_producer_closed_while_it_is_piped(router: Router, there: Router, producer: Producer) -> None:
    await router.pipe_to_router(router=there, producer_id=producer.id, keep_id=False)
    piping = asyncio.ensure_future(router.pipe_to_router(router=there, producer_id=producer.id))
    for _ in range(3):
        await asyncio.sleep(0)
    producer.close()
    with pytest.raises(NotFoundError):
        await piping
    await until(lambda: not there._producers)
    assert (await there.dump())["mapProducerIdConsumerIds"] == []


async def test_same_worker_needs_another_id(worker: Worker, router: Router, producer: Producer) -> None:
    neighbour = await worker.create_router(media_codecs=MEDIA_CODECS)
    with pytest.raises(TypeError, match="already exists"):
        await router.pipe_to_router(router=neighbour, producer_id=producer.id)
    assert not neighbour._producers
    piped = await router.pipe_to_router(router=neighbour, producer_id=producer.id, keep_id=False)
    assert piped.pipe_producer is not None
    assert piped.pipe_producer.id != producer.id
    pair = router._pipe_pairs[neighbour.id].result()
    assert len(pair[router.id]._consumers) == 1


async def test_what_makes_no_sense_is_refused(router: Router, there: Router, producer: Producer) -> None:
    wrong: list[tuple[dict[str, Any], type[Exception]]] = [
        ({"router": router, "producer_id": producer.id}, TypeError),
        ({"router": there}, TypeError),
        ({"router": there, "producer_id": producer.id, "data_producer_id": "x"}, TypeError),
        ({"router": there, "producer_id": producer.id, "enable_sctpp": True}, TypeError),
        ({"router": there, "producer_id": "nobody"}, NotFoundError),
        ({"router": there, "data_producer_id": "nobody"}, NotFoundError),
    ]
    for options, error in wrong:
        with pytest.raises(error):
            await router.pipe_to_router(**options)
    assert not router._pipe_pairs
    there.close()
    with pytest.raises(InvalidStateError):
        await router.pipe_to_router(router=there, producer_id=producer.id)
    assert not router._pipe_pairs


async def test_srtp_and_rtx_between_the_ends(router: Router, there: Router, sending: DirectTransport) -> None:
    video = await sending.produce(kind="video", rtp_parameters=VP8_SIMULCAST_PARAMETERS)
    piped = await router.pipe_to_router(router=there, producer_id=video.id, enable_rtx=True, enable_srtp=True)
    assert piped.pipe_consumer is not None
    assert all("rtx" in encoding for encoding in piped.pipe_consumer.rtp_parameters["encodings"])
    pair = router._pipe_pairs[there.id].result()
    for end in pair.values():
        assert end.rtx
        assert end.srtp_parameters is not None
        dump = await end.dump()
        assert dump["rtx"] is True
        assert dump["srtpParameters"] == end.srtp_parameters
        (stat,) = await end.get_stats()
        assert stat["type"] == "pipe-transport"
        assert stat["tuple"]["remotePort"] == end.tuple["remotePort"]


async def test_pipe_transports_by_hand(router: Router, there: Router, producer: Producer) -> None:
    here_end = await router.create_pipe_transport(listen_info=LISTEN)
    there_end = await there.create_pipe_transport(listen_info=LISTEN)
    assert here_end.srtp_parameters is None
    assert here_end.sctp_parameters is None
    assert not here_end.rtx
    await here_end.connect(ip="127.0.0.1", port=there_end.tuple["localPort"])
    await there_end.connect(ip="127.0.0.1", port=here_end.tuple["localPort"])
    assert here_end.tuple["remotePort"] == there_end.tuple["localPort"]
    with pytest.raises(RequestRejected):
        await here_end.connect(ip="127.0.0.1", port=there_end.tuple["localPort"])
    consumer = await here_end.consume(producer_id=producer.id, app_data={"a": 1})
    assert consumer.app_data == {"a": 1}
    assert consumer.type == "pipe"
    with pytest.raises(NotFoundError):
        await here_end.consume(producer_id="nobody")
