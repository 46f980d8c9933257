"""Telling whether an endpoint can receive a producer."""

from media.mediasoup.ortc.codec_matching import is_rtx_codec
from media.mediasoup.ortc.remote_capabilities import RemoteCapabilities, remote_capabilities
from media.mediasoup.rtp_parameters import RtpCapabilities, RtpParameters


def can_consume(consumable: RtpParameters, capabilities: RtpCapabilities | RemoteCapabilities) -> bool:
    """Tell whether an endpoint has a media codec of a producer.

    ``consumable`` are the producer's consumable parameters. Raises TypeError, naming the field, when the capabilities
    are not valid.
    """
    remote = remote_capabilities(capabilities)
    for codec in consumable["codecs"]:
        if remote.find_codec(codec) is not None:
            return not is_rtx_codec(codec)
    return False
