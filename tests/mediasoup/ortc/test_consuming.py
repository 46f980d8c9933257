"""Who can consume what, and what they get."""

import json

import pytest

from media.mediasoup.errors import UnsupportedError
from media.mediasoup.ortc import (
    can_consume,
    consumer_rtp_parameters_template,
    get_consumer_rtp_parameters,
    get_pipe_consumer_rtp_parameters,
    remote_capabilities,
)
from media.mediasoup.supported_rtp_capabilities import (
    ABS_SEND_TIME_URI,
    DEPENDENCY_DESCRIPTOR_URI,
    MID_URI,
    TRANSPORT_WIDE_CC_URI,
)
from tests.mediasoup.ortc.examples import H264, OPUS, ROUTER, VP8, Json, browser, camera, consumable, microphone

CAMERA = consumable("video", camera())
MICROPHONE = consumable("audio", microphone())
RTX = ROUTER["codecs"][2]


def consumer(producer: Json, capabilities: Json, *, pipe: bool = False, enable_rtx: bool = True) -> Json:
    return get_consumer_rtp_parameters(producer, capabilities, pipe=pipe, enable_rtx=enable_rtx)


def feedback(parameters: Json) -> set[tuple[str, str]]:
    return {(item["type"], item["parameter"]) for item in parameters["codecs"][0]["rtcpFeedback"]}


class TestCanConsume:
    def test_one_codec_in_common_is_enough(self) -> None:
        assert can_consume(CAMERA, browser(OPUS, VP8))
        assert not can_consume(CAMERA, browser(OPUS, H264))

    def test_rtx_alone_is_not(self) -> None:
        assert not can_consume(CAMERA, browser(RTX))

    def test_nothing_in_common_is_no_error(self) -> None:
        assert not can_consume(CAMERA, {})

    def test_bad_capabilities_are(self) -> None:
        bad: Json = {"codecs": [{}]}
        with pytest.raises(TypeError, match=r"codecs\[0\].mimeType"):
            can_consume(CAMERA, bad)


class TestConsumer:
    def test_simulcast_becomes_one_stream_with_its_layers(self) -> None:
        parameters = consumer(CAMERA, browser())
        (encoding,) = parameters["encodings"]
        assert encoding["scalabilityMode"] == "L3T3"
        assert encoding["maxBitrate"] == 2_400_000
        assert encoding["rtx"]["ssrc"] == encoding["ssrc"] + 1
        assert "mid" not in parameters

    def test_a_single_stream_keeps_its_mode(self) -> None:
        producer = consumable("video", camera(encodings=[{"ssrc": 5, "scalabilityMode": "L3T3_KEY"}]))
        assert consumer(producer, browser())["encodings"][0]["scalabilityMode"] == "L3T3_KEY"
        assert "scalabilityMode" not in consumer(MICROPHONE, browser())["encodings"][0]

    def test_feedback_is_the_endpoints(self) -> None:
        known = {**VP8, "rtcpFeedback": [{"type": "nack"}, {"type": "x-own"}]}
        assert feedback(consumer(CAMERA, browser(known, RTX))) == {("nack", ""), ("x-own", "")}

    def test_without_rtx_there_are_neither_rtx_codecs_nor_nacks(self) -> None:
        parameters = consumer(CAMERA, browser(), enable_rtx=False)
        assert [codec["mimeType"] for codec in parameters["codecs"]] == ["video/VP8"]
        assert feedback(parameters) == {("nack", "pli"), ("ccm", "fir"), ("transport-cc", "")}
        assert "rtx" not in parameters["encodings"][0]

    def test_an_endpoint_without_rtx_gets_none(self) -> None:
        parameters = consumer(CAMERA, browser(VP8))
        assert [codec["mimeType"] for codec in parameters["codecs"]] == ["video/VP8"]
        assert "rtx" not in parameters["encodings"][0]

    def test_rtx_of_a_codec_the_endpoint_lacks_is_left_out(self) -> None:
        both = camera(codecs=[{**H264, "payloadType": 98}, {**VP8, "payloadType": 96}])
        parameters = consumer(consumable("video", both), browser(VP8, RTX))
        assert [codec["payloadType"] for codec in parameters["codecs"]] == [101, 102]

    def test_no_media_codec_in_common_is_unsupported(self) -> None:
        strangers: list[Json] = [browser(OPUS), browser(RTX), {}]
        for capabilities in strangers:
            with pytest.raises(UnsupportedError):
                consumer(CAMERA, capabilities)

    def test_header_extensions_match_by_id_and_uri(self) -> None:
        extensions = [
            {"kind": "video", "uri": MID_URI, "preferredId": 1},
            {"kind": "video", "uri": ABS_SEND_TIME_URI, "preferredId": 14},
        ]
        kept = consumer(CAMERA, browser(headerExtensions=extensions))["headerExtensions"]
        assert [extension["uri"] for extension in kept] == [MID_URI]

    @pytest.mark.parametrize(
        ("extensions", "estimations"),
        [
            ([(TRANSPORT_WIDE_CC_URI, 5), (ABS_SEND_TIME_URI, 4)], {"transport-cc"}),
            ([(ABS_SEND_TIME_URI, 4)], {"goog-remb"}),
            ([], set()),
        ],
    )
    def test_one_bandwidth_estimation_is_left(self, extensions: Json, estimations: set[str]) -> None:
        listed = [{"kind": "video", "uri": uri, "preferredId": preferred} for uri, preferred in extensions]
        types = {kind for kind, _ in feedback(consumer(CAMERA, browser(headerExtensions=listed)))}
        assert types & {"transport-cc", "goog-remb"} == estimations

    def test_a_pipe_keeps_every_stream(self) -> None:
        encodings = consumer(CAMERA, browser(), pipe=True)["encodings"]
        first = encodings[0]
        assert [item["ssrc"] - first["ssrc"] for item in encodings] == [0, 1, 2]
        assert [item["rtx"]["ssrc"] - first["rtx"]["ssrc"] for item in encodings] == [0, 1, 2]
        assert [item["maxBitrate"] for item in encodings] == [150_000, 600_000, 2_400_000]

    def test_cname_and_msid_are_the_producers(self) -> None:
        parameters = consumer(CAMERA, browser())
        assert parameters["rtcp"]["cname"] == "someone"
        assert parameters["msid"] == "stream track"


