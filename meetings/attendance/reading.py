"""Stays, out of the rows."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from meetings.actions.invite import BOT_GUEST
from meetings.attendance.attendance import Attendance, Stay, attendance_of
from meetings.attendance.intervals import Interval
from meetings.attendance.sitting import Sitting
from meetings.models import Meeting, Participant


def read_attendance(sitting: Sitting, now: datetime | None = None) -> Attendance:
    """Who was there, in the meeting or in its breakout rooms, but for the bot that talks back. One query."""
    now = now or timezone.now()
    here = Q(meeting=sitting.meeting) | Q(meeting__parent=sitting.meeting)
    rows = Participant.objects.filter(here, sitting.during("joined_at")).exclude(guest__startswith=BOT_GUEST)
    return attendance_of([_stay(one, sitting.meeting, now) for one in rows], sitting.scheduled)


def _stay(row: Participant, meeting: Meeting, now: datetime) -> Stay:
    until = row.gone_at or row.left_at or row.disconnected_at or now
    return Stay(
        # Programs without account and session are somebody else each time.
        person=str(row.user_id or row.guest or row.id),
        name=row.display_name,
        role=_role(row, meeting),
        time=Interval(row.joined_at, max(row.joined_at, until)),
        over=row.left_at is not None,
        spoke_seconds=row.spoke_ms / 1000,
        user_id=row.user_id,
    )


def _role(row: Participant, meeting: Meeting) -> Participant.Role:
    # Whoever leads a breakout room leads no meeting.
    if row.meeting_id == meeting.id:
        return Participant.Role(row.role)
    return Participant.Role.GUEST if row.user_id is None else Participant.Role.ATTENDEE
