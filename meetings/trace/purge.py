"""The stream is kept for a while, and no longer."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from meetings.models import ACT, JoinAttempt, MeetingEvent
from meetings.purging import CHUNK, delete_rows


def purge(older_than: timedelta, chunk: int = CHUNK) -> tuple[int, int]:
    """Delete events that happened longer ago, without what people did, and attempts that began longer ago and have no
    event left. How many events and how many attempts.
    """
    limit = timezone.now() - older_than
    events = delete_rows(MeetingEvent.objects.filter(at__lt=limit).exclude(side=ACT).order_by("at"), chunk)
    left = MeetingEvent.objects.filter(attempt=OuterRef("pk"))
    old_attempts = JoinAttempt.objects.filter(~Exists(left), began_at__lt=limit).order_by("began_at")
    return events, delete_rows(old_attempts, chunk)


def purge_acts(older_than: timedelta, chunk: int = CHUNK) -> int:
    """Delete what people did longer ago. How many."""
    return delete_rows(MeetingEvent.objects.filter(side=ACT, at__lt=timezone.now() - older_than).order_by("at"), chunk)
