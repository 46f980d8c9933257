"""A join attempt as this process knows it: what it is, and what has happened so far."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from meetings.models import report_of
from meetings.trace.calm import Calm
from meetings.trace.event import Event

# What verdicts look at. Of quality samples the latest few are enough, so that an hour's call stays as quick to judge as
# its beginning.
MOST_EVENTS = 400
MOST_SAMPLES = 8
SAMPLE = "quality"


class Attempt:
    """Its events, oldest first, and the columns of its row that have changed.

    `put` is called with each event that is to be written and with None when a column has changed; see
    `meetings.trace.recorder`. `listener` hears of each event after that.
    """

    def __init__(self, attempt_id: UUID, put: Callable[["Attempt", Event | None], None], began_at: float) -> None:
        self.id = attempt_id
        self.report = report_of(attempt_id)
        self.began_at = began_at
        self.events: list[Event] = []
        self.changed: dict[str, Any] = {}
        self.written = False
        self.meeting_id: UUID | None = None
        self.participant_id: UUID | None = None
        self.listener: Callable[[Event], None] | None = None
        self._put = put
        self._calm = Calm()

    def note(self, side: str, step: str, outcome: str = "ok", *, at: float | None = None, **data: Any) -> None:
        """Something happened: now, or `at` (seconds since the epoch). Costs no more than a list entry."""
        self.record(Event(side, step, outcome, time.time() if at is None else at, data))

    def record(self, event: Event) -> None:
        """As `note`, for what is an event already: its data may have any names."""
        self._remember(event)
        if event.step == SAMPLE:
            self._write(self._calm.take(event))
        else:
            self._write([*self._calm.end(), event])
        if self.listener is not None:
            self.listener(event)

    def describe(self, **columns: Any) -> None:
        """Fill in columns of its row."""
        self.changed.update(columns)
        for name in ("meeting_id", "participant_id"):
            if name in columns:
                setattr(self, name, columns[name])
        self._put(self, None)

    def remember_before(self, earlier: list[Event]) -> None:
        """What was written down before this process knew of it."""
        self.events[:0] = earlier

    def finish(self, reason: str) -> None:
        """It has come to its end, and led into no meeting."""
        self.note("web", "ended", reason=reason)
        self.describe(ended_at=datetime.now(UTC), end_reason=reason)

    def give_up(self) -> None:
        """Its page went away before it led into a meeting. What ends a stay in one is written down where that ends."""
        refused = any(event.step in ("admitted", "room") and event.outcome == "failed" for event in self.events)
        self.finish("refused" if refused else "abandoned")

    def write_all(self) -> None:
        """Nobody tells more of it here: hold nothing back any longer."""
        self._write(self._calm.end())

    def _write(self, events: list[Event]) -> None:
        for event in events:
            self._put(self, event)

    def _remember(self, event: Event) -> None:
        self.events.append(event)
        if event.step == SAMPLE:
            samples = [one for one in self.events if one.step == SAMPLE]
            if len(samples) > MOST_SAMPLES:
                self.events.remove(samples[0])
        elif len(self.events) > MOST_EVENTS:
            # The beginning tells what the call is like, the end what it is like now.
            del self.events[MOST_EVENTS // 2]
