"""Statistics of one RTP stream. `bitrate` is bits a second, `jitter` and `roundTripTime` milliseconds, `timestamp`
milliseconds, `fractionLost` 256ths, `score` 0 to 10."""

from typing import Any, Final, Literal, NotRequired, TypedDict, cast

from media.mediasoup.rtp_parameters import MediaKind


class BaseRtpStreamStats(TypedDict):
    timestamp: int
    ssrc: int
    rtxSsrc: NotRequired[int]
    rid: NotRequired[str]
    kind: MediaKind
    mimeType: str
    packetsLost: int
    fractionLost: int
    jitter: int
    packetsDiscarded: int
    packetsRetransmitted: int
    packetsRepaired: int
    nackCount: int
    nackPacketCount: int
    pliCount: int
    firCount: int
    roundTripTime: float
    rtxPacketsDiscarded: NotRequired[int]
    score: int


class RtpStreamRecvStats(BaseRtpStreamStats):
    type: Literal["inbound-rtp"]
    packetCount: int
    byteCount: int
    bitrate: int
    bitrateByLayer: dict[str, int]


class RtpStreamSendStats(BaseRtpStreamStats):
    type: Literal["outbound-rtp"]
    packetCount: int
    byteCount: int
    bitrate: int


_COUNTERS: Final = tuple(
    name for name in BaseRtpStreamStats.__annotations__ if name not in ("rtxSsrc", "rid", "kind", "rtxPacketsDiscarded")
)


def _base_from_fbs(body: dict[str, Any]) -> dict[str, Any]:
    stats: dict[str, Any] = {name: body[name] for name in _COUNTERS}
    stats["kind"] = body["kind"].lower()
    if "rtxSsrc" in body:
        stats["rtxSsrc"] = body["rtxSsrc"]
    # Upstream leaves these two out when they are empty or nought.
    for name in ("rid", "rtxPacketsDiscarded"):
        if body.get(name):
            stats[name] = body[name]
    return stats


def rtp_stream_stats_from_fbs(body: dict[str, Any]) -> RtpStreamRecvStats | RtpStreamSendStats:
    """The statistics in a `Stats` body: of a received stream or of a sent one, as the body says."""
    data = body["data"]
    stats = _base_from_fbs(data["base"]["data"])
    stats["packetCount"] = data["packetCount"]
    stats["byteCount"] = data["byteCount"]
    stats["bitrate"] = data["bitrate"]
    if body["dataType"] == "RecvStats":
        stats["type"] = "inbound-rtp"
        stats["bitrateByLayer"] = {entry["layer"]: entry["bitrate"] for entry in data["bitrateByLayer"]}
        return cast(RtpStreamRecvStats, stats)
    stats["type"] = "outbound-rtp"
    return cast(RtpStreamSendStats, stats)
