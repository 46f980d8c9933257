"""Validation of the RTP parameters a producer is created with. They come from clients and go to the worker."""

from typing import Any

from media.mediasoup.ortc.codec_validation import normalize_codec_parameters, normalize_format_parameters
from media.mediasoup.ortc.json_values import (
    UINT8_MAX,
    UINT32_MAX,
    UINT64_MAX,
    as_object,
    is_array,
    is_not_given,
    mandatory_integer,
    mandatory_text,
    optional_array,
    optional_integer,
    optional_object,
    optional_text,
)
from media.mediasoup.rtp_parameters import (
    RtcpParameters,
    RtpEncodingParameters,
    RtpHeaderExtensionParameters,
    RtpParameters,
)


def validate_and_normalize_rtp_parameters(parameters: object) -> RtpParameters:
    """Return RTP parameters with every default filled in and unknown fields left out.

    Accepts any value and changes none; raises TypeError, naming the field, for what is missing, of the wrong type, or
    a number that does not fit the field it goes to in the worker.
    """
    given = as_object(parameters, "rtpParameters")
    codecs = given.get("codecs")
    if not is_array(codecs):
        raise TypeError("rtpParameters.codecs is missing or not an array")
    normalized: RtpParameters = {
        "codecs": [
            normalize_codec_parameters(codec, f"rtpParameters.codecs[{index}]") for index, codec in enumerate(codecs)
        ],
        "headerExtensions": [
            _header_extension(extension, f"rtpParameters.headerExtensions[{index}]")
            for index, extension in enumerate(optional_array(given, "headerExtensions", "rtpParameters"))
        ],
        "encodings": [
            _encoding(encoding, f"rtpParameters.encodings[{index}]")
            for index, encoding in enumerate(optional_array(given, "encodings", "rtpParameters"))
        ],
        "rtcp": _rtcp(optional_object(given, "rtcp", "rtpParameters") or {}),
    }
    if (mid := optional_text(given, "mid", "rtpParameters")) is not None:
        normalized["mid"] = mid
    if (msid := optional_text(given, "msid", "rtpParameters")) is not None:
        normalized["msid"] = msid
    return normalized


def _header_extension(extension: object, path: str) -> RtpHeaderExtensionParameters:
    given = as_object(extension, path)
    encrypt = given.get("encrypt")
    if not isinstance(encrypt, bool) and not is_not_given(encrypt):
        raise TypeError(f"{path}.encrypt is not a boolean")
    return {
        "uri": mandatory_text(given, "uri", path),
        "id": mandatory_integer(given, "id", path, UINT8_MAX),
        "encrypt": encrypt is True,
        "parameters": normalize_format_parameters(given.get("parameters"), f"{path}.parameters"),
    }


def _encoding(encoding: object, path: str) -> RtpEncodingParameters:
    given = as_object(encoding, path)
    normalized: RtpEncodingParameters = {"dtx": given.get("dtx") is True}
    if (ssrc := optional_integer(given, "ssrc", path, UINT32_MAX)) is not None:
        normalized["ssrc"] = ssrc
    if (rid := optional_text(given, "rid", path)) is not None:
        normalized["rid"] = rid
    if (payload_type := optional_integer(given, "codecPayloadType", path, UINT8_MAX)) is not None:
        normalized["codecPayloadType"] = payload_type
    if (rtx := optional_object(given, "rtx", path)) is not None:
        normalized["rtx"] = {"ssrc": mandatory_integer(rtx, "ssrc", f"{path}.rtx", UINT32_MAX)}
    if (scalability_mode := optional_text(given, "scalabilityMode", path)) is not None:
        normalized["scalabilityMode"] = scalability_mode
    if (max_bitrate := optional_integer(given, "maxBitrate", path, UINT64_MAX)) is not None:
        normalized["maxBitrate"] = max_bitrate
    return normalized


def _rtcp(given: dict[str, Any]) -> RtcpParameters:
    # mediasoup speaks reduced-size RTCP only, so the field says true whatever the client sent.
    normalized: RtcpParameters = {"reducedSize": True}
    if (cname := optional_text(given, "cname", "rtpParameters.rtcp")) is not None:
        normalized["cname"] = cname
    return normalized
