"""The first steps of a peer's media, told to its web process as the worker reports them: addresses, STUN, DTLS, RTP."""

import asyncio
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary, WeakSet

from media.mediasoup.consumer import Consumer
from media.mediasoup.errors import MediasoupError
from media.mediasoup.listen_info import TransportTuple
from media.mediasoup.producer import Producer
from media.mediasoup.webrtc_transport import WebRtcTransport

from .facts import Direction, announced, path_fact
from .pushes import Outcome, Pushes

Json = dict[str, Any]
By = Literal["self", "host", "administrator", "administrator at the sender"]

DTLS_OUTCOMES: Final[dict[str, Outcome]] = {
    "connecting": "waiting",
    "connected": "ok",
    "failed": "failed",
    "closed": "changed",
}
# Nothing announces the first packet that goes out. It is looked for at these times after it could have gone, in
# seconds, and then no more until something else begins to flow.
LOOKS_FOR_FIRST_OUT: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.0, 20.0, 30.0)


class FirstSteps:
    """Made with its peer. What is told is listed in `meetings.trace.steps`, under the side "node".

    All but the first packet that goes out is told because the worker said so, so that nothing runs once that is seen,
    and nothing while nobody sends.
    """

    def __init__(self, pushes: Pushes) -> None:
        self._pushes = pushes
        self._transports: dict[str, _TransportSteps] = {}
        self._paused_by: WeakKeyDictionary[Producer | Consumer, By] = WeakKeyDictionary()
        self._withheld: WeakSet[Consumer] = WeakSet()

    def watch_transport(self, direction: Direction, transport: WebRtcTransport) -> None:
        """Tell of a new transport from its announced addresses on."""
        steps = self._transports[transport.id] = _TransportSteps(self._pushes, direction, transport)

        def closed() -> None:
            if self._transports.pop(transport.id, None) is not None:
                steps.closed()

        transport.observer.on("close", closed)

    def let_go(self, transport: WebRtcTransport) -> None:
        """Tell nothing more of a transport: it has a successor."""
        if steps := self._transports.pop(transport.id, None):
            steps.end()

    def watch_producer(self, producer: Producer) -> None:
        """Tell when the first media of a new producer arrive, and that it is paused if it is."""
        names = {"source": producer.app_data["source"], "producerId": producer.id}
        # The worker gives a producer its first score when it makes its first stream, for its first packet.
        producer.once("score", lambda _: self._tell("first-rtp-in", "ok", {"direction": "send", **names}))
        if producer.paused:
            self.paused(producer, by="self")
        producer.observer.on("close", lambda: self._let_go(producer))

    def watch_consumer(self, consumer: Consumer) -> None:
        """Tell whether an administrator keeps back what a new consumer receives."""
        if consumer.app_data.get("held"):
            self.withheld(consumer, on=True)
        consumer.observer.on("close", lambda: self._let_go(consumer))

    def something_flows(self) -> None:
        """A consumer is new or goes on, so that the first media may go out now: tell when they do."""
        for steps in self._transports.values():
            steps.look_for_first_out()

    def paused(self, stream: Producer | Consumer, *, by: By) -> None:
        """Tell that something was paused, and by whom; or that somebody else's pause is theirs now."""
        before = self._paused_by.get(stream)
        if before != by:
            if before is not None:
                self._tell_paused(stream, on=False, by=before)
            self._paused_by[stream] = by
            self._tell_paused(stream, on=True, by=by)

    def resumed(self, stream: Producer | Consumer) -> None:
        """Tell that something is not paused any more, and by whom it had been."""
        if by := self._paused_by.pop(stream, None):
            self._tell_paused(stream, on=False, by=by)
        if isinstance(stream, Consumer):
            self.something_flows()

    def withheld(self, consumer: Consumer, *, on: bool) -> None:
        """Tell that what it receives was paused by an administrator for everybody, or is not any more. That its sender
        pauses something is no news to receivers: people do so all the time.
        """
        if on is (consumer in self._withheld):
            return
        self._withheld.add(consumer) if on else self._withheld.discard(consumer)
        self._tell_paused(consumer, on=on, by="administrator at the sender")

    def close(self) -> None:
        """Tell nothing more."""
        transports, self._transports = self._transports, {}
        for steps in transports.values():
            steps.end()
        self._paused_by.clear()
        self._withheld.clear()

    def _let_go(self, stream: Producer | Consumer) -> None:
        """It has closed: what an administrator had done to it is over."""
        if self._paused_by.get(stream) == "administrator":
            self.resumed(stream)
        if isinstance(stream, Consumer):
            self.withheld(stream, on=False)

    def _tell_paused(self, stream: Producer | Consumer, *, on: bool, by: By) -> None:
        names = {"source": stream.app_data["source"]}
        if isinstance(stream, Consumer):
            names |= {"producerId": stream.producer_id, "consumerId": stream.id}
            names |= {"participantId": stream.app_data["participantId"]}
        else:
            names |= {"producerId": stream.id}
        self._tell("paused", "changed", {**names, "by": by, "on": on})

    def _tell(self, step: str, outcome: Outcome, data: Json) -> None:
        self._pushes.tell_step(step, outcome, data)


