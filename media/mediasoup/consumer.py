"""A consumer: one producer's media on its way to one remote endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, cast

from media.mediasoup.consumer_dump_fbs import ConsumerDump, ConsumerType, consumer_dump_from_fbs
from media.mediasoup.rtp_stream_stats import RtpStreamRecvStats, RtpStreamSendStats, rtp_stream_stats_from_fbs
from media.mediasoup.trace_events import (
    CONSUMER_TRACE_EVENT_TYPES,
    ConsumerTraceEventType,
    trace_event_types_to_fbs,
    trace_from_fbs,
)
from media.mediasoup.worker_object import AppData, Body, WorkerObject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from media.mediasoup.rtp_parameters import MediaKind, RtpParameters
    from media.mediasoup.transport import Transport


class ConsumerLayers(TypedDict):
    """Spatial and temporal layer, counted from 0. Without a temporal layer: the highest."""

    spatialLayer: int
    temporalLayer: NotRequired[int]


class ConsumerScore(TypedDict):
    """Quality from 0 to 10: of this consumer's stream, of the producer's stream it takes, of each of the producer's
    streams."""

    score: int
    producerScore: int
    producerScores: list[int]


def layers_to_fbs(layers: ConsumerLayers) -> Body:
    """The body of `ConsumerLayers`. Raises TypeError for anything but an object whose layers are numbers."""
    if not isinstance(layers, dict):
        raise TypeError("layers must be an object")
    spatial, temporal = layers.get("spatialLayer"), layers.get("temporalLayer")
    if type(spatial) is not int:
        raise TypeError("spatialLayer must be a number")
    if temporal is None:
        return {"spatialLayer": spatial}
    if type(temporal) is not int:
        raise TypeError("if given, temporalLayer must be a number")
    return {"spatialLayer": spatial, "temporalLayer": temporal}


def _score_from_fbs(body: Body) -> ConsumerScore:
    return {
        "score": body["score"],
        "producerScore": body["producerScore"],
        "producerScores": list(body["producerScores"]),
    }


class Consumer(WorkerObject):
    """Forwards a producer's RTP to the endpoint behind a transport. Made by `Transport.consume`.

    Events: `transportclose`, `producerclose`, `producerpause`, `producerresume`, `score` (ConsumerScore),
    `layerschange` (ConsumerLayers or None), `trace` (TraceEventData), `rtp` (bytes, direct transports only). Observer:
    `close`, `pause`, `resume`, `score`, `layerschange`, `trace`.
    """

    paused: bool = False
    producer_paused: bool = False
    priority: int = 1
    score: ConsumerScore
    preferred_layers: ConsumerLayers | None = None
    current_layers: ConsumerLayers | None = None

    def __init__(
        self,
        transport: Transport,
        consumer_id: str,
        producer_id: str,
        kind: MediaKind,
        consumer_type: ConsumerType,
        rtp_parameters: RtpParameters,
        app_data: AppData | None,
    ) -> None:
        super().__init__(transport._pipe, consumer_id, app_data)
        self.producer_id = producer_id
        self.kind: MediaKind = kind
        self.type: ConsumerType = consumer_type
        self.rtp_parameters = rtp_parameters
        self._transport = transport

    def _accept(self, reply: Body) -> None:
        """Take over the state that the worker gave the new consumer, and begin."""
        if reply["paused"]:
            self.paused = True
        if reply["producerPaused"]:
            self.producer_paused = True
        self.score = _score_from_fbs(reply["score"])
        if "preferredLayers" in reply:
            self.preferred_layers = reply["preferredLayers"]
        self._begin()

    def _tell_close(self) -> None:
        self._transport._tell("TRANSPORT_CLOSE_CONSUMER", "Transport_CloseConsumerRequest", {"consumerId": self.id})

    def _leave_parent(self) -> None:
        self._transport._consumers.pop(self.id, None)

    async def dump(self) -> ConsumerDump:
        return consumer_dump_from_fbs(await self._request("CONSUMER_DUMP"))

    async def get_stats(self) -> list[RtpStreamSendStats | RtpStreamRecvStats]:
        """Statistics of the sent stream and, where there is one, of the producer's stream it comes from."""
        reply = await self._request("CONSUMER_GET_STATS")
        return [rtp_stream_stats_from_fbs(stats) for stats in reply["stats"]]

    async def pause(self) -> None:
        """Stop forwarding until `resume`. Observer: `pause`, unless it was silent already."""
        await self._request("CONSUMER_PAUSE")
        was_paused, self.paused = self.paused, True
        if not was_paused and not self.producer_paused and not self.closed:
            self.observe("pause")

    async def resume(self) -> None:
        """Forward again. Media flows once the producer is not paused either. Observer: `resume` if it does."""
        await self._request("CONSUMER_RESUME")
        was_paused, self.paused = self.paused, False
        if was_paused and not self.producer_paused and not self.closed:
            self.observe("resume")

    async def set_preferred_layers(self, *, spatial_layer: int, temporal_layer: int | None = None) -> None:
        """Ask for at most these layers. `preferred_layers` says afterwards what the worker made of it: cut to what
        there is, None for a consumer without layers."""
        layers: ConsumerLayers = {"spatialLayer": spatial_layer}
        if temporal_layer is not None:
            layers["temporalLayer"] = temporal_layer
        reply = await self._request(
            "CONSUMER_SET_PREFERRED_LAYERS",
            "Consumer_SetPreferredLayersRequest",
            {"preferredLayers": layers_to_fbs(layers)},
        )
        self.preferred_layers = (reply or {}).get("preferredLayers")

    async def set_priority(self, priority: int) -> None:
        """Weigh this consumer when the transport's bitrate does not suffice for all: 1 (lowest, the default) to 255."""
        if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 255:
            raise TypeError("priority must be a number from 0 to 255")
        reply = await self._request("CONSUMER_SET_PRIORITY", "Consumer_SetPriorityRequest", {"priority": priority})
        self.priority = reply["priority"]

    async def unset_priority(self) -> None:
        """Back to priority 1."""
        await self.set_priority(1)

    async def request_key_frame(self) -> None:
        """Ask the producer's endpoint for a key frame. Without effect on audio."""
        await self._request("CONSUMER_REQUEST_KEY_FRAME")

    async def enable_trace_event(self, types: Iterable[ConsumerTraceEventType] = ()) -> None:
        """Have `trace` events of these types emitted, and no others. Nothing turns them off."""
        events = trace_event_types_to_fbs(types, CONSUMER_TRACE_EVENT_TYPES)
        await self._request("CONSUMER_ENABLE_TRACE_EVENT", "Consumer_EnableTraceEventRequest", {"events": events})

    def _handle(self, event: str, body: Any) -> None:
        match event:
            case "CONSUMER_SCORE":
                self.score = _score_from_fbs(body["score"])
                self._emit_and_observe("score", self.score)
            case "CONSUMER_LAYERS_CHANGE":
                self.current_layers = cast("ConsumerLayers | None", body.get("layers"))
                self._emit_and_observe("layerschange", self.current_layers)
            case "CONSUMER_RTP":
                self.emit("rtp", body["data"])
            case "CONSUMER_PRODUCER_PAUSE":
                self._producer_paused_changed(True)
            case "CONSUMER_PRODUCER_RESUME":
                self._producer_paused_changed(False)
            case "CONSUMER_PRODUCER_CLOSE":
                self._closed_by("producerclose")
            case "CONSUMER_TRACE":
                self._emit_and_observe("trace", trace_from_fbs(body))
            case _:
                super()._handle(event, body)

    def _producer_paused_changed(self, paused: bool) -> None:
        if self.producer_paused == paused:
            return
        self.producer_paused = paused
        self.emit("producerpause" if paused else "producerresume")
        if not self.paused:
            self.observe("pause" if paused else "resume")
