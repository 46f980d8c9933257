"""The end of a participant's stay, whatever ends it. `leave`, `expire` and `remove` are its reasons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from meetings import facts
from meetings.actions.hand_over import hand_over
from meetings.actions.spotlight import tell_spotlight
from meetings.models import Meeting, Participant
from meetings.trace.ending import end_attempts
from meetings.webhooks.events import EMPTIED, LEFT
from meetings.webhooks.telling import Data, nothing_else, participant_told, tell


def depart(participant_id: UUID, reason: Participant.Left, *conditions: Q, banned: bool = False) -> bool:
    """Mark a participant as gone if they are there and `conditions` hold of their row; tell the others.

    True for exactly one of all who try at once; the others change and publish nothing.
    """
    stay = Participant.objects.filter(id=participant_id).select_related("meeting").first()
    if stay is None:
        return False
    with transaction.atomic():
        # The meeting's row is locked before participants' rows, here and everywhere: handing over changes a second one.
        # The row of the whole meeting before that of a room.
        if stay.meeting.parent_id is not None:
            Meeting.objects.select_for_update().filter(id=stay.meeting.parent_id).first()
        meeting = Meeting.objects.filter(id=stay.meeting_id)
        held = meeting.select_for_update().first()
        if held is None:
            return False
        there = Participant.objects.filter(*conditions, id=participant_id, left_at=None)
        if not there.update(banned=banned, **as_left(reason, timezone.now())):
            return False
        participant = Participant.objects.select_related("meeting").get(id=participant_id)
        end_attempts([participant_id], reason)
        meeting.update(present=F("present") - 1)
        if meeting.filter(spotlight=participant_id).update(spotlight=None):
            tell_spotlight(participant.meeting_id, None)
        emptied = meeting.filter(present=0, state=Meeting.State.LIVE).update(
            state=Meeting.State.OPEN, emptied_at=timezone.now()
        )
        # Whoever left by their own will knows; a socket that does not know that it was given up must hear of it.
        skip = [participant_id] if reason in (Participant.Left.LEFT, Participant.Left.REMOVED) else []
        left = {"participantId": str(participant_id), "reason": reason.value}
        facts.publish(participant.meeting_id, "participant-left", left, skip=skip)
        over: dict[str, Data] = {EMPTIED: nothing_else} if emptied else {}
        tell(held, {LEFT: lambda seen: [participant_told(participant, seen)], **over})
        if not emptied or stay.meeting.parent_id is not None:
            hand_over(participant)
    return True


def as_left(reason: Participant.Left, now: datetime) -> dict[str, Any]:
    """What stands in the row of somebody whose stay ends now."""
    return {
        "left_at": now,
        "left_reason": reason,
        "disconnected_at": None,
        "gone_at": Coalesce("gone_at", Value(now, output_field=DateTimeField())),
    }
