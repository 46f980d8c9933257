"""Find what a process that died left behind."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from meetings.actions.expire import expire, grace
from meetings.actions.knock import decide
from meetings.models import Knock, Participant, WebProcess
from meetings.outages import note_dead_process

HEARTBEAT_SECONDS = 10.0
# Three beats missed, and a process is taken for dead.
DEAD_AFTER = timedelta(seconds=3 * HEARTBEAT_SECONDS)


def sweep(now: datetime | None = None) -> int:
    """Begin the grace period of participants whose web process died, and let go of all whose period has passed.

    The number of those. Harmless beside the timers of living processes: the row decides who is first.
    """
    now = now or timezone.now()
    dead = WebProcess.objects.filter(heartbeat_at__lt=now - DEAD_AFTER)
    for process in dead:
        served = Participant.objects.filter(served_by=process, left_at=None).values_list("meeting_id", "id")
        note_dead_process(process.id, process.host, process.pid, process.heartbeat_at, served, {"noticedBy": "sweep"})
    held = Participant.objects.filter(Q(served_by=None) | Q(served_by__in=dead), left_at=None, disconnected_at=None)
    # One by one: many rows at once would be locked in an order of their own.
    for participant_id, heard_at in list(held.values_list("id", "served_by__heartbeat_at")):
        held.filter(id=participant_id).update(disconnected_at=now, gone_at=heard_at or now, served_by=None)
    deserted = Knock.objects.filter(Q(served_by=None) | Q(served_by__in=dead))
    decide(deserted, Knock.Decision.LEFT, by=None)
    dead.delete()
    overdue = Participant.objects.filter(left_at=None, disconnected_at__lte=now - grace())
    return sum(expire(participant_id, now) for participant_id in overdue.values_list("id", flat=True))
