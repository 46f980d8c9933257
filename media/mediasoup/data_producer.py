"""A data producer: messages that one remote endpoint sends into a router."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Literal, NotRequired, TypedDict, cast

from media.mediasoup.sctp_parameters_fbs import sctp_stream_parameters_from_fbs
from media.mediasoup.worker_object import AppData, Body, WorkerObject

if TYPE_CHECKING:
    from media.mediasoup.sctp_parameters import SctpStreamParameters
    from media.mediasoup.transport_data import TransportData

DataType = Literal["sctp", "direct"]

PPID_STRING: Final = 51
PPID_BINARY: Final = 53
PPID_STRING_EMPTY: Final = 56
PPID_BINARY_EMPTY: Final = 57


class DataProducerDump(TypedDict):
    id: str
    type: DataType
    sctpStreamParameters: NotRequired[SctpStreamParameters]
    label: str
    protocol: str
    paused: bool


class DataProducerStat(TypedDict):
    type: Literal["data-producer"]
    timestamp: int
    label: str
    protocol: str
    messagesReceived: int
    bytesReceived: int


def message_to_fbs(message: str | bytes, ppid: int | None) -> tuple[int, bytes]:
    """The SCTP payload protocol id and the bytes of a message: WebRTC's, unless `ppid` is given.

    WebRTC cannot send nothing: an empty message travels as one byte under an id that says so."""
    if isinstance(message, str):
        data, text = message.encode(), True
    elif isinstance(message, bytes | bytearray | memoryview):
        data, text = bytes(message), False
    else:
        raise TypeError("message must be a string or bytes")
    if ppid is None:
        ppid = (PPID_STRING if data else PPID_STRING_EMPTY) if text else (PPID_BINARY if data else PPID_BINARY_EMPTY)
    if ppid == PPID_STRING_EMPTY:
        data = b" "
    elif ppid == PPID_BINARY_EMPTY:
        data = b"\0"
    return ppid, data


class DataProducer(WorkerObject):
    """Takes in an endpoint's messages, for data consumers of the same router. Made by `Transport.produce_data`.

    Event: `transportclose`. Observer: `close`, `pause`, `resume`.
    """

    def __init__(
        self,
        transport: TransportData,
        data_producer_id: str,
        sctp_stream_parameters: SctpStreamParameters | None,
        label: str,
        protocol: str,
        paused: bool,
        app_data: AppData | None,
    ) -> None:
        super().__init__(transport._pipe, data_producer_id, app_data)
        self.type: DataType = "direct" if transport.type == "direct" else "sctp"
        self.sctp_stream_parameters = sctp_stream_parameters
        self.label = label
        self.protocol = protocol
        self.paused = paused
        self._transport = transport

    def _accept(self, reply: Body) -> None:
        dump = _dump_from_fbs(reply)
        self.sctp_stream_parameters = dump.get("sctpStreamParameters")
        self.label, self.protocol, self.paused = dump["label"], dump["protocol"], dump["paused"]
        self._begin()

    def _tell_close(self) -> None:
        body = {"dataProducerId": self.id}
        self._transport._tell("TRANSPORT_CLOSE_DATAPRODUCER", "Transport_CloseDataProducerRequest", body)

    def _leave_parent(self) -> None:
        self._transport._data_producers.pop(self.id, None)
        self._transport._router._data_producers.pop(self.id, None)

    async def dump(self) -> DataProducerDump:
        return _dump_from_fbs(await self._request("DATAPRODUCER_DUMP"))

    async def get_stats(self) -> list[DataProducerStat]:
        body = await self._request("DATAPRODUCER_GET_STATS")
        return [
            {
                "type": "data-producer",
                "timestamp": body["timestamp"],
                "label": body["label"],
                "protocol": body["protocol"],
                "messagesReceived": body["messagesReceived"],
                "bytesReceived": body["bytesReceived"],
            }
        ]

    async def pause(self) -> None:
        """Drop messages until `resume`. Its data consumers get `dataproducerpause`. Observer: `pause` if it was not
        paused."""
        await self._request("DATAPRODUCER_PAUSE")
        was_paused, self.paused = self.paused, True
        if not was_paused and not self.closed:
            self.observe("pause")

    async def resume(self) -> None:
        """Take in messages again. Its data consumers get `dataproducerresume`. Observer: `resume` if it was paused."""
        await self._request("DATAPRODUCER_RESUME")
        was_paused, self.paused = self.paused, False
        if was_paused and not self.closed:
            self.observe("resume")

    def send(
        self,
        message: str | bytes,
        ppid: int | None = None,
        subchannels: Iterable[int] = (),
        required_subchannel: int | None = None,
        ignored_subchannel: int | None = None,
    ) -> None:
        """Put a message in, as if the endpoint had sent it. Meant for direct transports.

        With `subchannels`, data consumers without any of them do not get it; with `required_subchannel`, only those
        subscribed to it do; with `ignored_subchannel`, those subscribed to it do not. Raises InvalidStateError when
        closed."""
        ppid, data = message_to_fbs(message, ppid)
        self._check_open()
        body: Body = {"ppid": ppid, "data": data, "subchannels": list(subchannels)}
        if required_subchannel is not None:
            body["requiredSubchannel"] = required_subchannel
        if ignored_subchannel is not None:
            body["ignoredSubchannel"] = ignored_subchannel
        self._pipe.notify("DATAPRODUCER_SEND", self.id, "DataProducer_SendNotification", body)


def _dump_from_fbs(body: Any) -> DataProducerDump:
    dump: dict[str, Any] = {
        "id": body["id"],
        "type": body["type"].lower(),
        "label": body["label"],
        "protocol": body["protocol"],
        "paused": body["paused"],
    }
    if "sctpStreamParameters" in body:
        dump["sctpStreamParameters"] = sctp_stream_parameters_from_fbs(body["sctpStreamParameters"])
    return cast(DataProducerDump, dump)
