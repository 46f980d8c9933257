"""The rules of validation in plain words."""

from collections.abc import Callable
from typing import Any

import pytest

from media.mediasoup.ortc import (
    validate_and_normalize_rtp_capabilities,
    validate_and_normalize_rtp_parameters,
    validate_and_normalize_sctp_stream_parameters,
)

AUDIO = {"mimeType": "audio/opus", "clockRate": 48000}
VIDEO = {"mimeType": "video/VP8", "clockRate": 90000}


def capability(codec: dict[str, Any]) -> Any:
    return validate_and_normalize_rtp_capabilities({"codecs": [codec]})["codecs"][0]


def with_codec(**fields: Any) -> dict[str, Any]:
    return {"codecs": [{**AUDIO, "payloadType": 100, **fields}]}


def with_extension(**fields: Any) -> dict[str, Any]:
    return {"codecs": [], "headerExtensions": [{"uri": "urn:some", "id": 1, **fields}]}


def with_encoding(**fields: Any) -> dict[str, Any]:
    return {"codecs": [], "encodings": [fields]}


class TestCapabilities:
    def test_nothing_at_all_is_valid_and_comes_back_complete(self) -> None:
        assert validate_and_normalize_rtp_capabilities({}) == {"codecs": [], "headerExtensions": []}

    def test_the_kind_is_the_one_in_the_mime_type(self) -> None:
        assert capability({**VIDEO, "kind": "audio"})["kind"] == "video"
        assert capability({**AUDIO, "mimeType": "AUDIO/Opus"})["kind"] == "audio"

    def test_audio_has_one_channel_unless_it_says_so(self) -> None:
        assert capability(AUDIO)["channels"] == 1
        assert capability({**AUDIO, "channels": 2})["channels"] == 2
        assert capability({**AUDIO, "channels": "2"})["channels"] == 1

    def test_video_has_no_channels(self) -> None:
        assert "channels" not in capability({**VIDEO, "channels": 1})

    def test_parameters_and_feedback_default_to_none(self) -> None:
        codec = capability({**VIDEO, "parameters": "no object", "rtcpFeedback": "no array"})
        assert codec["parameters"] == {}
        assert codec["rtcpFeedback"] == []

    def test_feedback_without_parameter_has_an_empty_one(self) -> None:
        codec = capability({**VIDEO, "rtcpFeedback": [{"type": "nack"}, {"type": "ccm", "parameter": 7}]})
        assert codec["rtcpFeedback"] == [{"type": "nack", "parameter": ""}, {"type": "ccm", "parameter": ""}]

    def test_an_extension_is_unencrypted_and_goes_both_ways_by_default(self) -> None:
        given = {"headerExtensions": [{"kind": "audio", "uri": "urn:some", "preferredId": 1}]}
        extension = validate_and_normalize_rtp_capabilities(given)["headerExtensions"][0]
        assert extension["preferredEncrypt"] is False
        assert extension["direction"] == "sendrecv"

    def test_unknown_fields_are_left_out(self) -> None:
        assert validate_and_normalize_rtp_capabilities({"surprise": 1}).keys() == {"codecs", "headerExtensions"}
        codec = capability({**VIDEO, "surprise": 1, "rtcpFeedback": [{"type": "nack", "surprise": 2}]})
        assert codec.keys() == {"kind", "mimeType", "clockRate", "parameters", "rtcpFeedback"}
        assert codec["rtcpFeedback"] == [{"type": "nack", "parameter": ""}]

    @pytest.mark.parametrize(
        ("field", "given"),
        [
            ("rtpCapabilities is not an object", None),
            ("rtpCapabilities.codecs is not an array", {"codecs": {}}),
            ("rtpCapabilities.codecs[0] is not an object", {"codecs": [None]}),
            ("rtpCapabilities.codecs[1].mimeType", {"codecs": [AUDIO, {}]}),
            ("rtpCapabilities.codecs[0].mimeType", {"codecs": [{**AUDIO, "mimeType": "text/plain"}]}),
            ("rtpCapabilities.codecs[0].clockRate", {"codecs": [{**AUDIO, "clockRate": "48000"}]}),
            ("rtpCapabilities.codecs[0].clockRate", {"codecs": [{**AUDIO, "clockRate": True}]}),
            ("rtpCapabilities.codecs[0].preferredPayloadType", {"codecs": [{**AUDIO, "preferredPayloadType": "x"}]}),
            ("rtpCapabilities.codecs[0].parameters['a']", {"codecs": [{**AUDIO, "parameters": {"a": None}}]}),
            ("rtpCapabilities.codecs[0].parameters['apt']", {"codecs": [{**AUDIO, "parameters": {"apt": "1"}}]}),
            ("rtpCapabilities.codecs[0].parameters is not", {"codecs": [{**AUDIO, "parameters": [1]}]}),
            ("rtpCapabilities.codecs[0].rtcpFeedback[0] is", {"codecs": [{**AUDIO, "rtcpFeedback": [1]}]}),
            ("rtpCapabilities.codecs[0].rtcpFeedback[0].type", {"codecs": [{**AUDIO, "rtcpFeedback": [{}]}]}),
            ("rtpCapabilities.headerExtensions is not an array", {"headerExtensions": "all"}),
            ("rtpCapabilities.headerExtensions[0].kind", {"headerExtensions": [{"kind": "data"}]}),
            ("rtpCapabilities.headerExtensions[0].uri", {"headerExtensions": [{"kind": "audio"}]}),
            (
                "rtpCapabilities.headerExtensions[0].preferredId",
                {"headerExtensions": [{"kind": "audio", "uri": "urn:some"}]},
            ),
            (
                "rtpCapabilities.headerExtensions[0].direction",
                {"headerExtensions": [{"kind": "audio", "uri": "urn:some", "preferredId": 1, "direction": 1}]},
            ),
            (
                "rtpCapabilities.headerExtensions[0].preferredEncrypt",
                {"headerExtensions": [{"kind": "audio", "uri": "urn:some", "preferredId": 1, "preferredEncrypt": 1}]},
            ),
        ],
    )
    def test_a_wrong_field_is_named(self, field: str, given: object) -> None:
        assert_refused(validate_and_normalize_rtp_capabilities, given, field)


