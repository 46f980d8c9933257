"""What time does to meetings that have a plan."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from meetings import facts
from meetings.actions.end import end_meeting
from meetings.models import Meeting
from meetings.planning.spread import show_next, spread_further
from meetings.snapshots import meeting_entry

_STATE = Meeting.State


def pass_time(now: datetime | None = None) -> int:
    """Close the meetings that end with their time, and have those that come again show their next occurrence, open
    again where they had ended. How many were closed.
    """
    now = now or timezone.now()
    closed = 0
    over = Meeting.objects.filter(ends_at__lte=now)
    for meeting_id in over.filter(closes=True, state=_STATE.LIVE).values_list("id", flat=True):
        with transaction.atomic():
            # It may have been extended, or have ended, since.
            still = Meeting.objects.select_for_update().filter(id=meeting_id, closes=True, ends_at__lte=now)
            closed += still.filter(state=_STATE.LIVE).exists() and end_meeting(meeting_id)
    comes_again = over.filter(state__in=(_STATE.OPEN, _STATE.ENDED), occurrences__ends_at__gt=now)
    for meeting_id in comes_again.filter(occurrences__cancelled=False).distinct().values_list("id", flat=True):
        with transaction.atomic():
            meeting = Meeting.objects.select_for_update().get(id=meeting_id)
            if meeting.state == _STATE.ENDED:
                meeting.state, meeting.ended_at = _STATE.OPEN, None
                meeting.save(update_fields=["state", "ended_at"])
            if meeting.state == _STATE.OPEN and show_next(meeting, now):
                facts.publish(meeting.id, "meeting-updated", meeting_entry(meeting))
    spread_further(now)
    return closed
