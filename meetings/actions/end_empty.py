"""End meetings in which nobody has been for as long as their hosts, or the site, said."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from meetings.actions.end import end_meeting
from meetings.lifecycle import STEPS
from meetings.models import Meeting


def end_empty(now: datetime | None = None) -> int:
    """End those. How many."""
    now = now or timezone.now()
    empty = Meeting.objects.filter(present=0, emptied_at__isnull=False, state__in=STEPS["end"])
    # Who is in a breakout room comes back.
    empty = empty.exclude(Exists(Meeting.objects.filter(parent_id=OuterRef("pk"), state=Meeting.State.LIVE)))
    ended = 0
    for meeting_id, emptied_at, minutes in empty.values_list("id", "emptied_at", "empty_minutes"):
        patience = settings.EMPTY_MINUTES if minutes is None else minutes
        if patience and emptied_at is not None and emptied_at <= now - timedelta(minutes=patience):
            # Whoever came in since keeps it.
            ended += end_meeting(meeting_id, only=Q(present=0, emptied_at=emptied_at))
    return ended
