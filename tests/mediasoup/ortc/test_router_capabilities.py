"""What a router offers, and the table it chooses from."""

from typing import Any

import pytest

from media.mediasoup.errors import MediasoupError, UnsupportedError
from media.mediasoup.ortc import generate_router_rtp_capabilities
from media.mediasoup.supported_rtp_capabilities import get_supported_rtp_capabilities
from tests.mediasoup.ortc.examples import H264, OPUS, VP8
from tests.mediasoup.ortc.upstream import Upstream


def payload_types(*media_codecs: dict[str, Any]) -> list[tuple[str, int]]:
    codecs = generate_router_rtp_capabilities(media_codecs)["codecs"]
    return [(codec["mimeType"], codec["preferredPayloadType"]) for codec in codecs]


def test_the_table_is_upstreams(upstream: Upstream) -> None:
    assert get_supported_rtp_capabilities() == upstream.call("supported").value


def test_who_asks_for_the_table_gets_one_of_their_own() -> None:
    get_supported_rtp_capabilities()["codecs"].clear()
    assert get_supported_rtp_capabilities()["codecs"]


def test_payload_types_count_up_from_100_and_each_video_codec_is_followed_by_its_rtx() -> None:
    assert payload_types(OPUS, VP8, H264) == [
        ("audio/opus", 100),
        ("video/VP8", 101),
        ("video/rtx", 102),
        ("video/H264", 103),
        ("video/rtx", 104),
    ]
    rtx = generate_router_rtp_capabilities([VP8])["codecs"][1]
    assert rtx["parameters"] == {"apt": 100}


def test_a_preferred_payload_type_is_kept_and_no_longer_free() -> None:
    assert payload_types({**VP8, "preferredPayloadType": 100}) == [("video/VP8", 100), ("video/rtx", 101)]


def test_a_static_payload_type_is_kept() -> None:
    assert payload_types({"mimeType": "audio/pcma", "clockRate": 8000}) == [("audio/PCMA", 8)]


def test_parameters_given_join_those_of_the_table() -> None:
    codec = generate_router_rtp_capabilities([{**H264, "parameters": {"packetization-mode": 1}}])["codecs"][0]
    assert codec["parameters"] == {"level-asymmetry-allowed": 1, "packetization-mode": 1}


def test_the_same_payload_type_twice_is_refused() -> None:
    with pytest.raises(TypeError, match=r"mediaCodecs\[1\].*100"):
        generate_router_rtp_capabilities([{**OPUS, "preferredPayloadType": 100}, {**VP8, "preferredPayloadType": 100}])


@pytest.mark.parametrize("codec", [{**OPUS, "channels": 1}, {**VP8, "clockRate": 8000}, {**VP8, "mimeType": "video/x"}])
def test_an_unknown_codec_is_unsupported(codec: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedError, match=codec["mimeType"]):
        generate_router_rtp_capabilities([codec])


def test_there_are_payload_types_for_sixteen_video_codecs() -> None:
    assert len(generate_router_rtp_capabilities([VP8] * 16)["codecs"]) == 32
    with pytest.raises(MediasoupError, match="payload types"):
        generate_router_rtp_capabilities([VP8] * 17)


@pytest.mark.parametrize("media_codecs", [None, {}, "audio/opus", 5])
def test_media_codecs_that_are_no_list_are_refused(media_codecs: Any) -> None:
    with pytest.raises(TypeError, match="mediaCodecs"):
        generate_router_rtp_capabilities(media_codecs)


def test_a_media_codec_that_makes_no_sense_is_named() -> None:
    with pytest.raises(TypeError, match=r"mediaCodecs\[1\].clockRate"):
        generate_router_rtp_capabilities([OPUS, {"mimeType": "video/VP8"}])
