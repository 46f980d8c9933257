"""How a producer maps to its router, and what it looks like there."""

import pytest

from media.mediasoup.errors import UnsupportedError
from media.mediasoup.ortc import generate_router_rtp_capabilities, get_producer_rtp_parameters_mapping
from media.mediasoup.supported_rtp_capabilities import ABS_CAPTURE_TIME_URI, TRANSPORT_WIDE_CC_URI
from tests.mediasoup.ortc.examples import H264, OPUS, ROUTER, VP8, VP9, Json, camera, consumable, microphone

RTX = {"mimeType": "video/rtx", "clockRate": 90000, "payloadType": 97}


def h264(**parameters: Json) -> Json:
    return camera(codecs=[{**H264, "payloadType": 96, "parameters": {**H264["parameters"], **parameters}}])


class TestMapping:
    def test_payload_types_become_the_routers(self) -> None:
        mapping, _ = get_producer_rtp_parameters_mapping(camera(), ROUTER)
        assert mapping["codecs"] == [
            {"payloadType": 96, "mappedPayloadType": 101},
            {"payloadType": 97, "mappedPayloadType": 102},
        ]

    def test_streams_get_consecutive_ssrcs(self) -> None:
        mapping, _ = get_producer_rtp_parameters_mapping(camera(), ROUTER)
        first = mapping["encodings"][0]["mappedSsrc"]
        assert mapping["encodings"] == [{"rid": f"r{i}", "mappedSsrc": first + i} for i in range(3)]
        assert 100_000_000 <= first < 1_000_000_000

    def test_streams_are_known_by_their_ssrc_too(self) -> None:
        mapping, _ = get_producer_rtp_parameters_mapping(microphone(), ROUTER, first_mapped_ssrc=7)
        assert mapping["encodings"] == [{"ssrc": 1111, "mappedSsrc": 7}]

    def test_names_of_codecs_match_in_any_case(self) -> None:
        parameters = camera(codecs=[{**VP8, "mimeType": "VIDEO/vp8", "payloadType": 33}])
        mapping, _ = get_producer_rtp_parameters_mapping(parameters, ROUTER)
        assert mapping["codecs"] == [{"payloadType": 33, "mappedPayloadType": 101}]

    @pytest.mark.parametrize(
        "codec",
        [
            {**VP9, "payloadType": 96},
            {**VP8, "clockRate": 8000, "payloadType": 96},
            {**OPUS, "channels": 1, "payloadType": 96},
            {**H264, "payloadType": 96, "parameters": {"packetization-mode": 0, "profile-level-id": "42e01f"}},
            {**H264, "payloadType": 96, "parameters": {"packetization-mode": 1, "profile-level-id": "64001f"}},
            {**H264, "payloadType": 96, "parameters": {"packetization-mode": 1, "profile-level-id": "bad"}},
        ],
    )
    def test_a_codec_the_router_does_not_have_is_unsupported(self, codec: Json) -> None:
        with pytest.raises(UnsupportedError, match=codec["mimeType"]):
            get_producer_rtp_parameters_mapping(camera(codecs=[codec]), ROUTER)

    def test_a_profile_of_vp9_that_the_router_does_not_have_is_unsupported(self) -> None:
        router = generate_router_rtp_capabilities([VP9])
        get_producer_rtp_parameters_mapping(camera(codecs=[{**VP9, "payloadType": 96}]), router)
        other = {**VP9, "payloadType": 96, "parameters": {"profile-id": 0}}
        with pytest.raises(UnsupportedError):
            get_producer_rtp_parameters_mapping(camera(codecs=[other]), router)

    @pytest.mark.parametrize("parameters", [{"apt": 95}, {}])
    def test_rtx_that_belongs_to_no_codec_is_refused(self, parameters: Json) -> None:
        given = camera(codecs=[{**VP8, "payloadType": 96}, {**RTX, "parameters": parameters}])
        with pytest.raises(TypeError, match="RTX codec with payload type 97"):
            get_producer_rtp_parameters_mapping(given, ROUTER)

    def test_rtx_of_rtx_is_refused(self) -> None:
        with pytest.raises(TypeError, match="RTX"):
            get_producer_rtp_parameters_mapping(camera(codecs=[{**RTX, "parameters": {"apt": 97}}]), ROUTER)

    def test_rtx_of_a_codec_that_the_router_has_without_is_unsupported(self) -> None:
        given = camera(codecs=[{**OPUS, "payloadType": 96}, {**RTX, "parameters": {"apt": 96}}])
        with pytest.raises(UnsupportedError, match="RTX"):
            get_producer_rtp_parameters_mapping(given, ROUTER)


class TestAnswer:
    def test_the_h264_level_is_agreed_on(self) -> None:
        given = h264(**{"profile-level-id": "42e034", "level-asymmetry-allowed": 0})
        _, answered = get_producer_rtp_parameters_mapping(given, ROUTER)
        assert answered["codecs"][0]["parameters"]["profile-level-id"] == "42e01f"
        assert given["codecs"][0]["parameters"]["profile-level-id"] == "42e034"

    def test_no_h264_profile_on_either_side_stays_none(self) -> None:
        router = generate_router_rtp_capabilities([{**VP8, "mimeType": "video/H264"}])
        given = camera(
            codecs=[{**VP8, "mimeType": "video/H264", "payloadType": 96, "parameters": {"profile-level-id": ""}}]
        )
        _, answered = get_producer_rtp_parameters_mapping(given, router)
        assert answered["codecs"][0]["parameters"] == {}

    def test_nothing_else_changes(self) -> None:
        assert get_producer_rtp_parameters_mapping(camera(), ROUTER).rtp_parameters == camera()


class TestConsumable:
    def test_codecs_are_the_routers_with_the_producers_parameters(self) -> None:
        codecs = consumable("video", camera(codecs=[{**VP8, "payloadType": 96, "parameters": {"x": 1}}]))["codecs"]
        assert [codec["payloadType"] for codec in codecs] == [101, 102]
        assert codecs[0]["parameters"] == {"x": 1}
        assert codecs[0]["rtcpFeedback"] == ROUTER["codecs"][1]["rtcpFeedback"]
        assert codecs[1]["parameters"] == {"apt": 101}

    def test_streams_are_anonymous_and_have_their_mapped_ssrcs(self) -> None:
        encodings = consumable("video", camera())["encodings"]
        assert [encoding["ssrc"] for encoding in encodings] == [500, 501, 502]
        assert encodings[0] == {"ssrc": 500, "dtx": False, "scalabilityMode": "L1T3", "maxBitrate": 150_000}

    def test_header_extensions_are_those_the_router_sends_for_the_kind(self) -> None:
        def uris(kind: Json, parameters: Json) -> set[str]:
            return {extension["uri"] for extension in consumable(kind, parameters)["headerExtensions"]}

        assert TRANSPORT_WIDE_CC_URI in uris("video", camera())
        assert TRANSPORT_WIDE_CC_URI not in uris("audio", microphone())

    def test_capture_time_is_announced_only_when_the_producer_sends_it(self) -> None:
        with_it = camera(headerExtensions=[{"uri": ABS_CAPTURE_TIME_URI, "id": 9}])
        assert ABS_CAPTURE_TIME_URI in str(consumable("video", with_it))
        assert ABS_CAPTURE_TIME_URI not in str(consumable("video", camera()))

    def test_cname_and_msid_are_handed_on(self) -> None:
        there = consumable("video", camera())
        assert there["rtcp"] == {"reducedSize": True, "cname": "someone"}
        assert there["msid"] == "stream track"