class TestTemplate:
    def test_consumers_differ_in_mid_and_ssrcs_only(self) -> None:
        template = consumer_rtp_parameters_template(CAMERA, browser(), pipe=False, enable_rtx=True)
        one: Json = template.rtp_parameters(mid="0", ssrc=10)
        other: Json = template.rtp_parameters(mid="1", ssrc=20, rtx_ssrc=30)
        assert (one["mid"], one["encodings"][0]["ssrc"], one["encodings"][0]["rtx"]) == ("0", 10, {"ssrc": 11})
        assert (other["mid"], other["encodings"][0]["ssrc"], other["encodings"][0]["rtx"]) == ("1", 20, {"ssrc": 30})
        common = {"mid", "encodings"}
        assert {key: one[key] for key in one.keys() - common} == {key: other[key] for key in other.keys() - common}

    def test_the_ssrcs_of_a_pipe_do_not_overlap(self) -> None:
        template = consumer_rtp_parameters_template(CAMERA, browser(), pipe=True, enable_rtx=True)
        encodings = template.rtp_parameters(ssrc=10)["encodings"]
        assert len({ssrc for item in encodings for ssrc in (item["ssrc"], item["rtx"]["ssrc"])}) == 6

    def test_ssrcs_are_random(self) -> None:
        template = consumer_rtp_parameters_template(CAMERA, browser(), pipe=True, enable_rtx=True)
        drawn = [template.rtp_parameters()["encodings"][0] for _ in range(50)]
        assert len({encoding["ssrc"] for encoding in drawn}) > 45
        assert len({encoding["rtx"]["ssrc"] for encoding in drawn}) > 45


class TestPipe:
    def test_streams_and_codecs_are_kept_without_bandwidth_estimation(self) -> None:
        parameters: Json = get_pipe_consumer_rtp_parameters(CAMERA, enable_rtx=True)
        assert [codec["payloadType"] for codec in parameters["codecs"]] == [101, 102]
        assert feedback(parameters) == {("nack", ""), ("nack", "pli"), ("ccm", "fir")}
        assert len(parameters["encodings"]) == 3
        uris = {extension["uri"] for extension in parameters["headerExtensions"]}
        assert not uris & {MID_URI, ABS_SEND_TIME_URI, TRANSPORT_WIDE_CC_URI}

    def test_without_rtx_only_key_frames_can_be_asked_for(self) -> None:
        parameters: Json = get_pipe_consumer_rtp_parameters(CAMERA, enable_rtx=False)
        assert [codec["payloadType"] for codec in parameters["codecs"]] == [101]
        assert feedback(parameters) == {("nack", "pli"), ("ccm", "fir")}
        assert all("rtx" not in encoding for encoding in parameters["encodings"])

    def test_the_dependency_descriptor_is_added_in_its_place(self) -> None:
        extensions: Json = get_pipe_consumer_rtp_parameters(CAMERA, enable_rtx=False)["headerExtensions"]
        ids = [extension["id"] for extension in extensions]
        assert ids == sorted(ids)
        assert (7, DEPENDENCY_DESCRIPTOR_URI) in [(extension["id"], extension["uri"]) for extension in extensions]


class TestRemoteCapabilities:
    def test_equal_capabilities_are_the_same_object(self) -> None:
        assert remote_capabilities(browser()) is remote_capabilities(browser())
        assert remote_capabilities(browser()) is remote_capabilities(json.loads(json.dumps(browser())))
        assert remote_capabilities(browser()) is not remote_capabilities(browser(VP8))

    def test_an_object_that_is_ready_is_taken_as_it_is(self) -> None:
        ready = remote_capabilities(browser())
        assert remote_capabilities(ready) is ready
        assert can_consume(CAMERA, ready)

    def test_changing_what_was_given_changes_nothing(self) -> None:
        given = browser()
        ready = remote_capabilities(given)
        given["codecs"].clear()
        assert can_consume(CAMERA, ready)
        assert not can_consume(CAMERA, given)

    def test_true_is_not_remembered_as_one(self) -> None:
        numbered = browser({**VP8, "preferredPayloadType": 1})
        remote_capabilities(numbered)
        with pytest.raises(TypeError, match="preferredPayloadType"):
            remote_capabilities(browser({**VP8, "preferredPayloadType": True}))

    def test_capabilities_too_large_to_remember_work(self) -> None:
        large = browser(VP8, *({**OPUS, "parameters": {"x": "y" * 1000}} for _ in range(100)))
        assert can_consume(CAMERA, large)
        assert remote_capabilities(large) is not remote_capabilities(large)

    def test_nesting_without_end_is_refused_like_anything_else(self) -> None:
        endless: Json = {}
        endless["codecs"] = [endless]
        with pytest.raises(TypeError, match=r"codecs\[0\].mimeType"):
            remote_capabilities(endless)

    def test_what_is_not_json_is_refused(self) -> None:
        with pytest.raises(TypeError, match="rtpCapabilities is not an object"):
            remote_capabilities(object())
