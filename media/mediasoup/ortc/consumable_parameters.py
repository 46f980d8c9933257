"""What a producer looks like inside its router: the parameters its consumers are made from."""

from media.mediasoup.ortc.codec_matching import is_rtx_codec
from media.mediasoup.rtp_parameters import (
    MediaKind,
    RtpCapabilities,
    RtpCodecParameters,
    RtpEncodingParameters,
    RtpHeaderExtensionParameters,
    RtpMapping,
    RtpParameters,
)
from media.mediasoup.supported_rtp_capabilities import ABS_CAPTURE_TIME_URI


def get_consumable_rtp_parameters(
    kind: MediaKind, parameters: RtpParameters, capabilities: RtpCapabilities, rtp_mapping: RtpMapping
) -> RtpParameters:
    """Return a producer's parameters in terms of its router: its payload types, header extensions and ssrcs.

    ``parameters`` and ``rtp_mapping`` are the two halves of ``get_producer_rtp_parameters_mapping``'s answer, and
    ``capabilities`` are the router's. The result may share parts with all three; none of them may be changed.
    """
    consumable: RtpParameters = {
        "codecs": _codecs(parameters, capabilities, rtp_mapping),
        "headerExtensions": _header_extensions(kind, parameters, capabilities),
        "encodings": _encodings(parameters, rtp_mapping),
        "rtcp": {"reducedSize": True},
    }
    if "cname" in parameters["rtcp"]:
        consumable["rtcp"]["cname"] = parameters["rtcp"]["cname"]
    if "msid" in parameters:
        consumable["msid"] = parameters["msid"]
    return consumable


def _codecs(
    parameters: RtpParameters, capabilities: RtpCapabilities, rtp_mapping: RtpMapping
) -> list[RtpCodecParameters]:
    mapped: dict[int, int] = {}
    for entry in rtp_mapping["codecs"]:
        mapped.setdefault(entry["payloadType"], entry["mappedPayloadType"])
    codecs: list[RtpCodecParameters] = []
    for codec in parameters["codecs"]:
        if is_rtx_codec(codec):
            continue
        payload_type = mapped[codec["payloadType"]]
        router_codec = next(item for item in capabilities["codecs"] if item["preferredPayloadType"] == payload_type)
        consumable: RtpCodecParameters = {
            "mimeType": router_codec["mimeType"],
            "payloadType": payload_type,
            "clockRate": router_codec["clockRate"],
            "parameters": codec["parameters"],
            "rtcpFeedback": router_codec["rtcpFeedback"],
        }
        if "channels" in router_codec:
            consumable["channels"] = router_codec["channels"]
        codecs.append(consumable)
        for candidate in capabilities["codecs"]:
            if is_rtx_codec(candidate) and candidate["parameters"].get("apt") == payload_type:
                codecs.append(
                    {
                        "mimeType": candidate["mimeType"],
                        "payloadType": candidate["preferredPayloadType"],
                        "clockRate": candidate["clockRate"],
                        "parameters": candidate["parameters"],
                        "rtcpFeedback": candidate["rtcpFeedback"],
                    }
                )
                break
    return codecs


def _header_extensions(
    kind: MediaKind, parameters: RtpParameters, capabilities: RtpCapabilities
) -> list[RtpHeaderExtensionParameters]:
    # abs-capture-time is forwarded as it comes from the producer. Announcing it for a producer that does not send it
    # would have the worker at the far end of a pipe wait for it for ever.
    sends_capture_time = any(item["uri"] == ABS_CAPTURE_TIME_URI for item in parameters["headerExtensions"])
    return [
        {
            "uri": extension["uri"],
            "id": extension["preferredId"],
            "encrypt": extension["preferredEncrypt"],
            "parameters": {},
        }
        for extension in capabilities["headerExtensions"]
        if extension["kind"] == kind
        and extension["direction"] in ("sendrecv", "sendonly")
        and (extension["uri"] != ABS_CAPTURE_TIME_URI or sends_capture_time)
    ]


def _encodings(parameters: RtpParameters, rtp_mapping: RtpMapping) -> list[RtpEncodingParameters]:
    consumable: list[RtpEncodingParameters] = []
    for encoding, mapping in zip(parameters["encodings"], rtp_mapping["encodings"], strict=True):
        kept: RtpEncodingParameters = {**encoding, "ssrc": mapping["mappedSsrc"]}
        kept.pop("rid", None)
        kept.pop("rtx", None)
        kept.pop("codecPayloadType", None)
        consumable.append(kept)
    return consumable
