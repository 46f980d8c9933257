"""The dump of one RTP stream, as producers and consumers hold them."""

from typing import Any, NotRequired, TypedDict, cast


class RtpStreamParameters(TypedDict):
    encodingIdx: int
    ssrc: int
    payloadType: int
    mimeType: str
    clockRate: int
    rid: NotRequired[str]
    cname: str
    rtxSsrc: NotRequired[int]
    rtxPayloadType: NotRequired[int]
    useNack: bool
    usePli: bool
    useFir: bool
    useInBandFec: bool
    useDtx: bool
    spatialLayers: int
    temporalLayers: int


class RtxStreamParameters(TypedDict):
    ssrc: int
    payloadType: int
    mimeType: str
    clockRate: int
    rrid: NotRequired[str]
    cname: str


class RtxStreamDump(TypedDict):
    params: RtxStreamParameters


class RtpStreamDump(TypedDict):
    params: RtpStreamParameters
    score: int
    rtxStream: NotRequired[RtxStreamDump]


def _without_empty(params: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in params.items() if key != name or value}


def rtp_stream_dump_from_fbs(body: dict[str, Any]) -> RtpStreamDump:
    dump: dict[str, Any] = {"params": _without_empty(body["params"], "rid"), "score": body["score"]}
    if "rtxStream" in body:
        dump["rtxStream"] = {"params": _without_empty(body["rtxStream"]["params"], "rrid")}
    return cast(RtpStreamDump, dump)
