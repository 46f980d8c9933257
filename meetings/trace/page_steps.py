"""What a page tells, brought to this site's clock."""

import time
from collections.abc import Sequence
from typing import Any

from meetings.trace.attempt import Attempt
from meetings.trace.event import Event

# A page's clock is taken to be off, and not just read a moment ago, from here on.
CLOCK_SECONDS = 2.0
# What is known better than before by less than this is no news.
NEWS_SECONDS = 0.02


def page_events(told: dict[str, Any], known: Sequence[Event], now: float) -> list[Event]:
    """The steps of a checked `trace` message that arrives `now` (seconds since the epoch).

    `sentAt` is what the page's clock showed a moment ago, so its steps lie as long before `now` as they lie before
    that. A message that was long on its way makes the clock seem slower than it is: the fastest message that came so
    far tells best. By how much the clock is off is told once, and again when a faster message tells it better.
    """
    off = told["sentAt"] / 1000 - now
    before = max((event.data["offMs"] / 1000 for event in known if event.step == "clock"), default=None)
    events = []
    if before is None or off > before + NEWS_SECONDS:
        outcome = "ok" if abs(off) < CLOCK_SECONDS else "changed"
        events.append(Event("web", "clock", outcome, now, {"offMs": round(off * 1000)}))
    off = off if before is None else max(off, before)
    for step in told["steps"]:
        at = min(step["at"] / 1000 - off, now)
        events.append(Event("page", step["step"], step["outcome"], at, step.get("data", {})))
    return events


def note_page_steps(attempt: Attempt, told: dict[str, Any]) -> None:
    """Note what a page told."""
    for event in page_events(told, attempt.events, time.time()):
        attempt.record(event)