class _TransportSteps:
    """Those of one transport."""

    def __init__(self, pushes: Pushes, direction: Direction, transport: WebRtcTransport) -> None:
        self._pushes, self._direction, self._transport = pushes, direction, transport
        self._path: TransportTuple | None = None
        self._path_told = False
        self._was_connected = self._is_away = False
        self._ended = False
        self._sent = direction == "send"
        self._looking: asyncio.Task[None] | None = None
        self._tell("announced", "ok", {"candidates": announced(transport)})
        transport.on("iceselectedtuplechange", self._path_changed)
        transport.on("icestatechange", self._ice_changed)
        transport.on("dtlsstatechange", self._dtls_changed)

    def look_for_first_out(self) -> None:
        """Something may go out that did not before: begin to look for it, unless it was seen or is looked for."""
        if not self._sent and self._looking is None and self._something_flows():
            self._looking = asyncio.create_task(self._look_for_first_out(), name="media-first-rtp-out")

    def closed(self) -> None:
        """The transport is gone, be it that somebody closed it or that its worker died."""
        if self._was_connected:
            self._tell("ice", "changed", {"state": "closed"})
        self.end()

    def end(self) -> None:
        """Tell nothing more."""
        self._ended = True
        if self._looking is not None:
            self._looking.cancel()

    def _path_changed(self, path: TransportTuple) -> None:
        # The worker takes the pair of addresses of the first STUN request whose credentials are right, and then
        # whatever the other side nominates.
        before, self._path = self._path, path
        if before is None:
            self._tell("first-stun", "ok", path_fact(path))
        elif self._path_told:
            self._tell("selected-tuple", "changed" if path != before else "ok", path_fact(path))

    def _ice_changed(self, state: str) -> None:
        if state == "completed":
            self._tell_path()
        if state in ("connected", "completed"):
            self._was_connected = True
            if self._is_away:
                self._is_away = False
                self._tell("ice", "ok", {"state": state})
        elif state == "disconnected" and self._was_connected:
            self._is_away = True
            self._tell("ice", "failed", {"state": state})

    def _dtls_changed(self, state: str) -> None:
        if state == "connected":
            self._tell_path()
        if outcome := DTLS_OUTCOMES.get(state):
            self._tell("dtls", outcome, {"state": state})
        self.look_for_first_out()

    def _tell_path(self) -> None:
        if self._path is not None and not self._path_told:
            self._path_told = True
            self._tell("selected-tuple", "ok", path_fact(self._path))

    def _something_flows(self) -> bool:
        transport = self._transport
        return transport.dtls_state == "connected" and any(
            not consumer.paused and not consumer.producer_paused for consumer in transport.consumers.values()
        )

    async def _look_for_first_out(self) -> None:
        before = 0.0
        try:
            for at in LOOKS_FOR_FIRST_OUT:
                await asyncio.sleep(at - before)
                before = at
                if not self._something_flows():
                    return
                [stats] = await self._transport.get_stats()
                if stats["rtpBytesSent"]:
                    self._sent = True
                    self._tell("first-rtp-out", "ok", {})
                    return
        except MediasoupError:
            return  # It has closed, or its worker does not answer; others tell of that.
        finally:
            self._looking = None

    def _tell(self, step: str, outcome: Outcome, data: Json) -> None:
        if not self._ended:
            self._pushes.tell_step(step, outcome, {"direction": self._direction, **data})
