"""What a router offers: the capabilities made from the media codecs it is created with."""

import copy
from collections.abc import Sequence
from typing import Final

from media.mediasoup.errors import MediasoupError, UnsupportedError
from media.mediasoup.ortc.codec_matching import match_codecs
from media.mediasoup.ortc.codec_validation import normalize_codec_capability
from media.mediasoup.ortc.json_values import is_array
from media.mediasoup.rtp_parameters import RtpCapabilities, RtpCodecCapability
from media.mediasoup.supported_rtp_capabilities import SUPPORTED_RTP_CAPABILITIES

_DYNAMIC_PAYLOAD_TYPES: Final = (*range(100, 128), *range(96, 100))


def generate_router_rtp_capabilities(media_codecs: Sequence[object] = ()) -> RtpCapabilities:
    """Return the capabilities of a router with these media codecs.

    Each codec gets the payload type it prefers, or its static one, or the next free dynamic one; each video codec is
    followed by an RTX codec. The parameters given are added to those of the supported codec.

    Raises TypeError for codecs that make no sense and for a payload type used twice, UnsupportedError for a codec
    mediasoup does not know, MediasoupError when there are no payload types left.
    """
    if not is_array(media_codecs):
        raise TypeError("mediaCodecs is not an array")
    supported = copy.deepcopy(SUPPORTED_RTP_CAPABILITIES)
    codecs: list[RtpCodecCapability] = []
    free_payload_types = list(_DYNAMIC_PAYLOAD_TYPES)
    for index, given in enumerate(media_codecs):
        media_codec = normalize_codec_capability(given, f"mediaCodecs[{index}]")
        codec = copy.deepcopy(_supported_codec(media_codec, supported["codecs"]))
        preferred = media_codec.get("preferredPayloadType")
        if preferred is not None:
            codec["preferredPayloadType"] = preferred
            if preferred in free_payload_types:
                free_payload_types.remove(preferred)
        elif "preferredPayloadType" not in codec:
            codec["preferredPayloadType"] = _take_payload_type(free_payload_types)
        payload_type = codec["preferredPayloadType"]
        if any(other["preferredPayloadType"] == payload_type for other in codecs):
            raise TypeError(f"mediaCodecs[{index}]: payload type {payload_type} is taken by another codec")
        codec["parameters"] = {**codec["parameters"], **media_codec["parameters"]}
        codecs.append(codec)
        if codec["kind"] == "video":
            codecs.append(_rtx_codec(codec, _take_payload_type(free_payload_types)))
    return {"codecs": codecs, "headerExtensions": supported["headerExtensions"]}


def _supported_codec(media_codec: RtpCodecCapability, supported: list[RtpCodecCapability]) -> RtpCodecCapability:
    for codec in supported:
        if match_codecs(media_codec, codec, strict=False):
            return codec
    raise UnsupportedError(f"media codec {media_codec['mimeType']} is not supported")


def _take_payload_type(free: list[int]) -> int:
    if not free:
        raise MediasoupError("no dynamic payload types are left for more codecs")
    return free.pop(0)


def _rtx_codec(media_codec: RtpCodecCapability, payload_type: int) -> RtpCodecCapability:
    return {
        "kind": media_codec["kind"],
        "mimeType": f"{media_codec['kind']}/rtx",
        "preferredPayloadType": payload_type,
        "clockRate": media_codec["clockRate"],
        "parameters": {"apt": media_codec["preferredPayloadType"]},
        "rtcpFeedback": [],
    }
