"""What every transport's statistics have in common. Bitrates are bits a second, counters bytes, `timestamp`
milliseconds."""

from typing import Any, Final, NotRequired, TypedDict, cast

from media.mediasoup.sctp_parameters_fbs import SctpState


class BaseTransportStats(TypedDict):
    transportId: str
    timestamp: int
    sctpState: NotRequired[SctpState]
    bytesReceived: int
    recvBitrate: int
    bytesSent: int
    sendBitrate: int
    rtpBytesReceived: int
    rtpRecvBitrate: int
    rtpBytesSent: int
    rtpSendBitrate: int
    rtxBytesReceived: int
    rtxRecvBitrate: int
    rtxBytesSent: int
    rtxSendBitrate: int
    probationBytesSent: int
    probationSendBitrate: int
    availableOutgoingBitrate: NotRequired[int]
    availableIncomingBitrate: NotRequired[int]
    maxIncomingBitrate: NotRequired[int]
    maxOutgoingBitrate: NotRequired[int]
    minOutgoingBitrate: NotRequired[int]
    rtpPacketLossReceived: NotRequired[float]
    rtpPacketLossSent: NotRequired[float]


_FIELDS: Final = tuple(name for name in BaseTransportStats.__annotations__ if name != "sctpState")


def transport_stats_from_fbs(body: dict[str, Any]) -> BaseTransportStats:
    stats = {name: body[name] for name in _FIELDS if name in body}
    if "sctpState" in body:
        stats["sctpState"] = body["sctpState"].lower()
    return cast(BaseTransportStats, stats)
