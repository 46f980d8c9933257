"""Occurrences as rows, and the one that a meeting shows."""

from datetime import datetime, timedelta

from django.utils import timezone

from meetings.calendars.recurrence import AHEAD, MOST_OCCURRENCES, in_utc
from meetings.models import Meeting, Occurrence, Schedule

# How near the end of the rows is before there are more.
NEAR = AHEAD / 2


def spread(schedule: Schedule, now: datetime | None = None, *, after: datetime | None = None) -> None:
    """Make rows of the occurrences up to AHEAD from now; with `after`, only of those that begin later than that. Call
    it in the transaction that changes the schedule.
    """
    now = now or timezone.now()
    until = max(now, in_utc(schedule.pattern.first, schedule.pattern.zone)) + AHEAD
    length = timedelta(minutes=schedule.minutes)
    Occurrence.objects.bulk_create(
        [
            Occurrence(
                schedule=schedule, meeting_id=schedule.meeting_id, original=time, starts_at=time, ends_at=time + length
            )
            for time in schedule.pattern.times(until)
            if after is None or time > after
        ],
        ignore_conflicts=True,
        batch_size=MOST_OCCURRENCES,
    )
    schedule.spread_until = until
    schedule.save()


def spread_further(now: datetime) -> int:
    """Make more rows where a rule goes on and they come to an end. Of how many schedules."""
    near = Schedule.objects.filter(spread_until__lt=now + NEAR).exclude(rule="")
    near = near.exclude(meeting__state=Meeting.State.CANCELLED)
    for schedule in near:
        spread(schedule, now, after=schedule.spread_until)
    return len(near)


def show_next(meeting: Meeting, now: datetime) -> bool:
    """Have the meeting show the occurrence that goes on or comes next, or the last one when none does. Whether that
    is another one than before. Call it with the row locked.
    """
    rows = Occurrence.objects.filter(meeting=meeting, cancelled=False)
    shown = rows.filter(ends_at__gt=now).order_by("starts_at").first() or rows.order_by("-starts_at").first()
    if shown is None or (meeting.starts_at, meeting.ends_at) == (shown.starts_at, shown.ends_at):
        return False
    meeting.starts_at, meeting.ends_at = shown.starts_at, shown.ends_at
    changed = ["starts_at", "ends_at"]
    if meeting.state == Meeting.State.OPEN and shown.starts_at > now:
        # It begins anew.
        meeting.started_at = meeting.emptied_at = None
        changed += ["started_at", "emptied_at"]
    meeting.save(update_fields=changed)
    return True
