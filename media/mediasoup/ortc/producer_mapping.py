"""How the codecs and streams of a producer map to those of its router."""

from typing import NamedTuple

from media.mediasoup.errors import UnsupportedError
from media.mediasoup.ortc.codec_matching import is_rtx_codec, match_codecs
from media.mediasoup.ortc.h264_profiles import answer_profile_level_id
from media.mediasoup.ortc.ssrcs import random_ssrc
from media.mediasoup.rtp_parameters import (
    EncodingMapping,
    RtpCapabilities,
    RtpCodecCapability,
    RtpCodecParameters,
    RtpMapping,
    RtpParameters,
)


class ProducerMapping(NamedTuple):
    """A producer's mapping, and its RTP parameters as the router answers them.

    ``rtp_parameters`` differ from those given in the ``profile-level-id`` of H264 codecs only: it is what both sides
    agreed on. They, not those given, go to the worker and into ``get_consumable_rtp_parameters``.
    """

    rtp_mapping: RtpMapping
    rtp_parameters: RtpParameters


def get_producer_rtp_parameters_mapping(
    parameters: RtpParameters, capabilities: RtpCapabilities, *, first_mapped_ssrc: int | None = None
) -> ProducerMapping:
    """Map normalised parameters of a producer to the capabilities of its router.

    Streams get consecutive ssrcs in the router, from ``first_mapped_ssrc`` or a random number on.

    Raises UnsupportedError for a codec the router does not have, or has without RTX, and TypeError for an RTX codec
    that belongs to no media codec.
    """
    codecs = parameters["codecs"]
    matches: dict[int, RtpCodecCapability] = {
        index: _router_codec(codec, capabilities) for index, codec in enumerate(codecs) if not is_rtx_codec(codec)
    }
    for index, codec in enumerate(codecs):
        if index not in matches:
            matches[index] = _router_rtx_codec(codec, codecs, matches, capabilities)
    mapped_ssrc = random_ssrc() if first_mapped_ssrc is None else first_mapped_ssrc
    encodings: list[EncodingMapping] = []
    for offset, encoding in enumerate(parameters["encodings"]):
        mapping: EncodingMapping = {"mappedSsrc": mapped_ssrc + offset}
        if "ssrc" in encoding:
            mapping["ssrc"] = encoding["ssrc"]
        if "rid" in encoding:
            mapping["rid"] = encoding["rid"]
        encodings.append(mapping)
    rtp_mapping: RtpMapping = {
        "codecs": [
            {"payloadType": codecs[index]["payloadType"], "mappedPayloadType": match["preferredPayloadType"]}
            for index, match in matches.items()
        ],
        "encodings": encodings,
    }
    answered = [_answered(codec, matches[index]) for index, codec in enumerate(codecs)]
    return ProducerMapping(rtp_mapping, {**parameters, "codecs": answered})


def _router_codec(codec: RtpCodecParameters, capabilities: RtpCapabilities) -> RtpCodecCapability:
    for candidate in capabilities["codecs"]:
        if match_codecs(codec, candidate, strict=True):
            return candidate
    raise UnsupportedError(f"the router has no codec {codec['mimeType']} as in payload type {codec['payloadType']}")


def _router_rtx_codec(
    rtx_codec: RtpCodecParameters,
    codecs: list[RtpCodecParameters],
    matches: dict[int, RtpCodecCapability],
    capabilities: RtpCapabilities,
) -> RtpCodecCapability:
    apt = rtx_codec["parameters"].get("apt")
    media_index = next((index for index, codec in enumerate(codecs) if codec["payloadType"] == apt), None)
    if media_index is None or media_index not in matches:
        raise TypeError(f"RTX codec with payload type {rtx_codec['payloadType']} belongs to no media codec")
    media_payload_type = matches[media_index]["preferredPayloadType"]
    for candidate in capabilities["codecs"]:
        if is_rtx_codec(candidate) and candidate["parameters"].get("apt") == media_payload_type:
            return candidate
    raise UnsupportedError(f"the router has no RTX codec for its payload type {media_payload_type}")


def _answered(codec: RtpCodecParameters, router_codec: RtpCodecCapability) -> RtpCodecParameters:
    if codec["mimeType"].lower() != "video/h264":
        return codec
    profile_level_id = answer_profile_level_id(codec["parameters"], router_codec["parameters"])
    if profile_level_id is not None:
        return {**codec, "parameters": {**codec["parameters"], "profile-level-id": profile_level_id}}
    without = {name: value for name, value in codec["parameters"].items() if name != "profile-level-id"}
    return {**codec, "parameters": without}
