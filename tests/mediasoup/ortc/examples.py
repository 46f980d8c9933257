"""A small router, a camera and a microphone in it, and a browser: the cast of the tests in plain words."""

from typing import Any

from media.mediasoup.ortc import (
    generate_router_rtp_capabilities,
    get_consumable_rtp_parameters,
    get_producer_rtp_parameters_mapping,
    validate_and_normalize_rtp_parameters,
)
from media.mediasoup.rtp_parameters import MediaKind
from media.mediasoup.supported_rtp_capabilities import ABS_SEND_TIME_URI, MID_URI, TRANSPORT_WIDE_CC_URI

Json = Any

OPUS: dict[str, Any] = {"kind": "audio", "mimeType": "audio/opus", "clockRate": 48000, "channels": 2}
VP8: dict[str, Any] = {"kind": "video", "mimeType": "video/VP8", "clockRate": 90000}
VP9: dict[str, Any] = {**VP8, "mimeType": "video/VP9", "parameters": {"profile-id": 2}}
H264: dict[str, Any] = {
    **VP8,
    "mimeType": "video/H264",
    "parameters": {"packetization-mode": 1, "profile-level-id": "42e01f", "level-asymmetry-allowed": 1},
}
# Payload types: opus 100, VP8 101 with RTX 102, H264 103 with RTX 104.
ROUTER: Json = generate_router_rtp_capabilities([OPUS, VP8, H264])

NACKS = [{"type": "nack", "parameter": ""}, {"type": "nack", "parameter": "pli"}, {"type": "ccm", "parameter": "fir"}]


def camera(**changes: Json) -> Json:
    """Parameters of a producer that sends VP8 in three layers, normalised; fields replaced by ``changes``."""
    given = {
        "codecs": [
            {**VP8, "payloadType": 96, "rtcpFeedback": NACKS},
            {"mimeType": "video/rtx", "clockRate": 90000, "payloadType": 97, "parameters": {"apt": 96}},
        ],
        "headerExtensions": [{"uri": MID_URI, "id": 4}],
        "encodings": [
            {"rid": "r0", "scalabilityMode": "L1T3", "maxBitrate": 150_000},
            {"rid": "r1", "scalabilityMode": "L1T3", "maxBitrate": 600_000},
            {"rid": "r2", "scalabilityMode": "L1T3", "maxBitrate": 2_400_000},
        ],
        "rtcp": {"cname": "someone"},
        "msid": "stream track",
    }
    return validate_and_normalize_rtp_parameters({**given, **changes})


def microphone(**changes: Json) -> Json:
    """Parameters of a producer that sends opus, normalised; fields replaced by ``changes``."""
    given = {"codecs": [{**OPUS, "payloadType": 111}], "encodings": [{"ssrc": 1111}], "rtcp": {"cname": "someone"}}
    return validate_and_normalize_rtp_parameters({**given, **changes})


def consumable(kind: MediaKind, parameters: Json, router: Json = ROUTER) -> Json:
    """What a producer with these parameters is inside the router. Its ssrcs there are 500 and on."""
    mapping, answered = get_producer_rtp_parameters_mapping(parameters, router, first_mapped_ssrc=500)
    return get_consumable_rtp_parameters(kind, answered, router, mapping)


def browser(*codecs: dict[str, Any], **changes: Json) -> Json:
    """Capabilities of an endpoint with these codecs, all VP8 and opus of the router's when none are given."""
    extensions = [
        {"kind": kind, "uri": uri, "preferredId": preferred}
        for kind in ("audio", "video")
        for uri, preferred in ((MID_URI, 1), (ABS_SEND_TIME_URI, 4), (TRANSPORT_WIDE_CC_URI, 5))
    ]
    return {"codecs": list(codecs or ROUTER["codecs"][:3]), "headerExtensions": extensions, **changes}
