"""A transport to this very process: RTP, RTCP and messages as bytes in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from media.mediasoup.errors import UnsupportedError
from media.mediasoup.transport import Transport
from media.mediasoup.transport_dump_fbs import BaseTransportDump, transport_dump_from_fbs
from media.mediasoup.transport_stats import BaseTransportStats, transport_stats_from_fbs

if TYPE_CHECKING:
    from media.mediasoup.transport_base import TransportType
    from media.mediasoup.worker_object import Body


class DirectTransportStat(BaseTransportStats):
    type: Literal["direct-transport"]


class DirectTransport(Transport):
    """Made by `Router.create_direct_transport`. RTP goes in by `Producer.send` and comes out as the `rtp` event of
    consumers, messages by `DataProducer.send` and the `message` event of data consumers.

    Event, besides those of all transports: `rtcp` (bytes).
    """

    type: ClassVar[TransportType] = "direct"

    def _accept(self, reply: Body) -> None:
        self._begin()

    async def dump(self) -> BaseTransportDump:
        return transport_dump_from_fbs((await self._request("TRANSPORT_DUMP"))["base"])

    async def get_stats(self) -> list[DirectTransportStat]:
        body = await self._request("TRANSPORT_GET_STATS")
        return [{**transport_stats_from_fbs(body["base"]), "type": "direct-transport"}]

    async def connect(self) -> None:
        """Without effect, as there is nothing to connect to."""

    async def set_max_incoming_bitrate(self, bitrate: int) -> None:
        raise UnsupportedError("a direct transport has no incoming bitrate to limit")

    async def set_max_outgoing_bitrate(self, bitrate: int) -> None:
        raise UnsupportedError("a direct transport has no outgoing bitrate to limit")

    async def set_min_outgoing_bitrate(self, bitrate: int) -> None:
        raise UnsupportedError("a direct transport has no outgoing bitrate to set")

    def send_rtcp(self, rtcp_packet: bytes) -> None:
        """Put an RTCP packet in, as if the endpoint had sent it. Raises InvalidStateError when closed."""
        if not isinstance(rtcp_packet, bytes | bytearray | memoryview):
            raise TypeError("rtcp_packet must be bytes")
        self._check_open()
        body = {"data": rtcp_packet}
        self._pipe.notify("TRANSPORT_SEND_RTCP", self.id, "Transport_SendRtcpNotification", body)

    def _handle(self, event: str, body: Any) -> None:
        if event == "DIRECTTRANSPORT_RTCP":
            self.emit("rtcp", body["data"])
        else:
            super()._handle(event, body)
