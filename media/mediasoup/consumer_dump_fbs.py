"""The dump of a consumer."""

from typing import Any, Final, Literal, NotRequired, TypedDict, cast

from media.mediasoup.rtp_parameters import MediaKind, RtpEncodingParameters, RtpParameters
from media.mediasoup.rtp_parameters_fbs import encoding_from_fbs, rtp_parameters_from_fbs
from media.mediasoup.rtp_stream_dump_fbs import RtpStreamDump, rtp_stream_dump_from_fbs
from media.mediasoup.trace_events import trace_event_types_from_fbs

ConsumerType = Literal["simple", "simulcast", "svc", "pipe"]


class ConsumerDump(TypedDict):
    """`rtpStreams` for type `pipe`, `rtpStream` for the others; the six layers for `simulcast` and `svc` only, -1
    when there is none."""

    id: str
    producerId: str
    kind: MediaKind
    type: ConsumerType
    rtpParameters: RtpParameters
    consumableRtpEncodings: NotRequired[list[RtpEncodingParameters]]
    traceEventTypes: list[str]
    supportedCodecPayloadTypes: list[int]
    paused: bool
    producerPaused: bool
    priority: int
    rtpStream: NotRequired[RtpStreamDump]
    rtpStreams: NotRequired[list[RtpStreamDump]]
    preferredSpatialLayer: NotRequired[int | None]
    targetSpatialLayer: NotRequired[int | None]
    currentSpatialLayer: NotRequired[int | None]
    preferredTemporalLayer: NotRequired[int | None]
    targetTemporalLayer: NotRequired[int | None]
    currentTemporalLayer: NotRequired[int | None]


_LAYERS: Final = (
    "preferredSpatialLayer",
    "targetSpatialLayer",
    "currentSpatialLayer",
    "preferredTemporalLayer",
    "targetTemporalLayer",
    "currentTemporalLayer",
)


def consumer_dump_from_fbs(body: dict[str, Any]) -> ConsumerDump:
    data = body["data"]
    base = data["base"]
    kind: str = base["type"].lower()
    dump: dict[str, Any] = {
        "id": base["id"],
        "producerId": base["producerId"],
        "kind": base["kind"].lower(),
        "type": kind,
        "rtpParameters": rtp_parameters_from_fbs(base["rtpParameters"]),
        "traceEventTypes": trace_event_types_from_fbs(base["traceEventTypes"]),
        "supportedCodecPayloadTypes": list(base["supportedCodecPayloadTypes"]),
        "paused": base["paused"],
        "producerPaused": base["producerPaused"],
        "priority": base["priority"],
    }
    if base["consumableRtpEncodings"]:
        dump["consumableRtpEncodings"] = [encoding_from_fbs(encoding) for encoding in base["consumableRtpEncodings"]]
    streams = [rtp_stream_dump_from_fbs(stream) for stream in data["rtpStreams"]]
    if kind == "pipe":
        dump["rtpStreams"] = streams
    else:
        dump["rtpStream"] = streams[0]
    if kind in ("simulcast", "svc"):
        dump.update((name, data.get(name)) for name in _LAYERS)
    return cast(ConsumerDump, dump)
