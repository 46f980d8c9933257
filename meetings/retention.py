"""For how long chat, attendance and meetings are kept."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from meetings.audit import outlive
from meetings.models import ACT, ChatMessage, Knock, Meeting, MeetingEvent, Occurrence, Participant, PollVote, Question
from meetings.purging import CHUNK, delete_rows

_OVER: Final = (Meeting.State.ENDED, Meeting.State.CANCELLED)


def purge_messages(older_than: timedelta, chunk: int = CHUNK) -> int:
    """Delete what was written or asked longer ago, and who voted for what in polls that were closed longer ago; the
    counts of those stay. How many messages.
    """
    limit = timezone.now() - older_than
    delete_rows(Question.objects.filter(asked_at__lt=limit).order_by("asked_at"), chunk)
    delete_rows(PollVote.objects.filter(poll__closed_at__lt=limit).order_by("id"), chunk)
    return delete_rows(ChatMessage.objects.filter(sent_at__lt=limit).order_by("sent_at"), chunk)


def purge_stays(older_than: timedelta, chunk: int = CHUNK) -> int:
    """Delete who was there longer ago, and who waited at doors. How many stays.

    A stay is kept as long as messages, questions or votes of it are, for by it they are found when somebody is erased;
    and as long as it keeps somebody out of a meeting that is not over. What people did stays in the audit trail.
    """
    limit = timezone.now() - older_than
    mine = OuterRef("pk")
    written = ChatMessage.objects.filter(Q(author=mine) | Q(recipient=mine))
    asked, voted = Question.objects.filter(author=mine), PollVote.objects.filter(participant=mine)
    old = Participant.objects.filter(~Exists(written), ~Exists(asked), ~Exists(voted), left_at__lt=limit)
    old = old.order_by("left_at")
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
    # Breakout rooms go with the meeting that had them.
    over = Meeting.objects.filter(state__in=_OVER, ended_at__lt=now - older_than, parent=None)
    old = over.filter(~Exists(comes_again))
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
