"""One test for each arrow of docs/closures.md, under the arrow's name."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from media.mediasoup.active_speaker_observer import ActiveSpeakerObserver
from media.mediasoup.consumer import Consumer
from media.mediasoup.data_consumer import DataConsumer
from media.mediasoup.data_producer import DataProducer
from media.mediasoup.direct_transport import DirectTransport
from media.mediasoup.errors import InvalidStateError, MediasoupError, PipeClosed, RequestTimeout
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.sctp_parameters import SctpStreamParameters
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.worker import Worker
from media.mediasoup.worker_object import WorkerObject
from tests.mediasoup.conftest import MEDIA_CODECS
from tests.mediasoup.recording import Recorder, next_event, until, within
from tests.mediasoup.rtp import OPUS_PARAMETERS

SCTP_STREAM: SctpStreamParameters = {"streamId": 12, "ordered": True}


@dataclass
class House:
    """A router with one of everything: `sending` has the producers, `receiving` the consumers."""

    worker: Worker
    server: WebRtcServer
    router: Router
    sending: WebRtcTransport
    receiving: DirectTransport
    producer: Producer
    consumer: Consumer
    data_producer: DataProducer
    data_consumer: DataConsumer
    observer: ActiveSpeakerObserver

    def objects(self) -> dict[str, WorkerObject]:
        return {name: value for name, value in vars(self).items() if isinstance(value, WorkerObject)}

    def closed(self) -> set[str]:
        return {name for name, value in self.objects().items() if value.closed}

    def requests_sent(self) -> list[tuple[str, object]]:
        return self._sent

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> Recorder:
        """Record every closing event of everything, and every request to close that goes to the worker."""
        recorder = Recorder()
        names = (
            "close",
            "died",
            "workerclose",
            "routerclose",
            "listenserverclose",
            "transportclose",
            "producerclose",
            "dataproducerclose",
        )
        for label, value in self.objects().items():
            recorder.watch(label, value, *names)
            recorder.watch(f"{label}*", value.observer, "close")
        self._sent: list[tuple[str, object]] = []
        post = self.worker._pipe.post

        def noted(method: str, *args: object) -> None:
            self._sent.append((method, args[2]))
            post(method, *args)  # type: ignore[arg-type]  # handed on as they came

        monkeypatch.setattr(self.worker._pipe, "post", noted)
        return recorder


@pytest.fixture
async def house(worker: Worker, webrtc_server: WebRtcServer, router: Router) -> House:
    sending = await router.create_webrtc_transport(webrtc_server=webrtc_server, enable_sctp=True)
    receiving = await router.create_direct_transport()
    producer = await sending.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    data_producer = await sending.produce_data(sctp_stream_parameters=SCTP_STREAM)
    consumer = await receiving.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    data_consumer = await receiving.consume_data(data_producer_id=data_producer.id)
    observer = await router.create_active_speaker_observer()
    return House(
        worker, webrtc_server, router, sending, receiving, producer, consumer, data_producer, data_consumer, observer
    )


async def worker_has(house: House) -> set[str]:
    """The names of those objects for which the worker still has a handler."""
    handlers = (await house.worker.dump())["channelMessageHandlers"]["channelRequestHandlers"]
    return {name for name, value in house.objects().items() if value.id in handlers}


# Somebody calls close()


async def test_consumer_close_closes_it_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = house.watch(monkeypatch)
    house.consumer.close()
    assert house.closed() == {"consumer"}
    assert recorder.events == [("consumer*", "close")]
    assert house.requests_sent() == [("TRANSPORT_CLOSE_CONSUMER", {"consumerId": house.consumer.id})]
    assert "consumer" not in await worker_has(house)


async def test_producer_close_reaches_its_consumer_through_the_worker(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = house.watch(monkeypatch)
    gone = next_event(house.consumer, "producerclose")
    house.producer.close()
    assert house.closed() == {"producer"}
    await within(gone)
    assert house.closed() == {"producer", "consumer"}
    assert recorder.events == [("producer*", "close"), ("consumer", "producerclose"), ("consumer*", "close")]
    assert house.requests_sent() == [("TRANSPORT_CLOSE_PRODUCER", {"producerId": house.producer.id})]
    assert not {"producer", "consumer"} & await worker_has(house)
    assert not house.router.can_consume(producer_id=house.producer.id, rtp_capabilities=house.router.rtp_capabilities)


async def test_data_consumer_close_closes_it_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = house.watch(monkeypatch)
    house.data_consumer.close()
    assert house.closed() == {"data_consumer"}
    assert recorder.events == [("data_consumer*", "close")]
    assert house.requests_sent() == [("TRANSPORT_CLOSE_DATACONSUMER", {"dataConsumerId": house.data_consumer.id})]
    assert "data_consumer" not in await worker_has(house)


async def test_data_producer_close_reaches_its_data_consumer_through_the_worker(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = house.watch(monkeypatch)
    gone = next_event(house.data_consumer, "dataproducerclose")
    house.data_producer.close()
    assert house.closed() == {"data_producer"}
    await within(gone)
    assert house.closed() == {"data_producer", "data_consumer"}
    assert recorder.events == [
        ("data_producer*", "close"),
        ("data_consumer", "dataproducerclose"),
        ("data_consumer*", "close"),
    ]
    assert house.requests_sent() == [("TRANSPORT_CLOSE_DATAPRODUCER", {"dataProducerId": house.data_producer.id})]
    assert not {"data_producer", "data_consumer"} & await worker_has(house)


async def test_rtp_observer_close_closes_it_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = house.watch(monkeypatch)
    house.observer.close()
    assert house.closed() == {"observer"}
    assert recorder.events == [("observer*", "close")]
    assert house.requests_sent() == [("ROUTER_CLOSE_RTPOBSERVER", {"rtpObserverId": house.observer.id})]
    assert "observer" not in await worker_has(house)


async def test_transport_close_closes_what_was_made_on_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = house.watch(monkeypatch)
    house.receiving.close()
    assert house.closed() == {"receiving", "consumer", "data_consumer"}
    assert recorder.events == [
        ("consumer", "transportclose"),
        ("consumer*", "close"),
        ("data_consumer", "transportclose"),
        ("data_consumer*", "close"),
        ("receiving*", "close"),
    ]
    assert house.requests_sent() == [("ROUTER_CLOSE_TRANSPORT", {"transportId": house.receiving.id})]
    assert not {"receiving", "consumer", "data_consumer"} & await worker_has(house)


async def test_transport_close_reaches_consumers_on_other_transports_through_the_worker(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = house.watch(monkeypatch)
    gone = next_event(house.consumer, "producerclose"), next_event(house.data_consumer, "dataproducerclose")
    house.sending.close()
    assert house.closed() == {"sending", "producer", "data_producer"}
    await within(asyncio.gather(*gone))
    assert house.closed() == {"sending", "producer", "data_producer", "consumer", "data_consumer"}
    assert recorder.events == [
        ("producer", "transportclose"),
        ("producer*", "close"),
        ("data_producer", "transportclose"),
        ("data_producer*", "close"),
        ("sending*", "close"),
        ("consumer", "producerclose"),
        ("consumer*", "close"),
        ("data_consumer", "dataproducerclose"),
        ("data_consumer*", "close"),
    ]
    assert house.requests_sent() == [("ROUTER_CLOSE_TRANSPORT", {"transportId": house.sending.id})]
    assert (await house.server.dump())["webRtcTransportIds"] == []


async def test_webrtc_server_close_closes_its_transports(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = house.watch(monkeypatch)
    gone = next_event(house.consumer, "producerclose")
    house.server.close()
    assert house.closed() == {"server", "sending", "producer", "data_producer"}
    await within(gone)
    assert [event for event in recorder.events if event[0].startswith(("sending", "producer", "data_producer"))] == [
        ("producer", "transportclose"),
        ("producer*", "close"),
        ("data_producer", "transportclose"),
        ("data_producer*", "close"),
        ("sending", "listenserverclose"),
        ("sending*", "close"),
    ]
    assert ("server*", "close") in recorder.events
    assert house.requests_sent() == [("WORKER_WEBRTCSERVER_CLOSE", {"webRtcServerId": house.server.id})]
    assert house.router._transports == {house.receiving.id: house.receiving}
    assert (await house.router.dump())["transportIds"] == [house.receiving.id]


async def test_router_close_closes_everything_on_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = house.watch(monkeypatch)
    house.router.close()
    assert house.closed() == set(house.objects()) - {"worker", "server"}
    assert recorder.events == [
        ("producer", "transportclose"),
        ("producer*", "close"),
        ("data_producer", "transportclose"),
        ("data_producer*", "close"),
        ("sending", "routerclose"),
        ("sending*", "close"),
        ("consumer", "transportclose"),
        ("consumer*", "close"),
        ("data_consumer", "transportclose"),
        ("data_consumer*", "close"),
        ("receiving", "routerclose"),
        ("receiving*", "close"),
        ("observer", "routerclose"),
        ("observer*", "close"),
        ("router*", "close"),
    ]
    assert house.requests_sent() == [("WORKER_CLOSE_ROUTER", {"routerId": house.router.id})]
    assert (await house.worker.dump())["routerIds"] == []
    assert house.server._transports == {}


EVERYTHING_ENDS_WITH_ITS_PARENT = {
    ("router", "workerclose"),
    ("server", "workerclose"),
    ("sending", "routerclose"),
    ("receiving", "routerclose"),
    ("observer", "routerclose"),
    ("producer", "transportclose"),
    ("consumer", "transportclose"),
    ("data_producer", "transportclose"),
    ("data_consumer", "transportclose"),
}


async def test_worker_close_closes_everything(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = house.watch(monkeypatch)
    house.worker.close()
    assert house.closed() == set(house.objects())
    assert set(recorder.events) >= EVERYTHING_ENDS_WITH_ITS_PARENT
    assert {event for event in recorder.events if event[0].endswith("*")} == {
        (f"{name}*", "close") for name in house.objects()
    }
    assert house.requests_sent() == []


async def test_worker_died_closes_everything(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = house.watch(monkeypatch)
    died = next_event(house.worker, "died")
    os.kill(house.worker.pid, signal.SIGKILL)
    (error,) = await within(died)
    assert isinstance(error, MediasoupError)
    assert house.closed() == set(house.objects())
    assert set(recorder.events) >= EVERYTHING_ENDS_WITH_ITS_PARENT
    assert house.requests_sent() == []


# Pipes


async def test_pipe_transport_close_closes_the_other_end(worker: Worker, house: House) -> None:
    other = await worker.create_router(media_codecs=MEDIA_CODECS)
    piped = await house.router.pipe_to_router(router=other, producer_id=house.producer.id, keep_id=False)
    here = house.router._pipe_pairs[other.id].result()[house.router.id]
    there = house.router._pipe_pairs[other.id].result()[other.id]
    here.close()
    assert there.closed
    assert piped.pipe_consumer is not None
    assert piped.pipe_producer is not None
    assert piped.pipe_consumer.closed
    assert piped.pipe_producer.closed
    assert house.router._pipe_pairs == other._pipe_pairs == {}


async def test_router_close_closes_the_pipe_in_the_other_router(worker: Worker, house: House) -> None:
    other = await worker.create_router(media_codecs=MEDIA_CODECS)
    piped = await house.router.pipe_to_router(router=other, producer_id=house.producer.id, keep_id=False)
    assert piped.pipe_producer is not None
    house.router.close()
    assert piped.pipe_producer.closed
    assert not other.closed
    assert not other._transports
    assert not other._producers
    assert not other._pipe_pairs
    assert (await other.dump())["transportIds"] == []


async def test_piped_producer_closes_with_the_original(worker: Worker, house: House) -> None:
    other = await worker.create_router(media_codecs=MEDIA_CODECS)
    piped = await house.router.pipe_to_router(router=other, producer_id=house.producer.id, keep_id=False)
    assert piped.pipe_producer is not None
    gone = next_event(piped.pipe_producer.observer, "close")
    house.producer.close()
    await within(gone)
    assert (await other.dump())["mapProducerIdConsumerIds"] == []


async def test_pipe_consumer_closes_with_the_piped_producer(worker: Worker, house: House) -> None:
    other = await worker.create_router(media_codecs=MEDIA_CODECS)
    piped = await house.router.pipe_to_router(router=other, producer_id=house.producer.id, keep_id=False)
    assert piped.pipe_producer is not None
    assert piped.pipe_consumer is not None
    piped.pipe_producer.close()
    assert piped.pipe_consumer.closed
    assert not house.producer.closed


async def test_piped_data_producer_closes_with_the_original(worker: Worker, house: House) -> None:
    other = await worker.create_router(media_codecs=MEDIA_CODECS)
    piped = await house.router.pipe_to_router(router=other, data_producer_id=house.data_producer.id, keep_id=False)
    assert piped.pipe_data_producer is not None
    gone = next_event(piped.pipe_data_producer.observer, "close")
    house.data_producer.close()
    await within(gone)
    assert (await other.dump())["mapDataProducerIdDataConsumerIds"] == []


async def test_pipe_data_consumer_closes_with_the_piped_data_producer(worker: Worker, house: House) -> None:
    other = await worker.create_router(media_codecs=MEDIA_CODECS)
    piped = await house.router.pipe_to_router(router=other, data_producer_id=house.data_producer.id, keep_id=False)
    assert piped.pipe_data_producer is not None
    assert piped.pipe_data_consumer is not None
    piped.pipe_data_producer.close()
    assert piped.pipe_data_consumer.closed


# Rules for all arrows


async def test_close_twice_does_nothing_the_second_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = house.watch(monkeypatch)
    children = [house.consumer, house.data_consumer, house.producer, house.data_producer, house.observer]
    everything = [*children, house.sending, house.receiving, house.server, house.router, house.worker]
    for one in everything:
        one.close()
    events, requests = list(recorder.events), list(house.requests_sent())
    for one in everything:
        one.close()
    assert recorder.events == events
    assert house.requests_sent() == requests


@pytest.mark.parametrize("name", ["consumer", "producer", "data_consumer", "data_producer", "observer", "sending"])
async def test_requests_of_a_closed_object_are_refused_here(house: House, name: str) -> None:
    one = house.objects()[name]
    one.close()
    method = one.resume if hasattr(one, "resume") else one.dump  # type: ignore[attr-defined]  # one or the other
    with pytest.raises(InvalidStateError, match="closed"):
        await method()


async def test_listener_that_closes_a_sibling_does_not_break_the_cascade(house: House) -> None:
    second = await house.receiving.consume(
        producer_id=house.producer.id, rtp_capabilities=house.router.rtp_capabilities
    )
    house.consumer.on("transportclose", second.close)
    house.receiving.close()
    assert second.closed
    assert house.data_consumer.closed


# Races with a pending request


async def test_transport_closed_while_consume_is_pending(house: House) -> None:
    pending = asyncio.ensure_future(
        house.receiving.consume(producer_id=house.producer.id, rtp_capabilities=house.router.rtp_capabilities)
    )
    await asyncio.sleep(0)
    house.receiving.close()
    with pytest.raises(InvalidStateError):
        await pending
    gone = {"receiving", "consumer", "data_consumer", "worker"}
    await assert_only(house, *(one for name, one in house.objects().items() if name not in gone))


async def test_transport_closed_while_produce_is_pending(house: House) -> None:
    pending = asyncio.ensure_future(house.receiving.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS))
    await asyncio.sleep(0)
    house.receiving.close()
    with pytest.raises(InvalidStateError):
        await pending
    assert set(house.router._producers) == {house.producer.id}


async def test_router_closed_while_create_transport_is_pending(house: House) -> None:
    pending = asyncio.ensure_future(house.router.create_webrtc_transport(webrtc_server=house.server))
    await asyncio.sleep(0)
    house.router.close()
    with pytest.raises(InvalidStateError):
        await pending
    await assert_only(house, house.server)
    assert house.server._transports == {}


async def test_webrtc_server_closed_while_create_transport_is_pending(house: House) -> None:
    pending = asyncio.ensure_future(house.router.create_webrtc_transport(webrtc_server=house.server))
    await asyncio.sleep(0)
    house.server.close()
    with pytest.raises(InvalidStateError):
        await pending
    assert house.router._transports == {house.receiving.id: house.receiving}
    await until(lambda: house.consumer.closed and house.data_consumer.closed)
    await assert_only(house, house.router, house.receiving, house.observer)


async def test_producer_closed_while_consume_is_pending(house: House) -> None:
    pending = asyncio.ensure_future(
        house.receiving.consume(producer_id=house.producer.id, rtp_capabilities=house.router.rtp_capabilities)
    )
    await asyncio.sleep(0)
    house.producer.close()
    consumer = await pending
    if not consumer.closed:
        await within(next_event(consumer, "producerclose"))
    assert consumer.closed
    assert house.receiving._consumers == {}


async def test_consume_cancelled_while_pending_leaves_nothing(house: House) -> None:
    pending = asyncio.ensure_future(
        house.receiving.consume(producer_id=house.producer.id, rtp_capabilities=house.router.rtp_capabilities)
    )
    await asyncio.sleep(0)
    pending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pending
    dump = await house.receiving.dump()
    assert dump["consumerIds"] == [house.consumer.id]
    await assert_only(house, *(one for one in house.objects().values() if one is not house.worker))


async def test_consume_that_times_out_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.worker._pipe, "request_timeout", 0.05)
    os.kill(house.worker.pid, signal.SIGSTOP)
    try:
        with pytest.raises(RequestTimeout):
            await house.receiving.consume(producer_id=house.producer.id, rtp_capabilities=house.router.rtp_capabilities)
    finally:
        os.kill(house.worker.pid, signal.SIGCONT)
    monkeypatch.setattr(house.worker._pipe, "request_timeout", 5.0)
    dump = await house.receiving.dump()
    assert dump["consumerIds"] == [house.consumer.id]
    await assert_only(house, *(one for one in house.objects().values() if one is not house.worker))


async def test_worker_died_while_consume_is_pending(house: House) -> None:
    os.kill(house.worker.pid, signal.SIGSTOP)
    pending = asyncio.ensure_future(
        house.receiving.consume(producer_id=house.producer.id, rtp_capabilities=house.router.rtp_capabilities)
    )
    await asyncio.sleep(0)
    os.kill(house.worker.pid, signal.SIGKILL)
    with pytest.raises(PipeClosed):
        await within(pending)
    await until(lambda: house.closed() == set(house.objects()))


async def test_pause_pending_when_the_consumer_closes_observes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = house.watch(monkeypatch)
    recorder.watch("consumer*", house.consumer.observer, "pause")
    pending = asyncio.ensure_future(house.consumer.pause())
    await asyncio.sleep(0)
    house.consumer.close()
    await pending
    assert recorder.events == [("consumer*", "close")]


def test_each_arrow_of_the_page_has_its_test_and_each_test_its_row() -> None:
    page = (Path(__file__).parents[2] / "docs" / "closures.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", page))
    general = {
        "test_close_twice_does_nothing_the_second_time",
        "test_requests_of_a_closed_object_are_refused_here",
        "test_listener_that_closes_a_sibling_does_not_break_the_cascade",
        "test_each_arrow_of_the_page_has_its_test_and_each_test_its_row",
    }
    assert named == {name for name in globals() if name.startswith("test_")} - general


async def assert_only(house: House, *objects: WorkerObject) -> None:
    """Handlers for exactly these objects are in the worker and subscribed on our side."""
    ids = {one.id for one in objects}
    handlers = (await house.worker.dump())["channelMessageHandlers"]["channelRequestHandlers"]
    assert set(handlers) == ids
    assert set(house.worker._pipe._subscribers) - {""} - {str(house.worker.pid)} == ids
