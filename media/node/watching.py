"""What a peer is told about its own transports and consumers when the worker reports a change."""

from collections.abc import Callable
from typing import Any

from media.mediasoup.consumer import Consumer
from media.mediasoup.listen_info import TransportTuple
from media.mediasoup.webrtc_transport import WebRtcTransport

from .pushes import Pushes, push

Json = dict[str, Any]


def watch_transport(pushes: Pushes, transport: WebRtcTransport) -> None:
    """Push `transport-state {transportId, iceState, dtlsState, addressChanged?}` at each change."""
    known: TransportTuple | None = None

    def tell(**more: bool) -> None:
        state = {"transportId": transport.id, "iceState": transport.ice_state, "dtlsState": transport.dtls_state}
        push("transport-state", {**state, **more}, [pushes])

    def changed(_state: Any) -> None:
        tell()

    def selected(path: TransportTuple) -> None:
        nonlocal known
        before, known = known, path
        if before is not None:
            tell(addressChanged=True)

    transport.on("iceselectedtuplechange", selected)
    transport.on("icestatechange", changed)
    transport.on("dtlsstatechange", changed)


def watch_consumer(pushes: Pushes, consumer: Consumer, closed: Callable[[Consumer], None]) -> None:
    """Push what happens to a consumer, and call `closed` at its end.

    `consumer-paused`, `-resumed` and `-closed {consumerId, producerId}`, `consumer-score {consumerId, score}`,
    `consumer-layers-changed {consumerId, layers}`, where layers are null while none arrive.
    """
    both = {"consumerId": consumer.id, "producerId": consumer.producer_id}

    def tell(event: str, data: Json) -> None:
        push(event, data, [pushes])

    def producer_closed() -> None:
        closed(consumer)
        tell("consumer-closed", both)

    consumer.on("producerclose", producer_closed)
    consumer.on("transportclose", lambda: closed(consumer))
    consumer.on("producerpause", lambda: tell("consumer-paused", both))
    consumer.on("producerresume", lambda: tell("consumer-resumed", both))
    consumer.on("score", lambda score: tell("consumer-score", {"consumerId": consumer.id, "score": score}))
    consumer.on(
        "layerschange", lambda layers: tell("consumer-layers-changed", {"consumerId": consumer.id, "layers": layers})
    )
