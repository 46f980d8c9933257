"""Plans come to the same as doing it all for each producer, consumer and transport: parameters and bytes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from media.mediasoup import ortc, producer_plan
from media.mediasoup.codec import Codec
from media.mediasoup.consumer_plan import LONGEST_MID
from media.mediasoup.errors import UnsupportedError
from media.mediasoup.pipe import Pipe
from media.mediasoup.producer import Producer
from media.mediasoup.producer_plan import take_apart
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.worker import Worker

MESSAGE = "FBS.Message.Message"
DATA = Path(__file__).parent / "ortc" / "data"
CLIENTS = {path.stem: json.loads(path.read_text()) for path in sorted(DATA.glob("*.json"))}


class Sent:
    """What goes down a pipe, decoded; it goes on its way all the same."""

    def __init__(self, pipe: Pipe) -> None:
        self.requests: list[dict[str, Any]] = []
        self.prepared = 0
        self._codec = pipe.codec
        send, request_prepared = pipe._send, pipe.request_prepared

        def record(request_id: int, message: bytes, *arguments: Any, **options: Any) -> None:
            self.requests.append(self._codec.decode(MESSAGE, message[4:])["data"])
            send(request_id, message, *arguments, **options)

        def count(*arguments: Any, **options: Any) -> Any:
            self.prepared += 1
            return request_prepared(*arguments, **options)

        pipe._send = record  # type: ignore[method-assign]  # to listen in
        pipe.request_prepared = count  # type: ignore[method-assign]  # to listen in


@pytest.fixture
def sent(worker: Worker) -> Sent:
    return Sent(worker._pipe)


@pytest.fixture
async def wide_router(worker: Worker) -> Router:
    """A router with all codecs of the clients that were recorded."""
    return await worker.create_router(media_codecs=CLIENTS["chromium"]["routerMediaCodecs"])


@pytest.fixture
async def transport(wide_router: Router, webrtc_server: WebRtcServer) -> WebRtcTransport:
    return await wide_router.create_webrtc_transport(webrtc_server=webrtc_server)


def produced() -> Iterator[Any]:
    for client, recorded in CLIENTS.items():
        for index, one in enumerate(recorded["produced"]):
            yield pytest.param(one, id=f"{client}-{index}-{one['kind']}")


def another(given: dict[str, Any], number: int) -> Any:
    """The same parameters from another endpoint: only what differs between endpoints differs."""
    parameters = copy.deepcopy(given)
    parameters["mid"] = str(number)
    parameters["msid"] = f"stream{number} track{number}"
    parameters.setdefault("rtcp", {})["cname"] = f"cname{number}"
    for index, encoding in enumerate(parameters["encodings"]):
        if "ssrc" in encoding:
            encoding["ssrc"] = 1000 * number + 10 * index + 1
        if "rtx" in encoding:
            encoding["rtx"] = {"ssrc": 1000 * number + 10 * index + 2}
    return parameters


@pytest.mark.parametrize("one", produced())
async def test_producers(
    transport: WebRtcTransport, wide_router: Router, sent: Sent, monkeypatch: pytest.MonkeyPatch, one: dict[str, Any]
) -> None:
    kind, given = one["kind"], one["rtpParameters"]
    monkeypatch.setattr("media.mediasoup.ortc.producer_mapping.random_ssrc", lambda: 5000)
    monkeypatch.setattr(producer_plan, "random_ssrc", lambda: 5000)
    transport._cname = "the transport's"
    for number in (1, 2, 3):
        parameters = another(given, number)
        before = copy.deepcopy(parameters)
        with_plan = await transport.produce(kind=kind, rtp_parameters=parameters, key_frame_request_delay=number)
        assert parameters == before
        planned = sent.requests[-1]
        assert sent.prepared == number
        with_plan.close()
        monkeypatch.setattr("media.mediasoup.transport.take_apart", lambda kind, given: None)
        without = await transport.produce(kind=kind, rtp_parameters=parameters, key_frame_request_delay=number)
        monkeypatch.undo()
        monkeypatch.setattr("media.mediasoup.ortc.producer_mapping.random_ssrc", lambda: 5000)
        monkeypatch.setattr(producer_plan, "random_ssrc", lambda: 5000)
        encoded = sent.requests[-1]
        without.close()
        assert with_plan.rtp_parameters == without.rtp_parameters
        assert with_plan.consumable_rtp_parameters == without.consumable_rtp_parameters
        assert planned["body"].pop("producerId") == with_plan.id
        assert encoded["body"].pop("producerId") == without.id
        assert planned["body"] == encoded["body"]
    assert len(wide_router._producer_plans._plans) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"mid": ""},
        {"mid": 7},
        {"mid": "m" * 40},
        {"msid": "é"},
        {"rtcp": {"cname": 5}},
        {"rtcp": 5},
        {"encodings": [{"ssrc": "1"}]},
        {"encodings": [{"ssrc": True}]},
        {"encodings": [{"ssrc": 2**32}]},
        {"encodings": [{"ssrc": 1, "rtx": 5}]},
        {"encodings": 5},
        {"encodings": [5]},
        {"codecs": [object()]},
    ],
)
def test_unusual_parameters_have_no_plan(change: dict[str, Any]) -> None:
    assert take_apart("video", {**CLIENTS["chromium"]["produced"][0]["rtpParameters"], **change}) is None


def test_what_is_common_tells_apart_all_that_matters() -> None:
    given = CLIENTS["chromium"]["produced"][1]["rtpParameters"]

    def common(kind: Any, parameters: Any) -> bytes:
        parts = take_apart(kind, parameters)
        assert parts is not None
        return parts.common

    different = [
        common("video", given),
        common("audio", given),
        common("video", {**given, "codecs": given["codecs"][:1]}),
        common("video", {**given, "headerExtensions": given["headerExtensions"][:1]}),
        common("video", {**given, "encodings": given["encodings"][:1]}),
        common("video", {**given, "encodings": [{"ssrc": 1}]}),
        common("video", {**given, "encodings": [{"ssrc": 1, "rtx": {"ssrc": 2}}]}),
        common("video", {**given, "encodings": [{}]}),
        common("video", {**given, "encodings": []}),
        common("video", {key: value for key, value in given.items() if key != "mid"}),
        common("video", {key: value for key, value in given.items() if key != "msid"}),
    ]
    assert len(set(different)) == len(different)
    assert common("video", another(given, 8)) == common("video", another(given, 9))


async def test_router_with_other_codecs_makes_other_plans(transport: WebRtcTransport, wide_router: Router) -> None:
    one = CLIENTS["chromium"]["produced"][0]
    producer = await transport.produce(kind="audio", rtp_parameters=another(one["rtpParameters"], 1))
    wide_router.update_media_codecs(
        [{"kind": "audio", "mimeType": "audio/opus", "clockRate": 48000, "channels": 2, "preferredPayloadType": 77}]
    )
    other = await transport.produce(kind="audio", rtp_parameters=another(one["rtpParameters"], 2))
    assert producer.consumable_rtp_parameters["codecs"][0]["payloadType"] != 77
    assert other.consumable_rtp_parameters["codecs"][0]["payloadType"] == 77


async def test_endless_variety_of_producers_is_forgotten(transport: WebRtcTransport, wide_router: Router) -> None:
    given = CLIENTS["chromium"]["produced"][0]["rtpParameters"]
    for number in range(70):
        parameters = another(given, number + 1)
        parameters["encodings"][0]["maxBitrate"] = 1000 + number
        await transport.produce(kind="audio", rtp_parameters=parameters)
    assert 0 < len(wide_router._producer_plans._plans) <= 64


async def test_producer_with_a_long_id(transport: WebRtcTransport, sent: Sent) -> None:
    given: Any = CLIENTS["chromium"]["produced"][0]["rtpParameters"]
    producer = await transport.produce(kind="audio", rtp_parameters=given, id="é" * 60)
    assert sent.prepared == 0
    assert sent.requests[-1]["body"]["producerId"] == producer.id == "é" * 60


@pytest.fixture(params=list(produced()))
async def producer(transport: WebRtcTransport, request: pytest.FixtureRequest) -> Producer:
    one = request.param
    return await transport.produce(kind=one["kind"], rtp_parameters=another(one["rtpParameters"], 1))


@pytest.mark.parametrize("client", CLIENTS)
async def test_consumers(transport: WebRtcTransport, producer: Producer, sent: Sent, client: str) -> None:
    capabilities = CLIENTS[client]["rtpCapabilities"]
    if not ortc.can_consume(producer.consumable_rtp_parameters, capabilities):
        with pytest.raises(UnsupportedError):
            await transport.consume(producer_id=producer.id, rtp_capabilities=capabilities)
        return
    options: list[dict[str, Any]] = [
        {},
        {"paused": True, "mid": "m" * LONGEST_MID},
        {"ignore_dtx": True, "enable_rtx": False},
        {"enable_rtx": True, "preferred_layers": {"spatialLayer": 1}},
        {"enable_rtx": True, "preferred_layers": {"spatialLayer": 1, "temporalLayer": 2}},
        {"mid": "m" * (LONGEST_MID + 1)},
    ]
    for chosen in options * 2:
        sent.prepared = 0
        consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=capabilities, **chosen)
        assert sent.prepared == (len(chosen.get("mid", "")) <= LONGEST_MID)
        (encoding,) = consumer.rtp_parameters["encodings"]
        expected = ortc.get_consumer_rtp_parameters(
            producer.consumable_rtp_parameters,
            capabilities,
            pipe=False,
            enable_rtx=chosen.get("enable_rtx", producer.kind == "video"),
            ssrc=encoding["ssrc"],
            rtx_ssrc=encoding["rtx"]["ssrc"] if "rtx" in encoding else None,
        )
        assert consumer.rtp_parameters == {**expected, "mid": chosen.get("mid", consumer.rtp_parameters["mid"])}
        body = sent.requests[-1]["body"]
        assert body["consumerId"] == consumer.id
        assert body["producerId"] == producer.id
        assert body["paused"] == chosen.get("paused", False)
        assert body["ignoreDtx"] == chosen.get("ignore_dtx", False)
        assert body.get("preferredLayers") == chosen.get("preferred_layers")
        assert body["rtpParameters"]["mid"] == consumer.rtp_parameters["mid"]
        # What the worker understood is what we say.
        dump = await consumer.dump()
        assert dump["rtpParameters"]["mid"] == consumer.rtp_parameters["mid"]
        assert dump["rtpParameters"]["encodings"][0]["ssrc"] == encoding["ssrc"]
        assert [codec["payloadType"] for codec in dump["rtpParameters"]["codecs"]] == [
            codec["payloadType"] for codec in expected["codecs"]
        ]
        consumer.close()


async def test_mids_count_up_through_plans(transport: WebRtcTransport, producer: Producer) -> None:
    capabilities = transport._router.rtp_capabilities
    consumers = [await transport.consume(producer_id=producer.id, rtp_capabilities=capabilities) for _ in range(3)]
    assert [consumer.rtp_parameters["mid"] for consumer in consumers] == ["0", "1", "2"]
    ssrcs = {consumer.rtp_parameters["encodings"][0]["ssrc"] for consumer in consumers}
    assert len(ssrcs) == 3


async def test_transports_of_a_server(worker: Worker, wide_router: Router, webrtc_server: WebRtcServer) -> None:
    options: list[dict[str, Any]] = [
        {},
        {"enable_tcp": False, "prefer_udp": True, "initial_available_outgoing_bitrate": 1_000_000},
        {"enable_sctp": True, "max_receive_message_size": 100_000},
    ]
    for chosen in options * 2:
        transport = await wide_router.create_webrtc_transport(webrtc_server=webrtc_server, **chosen)
        dump = await transport.dump()
        assert transport.ice_parameters == dump["iceParameters"]
        assert transport.ice_candidates == dump["iceCandidates"]
        assert transport.dtls_parameters == dump["dtlsParameters"]
        assert (transport.ice_role, transport.ice_state, transport.dtls_state) == ("controlled", "new", "new")
        assert transport.sctp_parameters == dump.get("sctpParameters")
        assert transport.sctp_state == dump.get("sctpState")
        assert (transport.sctp_parameters is not None) == chosen.get("enable_sctp", False)
    assert len(webrtc_server._transport_plans._prepared) == len(options)


def test_part_of_a_body(codec: Codec) -> None:
    stats = {"transportId": "t", "bytesSent": 7, "maxIncomingBitrate": 9, "rtpPacketLossSent": 0.5}
    table = "FBS.WebRtcTransport.GetStatsResponse"
    buffer = codec.encode(table, {"base": stats, "iceState": "COMPLETED"})
    part = codec.response_part(
        "WebRtcTransport_GetStatsResponse", "iceState", "base.bytesSent", "base.maxIncomingBitrate", "base.sctpState"
    )
    ((number, decode),) = part.items()
    assert (
        number == list(codec.schema.unions["FBS.Response.Body"].members).index("WebRtcTransport_GetStatsResponse") + 1
    )
    assert decode(buffer, 8) == {"iceState": "COMPLETED", "base": {"bytesSent": 7, "maxIncomingBitrate": 9}}
    assert codec.decode(table, buffer)["base"]["transportId"] == "t"