class TestParameters:
    def test_missing_parts_come_back_empty(self) -> None:
        complete = {"codecs": [], "headerExtensions": [], "encodings": [], "rtcp": {"reducedSize": True}}
        assert dict(validate_and_normalize_rtp_parameters({"codecs": []})) == complete

    def test_rtcp_is_of_reduced_size_whatever_is_asked(self) -> None:
        given = {"codecs": [], "rtcp": {"reducedSize": False, "cname": "me"}}
        assert validate_and_normalize_rtp_parameters(given)["rtcp"] == {"reducedSize": True, "cname": "me"}

    def test_an_encoding_is_without_dtx_unless_it_says_true(self) -> None:
        given = {"codecs": [], "encodings": [{}, {"dtx": True}, {"dtx": "yes"}]}
        encodings = validate_and_normalize_rtp_parameters(given)["encodings"]
        assert [encoding["dtx"] for encoding in encodings] == [False, True, False]

    def test_integers_written_as_floats_become_integers(self) -> None:
        codec = validate_and_normalize_rtp_parameters(with_codec(payloadType=100.0, clockRate=48000.0))["codecs"][0]
        assert [type(codec[field]) for field in ("payloadType", "clockRate")] == [int, int]

    @pytest.mark.parametrize("nothing", [None, False, ""])
    def test_optional_fields_may_be_null_false_or_empty(self, nothing: object) -> None:
        given = {"codecs": [], "encodings": [{"ssrc": nothing, "rtx": nothing, "maxBitrate": nothing}], "rtcp": nothing}
        assert validate_and_normalize_rtp_parameters(given)["encodings"] == [{"dtx": False}]

    @pytest.mark.parametrize(
        ("field", "given"),
        [
            ("rtpParameters is not an object", []),
            ("rtpParameters.codecs is missing", {}),
            ("rtpParameters.mid", {"codecs": [], "mid": 1}),
            ("rtpParameters.mid", {"codecs": [], "mid": []}),
            ("rtpParameters.msid", {"codecs": [], "msid": {}}),
            ("rtpParameters.rtcp is not", {"codecs": [], "rtcp": 1}),
            ("rtpParameters.rtcp.cname", {"codecs": [], "rtcp": {"cname": 1}}),
            ("rtpParameters.codecs[0].payloadType", with_codec(payloadType=None)),
            ("rtpParameters.codecs[0].payloadType", with_codec(payloadType=256)),
            ("rtpParameters.codecs[0].payloadType", with_codec(payloadType=1.5)),
            ("rtpParameters.codecs[0].clockRate", with_codec(clockRate=-1)),
            ("rtpParameters.codecs[0].clockRate", with_codec(clockRate=float("nan"))),
            ("rtpParameters.codecs[0].channels", with_codec(channels=300)),
            ("rtpParameters.codecs[0].parameters", with_codec(parameters={"x": float("inf")})),
            ("rtpParameters.codecs[0].parameters", with_codec(parameters={"x": 10**400})),
            ("rtpParameters.codecs[0].parameters", with_codec(parameters={"x": "\ud800"})),
            ("rtpParameters.codecs[0].parameters", with_codec(parameters={"\ud800": "x"})),
            ("rtpParameters.headerExtensions[0].uri", with_extension(uri=None)),
            ("rtpParameters.headerExtensions[0].id", with_extension(id=256)),
            ("rtpParameters.headerExtensions[0].encrypt", with_extension(encrypt="yes")),
            ("rtpParameters.headerExtensions[0].parameters", with_extension(parameters={"x": {}})),
            ("rtpParameters.encodings[0] is not", {"codecs": [], "encodings": [1]}),
            ("rtpParameters.encodings[0].ssrc", with_encoding(ssrc=2**32)),
            ("rtpParameters.encodings[0].ssrc", with_encoding(ssrc="1")),
            ("rtpParameters.encodings[0].rid", with_encoding(rid=1)),
            ("rtpParameters.encodings[0].rtx is not", with_encoding(rtx=1)),
            ("rtpParameters.encodings[0].rtx.ssrc", with_encoding(rtx={})),
            ("rtpParameters.encodings[0].codecPayloadType", with_encoding(codecPayloadType="x")),
            ("rtpParameters.encodings[0].scalabilityMode", with_encoding(scalabilityMode=3)),
            ("rtpParameters.encodings[0].maxBitrate", with_encoding(maxBitrate=-5)),
        ],
    )
    def test_a_wrong_field_is_named(self, field: str, given: object) -> None:
        assert_refused(validate_and_normalize_rtp_parameters, given, field)


