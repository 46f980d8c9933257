"""The stream is kept for a while, and no longer."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from meetings.models import JoinAttempt, MeetingEvent

# Rows that are deleted at once: a fraction of a second in which nobody else can write to SQLite.
CHUNK = 2_000


def purge(older_than: timedelta, chunk: int = CHUNK) -> tuple[int, int]:
    """Delete events that happened longer ago, and attempts that began longer ago and have no event left. How many
    events and how many attempts.

    Each chunk is a transaction of its own, so that a run that is interrupted leaves less to the next one.
    """
    limit = timezone.now() - older_than
    old_events = MeetingEvent.objects.filter(at__lt=limit).order_by("at")
    left = MeetingEvent.objects.filter(attempt=OuterRef("pk"))
    old_attempts = JoinAttempt.objects.filter(~Exists(left), began_at__lt=limit).order_by("began_at")
    events = _until_none(
        lambda: MeetingEvent.objects.filter(pk__in=list(old_events.values_list("pk", flat=True)[:chunk])).delete()[0]
    )
    attempts = _until_none(
        lambda: JoinAttempt.objects.filter(pk__in=list(old_attempts.values_list("pk", flat=True)[:chunk])).delete()[0]
    )
    return events, attempts


def _until_none(delete: Callable[[], int]) -> int:
    total = 0
    while deleted := delete():
        total += deleted
    return total
