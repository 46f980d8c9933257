"""A transport to a plain RTP endpoint: FFmpeg, GStreamer, a recorder. SRTP if asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, NotRequired, cast

from media.mediasoup.listen_info import TransportTuple, tuple_from_fbs
from media.mediasoup.sctp_transport import SctpTransport
from media.mediasoup.srtp_parameters_fbs import srtp_parameters_from_fbs, srtp_parameters_to_fbs
from media.mediasoup.transport_dump_fbs import BaseTransportDump, transport_dump_from_fbs
from media.mediasoup.transport_stats import BaseTransportStats, transport_stats_from_fbs

if TYPE_CHECKING:
    from media.mediasoup.srtp_parameters import SrtpParameters
    from media.mediasoup.transport_base import TransportType
    from media.mediasoup.worker_object import Body


class PlainTransportDump(BaseTransportDump):
    rtcpMux: bool
    comedia: bool
    tuple: TransportTuple
    rtcpTuple: NotRequired[TransportTuple]
    srtpParameters: NotRequired[SrtpParameters]


class PlainTransportStat(BaseTransportStats):
    type: Literal["plain-rtp-transport"]
    rtcpMux: bool
    comedia: bool
    tuple: TransportTuple
    rtcpTuple: NotRequired[TransportTuple]


class PlainTransport(SctpTransport):
    """Made by `Router.create_plain_transport`. `rtcp_tuple` is None with RTCP multiplexing, `srtp_parameters` (ours,
    for the endpoint) without SRTP.

    Events and observer, besides those of all transports: `tuple`, `rtcptuple` (TransportTuple; with comedia, when the
    endpoint's address becomes known), `sctpstatechange` (SctpState).
    """

    type: ClassVar[TransportType] = "plain"

    rtcp_mux: bool
    comedia: bool
    tuple: TransportTuple
    rtcp_tuple: TransportTuple | None
    srtp_parameters: SrtpParameters | None

    def _accept(self, reply: Body) -> None:
        dump = _dump_from_fbs(reply)
        self.rtcp_mux = dump["rtcpMux"]
        self.comedia = dump["comedia"]
        self.tuple = dump["tuple"]
        self.rtcp_tuple = dump.get("rtcpTuple")
        self.srtp_parameters = dump.get("srtpParameters")
        self._take_sctp(reply["base"])
        self._begin()

    async def dump(self) -> PlainTransportDump:
        return _dump_from_fbs(await self._request("TRANSPORT_DUMP"))

    async def get_stats(self) -> list[PlainTransportStat]:
        body = await self._request("TRANSPORT_GET_STATS")
        stat: dict[str, Any] = {
            **transport_stats_from_fbs(body["base"]),
            "type": "plain-rtp-transport",
            "rtcpMux": body["rtcpMux"],
            "comedia": body["comedia"],
            "tuple": tuple_from_fbs(body["tuple"]),
        }
        if "rtcpTuple" in body:
            stat["rtcpTuple"] = tuple_from_fbs(body["rtcpTuple"])
        return [cast(PlainTransportStat, stat)]

    async def connect(
        self,
        *,
        ip: str | None = None,
        port: int | None = None,
        rtcp_port: int | None = None,
        srtp_parameters: SrtpParameters | None = None,
    ) -> None:
        """Take the endpoint's address and, with SRTP, its key.

        With comedia the address comes with the endpoint's first packet, and only `srtp_parameters` may be given.
        `rtcp_port` goes without RTCP multiplexing only. Raises RequestRejected when arguments and options of the
        transport disagree, or when connected already."""
        body: Body = {}
        if ip is not None:
            body["ip"] = ip
        if port is not None:
            body["port"] = port
        if rtcp_port is not None:
            body["rtcpPort"] = rtcp_port
        if srtp_parameters is not None:
            body["srtpParameters"] = srtp_parameters_to_fbs(srtp_parameters)
        reply = await self._request("PLAINTRANSPORT_CONNECT", "PlainTransport_ConnectRequest", body)
        if "tuple" in reply:
            self.tuple = tuple_from_fbs(reply["tuple"])
        if "rtcpTuple" in reply:
            self.rtcp_tuple = tuple_from_fbs(reply["rtcpTuple"])
        if "srtpParameters" in reply:
            self.srtp_parameters = srtp_parameters_from_fbs(reply["srtpParameters"])

    def _handle(self, event: str, body: Any) -> None:
        match event:
            case "PLAINTRANSPORT_TUPLE":
                self.tuple = tuple_from_fbs(body["tuple"])
                self._emit_and_observe("tuple", self.tuple)
            case "PLAINTRANSPORT_RTCP_TUPLE":
                self.rtcp_tuple = tuple_from_fbs(body["tuple"])
                self._emit_and_observe("rtcptuple", self.rtcp_tuple)
            case _:
                super()._handle(event, body)


def _dump_from_fbs(body: Any) -> PlainTransportDump:
    dump: dict[str, Any] = {
        **transport_dump_from_fbs(body["base"]),
        "rtcpMux": body["rtcpMux"],
        "comedia": body["comedia"],
        "tuple": tuple_from_fbs(body["tuple"]),
    }
    if "rtcpTuple" in body:
        dump["rtcpTuple"] = tuple_from_fbs(body["rtcpTuple"])
    if "srtpParameters" in body:
        dump["srtpParameters"] = srtp_parameters_from_fbs(body["srtpParameters"])
    return cast(PlainTransportDump, dump)
