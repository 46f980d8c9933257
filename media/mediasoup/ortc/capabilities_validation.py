"""Validation of RTP capabilities, which come from clients."""

from typing import cast

from media.mediasoup.ortc.codec_validation import normalize_codec_capability
from media.mediasoup.ortc.json_values import (
    as_object,
    is_not_given,
    mandatory_number,
    mandatory_text,
    optional_array,
    optional_text,
)
from media.mediasoup.rtp_parameters import RtpCapabilities, RtpHeaderExtension, RtpHeaderExtensionDirection


def validate_and_normalize_rtp_capabilities(capabilities: object) -> RtpCapabilities:
    """Return RTP capabilities with every default filled in and unknown fields left out.

    Accepts any value and changes none; raises TypeError, naming the field, for what is missing or of the wrong type.
    """
    given = as_object(capabilities, "rtpCapabilities")
    codecs = optional_array(given, "codecs", "rtpCapabilities")
    extensions = optional_array(given, "headerExtensions", "rtpCapabilities")
    return {
        "codecs": [
            normalize_codec_capability(codec, f"rtpCapabilities.codecs[{index}]") for index, codec in enumerate(codecs)
        ],
        "headerExtensions": [
            _header_extension(extension, f"rtpCapabilities.headerExtensions[{index}]")
            for index, extension in enumerate(extensions)
        ],
    }


def _header_extension(extension: object, path: str) -> RtpHeaderExtension:
    given = as_object(extension, path)
    kind = given.get("kind")
    if kind != "audio" and kind != "video":
        raise TypeError(f"{path}.kind is neither audio nor video")
    encrypt = given.get("preferredEncrypt")
    if not isinstance(encrypt, bool) and not is_not_given(encrypt):
        raise TypeError(f"{path}.preferredEncrypt is not a boolean")
    return {
        "kind": kind,
        "uri": mandatory_text(given, "uri", path),
        # Ids of remote capabilities are only ever compared, so any number will do.
        "preferredId": cast(int, mandatory_number(given, "preferredId", path)),
        "preferredEncrypt": encrypt is True,
        "direction": cast(RtpHeaderExtensionDirection, optional_text(given, "direction", path) or "sendrecv"),
    }
