"""Media between this node and another one, for one room: a pipe transport with SRTP at each end.

A leg goes one way, from a router of the sending node to a router of the receiving one. It is opened by the first
thing that is wanted over it, shared by all others, and closed by the sender when nothing is.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from media.errors import CONSUME_FAILED, MediaError
from media.mediasoup.consumer import Consumer
from media.mediasoup.errors import NotFoundError
from media.mediasoup.listen_info import ListenInfo
from media.mediasoup.pipe_transport import PipeTransport
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.rtp_parameters import MediaKind, RtpParameters
from media.mediasoup.srtp_parameters import SrtpParameters

from .config import NodeConfig
from .key_frames import KeyFrameWatch
from .listening import announced_address
from .payload import Payload
from .place import Origin, Place, Sent
from .refusals import refused_as

log = logging.getLogger(__name__)

Json = dict[str, Any]


class Line(Protocol):
    """The way to the other node. What is said on it arrives there in order."""

    def tell(self, what: str, data: Json) -> None:
        """Say something; returns at once. Dropped when the line is gone."""

    async def ask(self, what: str, data: Json) -> Json:
        """Ask something. Raises `MediaError`."""


@dataclass(eq=False, slots=True)
class _Outgoing:
    """A leg from here. `wanted` counts those who are about to send something over it."""

    transport: PipeTransport
    place: Place
    wanted: int = 0
    consumers: dict[str, Consumer] = field(default_factory=dict)


@dataclass(slots=True)
class _Coming:
    """What the sender has told of something, as far as it is known while it is being received."""

    paused: bool
    gone: bool = False


class Legs:
    """`cut` is called when something that was sent over a leg ends although nobody gave it up; `idle` when a leg from
    here has been closed.
    """

    def __init__(
        self, node: str, line: Line, config: NodeConfig, cut: Callable[[Sent], None], idle: Callable[[], None]
    ) -> None:
        self._node, self._line, self._config = node, line, config
        self._cut, self._idle = cut, idle
        self._closed = False
        self._outgoing: dict[tuple[str, str], asyncio.Task[_Outgoing]] = {}
        self._sending: dict[str, _Outgoing] = {}
        self._incoming: dict[str, asyncio.Task[PipeTransport]] = {}
        self._received: dict[tuple[str, str], Producer] = {}
        self._coming: dict[tuple[str, str], _Coming] = {}
        self._key_frames = KeyFrameWatch()

    def close(self) -> None:
        """End all legs, telling nobody. Idempotent."""
        self._closed = True
        for leg in list(self._sending.values()):
            leg.transport.close()
        for receiving in list(self._incoming.values()):
            if receiving.done() and not receiving.cancelled() and receiving.exception() is None:
                receiving.result().close()

    def leaves_from(self, place: Place) -> bool:
        """Whether a leg begins there."""
        return any(leg.place is place for leg in self._sending.values())

    def closed_there(self, pipe: str) -> None:
        """The other end of a leg is gone."""
        if leg := self._sending.get(pipe):
            leg.transport.close()
        receiving = self._incoming.get(pipe)
        if receiving is not None and receiving.done() and not receiving.cancelled() and receiving.exception() is None:
            receiving.result().close()

    # Sending

    async def send(self, sent: Sent, origin: Origin, place: Place, router: str) -> Json:
        """Send something from a place to a router of the other node; what is needed to receive it there.

        Raises `MediasoupError`.
        """
        leg = await self._leg(place, router)
        leg.wanted += 1
        try:
            consumer = await self._consume(leg, sent, origin)
        finally:
            leg.wanted -= 1
            self._close_if_idle(leg)
        return {
            "pipe": leg.transport.id,
            **_end(leg.transport),
            "kind": consumer.kind,
            "rtpParameters": consumer.rtp_parameters,
            "paused": consumer.producer_paused,
        }

    async def connect(self, pipe: str, end: Payload) -> None:
        """The other end of a leg from here is there. Raises `MediaError`."""
        leg = self._sending.get(pipe)
        if leg is None:
            raise MediaError(CONSUME_FAILED, "The pipe is gone.")
        with refused_as(CONSUME_FAILED):
            await _connect(leg.transport, end)

    def stop_sending(self, pipe: str, producer_id: str) -> None:
        """The other node does not want something any more."""
        if (leg := self._sending.get(pipe)) and (consumer := leg.consumers.pop(producer_id, None)):
            consumer.close()
            self._close_if_idle(leg)

    async def _leg(self, place: Place, router: str) -> _Outgoing:
        key = (place.router.id, router)
        while True:
            opening = self._outgoing.get(key)
            if opening is None:
                opening = self._outgoing[key] = asyncio.create_task(self._open(place, key), name=f"leg to {self._node}")
                opening.add_done_callback(lambda task: self._opened(key, task))
            leg = await asyncio.shield(opening)
            # It may have become idle between its opening and our turn.
            if not leg.transport.closed:
                return leg

    async def _open(self, place: Place, key: tuple[str, str]) -> _Outgoing:
        transport = await self._make_end(place.router)
        if self._closed:
            transport.close()
            raise NotFoundError("The other node is gone")
        leg = self._sending[transport.id] = _Outgoing(transport, place)

        def closed() -> None:
            self._sending.pop(transport.id, None)
            self._outgoing.pop(key, None)
            if not self._closed:
                self._line.tell("pipe-closed", {"pipe": transport.id})
                self._idle()

        transport.observer.on("close", closed)
        return leg

    def _opened(self, key: tuple[str, str], opening: "asyncio.Task[_Outgoing]") -> None:
        if opening.cancelled() or opening.exception() is not None:
            self._outgoing.pop(key, None)

    async def _consume(self, leg: _Outgoing, sent: Sent, origin: Origin) -> Consumer:
        give_up = await leg.place.bring(sent, origin)
        try:
            consumer = await leg.transport.consume(producer_id=sent.id, app_data=dict(sent.app_data))
        except BaseException:
            give_up()
            raise
        if before := leg.consumers.pop(sent.id, None):
            before.close()
        leg.consumers[sent.id] = consumer
        self._key_frames.watch(consumer, producer=leg.place.router.producers.get(sent.id))
        both = {"pipe": leg.transport.id, "producerId": sent.id}

        def closed() -> None:
            give_up()
            if leg.consumers.get(sent.id) is consumer:
                del leg.consumers[sent.id]
                if not self._closed:
                    self._line.tell("unpiped", both)
                    self._cut(sent)
                    self._close_if_idle(leg)

        consumer.observer.on("close", closed)
        consumer.observer.on("pause", lambda: self._line.tell("piped", {**both, "paused": True}))
        consumer.observer.on("resume", lambda: self._line.tell("piped", {**both, "paused": False}))
        return consumer

    def _close_if_idle(self, leg: _Outgoing) -> None:
        if not leg.wanted and not leg.consumers:
            leg.transport.close()

    # Receiving

    async def receive(self, sent: Sent, to: Place) -> Producer:
        """Have something at a place that the other node sends. Raises `MediasoupError`."""
        try:
            reply = Payload(await self._line.ask("pipe", {"producerId": sent.id, "router": to.router.id}))
            pipe = reply.text("pipe")
            key = (pipe, sent.id)
            coming = self._coming[key] = _Coming(reply.flag("paused"))
            try:
                transport = await self._end_of(pipe, reply, to)
                producer = await transport.produce(
                    id=sent.id,
                    kind=cast(MediaKind, reply.choice("kind", ("audio", "video"))),
                    rtp_parameters=cast(RtpParameters, reply.mapping("rtpParameters")),
                    paused=coming.paused,
                    app_data=dict(sent.app_data),
                )
            except BaseException:
                self._line.tell("unpipe", {"pipe": pipe, "producerId": sent.id})
                raise
            finally:
                del self._coming[key]
        except (MediaError, TypeError) as error:
            raise NotFoundError(str(error)) from None
        self._keep(key, producer)
        producer.follow(paused=coming.paused)
        if coming.gone or sent.closed:
            producer.close()
            raise NotFoundError("It was closed while it was piped")
        return producer

    def follow(self, pipe: str, producer_id: str, *, paused: bool) -> None:
        """What is received was paused or resumed."""
        if coming := self._coming.get((pipe, producer_id)):
            coming.paused = paused
        elif producer := self._received.get((pipe, producer_id)):
            producer.follow(paused=paused)

    def sent_no_more(self, pipe: str, producer_id: str) -> None:
        """What is received has ended."""
        if coming := self._coming.get((pipe, producer_id)):
            coming.gone = True
        elif producer := self._received.pop((pipe, producer_id), None):
            producer.close()

    def _keep(self, key: tuple[str, str], producer: Producer) -> None:
        self._received[key] = producer

        def closed() -> None:
            if self._received.get(key) is producer:
                del self._received[key]
                if not self._closed:
                    self._line.tell("unpipe", {"pipe": key[0], "producerId": key[1]})

        producer.observer.on("close", closed)

    async def _end_of(self, pipe: str, sender: Payload, to: Place) -> PipeTransport:
        """This end of a leg that comes here."""
        opening = self._incoming.get(pipe)
        if opening is None:
            opening = asyncio.create_task(self._receive_over(pipe, sender, to), name=f"leg from {self._node}")
            self._incoming[pipe] = opening
            opening.add_done_callback(lambda task: self._receiving_over(pipe, task))
        return await asyncio.shield(opening)

    async def _receive_over(self, pipe: str, sender: Payload, to: Place) -> PipeTransport:
        transport = await self._make_end(to.router)
        try:
            await _connect(transport, sender)
            await self._line.ask("connect", {"pipe": pipe, **_end(transport)})
            if self._closed:
                raise NotFoundError("The other node is gone")
        except BaseException:
            transport.close()
            # The sender's end cannot be connected twice.
            self._line.tell("pipe-closed", {"pipe": pipe})
            raise
        return transport

    def _receiving_over(self, pipe: str, opening: "asyncio.Task[PipeTransport]") -> None:
        if opening.cancelled() or opening.exception() is not None:
            self._incoming.pop(pipe, None)
            return
        transport = opening.result()

        def closed() -> None:
            self._incoming.pop(pipe, None)
            if not self._closed:
                self._line.tell("pipe-closed", {"pipe": pipe})

        transport.observer.on("close", closed)
        if transport.closed:
            closed()

    # Both

    async def _make_end(self, router: Router) -> PipeTransport:
        listen: ListenInfo = {"protocol": "udp", "ip": self._config.listen_ip}
        if announced := await announced_address(self._config):
            listen["announcedAddress"] = announced
        return await router.create_pipe_transport(
            listen_info=listen,
            enable_rtx=True,
            enable_srtp=True,
            enable_sctp=False,
            app_data={"node": self._node},
        )


def _end(transport: PipeTransport) -> Json:
    """What the other end has to know of this one."""
    return {
        "ip": transport.tuple["localAddress"],
        "port": transport.tuple["localPort"],
        "srtpParameters": transport.srtp_parameters,
    }


async def _connect(transport: PipeTransport, other: Payload) -> None:
    await transport.connect(
        ip=other.text("ip"),
        port=other.integer("port"),
        srtp_parameters=cast(SrtpParameters, other.mapping("srtpParameters")),
    )
