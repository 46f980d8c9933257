"""A participant's media: two transports, what they send and what they receive."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

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

from .facts import Direction
from .first_steps import FirstSteps
from .key_frames import KeyFrameWatch
from .permitted import Permitted
from .place import Place, Sent
from .pushes import Pushes, push
from .refusals import refused_as
from .watching import watch_consumer, watch_transport

if TYPE_CHECKING:
    from .room import Room

log = logging.getLogger(__name__)

Json = dict[str, Any]

# What a receiver is taken to have before the worker has measured it: enough for the middle layer of one camera.
INITIAL_OUTGOING_BITRATE = 1_000_000
# Chrome ignores a request for a key frame that follows another within 300 ms. The worker would wait a second for what
# never comes; told of this delay, it asks again for whoever asked meanwhile. That is what happens when many begin to
# receive at once, as after a failure.
KEY_FRAME_EVERY_MS = 320
# For so long a transport that was replaced by one in another place may still carry media, until the new one does.
RETIREMENT_SECONDS = 5.0
# What is replaced goes on for so long after its successor is there: others need a moment to go over to that.
HAND_OVER_SECONDS = 3.0


@dataclass(slots=True)
class _Retired:
    """A transport that has a successor in another place, and what is still sent over it."""

    transport: WebRtcTransport
    place: Place
    sends: bool
    producer_ids: set[str]
    timer: asyncio.TimerHandle | None = None

    def close_in(self, seconds: float, close: Callable[["_Retired"], None]) -> None:
        """Have it closed then, and no later than was said before."""
        loop = asyncio.get_running_loop()
        if self.timer is not None:
            if self.timer.when() <= loop.time() + seconds:
                return
            self.timer.cancel()
        self.timer = loop.call_later(seconds, close, self)

    def end(self) -> None:
        """Close it. Idempotent."""
        if self.timer is not None:
            self.timer.cancel()
        self.transport.close()


class Peer:
    """Made by `Rooms.enter`. Ids that belong to other peers are as unknown here as ids that never were.

    New transports are made at `place`. Those that were made elsewhere, before `move_to`, go on until they are replaced:
    both ways lead to the same room. `expects` is how many consumers it will want at once; `arrived_at` is the loop's
    time.
    """

    def __init__(
        self,
        room: "Room",
        place: Place,
        participant: str,
        patience: float,
        abandoned: Callable[["Peer"], None],
    ) -> None:
        self.room = room
        self.place = place
        self.participant = participant
        self.pushes = Pushes(room.meeting, participant, patience, lambda: abandoned(self))
        self.first_steps = FirstSteps(self.pushes)
        self.permitted = Permitted()
        self._key_frames = KeyFrameWatch()
        self.transports: dict[Direction, WebRtcTransport] = {}
        self.producers: dict[str, Producer] = {}
        self.consumers: dict[str, Consumer] = {}
        self._consuming: dict[str, Consumer] = {}
        self.closed = False
        self.expects = 0
        self.arrived_at = asyncio.get_running_loop().time()
        self._places: dict[str, Place] = {}
        self._retired: list[_Retired] = []
        self._replaced: set[str] = set()
        self._connected: set[str] = set()
        self._rtp_capabilities: RtpCapabilities | None = None

    # Places

    @property
    def lost(self) -> bool:
        """Whether its worker died underneath."""
        return any(place.lost for place in (self.place, *self._places.values()))

    @property
    def is_moving(self) -> bool:
        """Whether it has transports that are to be replaced by others in another place."""
        return any(self._places[transport.id] is not self.place for transport in self.transports.values())

    def is_at(self, place: Place) -> bool:
        """Whether anything of it is there, or is to be."""
        return (
            self.place is place
            or place in self._places.values()
            or any(retired.place is place for retired in self._retired)
        )

    def is_hit_by(self, place: Place) -> bool:
        """Whether the end of `place` takes away what it sends and receives."""
        return place in self._places.values() if self._places else self.place is place

    def move_to(self, place: Place) -> None:
        """Make its transports there from now on."""
        self.place = place

    def stay(self) -> None:
        """The place that it was to move to is gone."""
        self.place = next(iter(self._places.values()), self.place)

    def leave_old_place(self) -> None:
        """Have no transports but those at its place. The others carry media until their successors do."""
        for direction, transport in list(self.transports.items()):
            if self._places[transport.id] is not self.place:
                self._retire(direction)

    # Transports

    async def open_transport(self, direction: Direction) -> WebRtcTransport:
        """A new transport; one of the same direction that was there is closed, with what ran over it, or retired when
        it was in another place.
        """
        place = self.place
        with refused_as(TRANSPORT_CREATION_FAILED):
            transport = await place.router.create_webrtc_transport(
                webrtc_server=place.webrtc_server,
                enable_udp=True,
                enable_tcp=True,
                prefer_udp=True,
                initial_available_outgoing_bitrate=INITIAL_OUTGOING_BITRATE,
                app_data={"participantId": self.participant, "direction": direction},
            )
        if (before := self.transports.get(direction)) is not None and self._places[before.id] is not place:
            self._retire(direction)
        else:
            self._drop_transport(direction)
        self.transports[direction] = transport
        self._places[transport.id] = place
        watch_transport(self.pushes, transport, place.slot.index)
        self.first_steps.watch_transport(direction, transport)
        if direction == "recv":
            transport.on("dtlsstatechange", lambda _state: self._receiving_over(transport))
            transport.on("icestatechange", lambda _state: self._may_send_over(transport))
        log.info(
            "Transport created meeting=%s participant=%s direction=%s transport=%s",
            self.room.meeting,
            self.participant,
            direction,
            transport.id,
            extra={"transport": transport.id, "worker": place.slot.index},
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

    def expect_transport(self, direction: Direction, transport_id: str) -> None:
        """Make sure that this is the one in use in that direction, and not one that it has replaced: what belongs to
        the other would be taken in here and never flow. Raises `MediaError` (TRANSPORT_NOT_FOUND).
        """
        if self._transport_to(direction).id != transport_id:
            raise MediaError(TRANSPORT_NOT_FOUND, f"This is not your {direction} transport (any more).")

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

    async def produce(
        self, kind: MediaKind, source: str, rtp_parameters: Json, paused: bool, producer_id: str | None = None
    ) -> Producer:
        """Take in media from this peer, one producer a source, under an id of its choice. Raises `MediaError`."""
        transport = self._transport_to("send")
        if producer_id is not None and self.room.producer(producer_id) is not None:
            raise MediaError(PRODUCE_FAILED, "There is a producer with this id already.")
        if any(producer.app_data["source"] == source for producer in self.own_producers):
            raise MediaError(PRODUCE_FAILED, f'You are sending "{source}" already; close that producer first.')
        with refused_as(PRODUCE_FAILED):
            producer = await transport.produce(
                id=producer_id,
                kind=kind,
                key_frame_request_delay=KEY_FRAME_EVERY_MS if kind == "video" else 0,
                rtp_parameters=cast(RtpParameters, rtp_parameters),
                paused=paused,
                app_data={"participantId": self.participant, "source": source},
            )
        self.producers[producer.id] = producer
        self.first_steps.watch_producer(producer)
        self.room.add_producer(producer.id, self._places[transport.id])
        return producer

    @property
    def own_producers(self) -> list[Producer]:
        """What it sends over its transport: without what a retired one still sends."""
        old = {producer_id for retired in self._retired for producer_id in retired.producer_ids}
        return [producer for producer in self.producers.values() if producer.id not in old]

    @property
    def offered_producers(self) -> list[Producer]:
        """What others who do not receive it yet should receive: without what is about to end because its successor is
        there.
        """
        return [producer for producer in self.producers.values() if producer.id not in self._replaced]

    def replace_predecessor(self, producer: Producer) -> None:
        """End what a retired transport sends from the same source, and tell the others: after they have had the time
        to go over, or at once when nothing comes over that transport any more.
        """
        own = self.own_producers
        source = producer.app_data["source"]
        for retired in list(self._retired):
            for other_id in list(retired.producer_ids):
                other = self.producers.get(other_id)
                if other is None or other in own or other.app_data["source"] != source:
                    continue
                if retired.transport.dtls_state == "connected":
                    self._replaced.add(other_id)
                    asyncio.get_running_loop().call_later(HAND_OVER_SECONDS, self.close_producer, other)
                else:
                    self.close_producer(other)

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
            self._replaced.discard(producer.id)
            self.room.drop_producer(producer.id)
            for retired in list(self._retired):
                retired.producer_ids.discard(producer.id)
                if retired.sends and not retired.producer_ids:
                    self._close_retired(retired)
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

    def consumer_of(self, producer: Sent) -> Consumer | None:
        """The consumer that this peer has for a producer."""
        return self._consuming.get(producer.id)

    async def consume(self, producer: Sent, paused: bool = False) -> Consumer:
        """Send to this peer what somebody sends; the consumer it has already, if it has one. Raises `MediaError`."""
        if existing := self.consumer_of(producer):
            return existing
        transport = self._transport_to("recv")
        if self._rtp_capabilities is None:
            raise MediaError(CONSUME_FAILED, "Say what you can receive: rtpCapabilities is missing.")
        place, origin = self._places[transport.id], self.room.origin_of(producer)
        if origin is None:
            raise MediaError(PRODUCER_NOT_FOUND, "The producer has just been closed.")
        try:
            with refused_as(CONSUME_FAILED):
                give_up = await place.bring(producer, origin)
            try:
                with refused_as(CONSUME_FAILED, unsupported=CANNOT_CONSUME):
                    consumer = await transport.consume(
                        producer_id=producer.id,
                        rtp_capabilities=self._rtp_capabilities,
                        paused=paused,
                        app_data=producer.app_data,
                    )
            except BaseException:
                give_up()
                raise
        except MediaError:
            if producer.closed and not place.closed:
                raise MediaError(PRODUCER_NOT_FOUND, "The producer has just been closed.") from None
            raise
        if origin is not place:
            consumer.observer.on("close", give_up)
        self.consumers[consumer.id] = self._consuming[producer.id] = consumer
        self.first_steps.watch_consumer(consumer)
        watch_consumer(self.pushes, consumer, self._consumer_closed, self.first_steps.something_flows)
        if _sends(transport):
            self.first_steps.something_flows()
        self._key_frames.watch(consumer, lambda: _sends(transport))
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
        self.first_steps.close()
        retired, self._retired = self._retired, []
        for one in retired:
            one.end()
        for transport in self.transports.values():
            transport.close()
        self.transports.clear()
        self._places.clear()
        self.producers.clear()
        self.consumers.clear()
        self._consuming.clear()

    def _transport_to(self, direction: Direction) -> WebRtcTransport:
        transport = self.transports.get(direction)
        if transport is None:
            raise MediaError(TRANSPORT_NOT_FOUND, f"Create a {direction} transport first.")
        return transport

    def _drop_transport(self, direction: Direction) -> None:
        transport = self._take_out(direction)
        if transport is None:
            return
        for producer_id in list(transport.producers):
            self.close_producer(self.producers[producer_id])
        transport.close()

    def _take_out(self, direction: Direction) -> WebRtcTransport | None:
        """Count a transport, and what is received over it, among what this peer has no more."""
        transport = self.transports.pop(direction, None)
        if transport is not None:
            self._connected.discard(transport.id)
            self._places.pop(transport.id)
            if direction == "recv":
                self.consumers.clear()
                self._consuming.clear()
        return transport

    # Retired transports

    def _retire(self, direction: Direction) -> None:
        place = self._places[self.transports[direction].id]
        transport = self._take_out(direction)
        assert transport is not None
        self.first_steps.let_go(transport)
        retired = _Retired(transport, place, direction == "send", set(transport.producers))
        retired.close_in(RETIREMENT_SECONDS, self._close_retired)
        self._retired.append(retired)
        transport.observer.on("close", lambda: self._close_retired(retired))
        if retired.sends and not retired.producer_ids:
            self._close_retired(retired)

    def _close_retired(self, retired: _Retired) -> None:
        if retired not in self._retired:
            return
        self._retired.remove(retired)
        retired.end()
        for producer_id in list(retired.producer_ids):
            if producer := self.producers.get(producer_id):
                self.close_producer(producer)
        self.room.leave_empty_places()

    def _receiving_over(self, transport: WebRtcTransport) -> None:
        """The retired ones that it stands in for are needed no more once it is connected."""
        self._may_send_over(transport)
        if transport.dtls_state == "connected":
            for retired in [retired for retired in self._retired if not retired.sends]:
                retired.close_in(HAND_OVER_SECONDS, self._close_retired)

    def _may_send_over(self, transport: WebRtcTransport) -> None:
        if _sends(transport):
            self._key_frames.look_again()

    def _consumer_closed(self, consumer: Consumer) -> None:
        if self.consumers.pop(consumer.id, None) is not None:
            self._consuming.pop(consumer.producer_id, None)


def _sends(transport: WebRtcTransport) -> bool:
    """Whether the worker sends over it what there is to send."""
    return transport.dtls_state == "connected" and transport.ice_state in ("connected", "completed")
