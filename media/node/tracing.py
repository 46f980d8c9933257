"""What passed a producer or a consumer in a while that somebody asked about."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Iterable
from typing import Any

from media.errors import BAD_REQUEST, MediaError
from media.mediasoup.consumer import Consumer
from media.mediasoup.errors import MediasoupError
from media.mediasoup.producer import Producer
from media.mediasoup.trace_events import CONSUMER_TRACE_EVENT_TYPES, PRODUCER_TRACE_EVENT_TYPES, TraceEventData

log = logging.getLogger(__name__)

Json = dict[str, Any]

LONGEST_SECONDS = 120
# A producer with RTP traced has hundreds of events a second; all are counted, the last ones are kept.
KEPT_EVENTS = 500
# Traces that have ended can be read until they are the oldest of this many.
KEPT_TRACES = 20


class Trace:
    """One trace, running or over."""

    def __init__(self, target: Producer | Consumer, types: list[str], seconds: float) -> None:
        self.target = target
        self.types = types
        self.running = True
        self._loop = asyncio.get_running_loop()
        self._ends_at = self._loop.time() + seconds
        self._counts: Counter[str] = Counter()
        self._events: deque[Json] = deque(maxlen=KEPT_EVENTS)
        self._seen = 0
        target.on("trace", self._traced)
        target.observer.on("close", self._target_closed)
        self._end_timer = self._loop.call_later(seconds, self._time_is_up)
        self._stopping: asyncio.Task[None] | None = None

    def describe(self, after: int) -> Json:
        """What was seen behind the first `after` events: `{running, endsInMs, types, counts, events, seen}`.

        Ask with `seen` the next time. `counts` are by type, of all events; of `events` the latest 500 are kept.
        """
        fresh = min(self._seen - after, len(self._events)) if after <= self._seen else len(self._events)
        return {
            "running": self.running,
            "endsInMs": max(0, round((self._ends_at - self._loop.time()) * 1000)) if self.running else 0,
            "types": self.types,
            "counts": dict(self._counts),
            "events": list(self._events)[len(self._events) - fresh :] if fresh else [],
            "seen": self._seen,
        }

    async def stop(self) -> None:
        """Stop listening, and have the worker stop telling. Idempotent."""
        if self.running:
            self._time_is_up()
        if self._stopping is not None:
            await self._stopping

    def _end(self) -> None:
        if not self.running:
            return
        self.running = False
        self._end_timer.cancel()
        self.target.off("trace", self._traced)
        self.target.observer.off("close", self._target_closed)

    def _time_is_up(self) -> None:
        self._end()
        self._stopping = self._loop.create_task(self._turn_off(), name="media-trace-end")

    def _target_closed(self) -> None:
        self._end()

    async def _turn_off(self) -> None:
        try:
            await self.target.enable_trace_event([])
        except MediasoupError as error:
            log.debug("The trace of %r could not be turned off: %s", self.target, error)

    def _traced(self, event: TraceEventData) -> None:
        self._seen += 1
        self._counts[event["type"]] += 1
        self._events.append({**event, "at": int(time.time() * 1000)})


class Traces:
    """The traces of a node, by the id of what is traced."""

    def __init__(self) -> None:
        self._traces: dict[str, Trace] = {}

    async def begin(self, target: Producer | Consumer, types: Iterable[str], seconds: float) -> Json:
        """Trace a producer or a consumer; a trace of it that is running is replaced.

        Raises `MediaError` for types that it does not have, `MediasoupError` when the worker refuses.
        """
        known = PRODUCER_TRACE_EVENT_TYPES if isinstance(target, Producer) else CONSUMER_TRACE_EVENT_TYPES
        wanted = sorted(set(types))
        if unknown := [name for name in wanted if name not in known]:
            raise MediaError(BAD_REQUEST, f"There is no trace of {', '.join(unknown)} here.")
        if not 1 <= seconds <= LONGEST_SECONDS:
            raise MediaError(BAD_REQUEST, f"A trace takes from 1 to {LONGEST_SECONDS} seconds.")
        if old := self._traces.pop(target.id, None):
            await old.stop()
        await target.enable_trace_event(wanted)  # type: ignore[arg-type]  # checked above
        self._traces[target.id] = trace = Trace(target, wanted, seconds)
        while len(self._traces) > KEPT_TRACES:
            await self._traces.pop(next(iter(self._traces))).stop()
        return trace.describe(0)

    def read(self, target_id: str, after: int) -> Json | None:
        """`Trace.describe` of the latest trace of a producer or a consumer, None when there was none."""
        trace = self._traces.get(target_id)
        return trace.describe(after) if trace is not None else None

    async def close(self) -> None:
        """Stop all."""
        traces, self._traces = self._traces, {}
        await asyncio.gather(*(trace.stop() for trace in traces.values()))
