"""Stays, out of the rows."""

from datetime import datetime

from django.utils import timezone

from meetings.actions.invite import BOT_GUEST
from meetings.attendance.attendance import Attendance, Stay, attendance_of
from meetings.attendance.intervals import Interval
from meetings.attendance.sitting import Sitting
from meetings.models import Participant


def read_attendance(sitting: Sitting, now: datetime | None = None) -> Attendance:
    """Who was there, but for the bot that talks back. One query."""
    now = now or timezone.now()
    rows = sitting.meeting.participants.filter(sitting.during("joined_at")).exclude(guest__startswith=BOT_GUEST)
    return attendance_of([_stay(one, now) for one in rows], sitting.scheduled)


def _stay(row: Participant, now: datetime) -> Stay:
    until = row.gone_at or row.left_at or row.disconnected_at or now
    return Stay(
        # Programs without account and session are somebody else each time.
        person=str(row.user_id or row.guest or row.id),
        name=row.display_name,
        role=Participant.Role(row.role),
        time=Interval(row.joined_at, max(row.joined_at, until)),
        over=row.left_at is not None,
        spoke_seconds=row.spoke_ms / 1000,
        user_id=row.user_id,
    )
