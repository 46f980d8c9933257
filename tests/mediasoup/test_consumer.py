"""Consumers: parameters, pausing on both sides, layers, priority, scores, traces."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest

from media.mediasoup.direct_transport import DirectTransport
from media.mediasoup.errors import NotFoundError, RequestRejected, UnsupportedError
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.rtp_parameters import RtpCapabilities
from tests.mediasoup.recording import Recorder, next_event, until, within
from tests.mediasoup.rtp import (
    OPUS_PARAMETERS,
    SIMULCAST_SSRCS,
    VP8_PARAMETERS,
    VP8_SIMULCAST_PARAMETERS,
    full_intra_request,
    nack,
    opus,
    parse,
    picture_loss,
    sender_report,
    vp8,
)


async def test_mids_count_up_on_each_transport(router: Router) -> None:
    sending = await router.create_direct_transport()
    producer = await sending.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    for _ in range(2):
        transport = await router.create_direct_transport()
        consumers = await asyncio.gather(
            *(transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities) for _ in range(3))
        )
        assert [consumer.rtp_parameters["mid"] for consumer in consumers] == ["0", "1", "2"]
        assert len({consumer.rtp_parameters["encodings"][0]["ssrc"] for consumer in consumers}) == 3
    given = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities, mid="MY-MID")
    assert given.rtp_parameters["mid"] == "MY-MID"
    after = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    assert after.rtp_parameters["mid"] == "3"


async def test_new_consumer_knows_its_state(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS, paused=True)
    consumer = await transport.consume(
        producer_id=producer.id,
        rtp_capabilities=router.rtp_capabilities,
        paused=True,
        app_data={"whose": "alice"},
    )
    assert (consumer.kind, consumer.type, consumer.producer_id) == ("audio", "simple", producer.id)
    assert consumer.paused
    assert consumer.producer_paused
    assert consumer.priority == 1
    assert consumer.score == {"score": 10, "producerScore": 0, "producerScores": [0]}
    assert consumer.preferred_layers is None
    assert consumer.current_layers is None
    assert consumer.app_data == {"whose": "alice"}
    dump = await consumer.dump()
    assert dump["type"] == "simple"
    assert dump["paused"]
    assert dump["producerPaused"]
    assert dump["rtpParameters"]["mid"] == "0"
    assert dump["rtpStream"]["params"]["ssrc"] == consumer.rtp_parameters["encodings"][0]["ssrc"]
    assert "rtpStreams" not in dump
    assert "preferredSpatialLayer" not in dump


async def test_producer_that_does_not_exist_is_not_found(router: Router) -> None:
    transport = await router.create_direct_transport()
    with pytest.raises(NotFoundError):
        await transport.consume(producer_id="nobody", rtp_capabilities=router.rtp_capabilities)
    for bad in ("", None, 5):
        with pytest.raises(TypeError):
            await transport.consume(producer_id=bad, rtp_capabilities=router.rtp_capabilities)  # type: ignore[arg-type]  # the point


async def test_capabilities_without_the_codec_are_unsupported(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    none: RtpCapabilities = {"codecs": [], "headerExtensions": []}
    assert not router.can_consume(producer_id=producer.id, rtp_capabilities=none)
    with pytest.raises(UnsupportedError):
        await transport.consume(producer_id=producer.id, rtp_capabilities=none)
    senseless: Any = {"codecs": [{"kind": "smell"}]}
    assert not router.can_consume(producer_id=producer.id, rtp_capabilities=senseless)
    with pytest.raises(TypeError):
        await transport.consume(producer_id=producer.id, rtp_capabilities=senseless)


async def test_given_capabilities_are_not_changed(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    given = copy.deepcopy(router.rtp_capabilities)
    await transport.consume(producer_id=producer.id, rtp_capabilities=given)
    assert given == router.rtp_capabilities


@pytest.mark.parametrize(
    "options",
    [
        {"mid": ""},
        {"mid": 3},
        {"preferred_layers": 5},
        {"preferred_layers": {"spatialLayer": True}},
        {"preferred_layers": {}},
        {"preferred_layers": {"spatialLayer": "1"}},
        {"preferred_layers": {"spatialLayer": 1, "temporalLayer": "1"}},
        {"app_data": "data"},
    ],
)
async def test_options_that_make_no_sense_are_refused(router: Router, options: dict[str, Any]) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    with pytest.raises(TypeError):
        await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities, **options)
    assert (await transport.dump())["consumerIds"] == []


async def test_rtx_is_on_for_video_and_off_for_audio(router: Router) -> None:
    transport = await router.create_direct_transport()
    audio = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    video = await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)

    async def has_rtx_and_nack(producer: Producer, **options: Any) -> tuple[bool, bool]:
        consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities, **options)
        feedback = consumer.rtp_parameters["codecs"][0]["rtcpFeedback"]
        return "rtx" in consumer.rtp_parameters["encodings"][0], {"type": "nack", "parameter": ""} in feedback

    assert await has_rtx_and_nack(audio) == (False, False)
    assert await has_rtx_and_nack(audio, enable_rtx=True) == (False, True)
    assert await has_rtx_and_nack(video) == (True, True)
    assert await has_rtx_and_nack(video, enable_rtx=False) == (False, False)


# Pausing


async def test_paused_consumer_forwards_nothing(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    received: list[bytes] = []
    consumer.on("rtp", received.append)
    await consumer.pause()
    producer.send(opus(1))
    await consumer.resume()
    producer.send(opus(2))
    await until(lambda: received)
    assert [parse(packet).payload for packet in received] == [parse(opus(2)).payload]


async def test_pause_and_resume_on_both_sides(router: Router) -> None:
    """The observer tells when media stops and starts, whoever caused it; the events tell what the producer did."""
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    recorder = Recorder()
    recorder.watch("events", consumer, "producerpause", "producerresume")
    recorder.watch("observer", consumer.observer, "pause", "resume")

    await consumer.pause()
    await consumer.pause()
    assert consumer.paused
    assert (await consumer.dump())["paused"]
    await producer.pause()
    await until(lambda: consumer.producer_paused)
    await consumer.resume()  # no media yet, as the producer is paused
    assert not consumer.paused
    await producer.resume()
    await until(lambda: not consumer.producer_paused)
    await producer.pause()
    await until(lambda: consumer.producer_paused)
    assert recorder.events == [
        ("observer", "pause"),
        ("events", "producerpause"),
        ("events", "producerresume"),
        ("observer", "resume"),
        ("events", "producerpause"),
        ("observer", "pause"),
    ]


async def test_notifications_that_come_early_reach_listeners_added_at_once(router: Router) -> None:
    """The worker notifies while the reply to `consume` is still in the same read."""
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    consuming = asyncio.ensure_future(
        transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    )
    await asyncio.sleep(0)
    pausing = asyncio.ensure_future(producer.pause())
    consumer = await consuming
    paused = next_event(consumer, "producerpause")
    if not consumer.producer_paused:
        await within(paused)
    await pausing
    assert consumer.producer_paused


# Layers


async def test_preferred_layers_are_cut_to_what_there_is(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="video", rtp_parameters=VP8_SIMULCAST_PARAMETERS)
    consumer = await transport.consume(
        producer_id=producer.id,
        rtp_capabilities=router.rtp_capabilities,
        preferred_layers={"spatialLayer": 12, "temporalLayer": 0},
    )
    assert consumer.type == "simulcast"
    assert consumer.preferred_layers == {"spatialLayer": 2, "temporalLayer": 0}
    await consumer.set_preferred_layers(spatial_layer=1)
    assert consumer.preferred_layers == {"spatialLayer": 1, "temporalLayer": 2}
    await consumer.set_preferred_layers(spatial_layer=0, temporal_layer=1)
    assert consumer.preferred_layers == {"spatialLayer": 0, "temporalLayer": 1}
    dump = await consumer.dump()
    assert dump["type"] == "simulcast"
    assert (dump["preferredSpatialLayer"], dump["preferredTemporalLayer"]) == (0, 1)
    for bad in ("1", None):
        with pytest.raises(TypeError):
            await consumer.set_preferred_layers(spatial_layer=bad)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError):
        await consumer.set_preferred_layers(spatial_layer=1, temporal_layer="x")  # type: ignore[arg-type]  # the point


async def test_preferred_layers_of_a_simple_consumer_are_none(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    await consumer.set_preferred_layers(spatial_layer=1, temporal_layer=1)
    assert consumer.preferred_layers is None


class SimulcastCamera:
    """Sends three streams of VP8, each of which can be cut off."""

    def __init__(self, transport: DirectTransport, producer: Producer) -> None:
        self._transport = transport
        self._producer = producer
        self._number = 0
        self.key_frames_asked = 0
        transport.on("rtcp", self._asked)

    def _asked(self, packet: bytes) -> None:
        self.key_frames_asked += 1

    def send(self, *ssrcs: int, key_frame: bool = True) -> None:
        self._number += 1
        for ssrc in ssrcs:
            self._producer.send(vp8(self._number, key_frame=key_frame, ssrc=ssrc))
            report = sender_report(ssrc, ntp_seconds=1000 + self._number, timestamp=self._number * 3000)
            self._transport.send_rtcp(report)


async def test_simulcast_consumer_goes_through_the_layers(router: Router) -> None:
    sending = await router.create_direct_transport()
    receiving = await router.create_direct_transport()
    producer = await sending.produce(kind="video", rtp_parameters=VP8_SIMULCAST_PARAMETERS)
    assert producer.type == "simulcast"
    consumer = await receiving.consume(
        producer_id=producer.id,
        rtp_capabilities=router.rtp_capabilities,
        preferred_layers={"spatialLayer": 0, "temporalLayer": 0},
    )
    camera = SimulcastCamera(sending, producer)
    changes: list[Any] = []
    observed: list[Any] = []
    packets: list[bytes] = []
    consumer.on("layerschange", changes.append)
    consumer.observer.on("layerschange", observed.append)
    consumer.on("rtp", packets.append)

    async def send_until_layer(spatial_layer: int) -> None:
        def arrived() -> bool:
            camera.send(*SIMULCAST_SSRCS)
            return consumer.current_layers is not None and consumer.current_layers["spatialLayer"] == spatial_layer

        await until(arrived)

    await send_until_layer(0)
    await consumer.set_preferred_layers(spatial_layer=2, temporal_layer=2)
    await send_until_layer(2)
    await consumer.set_preferred_layers(spatial_layer=1, temporal_layer=2)
    await send_until_layer(1)
    assert changes[0]["spatialLayer"] == 0
    assert changes[-1]["spatialLayer"] == 1
    assert changes == observed
    assert {parse(packet).ssrc for packet in packets} == {consumer.rtp_parameters["encodings"][0]["ssrc"]}
    assert consumer.score["producerScores"] == [10, 10, 10]
    dump = await consumer.dump()
    assert dump["currentSpatialLayer"] == 1
    assert [score["encodingIdx"] for score in sorted(producer.score, key=lambda score: score["ssrc"])] == [0, 1, 2]

    gone = next_event(consumer, "layerschange")
    await producer.pause()
    assert await within(gone) == (None,)
    assert consumer.current_layers is None
    assert (await consumer.dump())["currentSpatialLayer"] == -1


async def test_pipe_consumer_forwards_every_stream(router: Router) -> None:
    sending = await router.create_direct_transport()
    receiving = await router.create_direct_transport()
    producer = await sending.produce(kind="video", rtp_parameters=VP8_SIMULCAST_PARAMETERS)
    consumer = await receiving.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities, pipe=True)
    assert consumer.type == "pipe"
    assert "mid" not in consumer.rtp_parameters
    ssrcs = [encoding["ssrc"] for encoding in consumer.rtp_parameters["encodings"]]
    assert len(set(ssrcs)) == 3
    seen: set[int] = set()
    consumer.on("rtp", lambda packet: seen.add(parse(packet).ssrc))
    camera = SimulcastCamera(sending, producer)

    def everything_seen() -> bool:
        camera.send(*SIMULCAST_SSRCS)
        return seen == set(ssrcs)

    await until(everything_seen)
    dump = await consumer.dump()
    assert dump["type"] == "pipe"
    assert [stream["params"]["ssrc"] for stream in dump["rtpStreams"]] == ssrcs
    assert len(await consumer.get_stats()) >= 3


# The rest


async def test_priority(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    await consumer.set_priority(7)
    assert consumer.priority == 7
    assert (await consumer.dump())["priority"] == 7
    await consumer.unset_priority()
    assert consumer.priority == 1
    for bad in (-1, 256, "2", None, True):
        with pytest.raises(TypeError):
            await consumer.set_priority(bad)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(RequestRejected):
        await consumer.set_priority(0)


async def test_score_follows_the_producer(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    scored, observed = next_event(consumer, "score"), next_event(consumer.observer, "score")
    producer.send(opus(1))
    (score,) = await within(scored)
    assert score == {"score": 10, "producerScore": 10, "producerScores": [10]}
    assert consumer.score == score
    assert await within(observed) == (score,)


async def test_traces_of_what_is_sent_and_what_the_endpoint_asks(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    await consumer.enable_trace_event(["rtp", "keyframe", "nack", "pli", "fir"])
    assert sorted((await consumer.dump())["traceEventTypes"]) == ["fir", "keyframe", "nack", "pli", "rtp"]
    traces: dict[str, Any] = {}
    consumer.on("trace", lambda trace: traces.setdefault(trace["type"], trace))
    sent: list[bytes] = []
    consumer.on("rtp", sent.append)
    producer.send(vp8(1, key_frame=True))
    producer.send(vp8(2))
    await until(lambda: len(sent) == 2)
    ssrc = consumer.rtp_parameters["encodings"][0]["ssrc"]
    transport.send_rtcp(nack(ssrc, parse(sent[0]).sequence_number))
    transport.send_rtcp(picture_loss(ssrc))
    transport.send_rtcp(full_intra_request(ssrc))
    await until(lambda: len(traces) == 5)
    assert traces["keyframe"]["direction"] == traces["rtp"]["direction"] == "out"
    assert traces["keyframe"]["info"]["rtpPacket"]["ssrc"] == ssrc
    assert traces["keyframe"]["info"]["rtpPacket"]["isKeyFrame"] is True
    assert traces["rtp"]["info"]["rtpPacket"]["isKeyFrame"] is False
    assert {traces[name]["direction"] for name in ("nack", "pli", "fir")} == {"in"}
    assert "info" not in traces["nack"]
    assert traces["pli"]["info"] == traces["fir"]["info"] == {"ssrc": ssrc}


async def test_statistics_of_both_legs(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    got = next_event(consumer, "rtp")
    producer.send(vp8(1, key_frame=True))
    await within(got)
    stats = {stat["type"]: stat for stat in await consumer.get_stats()}
    assert stats["outbound-rtp"]["ssrc"] == consumer.rtp_parameters["encodings"][0]["ssrc"]
    assert stats["outbound-rtp"]["packetCount"] == 1
    assert stats["outbound-rtp"]["rtxSsrc"] == consumer.rtp_parameters["encodings"][0]["rtx"]["ssrc"]
    assert stats["inbound-rtp"]["ssrc"] == 22222222
    assert stats["inbound-rtp"]["mimeType"].lower() == "video/vp8"
