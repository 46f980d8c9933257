"""Telling whether two codecs are the same one."""

from collections.abc import Mapping
from typing import Final

from media.mediasoup.ortc.h264_profiles import same_profile
from media.mediasoup.ortc.json_values import is_not_given
from media.mediasoup.rtp_parameters import CodecParameters, RtpCodecCapability, RtpCodecParameters

Codec = RtpCodecCapability | RtpCodecParameters

_NOT_BEFORE_RTX: Final = frozenset(("", "\n", "\r", "\u2028", "\u2029"))


def is_rtx_codec(codec: Codec) -> bool:
    """Tell whether a codec carries retransmissions of another one."""
    mime_type = codec["mimeType"]
    # Upstream asks for some character before the slash, but for a line terminator.
    return mime_type[-4:].lower() == "/rtx" and mime_type[-5:-4] not in _NOT_BEFORE_RTX


def media_format(codec: Codec) -> tuple[str, int, int | None]:
    """Return what always has to be equal in two codecs that match: MIME type without case, clock rate, channels."""
    return codec["mimeType"].lower(), codec["clockRate"], codec.get("channels")


def match_codecs(one: Codec, other: Codec, *, strict: bool) -> bool:
    """Tell whether two normalised codecs are the same.

    ``strict`` asks for the same H264 packetization mode and profile and the same VP9 profile as well.
    """
    media = media_format(one)
    return media == media_format(other) and same_format_parameters(media[0], one, other, strict=strict)


def same_format_parameters(mime_type: str, one: Codec, other: Codec, *, strict: bool) -> bool:
    """Tell whether the parameters that are part of a codec's identity are equal. ``mime_type`` is in lower case."""
    if mime_type == "audio/multiopus":
        mine, theirs = _parameters(one), _parameters(other)
        return mine.get("num_streams") == theirs.get("num_streams") and mine.get("coupled_streams") == theirs.get(
            "coupled_streams"
        )
    if strict and mime_type == "video/h264":
        mine, theirs = _parameters(one), _parameters(other)
        return _same_or_zero(mine, theirs, "packetization-mode") and same_profile(mine, theirs)
    if strict and mime_type == "video/vp9":
        return _same_or_zero(_parameters(one), _parameters(other), "profile-id")
    return True


def _parameters(codec: Codec) -> CodecParameters:
    return codec.get("parameters", {})


def _same_or_zero(one: Mapping[str, object], other: Mapping[str, object], name: str) -> bool:
    mine, theirs = one.get(name), other.get(name)
    return (0 if is_not_given(mine) else mine) == (0 if is_not_given(theirs) else theirs)
