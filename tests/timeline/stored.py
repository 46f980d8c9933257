"""Events as rows: meetings and attempts for the admin's pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from meetings.models import JoinAttempt, Meeting, MeetingEvent, Participant
from meetings.timeline.told import Told
from meetings.trace.event import Event


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def store_attempt(events: Sequence[Event], **columns: Any) -> JoinAttempt:
    """An attempt with these events."""
    attempt = JoinAttempt.objects.create(**{"id": uuid4(), "began_at": moment(events[0].at), **columns})
    store_events(events, attempt=attempt, meeting=attempt.meeting, participant=attempt.participant)
    return attempt


def store_events(events: Iterable[Event], **whose: Any) -> None:
    MeetingEvent.objects.bulk_create(
        (
            MeetingEvent(side=one.side, step=one.step, outcome=one.outcome, at=moment(one.at), data=one.data, **whose)
            for one in events
        ),
        batch_size=500,
    )


def store_meeting(told: Sequence[Told], names: dict[str, str], title: str = "Standup") -> Meeting:
    """A meeting with these events; `names` are those of the participants, by id."""
    meeting = Meeting.objects.create(title=title)
    for participant, name in names.items():
        Participant.objects.create(
            id=UUID(participant),
            meeting=meeting,
            guest=f"guest-{name.lower()}",
            display_name=name,
            joined_at=moment(told[0].event.at),
            connection=uuid4(),
            resume_hash=uuid4().hex,
        )
    attempts = {
        participant: JoinAttempt.objects.create(
            id=uuid4(),
            meeting=meeting,
            participant_id=UUID(participant),
            display_name=name,
            began_at=moment(told[0].event.at),
            joined_at=moment(told[0].event.at),
        )
        for participant, name in names.items()
    }
    MeetingEvent.objects.bulk_create(
        (
            MeetingEvent(
                side=one.event.side,
                step=one.event.step,
                outcome=one.event.outcome,
                at=moment(one.event.at),
                data=one.event.data,
                meeting=meeting,
                participant_id=UUID(one.participant),
                attempt=attempts[one.participant],
            )
            for one in told
        ),
        batch_size=500,
    )
    return meeting
