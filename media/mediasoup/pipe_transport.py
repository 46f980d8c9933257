"""A transport to another router, on this machine or elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, NotRequired, cast

from media.mediasoup import ortc
from media.mediasoup.consumer import Consumer
from media.mediasoup.listen_info import TransportTuple, tuple_from_fbs
from media.mediasoup.sctp_transport import SctpTransport
from media.mediasoup.srtp_parameters_fbs import srtp_parameters_from_fbs, srtp_parameters_to_fbs
from media.mediasoup.transport_dump_fbs import BaseTransportDump, transport_dump_from_fbs
from media.mediasoup.transport_stats import BaseTransportStats, transport_stats_from_fbs

if TYPE_CHECKING:
    from media.mediasoup.srtp_parameters import SrtpParameters
    from media.mediasoup.transport_base import TransportType
    from media.mediasoup.worker_object import AppData, Body


class PipeTransportDump(BaseTransportDump):
    tuple: TransportTuple
    rtx: bool
    srtpParameters: NotRequired[SrtpParameters]


class PipeTransportStat(BaseTransportStats):
    type: Literal["pipe-transport"]
    tuple: TransportTuple


class PipeTransport(SctpTransport):
    """Made by `Router.create_pipe_transport`, or in pairs by `Router.pipe_to_router`.

    `rtx` says whether lost packets are sent again; `srtp_parameters` (ours, for the other end) is None without SRTP.
    Event and observer, besides those of all transports: `sctpstatechange` (SctpState).
    """

    type: ClassVar[TransportType] = "pipe"

    tuple: TransportTuple
    rtx: bool
    srtp_parameters: SrtpParameters | None

    def _accept(self, reply: Body) -> None:
        dump = _dump_from_fbs(reply)
        self.tuple = dump["tuple"]
        self.rtx = dump["rtx"]
        self.srtp_parameters = dump.get("srtpParameters")
        self._take_sctp(reply["base"])
        self._begin()

    async def dump(self) -> PipeTransportDump:
        return _dump_from_fbs(await self._request("TRANSPORT_DUMP"))

    async def get_stats(self) -> list[PipeTransportStat]:
        body = await self._request("TRANSPORT_GET_STATS")
        return [
            {
                **transport_stats_from_fbs(body["base"]),
                "type": "pipe-transport",
                "tuple": tuple_from_fbs(body["tuple"]),
            }
        ]

    async def connect(self, *, ip: str, port: int, srtp_parameters: SrtpParameters | None = None) -> None:
        """Take the other end's address and, with SRTP, its key. Raises RequestRejected when connected already."""
        body: Body = {"ip": ip, "port": port}
        if srtp_parameters is not None:
            body["srtpParameters"] = srtp_parameters_to_fbs(srtp_parameters)
        reply = await self._request("PIPETRANSPORT_CONNECT", "PipeTransport_ConnectRequest", body)
        self.tuple = tuple_from_fbs(reply["tuple"])

    async def consume(  # type: ignore[override]  # the other end takes everything: nothing to choose, as upstream
        self, *, producer_id: str, app_data: AppData | None = None
    ) -> Consumer:
        """Send all streams of a producer to the other end. Raises NotFoundError when the router has no such
        producer."""
        self._check_open()
        producer = self._producer(producer_id)
        rtp_parameters = ortc.get_pipe_consumer_rtp_parameters(producer.consumable_rtp_parameters, enable_rtx=self.rtx)
        return await self._consume(producer, "pipe", rtp_parameters, app_data)


def _dump_from_fbs(body: Any) -> PipeTransportDump:
    dump: dict[str, Any] = {
        **transport_dump_from_fbs(body["base"]),
        "tuple": tuple_from_fbs(body["tuple"]),
        "rtx": body["rtx"],
    }
    if "srtpParameters" in body:
        dump["srtpParameters"] = srtp_parameters_from_fbs(body["srtpParameters"])
    return cast(PipeTransportDump, dump)
