"""Deciding that mail is due. Rows only: call it in the transaction of what is told of; sending is another matter."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from meetings.models import Delivery, Invitee, Meeting, Occurrence, Schedule

_KIND, _STATE = Delivery.Kind, Delivery.State


def announce(schedule: Schedule, kind: Delivery.Kind, occurrence: Occurrence | None = None) -> None:
    """Tell everybody who is invited. Who has not had the invitation yet will find the change in that."""
    invitees = schedule.meeting.invitees.filter(uninvited_at=None)
    if kind != _KIND.INVITATION:
        waiting = Delivery.objects.filter(schedule=schedule, state=_STATE.DUE)
        invitees = invitees.exclude(deliveries__in=waiting.filter(kind=_KIND.INVITATION))
        # An older change says what this one says.
        waiting.filter(kind=_KIND.CHANGE, occurrence=None).update(state=_STATE.DROPPED)
    _due(invitees, kind, schedule, occurrence)


def announce_cancelled(schedule: Schedule, invitees: Iterable[Invitee] | None = None) -> None:
    """Tell those who are invited, or these of them, that it will not be, for them at least."""
    invitees = list(schedule.meeting.invitees.filter(uninvited_at=None) if invitees is None else invitees)
    waiting = Delivery.objects.filter(schedule=schedule, state=_STATE.DUE, invitee__in=invitees)
    waiting.exclude(kind=_KIND.CANCELLATION).update(state=_STATE.DROPPED)
    schedule.sequence += 1
    schedule.save()
    _due(invitees, _KIND.CANCELLATION, schedule, None)


def announce_all_cancelled(meeting: Meeting) -> None:
    """Tell everybody that there will be nothing of what is to come."""
    for schedule in meeting.schedules.to_come():
        announce_cancelled(schedule)


def announce_changed(meeting: Meeting) -> None:
    """Tell everybody of what is to come as it is now."""
    for schedule in meeting.schedules.to_come():
        schedule.sequence += 1
        schedule.save()
        announce(schedule, _KIND.CHANGE)


def invite_to(meeting: Meeting, invitees: Iterable[Invitee]) -> None:
    """Tell these of all that is to come. A meeting that has no schedule is told of too."""
    invitees = list(invitees)
    to_tell: list[Schedule | None] = [*meeting.schedules.to_come()]
    for schedule in to_tell or [None]:
        _due(invitees, _KIND.INVITATION, schedule, None)


def remind(now: datetime) -> int:
    """Remind of what begins within the time that its host said. How many are due by that."""
    reminded = 0
    reminding = Meeting.objects.filter(remind_minutes__gt=0).order_by()
    for minutes in reminding.values_list("remind_minutes", flat=True).distinct():
        soon = Occurrence.objects.select_related("meeting", "schedule").filter(
            meeting__remind_minutes=minutes,
            meeting__state__in=(Meeting.State.OPEN, Meeting.State.ENDED),
            starts_at__gt=now,
            starts_at__lte=now + timedelta(minutes=minutes),
            cancelled=False,
        )
        for occurrence in soon:
            wanted = occurrence.meeting.invitees.filter(uninvited_at=None).exclude(answer=Invitee.Answer.DECLINED)
            reminded += _due(wanted, _KIND.REMINDER, occurrence.schedule, occurrence)
    return reminded


def _due(
    invitees: Iterable[Invitee], kind: Delivery.Kind, schedule: Schedule | None, occurrence: Occurrence | None
) -> int:
    """One for each of them; what is due or was sent already under the same key is not again. How many are new."""
    now = timezone.now()
    rows = [
        Delivery(
            key=_key(invitee, kind, schedule, occurrence),
            kind=kind,
            invitee=invitee,
            schedule=schedule,
            occurrence=occurrence,
            due_at=now,
        )
        for invitee in invitees
    ]
    known = set(Delivery.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    new = [row for row in rows if row.key not in known]
    if new:
        Delivery.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _key(invitee: Invitee, kind: Delivery.Kind, schedule: Schedule | None, occurrence: Occurrence | None) -> str:
    # Somebody invited again after they were not any more is told again.
    what = [kind, invitee.key]
    if occurrence is not None and kind == _KIND.REMINDER:
        return ":".join([*what, str(occurrence.id), f"{occurrence.starts_at:%Y%m%dT%H%M}"])
    return ":".join([*what, str(schedule.id), str(schedule.sequence)] if schedule is not None else what)
