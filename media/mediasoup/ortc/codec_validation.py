"""Validation of codecs: what capabilities and parameters have in common, and what each has of its own.

Results hold the known fields only, with defaults filled in, and share nothing with what was given.
"""

import re
from collections.abc import Callable
from typing import Any, cast

from media.mediasoup.ortc.json_values import (
    UINT8_MAX,
    UINT32_MAX,
    as_object,
    is_array,
    is_not_given,
    is_number,
    is_object,
    is_text,
    mandatory_integer,
    mandatory_number,
    mandatory_text,
)
from media.mediasoup.rtp_parameters import (
    CodecParameters,
    MediaKind,
    RtcpFeedback,
    RtpCodecCapability,
    RtpCodecParameters,
)

# The dot of a JavaScript expression stops at four line terminators, Python's at one.
_MIME_TYPE = re.compile(r"(audio|video)/[^\n\r\u2028\u2029]", re.IGNORECASE | re.ASCII)


def normalize_codec_capability(codec: object, path: str) -> RtpCodecCapability:
    """Return a codec of RTP capabilities with its defaults, its ``kind`` taken from its MIME type.

    TypeError when a field is missing or of the wrong type.
    """
    codec = as_object(codec, path)
    mime_type, kind = _mime_type(codec, path)
    preferred_payload_type = codec.get("preferredPayloadType")
    if not is_number(preferred_payload_type) and not is_not_given(preferred_payload_type):
        raise TypeError(f"{path}.preferredPayloadType is not a number")
    normalized: dict[str, Any] = {"kind": kind, "mimeType": mime_type}
    if is_number(preferred_payload_type):
        normalized["preferredPayloadType"] = preferred_payload_type
    normalized["clockRate"] = mandatory_number(codec, "clockRate", path)
    if kind == "audio":
        channels = codec.get("channels")
        normalized["channels"] = channels if is_number(channels) else 1
    normalized["parameters"] = normalize_format_parameters(codec.get("parameters"), f"{path}.parameters", _check_apt)
    normalized["rtcpFeedback"] = _rtcp_feedback(codec.get("rtcpFeedback"), path)
    return cast(RtpCodecCapability, normalized)


def normalize_codec_parameters(codec: object, path: str) -> RtpCodecParameters:
    """Return a codec of RTP parameters with its defaults.

    TypeError when a field is missing or of the wrong type, or a number does not fit what the worker takes.
    """
    codec = as_object(codec, path)
    mime_type, kind = _mime_type(codec, path)
    normalized: dict[str, Any] = {
        "mimeType": mime_type,
        "payloadType": mandatory_integer(codec, "payloadType", path, UINT8_MAX),
        "clockRate": mandatory_integer(codec, "clockRate", path, UINT32_MAX),
    }
    if kind == "audio":
        given = is_number(codec.get("channels"))
        normalized["channels"] = mandatory_integer(codec, "channels", path, UINT8_MAX) if given else 1
    normalized["parameters"] = normalize_format_parameters(codec.get("parameters"), f"{path}.parameters", _check_apt)
    normalized["rtcpFeedback"] = _rtcp_feedback(codec.get("rtcpFeedback"), path)
    return cast(RtpCodecParameters, normalized)


def normalize_format_parameters(
    parameters: object, path: str, check: Callable[[str, object, str], None] | None = None
) -> CodecParameters:
    """Return parameters of a codec or header extension; empty when they are not an object.

    TypeError for an array, for a value that is neither a string nor a number, and for what ``check`` refuses.
    """
    if is_array(parameters):
        raise TypeError(f"{path} is not an object")
    if not is_object(parameters):
        return {}
    for name, value in parameters.items():
        if not is_text(name):
            raise TypeError(f"{path} has a name that is not a string")
        if not is_text(value) and not is_number(value):
            raise TypeError(f"{path}[{name!r:.60}] is neither a string nor a number")
        if check is not None:
            check(name, value, path)
    return dict(parameters)


def _check_apt(name: str, value: object, path: str) -> None:
    if name == "apt" and not is_number(value):
        raise TypeError(f"{path}['apt'] is not a number")


def _mime_type(codec: dict[str, Any], path: str) -> tuple[str, MediaKind]:
    mime_type = mandatory_text(codec, "mimeType", path)
    match = _MIME_TYPE.match(mime_type)
    if match is None:
        raise TypeError(f"{path}.mimeType is not of the form audio/name or video/name")
    return mime_type, "audio" if match[1].lower() == "audio" else "video"


def _rtcp_feedback(feedback: object, path: str) -> list[RtcpFeedback]:
    if not is_array(feedback):
        return []
    normalized: list[RtcpFeedback] = []
    for index, item in enumerate(feedback):
        if not is_object(item):
            raise TypeError(f"{path}.rtcpFeedback[{index}] is not an object")
        kind, parameter = item.get("type"), item.get("parameter")
        if not kind or not is_text(kind):
            raise TypeError(f"{path}.rtcpFeedback[{index}].type is missing or not a string")
        if isinstance(parameter, str) and not is_text(parameter):
            raise TypeError(f"{path}.rtcpFeedback[{index}].parameter is not valid Unicode")
        normalized.append({"type": kind, "parameter": parameter if isinstance(parameter, str) else ""})
    return normalized
