"""The end of attempts that led into a meeting: written where the stay ends, in the same transaction."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from meetings.models import JoinAttempt, MeetingEvent, Participant

ABANDONED = "abandoned"
# A page that has told nothing for so long and is in no meeting has been closed, or lost its way to us.
ABANDONED_AFTER = timedelta(minutes=15)


def end_attempts(participants: Collection[UUID], reason: str) -> None:
    """The stays of these participants end now."""
    running = JoinAttempt.objects.filter(participant_id__in=participants, ended_at=None)
    ended = list(running.values_list("id", "meeting_id", "participant_id"))
    if not ended:
        return
    now = timezone.now()
    running.update(ended_at=now, end_reason=reason)
    MeetingEvent.objects.bulk_create(
        MeetingEvent(
            attempt_id=attempt,
            meeting_id=meeting,
            participant_id=participant,
            side="web",
            step="ended",
            outcome="ok",
            at=now,
            data={"reason": str(reason)},
        )
        for attempt, meeting, participant in ended
    )


def end_left(attempt: UUID, participant: UUID) -> None:
    """End an attempt whose participant has left already."""
    stay = Participant.objects.filter(id=participant, left_at__isnull=False).only("left_reason").first()
    if stay is not None and JoinAttempt.objects.filter(id=attempt, ended_at=None).exists():
        end_attempts([participant], stay.left_reason)


def end_abandoned(now: datetime | None = None) -> int:
    """End the attempts that never led anywhere and of which nothing has been heard for a while. How many."""
    now = now or timezone.now()
    before = now - ABANDONED_AFTER
    lost = JoinAttempt.objects.filter(ended_at=None, joined_at=None, began_at__lt=before)
    quiet = lost.exclude(events__at__gte=before)
    return quiet.update(ended_at=now, end_reason=ABANDONED)
