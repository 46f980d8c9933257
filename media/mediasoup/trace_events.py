"""Trace events: the types each object can trace, and the data of the event `trace`."""

import logging
from collections.abc import Iterable
from typing import Any, Final, Literal, NotRequired, TypedDict, cast

logger = logging.getLogger(__name__)

TransportTraceEventType = Literal["probation", "bwe"]
ProducerTraceEventType = Literal["keyframe", "fir", "nack", "pli", "rtp", "sr"]
ConsumerTraceEventType = Literal["keyframe", "fir", "nack", "pli", "rtp"]

TRANSPORT_TRACE_EVENT_TYPES: Final = frozenset(("probation", "bwe"))
PRODUCER_TRACE_EVENT_TYPES: Final = frozenset(("keyframe", "fir", "nack", "pli", "rtp", "sr"))
CONSUMER_TRACE_EVENT_TYPES: Final = frozenset(("keyframe", "fir", "nack", "pli", "rtp"))


class TraceEventData(TypedDict):
    """`timestamp` is the worker's clock in milliseconds. `info` is absent where the type carries nothing (`nack`),
    empty for `probation`, and otherwise the table of the schema with this name in camelCase keys."""

    type: str
    timestamp: int
    direction: Literal["in", "out"]
    info: NotRequired[dict[str, Any]]


def trace_event_types_to_fbs(types: Iterable[str], known: frozenset[str]) -> list[str]:
    """The names in the schema. Types that are not known are left out with a warning, as upstream does.

    Raises TypeError when `types` is one string or holds something else than strings."""
    if isinstance(types, str):
        raise TypeError("types must be a list of strings")
    names: list[str] = []
    for name in types:
        if not isinstance(name, str):
            raise TypeError("every type must be a string")
        if name in known:
            names.append(name.upper())
        else:
            logger.warning("trace event type %r is unknown and left out", name)
    return names


def trace_event_types_from_fbs(names: list[str]) -> list[str]:
    return [name.lower() for name in names]


def trace_from_fbs(body: dict[str, Any]) -> TraceEventData:
    """The data of a `trace` event of a producer or a consumer."""
    trace: dict[str, Any] = {
        "type": body["type"].lower(),
        "timestamp": body["timestamp"],
        "direction": "in" if body["direction"] == "DIRECTION_IN" else "out",
    }
    if body.get("info") is not None:
        trace["info"] = body["info"]
    return cast(TraceEventData, trace)


def transport_trace_from_fbs(body: dict[str, Any]) -> TraceEventData:
    """The data of a `trace` event of a transport: `bweType` is `transport-cc` or `remb`."""
    trace = trace_from_fbs(body)
    info = dict(trace.get("info") or {})
    if "bweType" in info:
        info["bweType"] = info["bweType"].lower().replace("_", "-")
    trace["info"] = info
    return trace
