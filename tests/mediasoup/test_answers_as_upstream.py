"""What our methods answer has the shape of what mediasoup's own Node API answers, for one of everything.

Both drive the same worker binary through the same scene. Keys, types, and the values of strings and booleans are
compared; what is random by nature (ids, keys, ports) is compared by type.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from pathlib import Path
from typing import Any

from media.binary import WorkerBinary
from media.mediasoup.listen_info import ListenInfo
from media.mediasoup.worker import Worker
from tests.mediasoup.conftest import MEDIA_CODECS
from tests.mediasoup.recording import until
from tests.mediasoup.rtp import OPUS_PARAMETERS, SIMULCAST_SSRCS, VP8_SIMULCAST_PARAMETERS, opus, sender_report, vp8

SCENE = Path(__file__).with_name("upstream_scene.cjs")
ROOT = SCENE.parents[2]
LISTEN: ListenInfo = {"protocol": "udp", "ip": "127.0.0.1"}

PACKETS: list[tuple[str, bytes]] = [
    *(("audio", opus(number)) for number in range(5)),
    *(("video", vp8(number, key_frame=True, ssrc=ssrc)) for number in range(1, 4) for ssrc in SIMULCAST_SSRCS),
    *(("rtcp", sender_report(ssrc, ntp_seconds=1, timestamp=9000)) for ssrc in SIMULCAST_SSRCS),
    *(("video", vp8(4, key_frame=True, ssrc=ssrc)) for ssrc in SIMULCAST_SSRCS),
]

RANDOM = re.compile(
    r"^[0-9a-f]{8}-[0-9a-f]{4}-4|^[0-9a-z]{32}$|^([0-9A-F]{2}:)+[0-9A-F]{2}$|^[A-Za-z0-9+/]{38,}=*$|candidate$"
)


async def upstream_answers(binary: WorkerBinary) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        "node", str(SCENE), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    scene = {
        "workerBin": str(binary.path),
        "mediaCodecs": MEDIA_CODECS,
        "listenInfo": LISTEN,
        "audio": OPUS_PARAMETERS,
        "video": VP8_SIMULCAST_PARAMETERS,
        "packets": [(name, base64.b64encode(packet).decode()) for name, packet in PACKETS],
    }
    output, _ = await asyncio.wait_for(process.communicate(json.dumps(scene).encode()), 30)
    assert process.returncode == 0
    answers: dict[str, Any] = json.loads(output)
    return answers


async def our_answers(worker: Worker) -> dict[str, Any]:
    server = await worker.create_webrtc_server(listen_infos=[LISTEN, {**LISTEN, "protocol": "tcp"}])
    router = await worker.create_router(media_codecs=MEDIA_CODECS)
    webrtc = await router.create_webrtc_transport(webrtc_server=server, enable_sctp=True)
    plain = await router.create_plain_transport(
        listen_info=LISTEN, rtcp_listen_info=LISTEN, enable_sctp=True, enable_srtp=True
    )
    pipe = await router.create_pipe_transport(listen_info=LISTEN, enable_sctp=True, enable_rtx=True, enable_srtp=True)
    direct = await router.create_direct_transport()
    await direct.enable_trace_event(["probation", "bwe"])
    audio = await direct.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    video = await direct.produce(kind="video", rtp_parameters=VP8_SIMULCAST_PARAMETERS)
    producers = {"audio": audio, "video": video}
    capabilities = router.rtp_capabilities
    consumers = {
        "audio": await direct.consume(producer_id=audio.id, rtp_capabilities=capabilities),
        "video": await direct.consume(
            producer_id=video.id,
            rtp_capabilities=capabilities,
            preferred_layers={"spatialLayer": 1, "temporalLayer": 1},
        ),
        "allStreams": await direct.consume(producer_id=video.id, rtp_capabilities=capabilities, pipe=True),
        "piped": await pipe.consume(producer_id=video.id),
    }
    sctp = await plain.produce_data(sctp_stream_parameters={"streamId": 3, "ordered": False, "maxRetransmits": 2})
    data_producers = {"direct": await direct.produce_data(label="chat", protocol="text"), "sctp": sctp}
    data_consumers = {
        "direct": await direct.consume_data(data_producer_id=sctp.id, subchannels=[1, 2]),
        "sctp": await plain.consume_data(data_producer_id=sctp.id),
        "ordered": await webrtc.consume_data(data_producer_id=data_producers["direct"].id),
    }
    speaker = await router.create_active_speaker_observer()
    await speaker.add_producer(producer_id=audio.id)

    events: dict[str, list[Any]] = {}

    def note(name: str, emitter: Any, *names: str) -> None:
        for event in names:
            emitter.on(event, events.setdefault(f"{name} {event}", []).append)

    for name, producer in producers.items():
        await producer.enable_trace_event(["rtp", "keyframe", "nack", "pli", "fir", "sr"])
        note(f"{name} producer", producer, "trace", "score")
    for name, consumer in consumers.items():
        await consumer.enable_trace_event(["rtp", "keyframe", "nack", "pli", "fir"])
        note(f"{name} consumer", consumer, "trace", "score", "layerschange")
    for name, packet in PACKETS:
        if name == "rtcp":
            direct.send_rtcp(packet)
        else:
            producers[name].send(packet)
    await until(lambda: all(events[f"{name} consumer trace"] for name in ("audio", "video", "allStreams")))

    answers: dict[str, Any] = {}
    for name, transport in {"webrtc": webrtc, "plain": plain, "pipe": pipe, "direct": direct}.items():
        answers[f"{name} dump"] = await transport.dump()  # type: ignore[attr-defined]  # all four have it
        answers[f"{name} stats"] = await transport.get_stats()
    groups: dict[str, dict[str, Any]] = {
        "producers": dict(producers),
        "consumers": dict(consumers),
        "dataProducers": dict(data_producers),
        "dataConsumers": dict(data_consumers),
    }
    for kind, objects in groups.items():
        for name, one in objects.items():
            answers[f"{kind}.{name} dump"] = await one.dump()
            answers[f"{kind}.{name} stats"] = await one.get_stats()
    answers["router dump"] = await router.dump()
    answers["worker dump"] = await worker.dump()
    answers["server dump"] = await server.dump()
    answers["restart ice"] = await webrtc.restart_ice()
    of_ice = "iceRole iceParameters iceCandidates iceState iceSelectedTuple"
    of_dtls = "dtlsParameters dtlsState dtlsRemoteCert"
    of_sctp = "sctpParameters sctpState"
    answers["webrtc attributes"] = pick(webrtc, f"type {of_ice} {of_dtls} {of_sctp} sctpNegotiatedCapabilities")
    answers["plain attributes"] = pick(plain, f"type tuple rtcpTuple {of_sctp} srtpParameters")
    answers["pipe attributes"] = pick(pipe, f"type tuple {of_sctp} srtpParameters")
    for name, producer in producers.items():
        names = "kind type paused rtpParameters consumableRtpParameters score"
        answers[f"producers.{name} attributes"] = pick(producer, names)
    for name, consumer in consumers.items():
        names = "kind type paused producerPaused priority rtpParameters score preferredLayers currentLayers"
        answers[f"consumers.{name} attributes"] = pick(consumer, names)
    for name, one in data_consumers.items():
        names = "type label protocol paused dataProducerPaused subchannels sctpStreamParameters"
        answers[f"dataConsumers.{name} attributes"] = pick(one, names)
    answers["events"] = {name: data for name, data in events.items() if data}
    return answers


def pick(one: Any, names: str) -> dict[str, Any]:
    """The attributes with these names of upstream's."""
    return {name: getattr(one, re.sub("([A-Z])", lambda match: f"_{match[1].lower()}", name)) for name in names.split()}


