"""The bottom of every transport: what was made on it, bitrates, traces, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from media.mediasoup.trace_events import (
    TRANSPORT_TRACE_EVENT_TYPES,
    TransportTraceEventType,
    trace_event_types_to_fbs,
    transport_trace_from_fbs,
)
from media.mediasoup.worker_object import AppData, WorkerObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from media.mediasoup.consumer import Consumer
    from media.mediasoup.data_consumer import DataConsumer
    from media.mediasoup.data_producer import DataProducer
    from media.mediasoup.producer import Producer
    from media.mediasoup.router import Router
    from media.mediasoup.transport_stats import BaseTransportStats

TransportType = Literal["webrtc", "plain", "pipe", "direct"]


class TransportBase(WorkerObject):
    """Knows its router and its children, and closes them with itself."""

    type: ClassVar[TransportType]

    def __init__(self, router: Router, transport_id: str, app_data: AppData | None) -> None:
        super().__init__(router._pipe, transport_id, app_data)
        self._router = router
        self._producers: dict[str, Producer] = {}
        self._consumers: dict[str, Consumer] = {}
        self._data_producers: dict[str, DataProducer] = {}
        self._data_consumers: dict[str, DataConsumer] = {}

    @property
    def producers(self) -> Mapping[str, Producer]:
        """What is sent over it, by id."""
        return self._producers

    @property
    def consumers(self) -> Mapping[str, Consumer]:
        """What is received over it, by id."""
        return self._consumers

    async def get_stats(self) -> Sequence[BaseTransportStats]:
        """Statistics, a list of one. Each type of transport adds its own to these."""
        raise NotImplementedError

    # Bitrates and traces

    async def set_max_incoming_bitrate(self, bitrate: int) -> None:
        """Tell the endpoint to send at most this many bits a second. 0 takes the limit away."""
        body = {"maxIncomingBitrate": bitrate}
        await self._request("TRANSPORT_SET_MAX_INCOMING_BITRATE", "Transport_SetMaxIncomingBitrateRequest", body)

    async def set_max_outgoing_bitrate(self, bitrate: int) -> None:
        """Send at most this many bits a second to the endpoint (30,000 at least). 0 takes the limit away."""
        body = {"maxOutgoingBitrate": bitrate}
        await self._request("TRANSPORT_SET_MAX_OUTGOING_BITRATE", "Transport_SetMaxOutgoingBitrateRequest", body)

    async def set_min_outgoing_bitrate(self, bitrate: int) -> None:
        """Take the endpoint to be able to receive this many bits a second (30,000 at least). 0 takes that back."""
        body = {"minOutgoingBitrate": bitrate}
        await self._request("TRANSPORT_SET_MIN_OUTGOING_BITRATE", "Transport_SetMinOutgoingBitrateRequest", body)

    async def enable_trace_event(self, types: Iterable[TransportTraceEventType] = ()) -> None:
        """Have `trace` events of these types emitted, and no others. Nothing turns them off."""
        events = trace_event_types_to_fbs(types, TRANSPORT_TRACE_EVENT_TYPES)
        await self._request("TRANSPORT_ENABLE_TRACE_EVENT", "Transport_EnableTraceEventRequest", {"events": events})

    def _check_id(self, noun: str, object_id: str) -> None:
        """Refuse an id that is no string or that something in the worker already has."""
        if not isinstance(object_id, str) or not object_id:
            raise TypeError("if given, id must be a non-empty string")
        if self._pipe.has_subscriber(object_id):
            raise TypeError(f'a {noun} with same id "{object_id}" already exists')

    # End

    def _tell_close(self) -> None:
        self._router._tell("ROUTER_CLOSE_TRANSPORT", "Router_CloseTransportRequest", {"transportId": self.id})

    def _leave_parent(self) -> None:
        self._router._transports.pop(self.id, None)

    def _close_children(self) -> None:
        # The tables are emptied first, as listeners of one child may close another.
        producers, self._producers = self._producers, {}
        consumers, self._consumers = self._consumers, {}
        data_producers, self._data_producers = self._data_producers, {}
        data_consumers, self._data_consumers = self._data_consumers, {}
        for children in (producers, consumers, data_producers, data_consumers):
            for child in children.values():
                child._closed_by("transportclose")

    def _handle(self, event: str, body: Any) -> None:
        if event == "TRANSPORT_TRACE":
            self._emit_and_observe("trace", transport_trace_from_fbs(body))
        else:
            super()._handle(event, body)
