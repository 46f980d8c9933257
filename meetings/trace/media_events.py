"""What the media node tells a participant's socket, as far as it belongs into the stream."""

import time
from collections.abc import Sequence
from typing import Any

from meetings.trace.attempt import Attempt
from meetings.trace.event import Event
from meetings.trace.steps import STEPS

MEDIA_STEP = "media-step"


def note_media_event(attempt: Attempt, event: str, data: dict[str, Any]) -> None:
    """Write down a step of the node's, or that media were lost or are back. Other events are no steps."""
    if event == MEDIA_STEP:
        if ("node", data["step"]) in STEPS:
            # A node whose clock is ahead tells of the future, which nothing looks at before it comes.
            at = min(data["at"], time.time())
            attempt.record(Event("node", data["step"], data["outcome"], at, data["data"]))
    elif event == "media-lost" and not data.get("moved"):
        lost = {name: data[name] for name in ("reason", "incidentId") if name in data}
        attempt.note("web", "media-lost", "failed", **lost)
    elif event == "media-restored":
        attempt.note("web", "media-restored")


def media_at(events: Sequence[Event]) -> float | None:
    """When the first way for media was through, in either direction. None while none is."""
    through = (
        event.at
        for event in events
        if (event.side, event.step) == ("node", "dtls") and event.data.get("state") == "connected"
    )
    return next(through, None)