class TestSctpStreamParameters:
    def test_a_reliable_stream_is_ordered(self) -> None:
        assert validate_and_normalize_sctp_stream_parameters({"streamId": 1}) == {"streamId": 1, "ordered": True}

    def test_a_limited_stream_is_not_ordered(self) -> None:
        for limit in ({"maxPacketLifeTime": 100}, {"maxRetransmits": 2}):
            normalized = validate_and_normalize_sctp_stream_parameters({"streamId": 1, **limit})
            assert normalized == {"streamId": 1, "ordered": False, **limit}

    def test_an_unordered_stream_may_be_reliable(self) -> None:
        normalized = validate_and_normalize_sctp_stream_parameters({"streamId": 1, "ordered": False})
        assert normalized == {"streamId": 1, "ordered": False}

    @pytest.mark.parametrize(
        ("field", "given"),
        [
            ("sctpStreamParameters is not an object", None),
            ("sctpStreamParameters.streamId", {}),
            ("sctpStreamParameters.streamId", {"streamId": 65536}),
            ("sctpStreamParameters.maxPacketLifeTime", {"streamId": 1, "maxPacketLifeTime": "x"}),
            ("sctpStreamParameters.maxRetransmits", {"streamId": 1, "maxRetransmits": []}),
            ("sctpStreamParameters cannot", {"streamId": 1, "maxPacketLifeTime": 1, "maxRetransmits": 1}),
            ("sctpStreamParameters.ordered", {"streamId": 1, "ordered": True, "maxRetransmits": 1}),
        ],
    )
    def test_a_wrong_field_is_named(self, field: str, given: object) -> None:
        assert_refused(validate_and_normalize_sctp_stream_parameters, given, field)


def assert_refused(validate: Callable[[object], object], given: object, field: str) -> None:
    with pytest.raises(TypeError) as refusal:
        validate(given)
    assert str(refusal.value).startswith(field)
