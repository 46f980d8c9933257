"""A data consumer: one data producer's messages on their way to one remote endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, cast

from media.mediasoup.data_producer import DataType, message_to_fbs
from media.mediasoup.sctp_parameters_fbs import sctp_stream_parameters_from_fbs
from media.mediasoup.worker_object import AppData, Body, WorkerObject

if TYPE_CHECKING:
    from media.mediasoup.data_producer import DataProducer
    from media.mediasoup.sctp_parameters import SctpStreamParameters
    from media.mediasoup.transport_data import TransportData


class DataConsumerDump(TypedDict):
    id: str
    dataProducerId: str
    type: DataType
    sctpStreamParameters: NotRequired[SctpStreamParameters]
    label: str
    protocol: str
    bufferedAmount: int
    bufferedAmountLowThreshold: int
    paused: bool
    dataProducerPaused: bool
    subchannels: list[int]


class DataConsumerStat(TypedDict):
    type: Literal["data-consumer"]
    timestamp: int
    label: str
    protocol: str
    messagesSent: int
    bytesSent: int
    bufferedAmount: int


class DataConsumer(WorkerObject):
    """Sends a data producer's messages to the endpoint behind a transport. Made by `Transport.consume_data`.

    Events: `transportclose`, `dataproducerclose`, `dataproducerpause`, `dataproducerresume`, `message` (bytes, ppid:
    direct transports only), `sctpsendbufferfull`, `bufferedamountlow` (bytes buffered). Observer: `close`, `pause`,
    `resume`.
    """

    data_producer_paused: bool = False

    def __init__(
        self,
        transport: TransportData,
        data_consumer_id: str,
        data_producer: DataProducer,
        sctp_stream_parameters: SctpStreamParameters | None,
        subchannels: list[int],
        app_data: AppData | None,
    ) -> None:
        super().__init__(transport._pipe, data_consumer_id, app_data)
        self.data_producer_id = data_producer.id
        self.type: DataType = "direct" if transport.type == "direct" else "sctp"
        self.sctp_stream_parameters = sctp_stream_parameters
        self.label = data_producer.label
        self.protocol = data_producer.protocol
        self.paused = False
        self.subchannels = subchannels
        self._transport = transport

    def _accept(self, reply: Body) -> None:
        dump = _dump_from_fbs(reply)
        self.sctp_stream_parameters = dump.get("sctpStreamParameters")
        self.label, self.protocol = dump["label"], dump["protocol"]
        self.paused, self.data_producer_paused = dump["paused"], dump["dataProducerPaused"]
        self.subchannels = dump["subchannels"]
        self._begin()

    def _tell_close(self) -> None:
        body = {"dataConsumerId": self.id}
        self._transport._tell("TRANSPORT_CLOSE_DATACONSUMER", "Transport_CloseDataConsumerRequest", body)

    def _leave_parent(self) -> None:
        self._transport._data_consumers.pop(self.id, None)
        if self.sctp_stream_parameters is not None:
            self._transport._sctp_stream_ids.release(self.sctp_stream_parameters["streamId"])

    async def dump(self) -> DataConsumerDump:
        return _dump_from_fbs(await self._request("DATACONSUMER_DUMP"))

    async def get_stats(self) -> list[DataConsumerStat]:
        body = await self._request("DATACONSUMER_GET_STATS")
        return [
            {
                "type": "data-consumer",
                "timestamp": body["timestamp"],
                "label": body["label"],
                "protocol": body["protocol"],
                "messagesSent": body["messagesSent"],
                "bytesSent": body["bytesSent"],
                "bufferedAmount": body["bufferedAmount"],
            }
        ]

    async def pause(self) -> None:
        """Send nothing until `resume`. Observer: `pause`, unless it was silent already."""
        await self._request("DATACONSUMER_PAUSE")
        was_paused, self.paused = self.paused, True
        if not was_paused and not self.data_producer_paused and not self.closed:
            self.observe("pause")

    async def resume(self) -> None:
        """Send again, once the data producer is not paused either. Observer: `resume` if so."""
        await self._request("DATACONSUMER_RESUME")
        was_paused, self.paused = self.paused, False
        if was_paused and not self.data_producer_paused and not self.closed:
            self.observe("resume")

    async def set_buffered_amount_low_threshold(self, threshold: int) -> None:
        """Emit `bufferedamountlow` when no more than this many bytes are left to send. SCTP only."""
        body = {"threshold": threshold}
        name = "DataConsumer_SetBufferedAmountLowThresholdRequest"
        await self._request("DATACONSUMER_SET_BUFFERED_AMOUNT_LOW_THRESHOLD", name, body)

    async def get_buffered_amount(self) -> int:
        """Bytes of messages that wait to be sent."""
        reply = await self._request("DATACONSUMER_GET_BUFFERED_AMOUNT")
        return cast(int, reply["bufferedAmount"])

    async def send(self, message: str | bytes, ppid: int | None = None) -> int:
        """Send a message of our own to the endpoint, over SCTP only. Answers the bytes that wait to be sent.

        Raises RequestRejected on a direct transport, and when the send buffer is full (with `sctpsendbufferfull`)."""
        ppid, data = message_to_fbs(message, ppid)
        reply = await self._request("DATACONSUMER_SEND", "DataConsumer_SendRequest", {"ppid": ppid, "data": data})
        return cast(int, (reply or {}).get("bufferedAmount", 0))

    async def set_subchannels(self, subchannels: Iterable[int]) -> None:
        """Get messages without subchannels, and those for any of these."""
        body = {"subchannels": list(subchannels)}
        reply = await self._request("DATACONSUMER_SET_SUBCHANNELS", "DataConsumer_SetSubchannelsRequest", body)
        self.subchannels = reply["subchannels"]

    async def add_subchannel(self, subchannel: int) -> None:
        body = {"subchannel": subchannel}
        reply = await self._request("DATACONSUMER_ADD_SUBCHANNEL", "DataConsumer_AddSubchannelRequest", body)
        self.subchannels = reply["subchannels"]

    async def remove_subchannel(self, subchannel: int) -> None:
        body = {"subchannel": subchannel}
        reply = await self._request("DATACONSUMER_REMOVE_SUBCHANNEL", "DataConsumer_RemoveSubchannelRequest", body)
        self.subchannels = reply["subchannels"]

    def _handle(self, event: str, body: Any) -> None:
        match event:
            case "DATACONSUMER_MESSAGE":
                self.emit("message", body["data"], body["ppid"])
            case "DATACONSUMER_BUFFERED_AMOUNT_LOW":
                self.emit("bufferedamountlow", body["bufferedAmount"])
            case "DATACONSUMER_SCTP_SENDBUFFER_FULL":
                self.emit("sctpsendbufferfull")
            case "DATACONSUMER_DATAPRODUCER_PAUSE":
                self._data_producer_paused_changed(True)
            case "DATACONSUMER_DATAPRODUCER_RESUME":
                self._data_producer_paused_changed(False)
            case "DATACONSUMER_DATAPRODUCER_CLOSE":
                self._closed_by("dataproducerclose")
            case _:
                super()._handle(event, body)

    def _data_producer_paused_changed(self, paused: bool) -> None:
        if self.data_producer_paused == paused:
            return
        self.data_producer_paused = paused
        self.emit("dataproducerpause" if paused else "dataproducerresume")
        if not self.paused:
            self.observe("pause" if paused else "resume")


def _dump_from_fbs(body: Any) -> DataConsumerDump:
    names = ("id", "dataProducerId", "label", "protocol", "bufferedAmount", "bufferedAmountLowThreshold", "paused")
    dump: dict[str, Any] = {name: body[name] for name in (*names, "dataProducerPaused", "subchannels")}
    dump["type"] = body["type"].lower()
    if "sctpStreamParameters" in body:
        dump["sctpStreamParameters"] = sctp_stream_parameters_from_fbs(body["sctpStreamParameters"])
    return cast(DataConsumerDump, dump)
