"""Have a meeting go on for longer."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings import facts, lifecycle
from meetings.actions.actor import By, acting_as, knows
from meetings.audit import note_act
from meetings.models import Meeting, Occurrence
from meetings.snapshots import meeting_entry


def extend_meeting(meeting_id: UUID, minutes: int, *, by: By) -> Meeting:
    """Add minutes to its time; what has no end, or is past it, ends so long from now. Raises Refusal NOT_ALLOWED,
    WRONG_STATE, or a code of `access.stay`.
    """
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update().get(id=meeting_id)
        actor = acting_as(meeting_id, by, "extend-meeting")
        if refusal := lifecycle.take(meeting, "extend"):
            raise refusal
        before, now = meeting.ends_at, timezone.now()
        meeting.ends_at = max(before or now, now) + timedelta(minutes=minutes)
        meeting.save(update_fields=["ends_at"])
        if before is not None:
            Occurrence.objects.filter(meeting=meeting, ends_at=before).update(ends_at=meeting.ends_at)
        note_act(meeting_id, "extended", {"minutes": minutes}, by=actor)
        facts.publish(meeting_id, "meeting-updated", meeting_entry(meeting), skip=knows(by))
    return meeting
