"""Parameters of consumers, up to the few fields in which consumers of one producer differ."""

from collections.abc import Sequence

from media.mediasoup.ortc.ssrcs import random_ssrc
from media.mediasoup.rtp_parameters import (
    RtcpParameters,
    RtpCodecParameters,
    RtpEncodingParameters,
    RtpHeaderExtensionParameters,
    RtpParameters,
)


class ConsumerTemplate:
    """What all consumers of one producer by endpoints with the same capabilities have in common.

    Holds for as long as the producer does. Immutable: what ``rtp_parameters`` returns shares everything but its
    encodings with other consumers, so none of it may be changed.
    """

    __slots__ = ("_common", "_encodings", "is_pipe", "uses_rtx")

    def __init__(
        self,
        *,
        codecs: Sequence[RtpCodecParameters],
        header_extensions: Sequence[RtpHeaderExtensionParameters],
        encodings: Sequence[RtpEncodingParameters],
        rtcp: RtcpParameters,
        msid: str | None,
        uses_rtx: bool,
        is_pipe: bool,
    ) -> None:
        """Take the common parts; the ssrcs in ``encodings`` do not matter."""
        self._common: RtpParameters = {
            "codecs": list(codecs),
            "headerExtensions": list(header_extensions),
            "encodings": [],
            "rtcp": rtcp,
        }
        if msid is not None:
            self._common["msid"] = msid
        self._encodings = tuple(_without_ssrcs(encoding) for encoding in encodings)
        self.uses_rtx = uses_rtx
        self.is_pipe = is_pipe

    def rtp_parameters(
        self, *, mid: str | None = None, ssrc: int | None = None, rtx_ssrc: int | None = None
    ) -> RtpParameters:
        """Return the parameters of one consumer.

        ``ssrc`` is that of its first encoding, random unless given; further encodings count up from it. ``rtx_ssrc``
        is the same for retransmissions: unless given, one more than ``ssrc`` when there is a single encoding, random
        in a pipe.
        """
        first_ssrc = random_ssrc() if ssrc is None else ssrc
        first_rtx_ssrc = rtx_ssrc
        if first_rtx_ssrc is None:
            first_rtx_ssrc = random_ssrc() if self.is_pipe else first_ssrc + 1
        encodings: list[RtpEncodingParameters] = []
        for offset, common in enumerate(self._encodings):
            encoding: RtpEncodingParameters = {**common, "ssrc": first_ssrc + offset}
            if self.uses_rtx:
                encoding["rtx"] = {"ssrc": first_rtx_ssrc + offset}
            encodings.append(encoding)
        parameters: RtpParameters = {**self._common, "encodings": encodings}
        if mid is not None:
            parameters["mid"] = mid
        return parameters


def _without_ssrcs(encoding: RtpEncodingParameters) -> RtpEncodingParameters:
    common: RtpEncodingParameters = {**encoding}
    common.pop("ssrc", None)
    common.pop("rtx", None)
    return common
