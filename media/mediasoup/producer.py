"""A producer: media that one remote endpoint sends into a router."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, cast

from media.mediasoup.rtp_parameters_fbs import rtp_parameters_from_fbs
from media.mediasoup.rtp_stream_dump_fbs import RtpStreamDump
from media.mediasoup.rtp_stream_stats import RtpStreamRecvStats, rtp_stream_stats_from_fbs
from media.mediasoup.trace_events import (
    PRODUCER_TRACE_EVENT_TYPES,
    ProducerTraceEventType,
    trace_event_types_from_fbs,
    trace_event_types_to_fbs,
    trace_from_fbs,
)
from media.mediasoup.worker_object import AppData, Body, WorkerObject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from media.mediasoup.consumer_plan import ConsumerPlan
    from media.mediasoup.producer_plan import ProducerParameters
    from media.mediasoup.rtp_parameters import MediaKind, RtpMapping, RtpParameters
    from media.mediasoup.transport import Transport

ProducerType = Literal["simple", "simulcast", "svc"]


class ProducerScore(TypedDict):
    """Quality of one received stream, 0 to 10. `encodingIdx` is its place in the RTP parameters' encodings."""

    encodingIdx: int
    ssrc: int
    rid: NotRequired[str]
    score: int


class ProducerVideoOrientation(TypedDict):
    """`rotation` is degrees clockwise: 0, 90, 180 or 270."""

    camera: bool
    flip: bool
    rotation: int


class ProducerDump(TypedDict):
    """`rtpStreams` is absent before the first packet. A `rid` in it or in `rtpMapping` is empty where there is none."""

    id: str
    kind: MediaKind
    type: ProducerType
    rtpParameters: RtpParameters
    rtpMapping: RtpMapping
    rtpStreams: NotRequired[list[RtpStreamDump]]
    traceEventTypes: list[str]
    paused: bool


def _score_from_fbs(body: Body) -> ProducerScore:
    score: ProducerScore = {"encodingIdx": body["encodingIdx"], "ssrc": body["ssrc"], "score": body["score"]}
    if body.get("rid"):
        score["rid"] = body["rid"]
    return score


def _dump_from_fbs(body: Body) -> ProducerDump:
    dump: dict[str, Any] = {
        "id": body["id"],
        "kind": body["kind"].lower(),
        "type": body["type"].lower(),
        "rtpParameters": rtp_parameters_from_fbs(body["rtpParameters"]),
        "rtpMapping": body["rtpMapping"],
        "traceEventTypes": trace_event_types_from_fbs(body["traceEventTypes"]),
        "paused": body["paused"],
    }
    if body["rtpStreams"]:
        dump["rtpStreams"] = body["rtpStreams"]
    return cast(ProducerDump, dump)


class Producer(WorkerObject):
    """Takes in an endpoint's RTP, for consumers of the same router. Made by `Transport.produce`.

    `rtp_parameters` is what the endpoint sends (normalised), `consumable_rtp_parameters` what consumers can have of it.
    Both are shared with others: do not change them.

    Events: `transportclose`, `score` (list of ProducerScore), `videoorientationchange` (ProducerVideoOrientation),
    `trace` (TraceEventData). Observer: `close`, `pause`, `resume`, `score`, `videoorientationchange`, `trace`.
    """

    paused: bool = False

    def __init__(
        self,
        transport: Transport,
        producer_id: str,
        kind: MediaKind,
        parameters: ProducerParameters,
        paused: bool,
        app_data: AppData | None,
    ) -> None:
        super().__init__(transport._pipe, producer_id, app_data)
        self.kind: MediaKind = kind
        self.type: ProducerType = "simple"
        self.rtp_parameters = parameters.rtp_parameters
        self.consumable_rtp_parameters = parameters.consumable_rtp_parameters
        self.paused = paused
        self.score: list[ProducerScore] = []
        self._transport = transport
        self._consumer_plans: dict[object, ConsumerPlan] = {}

    def _accept(self, reply: Body) -> None:
        """Take over what the worker says about the new producer, and begin."""
        self.type = reply["type"].lower()
        self._begin()

    def _tell_close(self) -> None:
        self._transport._tell("TRANSPORT_CLOSE_PRODUCER", "Transport_CloseProducerRequest", {"producerId": self.id})

    def _leave_parent(self) -> None:
        self._transport._producers.pop(self.id, None)
        self._transport._router._producers.pop(self.id, None)

    async def dump(self) -> ProducerDump:
        return _dump_from_fbs(await self._request("PRODUCER_DUMP"))

    async def get_stats(self) -> list[RtpStreamRecvStats]:
        """Statistics of each received stream; none before the first packet."""
        reply = await self._request("PRODUCER_GET_STATS")
        return [cast(RtpStreamRecvStats, rtp_stream_stats_from_fbs(stats)) for stats in reply["stats"]]

    async def pause(self) -> None:
        """Drop incoming media until `resume`. Its consumers get `producerpause`. Observer: `pause` if it was not
        paused."""
        await self._request("PRODUCER_PAUSE")
        was_paused, self.paused = self.paused, True
        if not was_paused and not self.closed:
            self.observe("pause")

    async def resume(self) -> None:
        """Take in media again. Its consumers get `producerresume`. Observer: `resume` if it was paused."""
        await self._request("PRODUCER_RESUME")
        was_paused, self.paused = self.paused, False
        if was_paused and not self.closed:
            self.observe("resume")

    def follow(self, *, paused: bool) -> None:
        """Be paused, or not, as the original is that this one is piped from; without waiting."""
        (self._pause_along if paused else self._resume_along)()

    def _pause_along(self) -> None:
        """Pause with the producer that this one is piped from, without waiting."""
        self._follow("PRODUCER_PAUSE", "pause", paused=True)

    def _resume_along(self) -> None:
        """Resume with the producer that this one is piped from, without waiting."""
        self._follow("PRODUCER_RESUME", "resume", paused=False)

    def _follow(self, method: str, event: str, *, paused: bool) -> None:
        if self.closed or self.paused == paused:
            return
        self._tell(method)
        self.paused = paused
        self.observe(event)

    async def enable_trace_event(self, types: Iterable[ProducerTraceEventType] = ()) -> None:
        """Have `trace` events of these types emitted, and no others. Nothing turns them off."""
        events = trace_event_types_to_fbs(types, PRODUCER_TRACE_EVENT_TYPES)
        await self._request("PRODUCER_ENABLE_TRACE_EVENT", "Producer_EnableTraceEventRequest", {"events": events})

    def send(self, rtp_packet: bytes) -> None:
        """Put an RTP packet in, as if the endpoint had sent it. Meant for direct transports.

        Raises InvalidStateError when closed."""
        if not isinstance(rtp_packet, bytes | bytearray | memoryview):
            raise TypeError("rtp_packet must be bytes")
        self._check_open()
        self._pipe.notify("PRODUCER_SEND", self.id, "Producer_SendNotification", {"data": rtp_packet})

    def _handle(self, event: str, body: Any) -> None:
        match event:
            case "PRODUCER_SCORE":
                self.score = [_score_from_fbs(score) for score in body["scores"]]
                self._emit_and_observe("score", self.score)
            case "PRODUCER_VIDEO_ORIENTATION_CHANGE":
                orientation: ProducerVideoOrientation = {
                    "camera": body["camera"],
                    "flip": body["flip"],
                    "rotation": body["rotation"],
                }
                self._emit_and_observe("videoorientationchange", orientation)
            case "PRODUCER_TRACE":
                self._emit_and_observe("trace", trace_from_fbs(body))
            case _:
                super()._handle(event, body)
