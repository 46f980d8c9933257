"""Producers: ids, parameters, pausing, scores, traces."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest

from media.mediasoup.errors import RequestRejected, UnsupportedError
from media.mediasoup.router import Router
from media.mediasoup.rtp_parameters import RtpParameters
from tests.mediasoup.recording import next_event, until, within
from tests.mediasoup.rtp import (
    OPUS_PARAMETERS,
    VP8_PARAMETERS,
    VP8_SIMULCAST_PARAMETERS,
    opus,
    rtp,
    sender_report,
    vp8,
)


async def test_same_id_twice_is_refused_and_leaves_the_first_alone(router: Router) -> None:
    transport = await router.create_direct_transport()
    first = await transport.produce(id="camera", kind="audio", rtp_parameters=OPUS_PARAMETERS)
    consumer = await transport.consume(producer_id="camera", rtp_capabilities=router.rtp_capabilities)
    elsewhere = await router.create_direct_transport()
    for on in (transport, elsewhere):
        with pytest.raises(TypeError, match='a Producer with same id "camera" already exists'):
            await on.produce(id="camera", kind="video", rtp_parameters=VP8_PARAMETERS)
    assert not first.closed
    scored = next_event(first, "score")
    heard = next_event(consumer, "rtp")
    first.send(opus(1))
    await within(scored)
    await within(heard)


async def test_same_id_twice_at_once_makes_one_producer(router: Router) -> None:
    transport = await router.create_direct_transport()
    results = await asyncio.gather(
        transport.produce(id="camera", kind="audio", rtp_parameters=OPUS_PARAMETERS),
        transport.produce(id="camera", kind="audio", rtp_parameters=OPUS_PARAMETERS),
        return_exceptions=True,
    )
    assert isinstance(results[1], TypeError)
    assert not isinstance(results[0], BaseException)
    assert (await transport.dump())["producerIds"] == ["camera"]
    assert (await results[0].dump())["id"] == "camera"


async def test_id_of_another_object_is_refused(router: Router) -> None:
    transport = await router.create_direct_transport()
    with pytest.raises(TypeError, match="already exists"):
        await transport.produce(id=transport.id, kind="audio", rtp_parameters=OPUS_PARAMETERS)
    assert (await transport.dump())["id"] == transport.id


async def test_id_can_be_used_again_right_after_close(router: Router) -> None:
    transport = await router.create_direct_transport()
    for _ in range(3):
        producer = await transport.produce(id="camera", kind="audio", rtp_parameters=OPUS_PARAMETERS)
        producer.close()
    assert (await transport.dump())["producerIds"] == []


@pytest.mark.parametrize("bad_id", ["", 7, ["x"]])
async def test_id_that_is_no_string_is_refused(router: Router, bad_id: Any) -> None:
    transport = await router.create_direct_transport()
    with pytest.raises(TypeError):
        await transport.produce(id=bad_id, kind="audio", rtp_parameters=OPUS_PARAMETERS)


@pytest.mark.parametrize(
    "changes",
    [
        {"codecs": "none"},
        {"codecs": [{}]},
        {"codecs": [{"mimeType": "audio/opus", "payloadType": "111", "clockRate": 48000}]},
        {"headerExtensions": 1},
        {"headerExtensions": [{"uri": "urn:what:ever", "id": 5}]},
        {"encodings": {}},
        {"encodings": [{"ssrc": -1}]},
        {"encodings": [{"ssrc": 2**32}]},
        {"rtcp": 1},
    ],
)
async def test_parameters_that_make_no_sense_are_refused(router: Router, changes: dict[str, Any]) -> None:
    transport = await router.create_direct_transport()
    parameters: Any = {**OPUS_PARAMETERS, **changes}
    with pytest.raises((TypeError, RequestRejected)):
        await transport.produce(kind="audio", rtp_parameters=parameters)
    assert (await transport.dump())["producerIds"] == []


async def test_kind_that_is_unknown_is_refused(router: Router) -> None:
    transport = await router.create_direct_transport()
    with pytest.raises(TypeError, match="chat"):
        await transport.produce(kind="chat", rtp_parameters=OPUS_PARAMETERS)  # type: ignore[arg-type]  # the point


async def test_codec_that_the_router_has_not_is_unsupported(router: Router) -> None:
    transport = await router.create_direct_transport()
    parameters: RtpParameters = {
        **VP8_PARAMETERS,
        "codecs": [{"mimeType": "video/VP9", "payloadType": 98, "clockRate": 90000}],
    }
    with pytest.raises(UnsupportedError):
        await transport.produce(kind="video", rtp_parameters=parameters)


async def test_ssrc_in_use_is_refused_by_the_worker(router: Router) -> None:
    transport = await router.create_direct_transport()
    await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    with pytest.raises(RequestRejected):
        await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)


async def test_producers_of_a_transport_share_the_first_cname(router: Router) -> None:
    transport = await router.create_direct_transport()
    audio = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    video = await transport.produce(kind="video", rtp_parameters={**VP8_PARAMETERS, "rtcp": {"cname": "another"}})
    assert audio.rtp_parameters["rtcp"]["cname"] == "cname-of-tests"
    assert video.rtp_parameters["rtcp"]["cname"] == "cname-of-tests"
    nameless = await (await router.create_direct_transport()).produce(
        kind="audio", rtp_parameters={**OPUS_PARAMETERS, "rtcp": {}}
    )
    assert len(nameless.rtp_parameters["rtcp"]["cname"]) == 8


async def test_given_parameters_are_not_changed(router: Router) -> None:
    transport = await router.create_direct_transport()
    given = copy.deepcopy(VP8_SIMULCAST_PARAMETERS)
    await transport.produce(kind="video", rtp_parameters=given)
    assert given == VP8_SIMULCAST_PARAMETERS


async def test_types_of_producers(router: Router) -> None:
    transport = await router.create_direct_transport()
    assert (await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)).type == "simple"
    assert (
        await transport.produce(kind="video", rtp_parameters={**VP8_SIMULCAST_PARAMETERS, "mid": "1"})
    ).type == "simulcast"


async def test_pause_and_resume(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS, paused=True)
    assert producer.paused
    assert (await producer.dump())["paused"]
    seen: list[str] = []
    producer.observer.on("pause", lambda: seen.append("pause"))
    producer.observer.on("resume", lambda: seen.append("resume"))
    await producer.pause()
    await producer.resume()
    await producer.resume()
    assert not producer.paused
    assert not (await producer.dump())["paused"]
    await producer.pause()
    assert seen == ["resume", "pause"]


async def test_dump_names_what_the_producer_sends(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
    producer.send(vp8(1, key_frame=True))
    dump = await producer.dump()
    assert dump["kind"] == "video"
    assert dump["type"] == "simple"
    assert [codec["mimeType"] for codec in dump["rtpParameters"]["codecs"]] == ["video/VP8", "video/rtx"]
    assert dump["rtpParameters"]["codecs"][1]["parameters"] == {"apt": 101}
    mapped = producer.consumable_rtp_parameters["encodings"][0]["ssrc"]
    assert dump["rtpMapping"]["encodings"] == [{"ssrc": 22222222, "rid": "", "mappedSsrc": mapped}]
    (stream,) = dump["rtpStreams"]
    assert stream["params"]["ssrc"] == 22222222
    assert stream["params"]["mimeType"].lower() == "video/vp8"
    assert stream["params"]["rid"] == ""


async def test_score_follows_the_stream(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    assert producer.score == []
    scored, observed = next_event(producer, "score"), next_event(producer.observer, "score")
    producer.send(opus(1))
    (score,) = await within(scored)
    assert score == [{"encodingIdx": 0, "ssrc": 11111111, "score": 10}]
    assert producer.score == score
    assert await within(observed) == (score,)


async def test_rtp_and_key_frame_traces(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
    await producer.enable_trace_event(["rtp", "keyframe"])
    assert sorted((await producer.dump())["traceEventTypes"]) == ["keyframe", "rtp"]
    traces: list[Any] = []
    observed: list[Any] = []
    producer.on("trace", traces.append)
    producer.observer.on("trace", observed.append)
    producer.send(vp8(5, key_frame=True))
    producer.send(vp8(6))
    await until(lambda: len(traces) == 2)
    assert [trace["type"] for trace in traces] == ["keyframe", "rtp"]
    assert traces == observed
    for number, trace in enumerate(traces, start=5):
        assert trace["direction"] == "in"
        assert trace["timestamp"] > 0
        assert trace["info"]["isRtx"] is False
        assert trace["info"]["rtpPacket"]["ssrc"] == 22222222
        assert trace["info"]["rtpPacket"]["sequenceNumber"] == number
        assert trace["info"]["rtpPacket"]["isKeyFrame"] is (number == 5)
    await producer.enable_trace_event()
    assert (await producer.dump())["traceEventTypes"] == []


async def test_nack_and_pli_traces(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    await producer.enable_trace_event(["nack", "pli"])
    traces: list[Any] = []
    producer.on("trace", traces.append)
    producer.send(vp8(1, key_frame=True))
    producer.send(vp8(5))  # two to four are lost
    await consumer.request_key_frame()
    await until(lambda: {trace["type"] for trace in traces} == {"nack", "pli"})
    by_type = {trace["type"]: trace for trace in traces}
    assert by_type["nack"]["direction"] == "out"
    assert "info" not in by_type["nack"]
    assert by_type["pli"]["direction"] == "out"
    assert by_type["pli"]["info"] == {"ssrc": 22222222}


async def test_fir_trace(router: Router) -> None:
    """A sender without PLI gets a full intra request."""
    transport = await router.create_direct_transport()
    vp8_codec = {**VP8_PARAMETERS["codecs"][0], "rtcpFeedback": [{"type": "ccm", "parameter": "fir"}]}
    parameters: Any = {**VP8_PARAMETERS, "codecs": [vp8_codec], "encodings": [{"ssrc": 22222222}]}
    producer = await transport.produce(kind="video", rtp_parameters=parameters)
    await producer.enable_trace_event(["fir"])
    traced = next_event(producer, "trace")
    producer.send(vp8(1))
    await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    (trace,) = await within(traced)
    assert (trace["type"], trace["direction"], trace["info"]) == ("fir", "out", {"ssrc": 22222222})


async def test_trace_types_that_are_unknown_are_left_out(router: Router, caplog: pytest.LogCaptureFixture) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    await producer.enable_trace_event(["rtp", "smoke"])  # type: ignore[list-item]  # the point of the test
    assert (await producer.dump())["traceEventTypes"] == ["rtp"]
    assert "smoke" in caplog.text
    with pytest.raises(TypeError):
        await producer.enable_trace_event("rtp")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError):
        await producer.enable_trace_event([1])  # type: ignore[list-item]  # the point of the test


async def test_video_orientation_is_told(router: Router) -> None:
    transport = await router.create_direct_transport()
    parameters: RtpParameters = {
        **VP8_PARAMETERS,
        "headerExtensions": [{"uri": "urn:3gpp:video-orientation", "id": 4}],
    }
    producer = await transport.produce(kind="video", rtp_parameters=parameters)
    told = next_event(producer, "videoorientationchange")
    packet = vp8(1, key_frame=True)
    producer.send(rtp(101, 1, 22222222, packet[12:], timestamp=3000, extensions={4: bytes([0b1001])}))
    assert await within(told) == ({"camera": True, "flip": False, "rotation": 90},)


async def test_sender_reports_reach_consumers(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    await producer.enable_trace_event(["sr"])
    producer.send(opus(1))
    traced = next_event(producer, "trace")
    transport.send_rtcp(sender_report(11111111, ntp_seconds=1, timestamp=960))
    await within(traced)
    (stat,) = await producer.get_stats()
    assert stat["ssrc"] == 11111111
