"""Data producers and data consumers of a transport."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from media.mediasoup import ortc
from media.mediasoup.data_consumer import DataConsumer
from media.mediasoup.data_producer import DataProducer
from media.mediasoup.errors import NotFoundError
from media.mediasoup.object_ids import new_id
from media.mediasoup.sctp_stream_ids import SctpStreamIds
from media.mediasoup.transport_base import TransportBase
from media.mediasoup.transport_requests_fbs import consume_data_request_to_fbs, produce_data_request_to_fbs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from media.mediasoup.router import Router
    from media.mediasoup.sctp_parameters import SctpStreamParameters
    from media.mediasoup.worker_object import AppData

logger = logging.getLogger(__name__)


class TransportData(TransportBase):
    """A transport's half for messages."""

    def __init__(self, router: Router, transport_id: str, app_data: AppData | None) -> None:
        super().__init__(router, transport_id, app_data)
        self._sctp_stream_ids = SctpStreamIds()

    async def produce_data(
        self,
        *,
        sctp_stream_parameters: SctpStreamParameters | None = None,
        label: str = "",
        protocol: str = "",
        id: str | None = None,  # noqa: A002  upstream's name of the option
        paused: bool = False,
        app_data: AppData | None = None,
    ) -> DataProducer:
        """Take in messages from the endpoint: over the SCTP stream that is described, or through `DataProducer.send` on
        a direct transport, which ignores `sctp_stream_parameters`.

        Raises TypeError for arguments that make no sense or an id that is in use, RequestRejected when the worker
        refuses."""
        if id is not None:
            self._check_id("DataProducer", id)
        stream: SctpStreamParameters | None = None
        if self.type != "direct":
            stream = ortc.validate_and_normalize_sctp_stream_parameters(
                cast("SctpStreamParameters", sctp_stream_parameters)
            )
        elif sctp_stream_parameters is not None:
            logger.warning("%r ignores sctp_stream_parameters", self)
        data_producer = DataProducer(self, id or new_id(), stream, label, protocol, paused, app_data)
        body = produce_data_request_to_fbs(data_producer)
        reply = await data_producer._create_in_worker(
            self, "TRANSPORT_PRODUCE_DATA", "Transport_ProduceDataRequest", body
        )
        data_producer._accept(reply)
        self._data_producers[data_producer.id] = data_producer
        self._router._data_producers[data_producer.id] = data_producer
        self.observe("newdataproducer", data_producer)
        return data_producer

    async def consume_data(
        self,
        *,
        data_producer_id: str,
        ordered: bool | None = None,
        max_packet_life_time: int | None = None,
        max_retransmits: int | None = None,
        paused: bool = False,
        subchannels: Iterable[int] = (),
        app_data: AppData | None = None,
    ) -> DataConsumer:
        """Send a data producer's messages to the endpoint, or to the `message` event on a direct transport.

        Reliability is the data producer's unless given here (milliseconds, number of retransmissions). With
        `subchannels`, messages for other subchannels are left out. Raises NotFoundError when the router has no such
        data producer, TypeError for arguments that make no sense, InvalidStateError when no SCTP stream is free,
        RequestRejected when the worker refuses."""
        self._check_open()
        if not isinstance(data_producer_id, str) or not data_producer_id:
            raise TypeError("data_producer_id must be a non-empty string")
        data_producer = self._router._data_producers.get(data_producer_id)
        if data_producer is None:
            raise NotFoundError(f'DataProducer with id "{data_producer_id}" not found')
        stream: SctpStreamParameters | None = None
        if self.type != "direct":
            stream = self._stream_to_consume(data_producer, ordered, max_packet_life_time, max_retransmits)
        elif (ordered, max_packet_life_time, max_retransmits) != (None, None, None):
            logger.warning("%r ignores ordered, max_packet_life_time and max_retransmits", self)
        data_consumer = DataConsumer(self, new_id(), data_producer, stream, list(subchannels), app_data)
        body = consume_data_request_to_fbs(data_consumer, paused=paused)
        try:
            reply = await data_consumer._create_in_worker(
                self, "TRANSPORT_CONSUME_DATA", "Transport_ConsumeDataRequest", body
            )
        except BaseException:
            data_consumer._leave_parent()
            raise
        data_consumer._accept(reply)
        self._data_consumers[data_consumer.id] = data_consumer
        self.observe("newdataconsumer", data_consumer)
        return data_consumer

    def _stream_to_consume(
        self,
        data_producer: DataProducer,
        ordered: bool | None,
        max_packet_life_time: int | None,
        max_retransmits: int | None,
    ) -> SctpStreamParameters:
        stream: dict[str, Any] = {"ordered": True, **(data_producer.sctp_stream_parameters or {})}
        if ordered:
            stream = {"ordered": True}
        elif ordered is False:
            stream["ordered"] = False
        if not ordered:
            if max_packet_life_time is not None:
                stream.update(ordered=False, maxPacketLifeTime=max_packet_life_time)
            if max_retransmits is not None:
                stream.update(ordered=False, maxRetransmits=max_retransmits)
        stream["streamId"] = self._sctp_stream_ids.allocate()
        return cast("SctpStreamParameters", stream)
