"""The meetings that probes meet in. They belong to nobody, so that they are in nobody's list."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from meetings.actions.end import end_meeting
from meetings.actions.start import host_ticket
from meetings.models import JoinAttempt, Meeting
from meetings.probe import TITLE

# The keys of people are random and longer.
HOST = "probe"
FAILED_TITLE = f"{TITLE} that failed"
SETTLED_SECONDS = 10.0


def open_room(capacity: int = 2) -> tuple[Meeting, str]:
    """A meeting, and the ticket of its host."""
    meeting = Meeting.objects.create(title=TITLE, host_guest=HOST, capacity=capacity)
    return meeting, host_ticket(meeting)


def close_room(meeting: Meeting, *, failed: bool) -> None:
    """End it, and say of the attempts to join it whose they were. When it `failed` it is kept, as evidence."""
    end_meeting(meeting.id)
    JoinAttempt.objects.filter(meeting=meeting).update(purpose=JoinAttempt.Purpose.PROBE)
    if failed:
        Meeting.objects.filter(id=meeting.id).update(title=FAILED_TITLE)


def sweep_rooms() -> None:
    """Delete those in which all was well, with who was in them and what was noted of it. Not at once: what happens at
    the end of a stay is written down a moment after it.
    """
    settled = timezone.now() - timedelta(seconds=SETTLED_SECONDS)
    Meeting.objects.filter(host_guest=HOST, title=TITLE, ended_at__lt=settled).delete()


def purge_rooms() -> int:
    """Delete those that are older than PROBE_DAYS, also what a probe that was killed left open. How many."""
    old = Meeting.objects.filter(host_guest=HOST, created_at__lt=timezone.now() - timedelta(days=settings.PROBE_DAYS))
    count = old.count()
    old.delete()
    return count
