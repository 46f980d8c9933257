"""The meetings that probes meet in. They belong to nobody, so that they are in nobody's list."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from meetings.actions.end import end_meeting
from meetings.actions.start import host_ticket
from meetings.models import Meeting
from meetings.probe import TITLE

# The keys of people are random and longer.
HOST = "probe"


def open_room(capacity: int = 2) -> tuple[Meeting, str]:
    """A meeting, and the ticket of its host."""
    meeting = Meeting.objects.create(title=TITLE, host_guest=HOST, capacity=capacity)
    return meeting, host_ticket(meeting)


def close_room(meeting: Meeting, *, keep: bool) -> None:
    """End it. Unless it is to `keep`, as evidence, nothing is left of it and of those who were in it."""
    end_meeting(meeting.id)
    if not keep:
        Meeting.objects.filter(id=meeting.id).delete()


def purge_rooms() -> int:
    """Delete those that are older than PROBE_DAYS, also what a probe that was killed left open. How many."""
    old = Meeting.objects.filter(
        host_guest=HOST, title=TITLE, created_at__lt=timezone.now() - timedelta(days=settings.PROBE_DAYS)
    )
    count = old.count()
    old.delete()
    return count
