"""End a meeting for everybody."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from meetings import facts
from meetings.actions.actor import By, acting_as, knows
from meetings.actions.depart import as_left
from meetings.actions.knock import send_away
from meetings.audit import note_act
from meetings.lifecycle import STEPS
from meetings.models import Breakouts, BreakoutSeat, Meeting, Participant
from meetings.trace.ending import end_attempts
from meetings.webhooks.events import ENDED, LEFT
from meetings.webhooks.telling import nothing_else, participant_told, tell


def end_meeting(meeting_id: UUID, *, by: By | None = None, only: Q | None = None) -> bool:
    """End it, on behalf of the participant `by`, or of the site when that is None. False when it had ended already,
    or is not as `only` says.

    Raises Refusal NOT_ALLOWED, or a code of `access.stay`. The media of the meeting are for the caller to close.
    """
    with transaction.atomic():
        actor = None if by is None else acting_as(meeting_id, by, "end-meeting")
        running = Meeting.objects.filter(id=meeting_id, state__in=STEPS["end"])
        if only is not None:
            running = running.filter(only)
        # Locked first: what is done with the time of the end must not wait for somebody who joins after it.
        meeting = running.select_for_update().first()
        now = timezone.now()
        if meeting is None or not running.update(state=Meeting.State.ENDED, ended_at=now, present=0):
            return False
        note_act(meeting_id, "ended", by=actor)
        there = Participant.objects.filter(meeting_id=meeting_id, left_at=None)
        stays = list(there.values_list("id", flat=True))
        end_attempts(stays, Participant.Left.ENDED)
        there.update(**as_left(Participant.Left.ENDED, now))
        send_away(meeting_id)
        end_rooms(meeting_id)
        facts.publish(meeting_id, "meeting-ended", {}, skip=knows(by))
        gone = Participant.objects.filter(id__in=stays)
        tell(meeting, {LEFT: lambda seen: [participant_told(one, seen) for one in gone], ENDED: nothing_else})
    return True


def end_rooms(meeting_id: UUID) -> None:
    """End the breakout rooms of a meeting to which nobody is to come back. Call it in the transaction of its end."""
    if not Meeting.objects.filter(id=meeting_id, divided=True).exists():
        return
    Breakouts.objects.filter(meeting_id=meeting_id, closed_at=None).update(closed_at=timezone.now())
    BreakoutSeat.objects.filter(breakouts__meeting_id=meeting_id).delete()
    for room_id in Meeting.objects.filter(parent_id=meeting_id).values_list("id", flat=True):
        end_meeting(room_id)
