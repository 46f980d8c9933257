"""Shapes of RTP capabilities and RTP parameters, as browsers and mediasoup exchange them.

Every type here is a plain JSON object: camelCase keys, string values for enumerations, ``int`` and ``float`` for
numbers. Keys marked ``NotRequired`` may be missing from what a client sends; those of them that have a default are
present after ``media.mediasoup.ortc`` has normalised the object.
"""

from typing import Literal, NotRequired, TypedDict

MediaKind = Literal["audio", "video"]

RtpHeaderExtensionDirection = Literal["sendrecv", "sendonly", "recvonly", "inactive"]

CodecParameters = dict[str, str | int | float]
"""Parameters of a codec or of a header extension: format parameters by name, such as ``{"useinbandfec": 1}``."""


class RtcpFeedback(TypedDict):
    """One kind of RTCP feedback for a codec, such as ``nack`` with the parameter ``pli``."""

    type: str
    parameter: NotRequired[str]
    """Empty once normalised when the feedback has none."""


class RtpCodecCapability(TypedDict):
    """A codec an endpoint can receive, or that a router offers."""

    kind: MediaKind
    mimeType: str
    preferredPayloadType: NotRequired[int]
    """Missing only in the media codecs a router is created with and in the table of supported codecs."""
    clockRate: int
    channels: NotRequired[int]
    """Audio only; 1 once normalised when not given."""
    parameters: NotRequired[CodecParameters]
    rtcpFeedback: NotRequired[list[RtcpFeedback]]


class RtpHeaderExtension(TypedDict):
    """A header extension an endpoint can receive, or that a router offers."""

    kind: MediaKind
    uri: str
    preferredId: int
    preferredEncrypt: NotRequired[bool]
    direction: NotRequired[RtpHeaderExtensionDirection]
    """Seen from mediasoup: ``recvonly`` means that mediasoup receives it and never sends it."""


class RtpCapabilities(TypedDict):
    """What an endpoint, or a router, can receive."""

    codecs: NotRequired[list[RtpCodecCapability]]
    headerExtensions: NotRequired[list[RtpHeaderExtension]]


class RtpCodecParameters(TypedDict):
    """A codec in use, with its payload type."""

    mimeType: str
    payloadType: int
    clockRate: int
    channels: NotRequired[int]
    parameters: NotRequired[CodecParameters]
    rtcpFeedback: NotRequired[list[RtcpFeedback]]


class RtpHeaderExtensionParameters(TypedDict):
    """A header extension in use, with its identifier in the packets."""

    uri: str
    id: int
    encrypt: NotRequired[bool]
    parameters: NotRequired[CodecParameters]


class Rtx(TypedDict):
    """The retransmission stream that belongs to an encoding."""

    ssrc: int


class RtpEncodingParameters(TypedDict):
    """One RTP stream, and its retransmission stream when it has one."""

    ssrc: NotRequired[int]
    rid: NotRequired[str]
    codecPayloadType: NotRequired[int]
    """Codec this encoding uses; the first media codec when missing."""
    rtx: NotRequired[Rtx]
    dtx: NotRequired[bool]
    scalabilityMode: NotRequired[str]
    maxBitrate: NotRequired[int]
    """Bits a second."""


class RtcpParameters(TypedDict):
    """Settings of RTCP."""

    cname: NotRequired[str]
    reducedSize: NotRequired[bool]


class RtpParameters(TypedDict):
    """A media stream as an endpoint sends it to mediasoup (of a producer) or receives it (of a consumer)."""

    mid: NotRequired[str]
    codecs: list[RtpCodecParameters]
    headerExtensions: NotRequired[list[RtpHeaderExtensionParameters]]
    encodings: NotRequired[list[RtpEncodingParameters]]
    rtcp: NotRequired[RtcpParameters]
    msid: NotRequired[str]


class CodecMapping(TypedDict):
    """A producer's payload type and the router's payload type it is rewritten to."""

    payloadType: int
    mappedPayloadType: int


class EncodingMapping(TypedDict):
    """A producer's stream, known by ssrc or rid, and the ssrc it has inside the router."""

    ssrc: NotRequired[int]
    rid: NotRequired[str]
    mappedSsrc: int


class RtpMapping(TypedDict):
    """How a producer's payload types and streams are rewritten on their way into the router."""

    codecs: list[CodecMapping]
    encodings: list[EncodingMapping]
