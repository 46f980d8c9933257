"""What a browser says about its media, without a browser: parameters and capabilities that are true to Chrome's."""

from __future__ import annotations

import itertools
from typing import Any

Json = dict[str, Any]

_ssrcs = itertools.count(10_000_001, 10)
_mids = map(str, itertools.count())

MID = {"uri": "urn:ietf:params:rtp-hdrext:sdes:mid", "id": 1}
AUDIO_LEVEL = {"uri": "urn:ietf:params:rtp-hdrext:ssrc-audio-level", "id": 10}
RID = {"uri": "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", "id": 2}

DTLS: Json = {
    "role": "client",
    "fingerprints": [
        {
            "algorithm": "sha-256",
            "value": "82:5A:68:3D:36:C3:0A:DE:AF:E7:32:43:D2:88:83:57:AC:2D:65:E5:80:C4:B6:FB:AF:1A:A0:21:9F:6D:0C:AD",
        }
    ],
}

RTCP_VIDEO = [{"type": "nack"}, {"type": "nack", "parameter": "pli"}, {"type": "ccm", "parameter": "fir"}]


def microphone(ssrc: int | None = None) -> Json:
    """Opus, one stream."""
    return {
        "mid": next(_mids),
        "codecs": [
            {
                "mimeType": "audio/opus",
                "payloadType": 111,
                "clockRate": 48000,
                "channels": 2,
                "parameters": {"useinbandfec": 1, "usedtx": 1},
                "rtcpFeedback": [],
            }
        ],
        "headerExtensions": [MID, AUDIO_LEVEL],
        "encodings": [{"ssrc": ssrc or next(_ssrcs), "dtx": True}],
        "rtcp": {"cname": "somebody", "reducedSize": True},
    }


def camera(layers: int = 3) -> Json:
    """VP8 with retransmission, in simulcast of `layers` layers, or one stream."""
    if layers == 1:
        ssrc = next(_ssrcs)
        encodings: list[Json] = [{"ssrc": ssrc, "rtx": {"ssrc": ssrc + 1}}]
    else:
        encodings = [{"rid": f"r{n}", "scalabilityMode": "L1T3"} for n in range(layers)]
    return {
        "mid": next(_mids),
        "codecs": [
            {
                "mimeType": "video/VP8",
                "payloadType": 96,
                "clockRate": 90000,
                "parameters": {},
                "rtcpFeedback": RTCP_VIDEO,
            },
            {"mimeType": "video/rtx", "payloadType": 97, "clockRate": 90000, "parameters": {"apt": 96}},
        ],
        "headerExtensions": [MID, RID],
        "encodings": encodings,
        "rtcp": {"cname": "somebody", "reducedSize": True},
    }


def audio_only(capabilities: Json) -> Json:
    """A device that can receive no video."""
    return {**capabilities, "codecs": [codec for codec in capabilities["codecs"] if codec["kind"] == "audio"]}
