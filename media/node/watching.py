"""What a peer is told about its own transports and consumers when the worker reports a change."""

from collections.abc import Callable
from typing import Any

from media.mediasoup.consumer import Consumer
from media.mediasoup.webrtc_transport import WebRtcTransport

from .facts import consumer_names
from .pushes import Pushes, push


def watch_transport(pushes: Pushes, transport: WebRtcTransport) -> None:
    """Push `transport-state {transportId, iceState, dtlsState}` at each change."""

    def changed(_state: Any) -> None:
        state = {"transportId": transport.id, "iceState": transport.ice_state, "dtlsState": transport.dtls_state}
        push("transport-state", state, [pushes])

    transport.on("icestatechange", changed)
    transport.on("dtlsstatechange", changed)


def watch_consumer(pushes: Pushes, consumer: Consumer, closed: Callable[[Consumer], None]) -> None:
    """Push `consumer-paused`, `-resumed`, `-closed`, `-score` and `-layers-changed`; call `closed` at its end."""

    def tell(event: str, **more: Any) -> None:
        push(event, {**consumer_names(consumer), **more}, [pushes])

    def producer_closed() -> None:
        closed(consumer)
        tell("consumer-closed")

    consumer.on("producerclose", producer_closed)
    consumer.on("transportclose", lambda: closed(consumer))
    consumer.on("producerpause", lambda: tell("consumer-paused"))
    consumer.on("producerresume", lambda: tell("consumer-resumed"))
    consumer.on("score", lambda score: tell("consumer-score", score=score))
    consumer.on("layerschange", lambda layers: tell("consumer-layers-changed", layers=layers))
