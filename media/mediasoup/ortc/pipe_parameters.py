"""Parameters of a consumer in a pipe transport: everything of the producer, for another router."""

from typing import Final

from media.mediasoup.ortc.codec_matching import is_rtx_codec
from media.mediasoup.ortc.consumer_template import ConsumerTemplate
from media.mediasoup.rtp_parameters import RtcpFeedback, RtpHeaderExtensionParameters, RtpParameters
from media.mediasoup.supported_rtp_capabilities import (
    ABS_SEND_TIME_URI,
    DEPENDENCY_DESCRIPTOR_ID,
    DEPENDENCY_DESCRIPTOR_URI,
    MID_URI,
    TRANSPORT_WIDE_CC_URI,
)

_NOT_PIPED: Final = frozenset({MID_URI, ABS_SEND_TIME_URI, TRANSPORT_WIDE_CC_URI})
_KEY_FRAME_FEEDBACK: Final = frozenset({("nack", "pli"), ("ccm", "fir")})


def get_pipe_consumer_rtp_parameters(
    consumable_rtp_parameters: RtpParameters, *, enable_rtx: bool, ssrc: int | None = None, rtx_ssrc: int | None = None
) -> RtpParameters:
    """Return the parameters of one consumer in a pipe transport, without a ``mid``. Ssrcs are random unless given."""
    template = pipe_consumer_rtp_parameters_template(consumable_rtp_parameters, enable_rtx=enable_rtx)
    return template.rtp_parameters(ssrc=ssrc, rtx_ssrc=rtx_ssrc)


def pipe_consumer_rtp_parameters_template(
    consumable_rtp_parameters: RtpParameters, *, enable_rtx: bool
) -> ConsumerTemplate:
    """Return what the consumers of a producer in pipe transports have in common.

    All codecs and streams of the producer are kept, bandwidth estimation is left out, and without ``enable_rtx`` so
    are RTX codecs and NACKs.
    """
    # Routers only receive the dependency descriptor, so no consumable parameters have it, yet the router at the other
    # end needs it.
    extensions: list[RtpHeaderExtensionParameters] = [
        *(
            extension
            for extension in consumable_rtp_parameters["headerExtensions"]
            if extension["uri"] not in _NOT_PIPED
        ),
        {"uri": DEPENDENCY_DESCRIPTOR_URI, "id": DEPENDENCY_DESCRIPTOR_ID, "encrypt": False, "parameters": {}},
    ]
    return ConsumerTemplate(
        codecs=[
            {
                **codec,
                "rtcpFeedback": [item for item in codec["rtcpFeedback"] if _is_piped(item, enable_rtx=enable_rtx)],
            }
            for codec in consumable_rtp_parameters["codecs"]
            if enable_rtx or not is_rtx_codec(codec)
        ],
        header_extensions=sorted(extensions, key=lambda extension: extension["id"]),
        encodings=consumable_rtp_parameters["encodings"],
        rtcp=consumable_rtp_parameters["rtcp"],
        msid=consumable_rtp_parameters.get("msid"),
        uses_rtx=enable_rtx,
        is_pipe=True,
    )


def _is_piped(feedback: RtcpFeedback, *, enable_rtx: bool) -> bool:
    kind, parameter = feedback["type"], feedback["parameter"]
    return (kind, parameter) in _KEY_FRAME_FEEDBACK or (enable_rtx and kind == "nack" and not parameter)
