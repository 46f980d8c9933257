"""Who was there."""

from datetime import timedelta

from django.utils.translation import gettext as _

from meetings.attendance.intervals import Interval
from meetings.attendance.looking import Look
from meetings.attendance.reading import read_attendance
from meetings.summary.section import Section

# Longer than that, an hour alone does not tell which day it was.
ONE_DAY = timedelta(hours=18)


def attended(look: Look) -> Section:
    """The table of attendance, and the few numbers above it."""
    sitting = look.sitting
    attendance = read_attendance(sitting)
    spans = [Interval(one.intervals[0].since, one.intervals[-1].until) for one in attendance.people]
    in_a_day = not spans or max(one.until for one in spans) - min(one.since for one in spans) < ONE_DAY
    holds = {
        "people": attendance.people,
        "most": attendance.most,
        "seconds": attendance.seconds,
        "scheduled": sitting.scheduled,
        "times": "hours" if in_a_day else "",
    }
    return Section("attendance", _("Attendance"), holds)
