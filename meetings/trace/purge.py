"""The stream is kept for a while, and no longer."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from meetings.models import ACT, JoinAttempt, MeetingEvent

# Rows that are deleted at once: a fraction of a second in which nobody else can write to SQLite.
CHUNK = 2_000


def purge(older_than: timedelta, chunk: int = CHUNK) -> tuple[int, int]:
    """Delete events that happened longer ago, without what people did, and attempts that began longer ago and have no
    event left. How many events and how many attempts.

    Each chunk is a transaction of its own, so that a run that is interrupted leaves less to the next one.
    """
    limit = timezone.now() - older_than
    events = _delete(MeetingEvent.objects.filter(at__lt=limit).exclude(side=ACT).order_by("at"), chunk)
    left = MeetingEvent.objects.filter(attempt=OuterRef("pk"))
    old_attempts = JoinAttempt.objects.filter(~Exists(left), began_at__lt=limit).order_by("began_at")
    return events, _delete(old_attempts, chunk)


def purge_acts(older_than: timedelta, chunk: int = CHUNK) -> int:
    """Delete what people did longer ago. How many."""
    return _delete(MeetingEvent.objects.filter(side=ACT, at__lt=timezone.now() - older_than).order_by("at"), chunk)


def _delete(rows: QuerySet[Any], chunk: int) -> int:
    total = 0
    while deleted := rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:chunk])).delete()[0]:
        total += deleted
    return total
