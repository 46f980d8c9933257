"""What a peer is told about its own transports and consumers when the worker reports a change."""

import logging
from collections.abc import Callable
from typing import Any

from media.log_fields import log_fields
from media.mediasoup.consumer import Consumer
from media.mediasoup.listen_info import TransportTuple
from media.mediasoup.webrtc_transport import WebRtcTransport

from .pushes import Pushes, push

log = logging.getLogger(__name__)

Json = dict[str, Any]


def watch_transport(pushes: Pushes, transport: WebRtcTransport, worker: int) -> None:
    """Push `transport-state {transportId, iceState, dtlsState, addressChanged?}` at each change; log when a path is
    found or lost.
    """
    # Of whoever asked for it: what the worker reports later is reported to nobody's request.
    ids = {**log_fields(), "transport": transport.id, "worker": worker}
    known: TransportTuple | None = None

    def tell(**more: bool) -> None:
        state = {"transportId": transport.id, "iceState": transport.ice_state, "dtlsState": transport.dtls_state}
        push("transport-state", {**state, **more}, [pushes])

    def selected(path: TransportTuple) -> None:
        nonlocal known
        before, known = known, path
        if before is not None:
            tell(addressChanged=True)

    def said(what: str) -> None:
        path = transport.ice_selected_tuple
        about = (pushes.meeting, pushes.participant, transport.id, path["protocol"] if path else "nothing")
        log.info("Transport %s meeting=%s participant=%s transport=%s over=%s", what, *about, extra=ids)

    def ice_changed(state: str) -> None:
        tell()
        if state == "disconnected":
            said("disconnected")

    def dtls_changed(state: str) -> None:
        tell()
        if state in ("connected", "failed"):
            said(state)

    transport.on("iceselectedtuplechange", selected)
    transport.on("icestatechange", ice_changed)
    transport.on("dtlsstatechange", dtls_changed)


def watch_consumer(
    pushes: Pushes, consumer: Consumer, closed: Callable[[Consumer], None], flows: Callable[[], None]
) -> None:
    """Push what happens to a consumer, and call `closed` at its end, and `flows` when its producer goes on.

    `consumer-paused`, `-resumed` and `-closed {consumerId, producerId}`, `consumer-score {consumerId, score}`,
    `consumer-layers-changed {consumerId, layers}`, where layers are null while none arrive.
    """
    both = {"consumerId": consumer.id, "producerId": consumer.producer_id}

    def tell(event: str, data: Json) -> None:
        push(event, data, [pushes])

    def producer_closed() -> None:
        closed(consumer)
        tell("consumer-closed", both)

    def producer_resumed() -> None:
        # Paused itself, it still sends nothing.
        if not consumer.paused:
            tell("consumer-resumed", both)
        flows()

    consumer.on("producerclose", producer_closed)
    consumer.on("transportclose", lambda: closed(consumer))
    consumer.on("producerpause", lambda: tell("consumer-paused", both))
    consumer.on("producerresume", producer_resumed)
    consumer.on("score", lambda score: tell("consumer-score", {"consumerId": consumer.id, "score": score}))
    consumer.on(
        "layerschange", lambda layers: tell("consumer-layers-changed", {"consumerId": consumer.id, "layers": layers})
    )
