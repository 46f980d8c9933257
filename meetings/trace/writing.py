"""The stream on its way into the database. For threads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from meetings.models import JoinAttempt, MeetingEvent
from meetings.trace.ending import end_left
from meetings.trace.event import Event

BATCH = 500


@dataclass(frozen=True, slots=True)
class Row:
    """An event, and whose it is."""

    event: Event
    attempt_id: UUID
    meeting_id: UUID | None
    participant_id: UUID | None


@dataclass(slots=True)
class Batch:
    """What is written in one transaction: `begun` maps attempts that may have no row yet to when they began (seconds
    since the epoch), `columns` attempts to what is to stand in their row.
    """

    begun: dict[UUID, float] = field(default_factory=dict)
    columns: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


def write(batch: Batch) -> dict[UUID, list[Event]]:
    """Write it, and tell what the stream knew of the attempts that were `begun` here before they were."""
    with transaction.atomic():
        earlier = read_all(batch.begun)
        JoinAttempt.objects.bulk_create(
            [JoinAttempt(id=one, began_at=moment(at)) for one, at in batch.begun.items()], ignore_conflicts=True
        )
        for attempt_id, columns in batch.columns.items():
            JoinAttempt.objects.filter(id=attempt_id).update(**columns)
            if columns.get("participant_id"):
                # Who left before this was written found no attempt to end.
                end_left(attempt_id, columns["participant_id"])
        MeetingEvent.objects.bulk_create(map(_as_row, batch.rows), batch_size=BATCH)
    return earlier


def read_all(attempts: Iterable[UUID]) -> dict[UUID, list[Event]]:
    """The events of these attempts, oldest first; attempts without any are left out."""
    found: dict[UUID, list[Event]] = {}
    for row in MeetingEvent.objects.filter(attempt_id__in=list(attempts)).order_by("at", "id"):
        assert row.attempt_id is not None
        found.setdefault(row.attempt_id, []).append(as_event(row))
    return found


def as_event(row: MeetingEvent) -> Event:
    """A row as what it was made from."""
    return Event(row.side, row.step, row.outcome, row.at.timestamp(), row.data)


def moment(at: float) -> datetime:
    """Seconds since the epoch as a date and time."""
    return datetime.fromtimestamp(at, UTC)


def _as_row(row: Row) -> MeetingEvent:
    event = row.event
    return MeetingEvent(
        meeting_id=row.meeting_id,
        participant_id=row.participant_id,
        attempt_id=row.attempt_id,
        side=event.side,
        step=event.step,
        outcome=event.outcome,
        at=moment(event.at),
        data=event.data,
    )
