"""What mediasoup can receive and forward: the table every router's capabilities are chosen from."""

import copy
from collections.abc import Iterable, Iterator
from typing import Final

from media.mediasoup.rtp_parameters import (
    CodecParameters,
    MediaKind,
    RtcpFeedback,
    RtpCapabilities,
    RtpCodecCapability,
    RtpHeaderExtension,
    RtpHeaderExtensionDirection,
)

MID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
RTP_STREAM_ID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RTP_STREAM_ID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
ABS_SEND_TIME_URI: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_WIDE_CC_URI: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
SSRC_AUDIO_LEVEL_URI: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
DEPENDENCY_DESCRIPTOR_URI: Final = (
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
)
VIDEO_ORIENTATION_URI: Final = "urn:3gpp:video-orientation"
TIME_OFFSET_URI: Final = "urn:ietf:params:rtp-hdrext:toffset"
ABS_CAPTURE_TIME_URI: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"
PLAYOUT_DELAY_URI: Final = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
PACKET_ID_URI: Final = "urn:mediasoup:params:rtp-hdrext:packet-id"

DEPENDENCY_DESCRIPTOR_ID: Final = 7

_NO_FEEDBACK: Final[tuple[str, ...]] = ()
_AUDIO_FEEDBACK: Final = ("transport-cc",)
_OPUS_FEEDBACK: Final = ("nack", "transport-cc")
_VIDEO_FEEDBACK: Final = ("nack", "nack pli", "ccm fir", "goog-remb", "transport-cc")

# Channels, and how the opus streams of a multichannel stream spread over them.
_MULTIOPUS: Final[tuple[tuple[int, CodecParameters], ...]] = (
    (4, {"channel_mapping": "0,1,2,3", "num_streams": 2, "coupled_streams": 2}),
    (6, {"channel_mapping": "0,4,1,2,3,5", "num_streams": 4, "coupled_streams": 2}),
    (8, {"channel_mapping": "0,6,1,2,3,4,5,7", "num_streams": 5, "coupled_streams": 3}),
)

# Id in the packets, URI, and the direction seen from mediasoup for audio and for video.
_HEADER_EXTENSIONS: Final[
    tuple[tuple[int, str, RtpHeaderExtensionDirection | None, RtpHeaderExtensionDirection | None], ...]
] = (
    (1, MID_URI, "sendrecv", "sendrecv"),
    (2, RTP_STREAM_ID_URI, None, "recvonly"),
    (3, REPAIRED_RTP_STREAM_ID_URI, None, "recvonly"),
    (4, ABS_SEND_TIME_URI, "sendrecv", "sendrecv"),
    (5, TRANSPORT_WIDE_CC_URI, "recvonly", "sendrecv"),
    (6, SSRC_AUDIO_LEVEL_URI, "sendrecv", None),
    (DEPENDENCY_DESCRIPTOR_ID, DEPENDENCY_DESCRIPTOR_URI, None, "recvonly"),
    (8, VIDEO_ORIENTATION_URI, None, "sendrecv"),
    (9, TIME_OFFSET_URI, None, "sendrecv"),
    (10, ABS_CAPTURE_TIME_URI, "sendrecv", "sendrecv"),
    (11, PLAYOUT_DELAY_URI, "sendrecv", "sendrecv"),
    (12, PACKET_ID_URI, "sendrecv", "sendrecv"),
)


def get_supported_rtp_capabilities() -> RtpCapabilities:
    """Return everything mediasoup supports, normalised, as an object of the caller's own."""
    return copy.deepcopy(SUPPORTED_RTP_CAPABILITIES)


def _feedback(names: Iterable[str]) -> list[RtcpFeedback]:
    pairs = (name.partition(" ") for name in names)
    return [{"type": kind, "parameter": parameter} for kind, _, parameter in pairs]


def _audio(
    name: str,
    clock_rate: int,
    *,
    channels: int = 1,
    payload_type: int | None = None,
    parameters: CodecParameters | None = None,
    feedback: Iterable[str] = _AUDIO_FEEDBACK,
) -> RtpCodecCapability:
    codec: RtpCodecCapability = {
        "kind": "audio",
        "mimeType": f"audio/{name}",
        "clockRate": clock_rate,
        "channels": channels,
        "parameters": dict(parameters or {}),
        "rtcpFeedback": _feedback(feedback),
    }
    if payload_type is not None:
        codec["preferredPayloadType"] = payload_type
    return codec


def _video(name: str, parameters: CodecParameters | None = None) -> RtpCodecCapability:
    return {
        "kind": "video",
        "mimeType": f"video/{name}",
        "clockRate": 90000,
        "parameters": dict(parameters or {}),
        "rtcpFeedback": _feedback(_VIDEO_FEEDBACK),
    }


def _codecs() -> Iterator[RtpCodecCapability]:
    yield _audio("opus", 48000, channels=2, feedback=_OPUS_FEEDBACK)
    for channels, parameters in _MULTIOPUS:
        yield _audio("multiopus", 48000, channels=channels, parameters=parameters, feedback=_OPUS_FEEDBACK)
    yield _audio("PCMU", 8000, payload_type=0)
    yield _audio("PCMA", 8000, payload_type=8)
    yield _audio("ISAC", 32000)
    yield _audio("ISAC", 16000)
    yield _audio("G722", 8000, payload_type=9)
    yield _audio("iLBC", 8000)
    for clock_rate in (24000, 16000, 12000, 8000):
        yield _audio("SILK", clock_rate)
    for clock_rate in (32000, 16000, 8000):
        yield _audio("CN", clock_rate, payload_type=13, feedback=_NO_FEEDBACK)
    for clock_rate in (48000, 32000, 16000, 8000):
        yield _audio("telephone-event", clock_rate, feedback=_NO_FEEDBACK)
    yield _video("VP8")
    yield _video("VP9")
    yield _video("H264", {"level-asymmetry-allowed": 1})
    yield _video("AV1")


def _header_extensions() -> Iterator[RtpHeaderExtension]:
    for preferred_id, uri, audio, video in _HEADER_EXTENSIONS:
        directions: tuple[tuple[MediaKind, RtpHeaderExtensionDirection | None], ...] = (
            ("audio", audio),
            ("video", video),
        )
        for kind, direction in directions:
            if direction is not None:
                yield {
                    "kind": kind,
                    "uri": uri,
                    "preferredId": preferred_id,
                    "preferredEncrypt": False,
                    "direction": direction,
                }


SUPPORTED_RTP_CAPABILITIES: Final[RtpCapabilities] = {
    "codecs": list(_codecs()),
    "headerExtensions": list(_header_extensions()),
}
"""The table itself, normalised. Shared: never change it."""
