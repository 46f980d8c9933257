"""Bring everybody back: close the breakout rooms after a countdown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings.actions.actor import By
from meetings.actions.breakouts.running import demand_running, leading, rooms_of, tell_status
from meetings.actions.end import end_meeting
from meetings.audit import note_act
from meetings.models import Breakouts, Meeting


@dataclass(frozen=True, slots=True)
class Closing:
    """Which division is closed, and in how many seconds."""

    breakouts_id: UUID
    seconds: float


def close_breakouts(meeting_id: UUID, seconds: int | None, *, by: By) -> Closing:
    """Begin the countdown, of as many seconds as were said when the rooms were made where none are said now. One that
    runs is made shorter, never longer; rooms that were never opened are closed at once. `close_due` does it in the end.

    Raises Refusal NOT_ALLOWED, WRONG_STATE, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor, meeting = leading(meeting_id, by, "close-breakouts")
        breakouts = demand_running(meeting.id)
        now = timezone.now()
        wait = breakouts.closing_seconds if seconds is None else seconds
        closes_at = now + timedelta(seconds=0 if breakouts.opened_at is None else wait)
        if breakouts.closes_at is None or closes_at < breakouts.closes_at:
            breakouts.closes_at = closes_at
            breakouts.save(update_fields=["closes_at"])
            note_act(meeting.id, "breakouts-closing", {"seconds": wait}, by=actor)
            tell_status(breakouts)
        return Closing(breakouts.id, max(0.0, (breakouts.closes_at - now).total_seconds()))


def close_due(now: datetime | None = None) -> list[UUID]:
    """Close what is due: end the rooms, which tells those in them to come back. The ended rooms, whose media are for
    the caller to close. Of several processes that do it at once one does.
    """
    now = now or timezone.now()
    ended: list[UUID] = []
    due = Breakouts.objects.filter(closed_at=None, closes_at__lte=now)
    for breakouts_id, meeting_id in list(due.values_list("id", "meeting_id")):
        with transaction.atomic():
            Meeting.objects.select_for_update().get(id=meeting_id)
            if not due.filter(id=breakouts_id).update(closed_at=now):
                continue
            breakouts = Breakouts.objects.get(id=breakouts_id)
            breakouts.seats.update(called=False)
            rooms = rooms_of(meeting_id)
            note_act(meeting_id, "breakouts-closed", {"rooms": len(rooms)}, by=None)
            tell_status(breakouts)
            ended += [room.id for room in rooms if end_meeting(room.id)]
    return ended
