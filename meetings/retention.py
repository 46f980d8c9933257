"""For how long chat, attendance and meetings are kept."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from meetings.audit import outlive
from meetings.models import ACT, ChatMessage, Knock, Meeting, MeetingEvent, Occurrence, Participant
from meetings.purging import CHUNK, delete_rows

_OVER: Final = (Meeting.State.ENDED, Meeting.State.CANCELLED)


def purge_messages(older_than: timedelta, chunk: int = CHUNK) -> int:
    """Delete what was written longer ago. How many messages."""
    return delete_rows(ChatMessage.objects.filter(sent_at__lt=timezone.now() - older_than).order_by("sent_at"), chunk)


def purge_stays(older_than: timedelta, chunk: int = CHUNK) -> int:
    """Delete who was there longer ago, and who waited at doors. How many stays.

    A stay is kept as long as messages of it are, for by it they are found when somebody is erased; and as long as it
    keeps somebody out of a meeting that is not over. What people did stays in the audit trail.
    """
    limit = timezone.now() - older_than
    written = ChatMessage.objects.filter(Q(author=OuterRef("pk")) | Q(recipient=OuterRef("pk")))
    old = Participant.objects.filter(~Exists(written), left_at__lt=limit).order_by("left_at")
    old = old.filter(Q(banned=False) | Q(meeting__state__in=_OVER))
    total = 0
    while ids := list(old.values_list("id", flat=True)[:chunk]):
        with transaction.atomic():
            MeetingEvent.objects.filter(participant__in=ids, side=ACT).update(participant=None)
            Participant.objects.filter(id__in=ids).delete()
        total += len(ids)
    delete_rows(Knock.objects.filter(decided_at__lt=limit).order_by("decided_at"), chunk)
    return total


def purge_meetings(older_than: timedelta) -> int:
    """Delete the meetings that were over longer ago and do not come again, with everything in them but the audit trail.
    How many.
    """
    now = timezone.now()
    comes_again = Occurrence.objects.filter(meeting=OuterRef("pk"), ends_at__gt=now, cancelled=False)
    old = Meeting.objects.filter(~Exists(comes_again), state__in=_OVER, ended_at__lt=now - older_than)
    total = 0
    for meeting_id in old.order_by("ended_at").values_list("id", flat=True).iterator():
        with transaction.atomic():
            # It may have been opened again since.
            still = old.select_for_update().filter(id=meeting_id).first()
            if still is not None:
                outlive(still)
                still.delete()
                total += 1
    return total