def shape(value: Any) -> Any:
    """The value without what differs from run to run. None is as good as absent, as both are to JSON's readers."""
    match value:
        case bool():
            return value
        case int() | float():
            return "a number"
        case str():
            return "a random string" if RANDOM.search(value) else value
        case {"payloadSize": _, "mid": str()}:
            # Consumers rewrite one packet in turn, so a trace may show the mid of the one before.
            return shape({**value, "mid": 0})
        case dict():
            return {
                "a random string" if RANDOM.search(key) else key: shape(inner)
                for key, inner in value.items()
                if inner is not None
            }
        case list():
            # Traces come as often as packets do, so equal shapes count once.
            shapes = [json.dumps(shape(inner), sort_keys=True) for inner in value]
            return [json.loads(one) for one in sorted(set(shapes))]
        case _:
            raise AssertionError(f"{value!r} is not of JSON")


async def test_answers_have_upstreams_shapes(worker: Worker, worker_binary: WorkerBinary) -> None:
    theirs = await upstream_answers(worker_binary)
    ours = await our_answers(worker)
    # Upstream makes up the score of a consumer on a pipe transport; ours is the worker's.
    for answers in (ours, theirs):
        del answers["consumers.piped attributes"]["score"]
    assert set(ours) == set(theirs)
    differences = {
        name: (shape(ours[name]), shape(theirs[name]))
        for name in theirs
        if name != "events" and shape(ours[name]) != shape(theirs[name])
    }
    assert differences == {}


async def test_events_have_upstreams_shapes(worker: Worker, worker_binary: WorkerBinary) -> None:
    theirs = (await upstream_answers(worker_binary))["events"]
    ours = (await our_answers(worker))["events"]
    assert set(ours) == set(theirs)
    assert {name: shape(data) for name, data in ours.items()} == {name: shape(data) for name, data in theirs.items()}
