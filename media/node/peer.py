"""A participant's media: two transports, what they send and what they receive."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, cast

from media.errors import (
    BAD_REQUEST,
    CANNOT_CONSUME,
    CONSUME_FAILED,
    CONSUMER_NOT_FOUND,
    PRODUCE_FAILED,
    PRODUCER_NOT_FOUND,
    TRANSPORT_CONNECT_FAILED,
    TRANSPORT_CREATION_FAILED,
    TRANSPORT_NOT_FOUND,
    MediaError,
)
from media.mediasoup import ortc
from media.mediasoup.consumer import Consumer
from media.mediasoup.producer import Producer
from media.mediasoup.rtp_parameters import MediaKind, RtpCapabilities, RtpParameters
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.webrtc_transport_fbs import DtlsParameters

from .pushes import Pushes, push
from .refusals import refused_as
from .watching import watch_consumer, watch_transport

if TYPE_CHECKING:
    from .room import Room

log = logging.getLogger(__name__)

Json = dict[str, Any]
Direction = Literal["send", "recv"]

# What a receiver is taken to have before the worker has measured it: enough for the middle layer of one camera.
INITIAL_OUTGOING_BITRATE = 1_000_000


class Peer:
    """Made by `Rooms.enter`. Ids that belong to other peers are as unknown here as ids that never were."""

    def __init__(self, room: "Room", participant: str, patience: float, abandoned: Callable[["Peer"], None]) -> None:
        self.room = room
        self.participant = participant
        self.pushes = Pushes(room.meeting, participant, patience, lambda: abandoned(self))
        self.transports: dict[Direction, WebRtcTransport] = {}
        self.producers: dict[str, Producer] = {}
        self.consumers: dict[str, Consumer] = {}
        self._consuming: dict[str, Consumer] = {}
        self.closed = False
        self._connected: set[str] = set()
        self._rtp_capabilities: RtpCapabilities | None = None

    # Transports

    async def open_transport(self, direction: Direction) -> WebRtcTransport:
        """A new transport; one of the same direction that was there is closed, with what ran over it."""
        with refused_as(TRANSPORT_CREATION_FAILED):
            transport = await self.room.router.create_webrtc_transport(
                webrtc_server=self.room.webrtc_server,
                enable_udp=True,
                enable_tcp=True,
                prefer_udp=True,
                initial_available_outgoing_bitrate=INITIAL_OUTGOING_BITRATE,
                app_data={"participantId": self.participant, "direction": direction},
            )
        self._drop_transport(direction)
        self.transports[direction] = transport
        watch_transport(self.pushes, transport)
        log.info(
            "Transport created meeting=%s participant=%s direction=%s transport=%s",
            self.room.meeting,
            self.participant,
            direction,
            transport.id,
        )
        return transport

    def transport(self, transport_id: str) -> WebRtcTransport:
        """One of this peer's transports. Raises `MediaError` (TRANSPORT_NOT_FOUND)."""
        for transport in self.transports.values():
            if transport.id == transport_id:
                return transport
        raise MediaError(TRANSPORT_NOT_FOUND, "You have no transport with this id.")

    async def connect(self, transport: WebRtcTransport, dtls_parameters: Json) -> None:
        """Tell a transport the remote fingerprint. Raises `MediaError`, also when it is connected already."""
        if transport.id in self._connected:
            raise MediaError(TRANSPORT_CONNECT_FAILED, "The transport is connected already.")
        self._connected.add(transport.id)
        try:
            with refused_as(TRANSPORT_CONNECT_FAILED):
                await transport.connect(dtls_parameters=cast(DtlsParameters, dtls_parameters))
        except BaseException:
            self._connected.discard(transport.id)
            raise

    def has_transport(self, transport_id: str) -> bool:
        """Whether it is one of this peer's."""
        return any(transport.id == transport_id for transport in self.transports.values())

    def close_transport(self, transport_id: str) -> None:
        """End one of this peer's transports with what ran over it, and tell everybody, this peer too.

        Raises `MediaError` (TRANSPORT_NOT_FOUND).
        """
        transport = self.transport(transport_id)
        for direction, mine in list(self.transports.items()):
            if mine is transport:
                self._drop_transport(direction)
        closed = {"transportId": transport.id, "iceState": "closed", "dtlsState": "closed"}
        push("transport-state", closed, [self.pushes])

    def is_connected(self, transport: WebRtcTransport) -> bool:
        """Whether it was told the remote fingerprint."""
        return transport.id in self._connected

    # Sending

    async def produce(self, kind: MediaKind, source: str, rtp_parameters: Json, paused: bool) -> Producer:
        """Take in media from this peer, one producer a source. Raises `MediaError`."""
        transport = self._transport_to("send")
        if any(producer.app_data["source"] == source for producer in self.producers.values()):
            raise MediaError(PRODUCE_FAILED, f'You are sending "{source}" already; close that producer first.')
        with refused_as(PRODUCE_FAILED):
            producer = await transport.produce(
                kind=kind,
                rtp_parameters=cast(RtpParameters, rtp_parameters),
                paused=paused,
                app_data={"participantId": self.participant, "source": source},
            )
        self.producers[producer.id] = producer
        return producer

    def producer(self, producer_id: str) -> Producer:
        """One of this peer's producers. Raises `MediaError` (PRODUCER_NOT_FOUND)."""
        producer = self.producers.get(producer_id)
        if producer is None:
            raise MediaError(PRODUCER_NOT_FOUND, "You have no producer with this id.")
        return producer

    def close_producer(self, producer: Producer) -> None:
        """End a producer and tell the others. Idempotent."""
        if self.producers.pop(producer.id, None) is not None:
            producer.close()
            names = {"participantId": self.participant, "producerId": producer.id}
            self.room.tell("producer-closed", names, but=self)

    # Receiving

    def can_receive(self, rtp_capabilities: Json) -> None:
        """Note what this peer's device can receive. Raises `MediaError` (BAD_REQUEST) for what are no capabilities."""
        if rtp_capabilities == self._rtp_capabilities:
            # The object that is known already stays: parameters that were computed for it are found again by it.
            return
        with refused_as(BAD_REQUEST):
            ortc.validate_and_normalize_rtp_capabilities(cast(RtpCapabilities, rtp_capabilities))
        self._rtp_capabilities = cast(RtpCapabilities, rtp_capabilities)

    @property
    def knows_what_it_can_receive(self) -> bool:
        """Whether `can_receive` was told."""
        return self._rtp_capabilities is not None

    def consumer_of(self, producer: Producer) -> Consumer | None:
        """The consumer that this peer has for a producer."""
        return self._consuming.get(producer.id)

    async def consume(self, producer: Producer, paused: bool = False) -> Consumer:
        """Send a producer's media to this peer; the consumer it has already, if it has one. Raises `MediaError`."""
        if existing := self.consumer_of(producer):
            return existing
        transport = self._transport_to("recv")
        if self._rtp_capabilities is None:
            raise MediaError(CONSUME_FAILED, "Say what you can receive: rtpCapabilities is missing.")
        try:
            with refused_as(CONSUME_FAILED, unsupported=CANNOT_CONSUME):
                consumer = await transport.consume(
                    producer_id=producer.id,
                    rtp_capabilities=self._rtp_capabilities,
                    paused=paused,
                    app_data=producer.app_data,
                )
        except MediaError:
            if producer.closed and not self.room.closed:
                raise MediaError(PRODUCER_NOT_FOUND, "The producer has just been closed.") from None
            raise
        self.consumers[consumer.id] = self._consuming[producer.id] = consumer
        watch_consumer(self.pushes, consumer, self._consumer_closed)
        return consumer

    def consumer(self, consumer_id: str) -> Consumer:
        """One of this peer's consumers. Raises `MediaError` (CONSUMER_NOT_FOUND)."""
        consumer = self.consumers.get(consumer_id)
        if consumer is None:
            raise MediaError(CONSUMER_NOT_FOUND, "You have no consumer with this id.")
        return consumer

    def close_consumer(self, consumer: Consumer) -> None:
        """End a consumer, and tell this peer. Idempotent."""
        if consumer.id in self.consumers:
            self._consumer_closed(consumer)
            consumer.close()
            both = {"consumerId": consumer.id, "producerId": consumer.producer_id}
            push("consumer-closed", both, [self.pushes])

    # End

    def close(self) -> None:
        """Close transports, and with them producers and consumers, telling nobody. Idempotent."""
        self.closed = True
        self.pushes.close()
        for transport in self.transports.values():
            transport.close()
        self.transports.clear()
        self.producers.clear()
        self.consumers.clear()
        self._consuming.clear()

    def _transport_to(self, direction: Direction) -> WebRtcTransport:
        transport = self.transports.get(direction)
        if transport is None:
            raise MediaError(TRANSPORT_NOT_FOUND, f"Create a {direction} transport first.")
        return transport

    def _drop_transport(self, direction: Direction) -> None:
        transport = self.transports.pop(direction, None)
        if transport is None:
            return
        self._connected.discard(transport.id)
        if direction == "send":
            for producer in list(self.producers.values()):
                self.close_producer(producer)
        else:
            self.consumers.clear()
            self._consuming.clear()
        transport.close()

    def _consumer_closed(self, consumer: Consumer) -> None:
        if self.consumers.pop(consumer.id, None) is not None:
            self._consuming.pop(consumer.producer_id, None)
