"""End a meeting for everybody."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings import facts
from meetings.actions.actor import acting_as
from meetings.audit import note_act
from meetings.models import Knock, Meeting, Participant
from meetings.trace.ending import end_attempts


def end_meeting(meeting_id: UUID, *, by: UUID | None = None) -> bool:
    """End it, on behalf of the participant `by`, or of the site when that is None. False when it had ended already.

    Raises Refusal NOT_ALLOWED, or a code of `access.stay`. The media of the meeting are for the caller to close.
    """
    with transaction.atomic():
        actor = None if by is None else acting_as(meeting_id, by, "end-meeting")
        running = Meeting.objects.filter(id=meeting_id).exclude(state=Meeting.State.ENDED)
        # Locked first: what is done with the time of the end must not wait for somebody who joins after it.
        running.select_for_update().first()
        now = timezone.now()
        if not running.update(state=Meeting.State.ENDED, ended_at=now, present=0):
            return False
        note_act(meeting_id, "ended", by=actor)
        there = Participant.objects.filter(meeting_id=meeting_id, left_at=None)
        end_attempts(list(there.values_list("id", flat=True)), Participant.Left.ENDED)
        there.update(left_at=now, left_reason=Participant.Left.ENDED, disconnected_at=None)
        Knock.objects.filter(meeting_id=meeting_id, decided_at=None).update(
            decided_at=now, decision=Knock.Decision.LEFT
        )
        facts.publish(meeting_id, "meeting-ended", {}, skip=[by] if by else [])
    return True
