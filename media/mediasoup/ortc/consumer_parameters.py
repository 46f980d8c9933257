"""Parameters of a consumer: a producer's, reduced to what the endpoint can receive."""

from collections.abc import Sequence

from media.mediasoup.errors import UnsupportedError
from media.mediasoup.ortc.codec_matching import is_rtx_codec
from media.mediasoup.ortc.consumer_template import ConsumerTemplate
from media.mediasoup.ortc.remote_capabilities import RemoteCapabilities, remote_capabilities
from media.mediasoup.rtp_parameters import (
    RtcpFeedback,
    RtpCapabilities,
    RtpCodecParameters,
    RtpEncodingParameters,
    RtpHeaderExtensionParameters,
    RtpParameters,
)
from media.mediasoup.scalability_modes import parse_scalability_mode
from media.mediasoup.supported_rtp_capabilities import ABS_SEND_TIME_URI, TRANSPORT_WIDE_CC_URI


def get_consumer_rtp_parameters(
    consumable_rtp_parameters: RtpParameters,
    remote_rtp_capabilities: RtpCapabilities | RemoteCapabilities,
    *,
    pipe: bool,
    enable_rtx: bool,
    ssrc: int | None = None,
    rtx_ssrc: int | None = None,
) -> RtpParameters:
    """Return the parameters of one consumer, without a ``mid``.

    Who makes many consumers of one producer keeps the ``consumer_rtp_parameters_template``. Arguments and errors are
    its own; the ssrcs are random unless given.
    """
    template = consumer_rtp_parameters_template(
        consumable_rtp_parameters, remote_rtp_capabilities, pipe=pipe, enable_rtx=enable_rtx
    )
    return template.rtp_parameters(ssrc=ssrc, rtx_ssrc=rtx_ssrc)


def consumer_rtp_parameters_template(
    consumable_rtp_parameters: RtpParameters,
    remote_rtp_capabilities: RtpCapabilities | RemoteCapabilities,
    *,
    pipe: bool,
    enable_rtx: bool,
) -> ConsumerTemplate:
    """Return what the consumers of a producer by endpoints with these capabilities have in common.

    Codecs, their RTCP feedback and header extensions are reduced to what the endpoint has. With ``pipe`` all the
    producer's streams are forwarded, otherwise they become one. Without ``enable_rtx`` there are neither RTX codecs
    nor NACKs.

    The answer depends on the arguments only, and ``remote_capabilities`` makes a cheap key to keep it under. Raises
    UnsupportedError when the endpoint has none of the producer's media codecs, TypeError, naming the field, when the
    capabilities are not valid.
    """
    remote = remote_capabilities(remote_rtp_capabilities)
    codecs = _codecs(consumable_rtp_parameters, remote, enable_rtx=enable_rtx)
    extensions = [
        extension
        for extension in consumable_rtp_parameters["headerExtensions"]
        if (extension["id"], extension["uri"]) in remote.header_extensions
    ]
    encodings = consumable_rtp_parameters["encodings"]
    return ConsumerTemplate(
        codecs=_with_one_bandwidth_estimation(codecs, extensions),
        header_extensions=extensions,
        encodings=encodings if pipe else [_single_encoding(encodings)],
        rtcp=consumable_rtp_parameters["rtcp"],
        msid=consumable_rtp_parameters.get("msid"),
        uses_rtx=any(is_rtx_codec(codec) for codec in codecs),
        is_pipe=pipe,
    )


def _codecs(
    consumable_rtp_parameters: RtpParameters, remote: RemoteCapabilities, *, enable_rtx: bool
) -> list[RtpCodecParameters]:
    matched: list[RtpCodecParameters] = []
    for codec in consumable_rtp_parameters["codecs"]:
        if not enable_rtx and is_rtx_codec(codec):
            continue
        remote_codec = remote.find_codec(codec)
        if remote_codec is None:
            continue
        feedback = [
            item for item in remote_codec["rtcpFeedback"] if enable_rtx or item["type"] != "nack" or item["parameter"]
        ]
        matched.append({**codec, "rtcpFeedback": feedback})
    payload_types = {codec["payloadType"] for codec in matched}
    codecs = [codec for codec in matched if not is_rtx_codec(codec) or codec["parameters"].get("apt") in payload_types]
    if not codecs or is_rtx_codec(codecs[0]):
        raise UnsupportedError("the endpoint has none of the producer's media codecs")
    return codecs


def _with_one_bandwidth_estimation(
    codecs: Sequence[RtpCodecParameters], extensions: Sequence[RtpHeaderExtensionParameters]
) -> list[RtpCodecParameters]:
    """Leave the feedback of the best bandwidth estimation the header extensions allow: transport-cc, REMB or none."""
    uris = {extension["uri"] for extension in extensions}
    if TRANSPORT_WIDE_CC_URI in uris:
        useless = {"goog-remb"}
    elif ABS_SEND_TIME_URI in uris:
        useless = {"transport-cc"}
    else:
        useless = {"goog-remb", "transport-cc"}

    def useful(feedback: Sequence[RtcpFeedback]) -> list[RtcpFeedback]:
        return [item for item in feedback if item["type"] not in useless]

    return [{**codec, "rtcpFeedback": useful(codec["rtcpFeedback"])} for codec in codecs]


def _single_encoding(encodings: Sequence[RtpEncodingParameters]) -> RtpEncodingParameters:
    """Return the one encoding that stands for all of a producer's, without ssrcs."""
    single: RtpEncodingParameters = {}
    mode = next((encoding["scalabilityMode"] for encoding in encodings if encoding.get("scalabilityMode")), None)
    if len(encodings) > 1:
        # Streams of simulcast are the spatial layers of their consumer.
        mode = f"L{len(encodings)}T{parse_scalability_mode(mode)['temporalLayers']}"
    if mode:
        single["scalabilityMode"] = mode
    if max_bitrate := max((encoding.get("maxBitrate", 0) for encoding in encodings), default=0):
        single["maxBitrate"] = max_bitrate
    return single
