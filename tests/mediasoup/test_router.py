"""Routers: capabilities, dumps, what they can make."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from media.mediasoup.errors import UnsupportedError
from media.mediasoup.listen_info import ListenInfo
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from tests.mediasoup.recording import Recorder
from tests.mediasoup.rtp import OPUS_PARAMETERS, VP8_PARAMETERS

LISTEN: ListenInfo = {"protocol": "udp", "ip": "127.0.0.1"}


async def test_dump_tells_who_consumes_what(router: Router) -> None:
    sending = await router.create_direct_transport()
    receiving = await router.create_plain_transport(listen_info=LISTEN)
    producer = await sending.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    consumer = await receiving.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    data_producer = await sending.produce_data()
    data_consumer = await sending.consume_data(data_producer_id=data_producer.id)
    observer = await router.create_audio_level_observer()
    await observer.add_producer(producer_id=producer.id)
    dump = await router.dump()
    assert dump["id"] == router.id
    assert set(dump["transportIds"]) == {sending.id, receiving.id}
    assert dump["rtpObserverIds"] == [observer.id]
    assert dump["mapProducerIdConsumerIds"] == [{"key": producer.id, "values": [consumer.id]}]
    assert dump["mapConsumerIdProducerId"] == [{"key": consumer.id, "value": producer.id}]
    assert dump["mapProducerIdObserverIds"] == [{"key": producer.id, "values": [observer.id]}]
    assert dump["mapDataProducerIdDataConsumerIds"] == [{"key": data_producer.id, "values": [data_consumer.id]}]
    assert dump["mapDataConsumerIdDataProducerId"] == [{"key": data_consumer.id, "value": data_producer.id}]
    transport_dump = await sending.dump()
    assert transport_dump["producerIds"] == [producer.id]
    assert transport_dump["rtpListener"]["ssrcTable"] == [{"key": 11111111, "value": producer.id}]
    assert (await receiving.dump())["mapSsrcConsumerId"] == [
        {"key": consumer.rtp_parameters["encodings"][0]["ssrc"], "value": consumer.id}
    ]


async def test_can_consume(router: Router, caplog: pytest.LogCaptureFixture) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    assert router.can_consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    assert not router.can_consume(producer_id="nobody", rtp_capabilities=router.rtp_capabilities)
    assert "nobody" in caplog.text


async def test_codecs_can_be_changed_for_later_producers(router: Router) -> None:
    transport = await router.create_direct_transport()
    router.update_media_codecs([{"kind": "audio", "mimeType": "audio/opus", "clockRate": 48000, "channels": 2}])
    await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    with pytest.raises(UnsupportedError):
        await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
    before = router.rtp_capabilities
    with pytest.raises(UnsupportedError):
        router.update_media_codecs([{"kind": "audio", "mimeType": "audio/mp3", "clockRate": 48000}])
    assert router.rtp_capabilities is before


async def test_observer_tells_what_was_made(router: Router, webrtc_server: WebRtcServer) -> None:
    recorder = Recorder()
    recorder.watch("router", router.observer, "newtransport", "newrtpobserver")
    transports = [
        await router.create_webrtc_transport(webrtc_server=webrtc_server),
        await router.create_plain_transport(listen_info=LISTEN),
        await router.create_pipe_transport(listen_info=LISTEN),
        await router.create_direct_transport(),
    ]
    await router.create_active_speaker_observer()
    await router.create_audio_level_observer()
    assert [event for _, event in recorder.events] == ["newtransport"] * 4 + ["newrtpobserver"] * 2
    assert [transport.type for transport in transports] == ["webrtc", "plain", "pipe", "direct"]

    transport = transports[-1]
    names = "newproducer", "newconsumer", "newdataproducer", "newdataconsumer"
    recorder = Recorder()
    recorder.watch("transport", transport.observer, *names)
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    data_producer = await transport.produce_data()
    data_consumer = await transport.consume_data(data_producer_id=data_producer.id)
    assert recorder.arguments == {
        ("transport", name): (made,)
        for name, made in zip(names, (producer, consumer, data_producer, data_consumer), strict=True)
    }


@pytest.mark.parametrize("app_data", [1, "text", [], ()])
async def test_app_data_that_is_no_dict_is_refused(router: Router, app_data: Any) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    data_producer = await transport.produce_data()
    for making in (
        router.create_direct_transport(app_data=app_data),
        router.create_plain_transport(listen_info=LISTEN, app_data=app_data),
        router.create_pipe_transport(listen_info=LISTEN, app_data=app_data),
        router.create_webrtc_transport(listen_infos=[LISTEN], app_data=app_data),
        router.create_active_speaker_observer(app_data=app_data),
        transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS, app_data=app_data),
        transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities, app_data=app_data),
        transport.produce_data(app_data=app_data),
        transport.consume_data(data_producer_id=data_producer.id, app_data=app_data),
    ):
        with pytest.raises(TypeError, match="app_data"):
            await making


async def test_app_data_belongs_to_the_caller(router: Router) -> None:
    mine = {"owner": "alice"}
    transport = await router.create_direct_transport(app_data=mine)
    assert transport.app_data is mine
    assert (await router.create_direct_transport()).app_data == {}


async def test_a_hundred_at_once(router: Router) -> None:
    transports = await asyncio.gather(*(router.create_direct_transport() for _ in range(100)))
    assert len({transport.id for transport in transports}) == 100
    assert set((await router.dump())["transportIds"]) == {transport.id for transport in transports}
