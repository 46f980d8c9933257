"""What all transports can do with media: produce and consume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from media.mediasoup import ortc
from media.mediasoup.consumer import Consumer, ConsumerLayers, layers_to_fbs
from media.mediasoup.consumer_plan import LONGEST_MID, consumer_plan
from media.mediasoup.errors import NotFoundError
from media.mediasoup.object_ids import new_id
from media.mediasoup.producer import Producer
from media.mediasoup.producer_plan import LONGEST_PRODUCER_ID, ProducerParameters, take_apart
from media.mediasoup.transport_data import TransportData
from media.mediasoup.transport_requests_fbs import consume_request_to_fbs, produce_request_to_fbs

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from media.mediasoup.consumer_dump_fbs import ConsumerType
    from media.mediasoup.ortc import RemoteCapabilities
    from media.mediasoup.router import Router
    from media.mediasoup.rtp_parameters import MediaKind, RtcpParameters, RtpCapabilities, RtpParameters
    from media.mediasoup.worker_object import AppData, Body

MIDS_FOR_CONSUMERS = 100_000_000  # A mid travels in at most eight bytes.


class Transport(TransportData):
    """Connects one endpoint with a router.

    Events of all types: `routerclose`, `trace` (TraceEventData).
    Observer: `close`, `newproducer`, `newconsumer`, `newdataproducer`, `newdataconsumer` (each with the object),
    `trace`.
    """

    def __init__(self, router: Router, transport_id: str, app_data: AppData | None) -> None:
        super().__init__(router, transport_id, app_data)
        self._next_mid = 0
        self._cname: str | None = None

    async def produce(
        self,
        *,
        kind: MediaKind,
        rtp_parameters: RtpParameters,
        id: str | None = None,  # noqa: A002  upstream's name of the option
        paused: bool = False,
        key_frame_request_delay: int = 0,
        enable_mediasoup_packet_id_header_extension: bool = False,
        app_data: AppData | None = None,
    ) -> Producer:
        """Take in what the endpoint sends as `rtp_parameters` describes.

        `id` must be unique in the worker. `key_frame_request_delay` is the milliseconds to wait before a key frame is
        asked for again (0: not at all). Raises TypeError for parameters that make no sense or an id that is in use (the
        object that has it is left alone), UnsupportedError for a codec that the router does not have, RequestRejected
        when the worker refuses.
        """
        if kind not in ("audio", "video"):
            raise TypeError(f"invalid kind {kind!r}: must be 'audio' or 'video'")
        if id is not None:
            self._check_id("Producer", id)
        plans = self._router._producer_plans
        given = take_apart(kind, rtp_parameters)
        plan = plans.get(given)
        if plan is None or given is None:
            parameters = self._negotiate(kind, rtp_parameters)
            plan = plans.learn(self._pipe.codec, kind, given, parameters)
        else:
            parameters = plan.parameters(given, self._choose_cname(given.cname))
        producer = Producer(self, id or new_id(), kind, parameters, paused, app_data)

        def request() -> Awaitable[Any]:
            if plan is not None and len(producer.id.encode()) <= LONGEST_PRODUCER_ID:
                return plan.request(
                    self._pipe,
                    self.id,
                    producer.id,
                    parameters,
                    paused=paused,
                    key_frame_request_delay=key_frame_request_delay,
                    enable_mediasoup_packet_id_header_extension=enable_mediasoup_packet_id_header_extension,
                )
            body = produce_request_to_fbs(
                producer_id=producer.id,
                kind=kind,
                rtp_parameters=parameters.rtp_parameters,
                rtp_mapping=parameters.rtp_mapping,
                paused=paused,
                key_frame_request_delay=key_frame_request_delay,
                enable_mediasoup_packet_id_header_extension=enable_mediasoup_packet_id_header_extension,
            )
            return self._pipe.request("TRANSPORT_PRODUCE", self.id, "Transport_ProduceRequest", body)

        reply = await producer._created(self, request)
        producer._accept(reply)
        self._producers[producer.id] = producer
        self._router._producers[producer.id] = producer
        self.observe("newproducer", producer)
        return producer

    def _negotiate(self, kind: MediaKind, rtp_parameters: RtpParameters) -> ProducerParameters:
        normalised = ortc.validate_and_normalize_rtp_parameters(rtp_parameters)
        rtcp: RtcpParameters = {**normalised["rtcp"], "cname": self._choose_cname(normalised["rtcp"].get("cname"))}
        normalised = {**normalised, "encodings": normalised["encodings"] or [{}], "rtcp": rtcp}
        capabilities = self._router.rtp_capabilities
        mapping, parameters = ortc.get_producer_rtp_parameters_mapping(normalised, capabilities)
        consumable = ortc.get_consumable_rtp_parameters(kind, parameters, capabilities, mapping)
        return ProducerParameters(parameters, consumable, mapping)

    def _choose_cname(self, given: str | None) -> str:
        """One CNAME for all producers of this transport, the first that was given.

        A producer that was piped keeps its own, as it tells the worker which streams share a clock.
        """
        if self.type == "pipe":
            return given or new_id()[:8]
        if self._cname is None:
            self._cname = given or new_id()[:8]
        return self._cname

    async def consume(
        self,
        *,
        producer_id: str,
        rtp_capabilities: RtpCapabilities | RemoteCapabilities,
        paused: bool = False,
        mid: str | None = None,
        preferred_layers: ConsumerLayers | None = None,
        ignore_dtx: bool = False,
        enable_rtx: bool | None = None,
        pipe: bool = False,
        app_data: AppData | None = None,
    ) -> Consumer:
        """Send a producer's media to the endpoint, in what `rtp_capabilities` says it can receive.

        Who consumes a lot gives `ortc.remote_capabilities(…)` of them, and saves their being recognised each time.
        Without `mid`, mids count up from "0" on this transport. `enable_rtx` defaults to True for video. With `pipe`,
        all streams of the producer are forwarded. Raises NotFoundError when the router has no such producer,
        UnsupportedError when the endpoint can receive none of its codecs, TypeError for arguments that make no sense,
        RequestRejected when the worker refuses.
        """
        self._check_open()
        producer = self._producer(producer_id)
        if mid is not None and (not isinstance(mid, str) or not mid):
            raise TypeError("if given, mid must be a non-empty string")
        layers = None if preferred_layers is None else layers_to_fbs(preferred_layers)
        if enable_rtx is None:
            enable_rtx = producer.kind == "video"
        if pipe or (mid is not None and len(mid.encode()) > LONGEST_MID):
            rtp_parameters = ortc.get_consumer_rtp_parameters(
                producer.consumable_rtp_parameters, rtp_capabilities, pipe=pipe, enable_rtx=enable_rtx
            )
            if not pipe:
                rtp_parameters["mid"] = mid or self._allocate_mid()
            return await self._consume(
                producer,
                "pipe" if pipe else producer.type,
                rtp_parameters,
                app_data,
                paused=paused,
                preferred_layers=layers,
                ignore_dtx=ignore_dtx,
            )
        plan = consumer_plan(producer, rtp_capabilities, enable_rtx=enable_rtx, preferred_layers=layers)
        rtp_parameters = plan.rtp_parameters(mid or self._allocate_mid())
        consumer = Consumer(self, new_id(), producer_id, producer.kind, producer.type, rtp_parameters, app_data)
        reply = await consumer._created(
            self,
            lambda: plan.request(
                self._pipe, self.id, consumer.id, rtp_parameters, paused=paused, ignore_dtx=ignore_dtx
            ),
        )
        return self._add_consumer(consumer, reply)

    async def _consume(
        self,
        producer: Producer,
        consumer_type: ConsumerType,
        rtp_parameters: RtpParameters,
        app_data: AppData | None,
        *,
        paused: bool = False,
        preferred_layers: Body | None = None,
        ignore_dtx: bool = False,
    ) -> Consumer:
        """Make a consumer with parameters that are its alone."""
        consumer = Consumer(self, new_id(), producer.id, producer.kind, consumer_type, rtp_parameters, app_data)
        body = consume_request_to_fbs(
            producer,
            consumer_id=consumer.id,
            consumer_type=consumer_type,
            rtp_parameters=rtp_parameters,
            paused=paused,
            preferred_layers=preferred_layers,
            ignore_dtx=ignore_dtx,
        )
        reply = await consumer._create_in_worker(self, "TRANSPORT_CONSUME", "Transport_ConsumeRequest", body)
        return self._add_consumer(consumer, reply)

    def _add_consumer(self, consumer: Consumer, reply: Body) -> Consumer:
        consumer._accept(reply)
        self._consumers[consumer.id] = consumer
        self.observe("newconsumer", consumer)
        return consumer

    def _allocate_mid(self) -> str:
        mid = str(self._next_mid)
        self._next_mid = (self._next_mid + 1) % MIDS_FOR_CONSUMERS
        return mid

    def _producer(self, producer_id: str) -> Producer:
        if not isinstance(producer_id, str) or not producer_id:
            raise TypeError("producer_id must be a non-empty string")
        producer = self._router._producers.get(producer_id)
        if producer is None:
            raise NotFoundError(f'Producer with id "{producer_id}" not found')
        return producer
