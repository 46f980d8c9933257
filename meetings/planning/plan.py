"""Plan a meeting, and change the plan: this occurrence, it and those that follow, or all."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from meetings.actions.actor import By
from meetings.calendars.plan import Plan
from meetings.calendars.recurrence import Pattern
from meetings.mail.due import announce, announce_cancelled
from meetings.models import Delivery, Occurrence, Schedule
from meetings.planning.spread import spread
from meetings.planning.stepping import Step, planning
from meetings.protocol.codes import Refusal

_CHANGE = Delivery.Kind.CHANGE


def plan_meeting(meeting_id: UUID, plan: Plan, *, by: By) -> Schedule:
    """Give it this plan: its first, or instead of the one it has for all that has not begun. What was changed about
    single occurrences that had not begun is gone then. Raises as `planning` does.
    """
    with planning(meeting_id, by) as step:
        schedules = list(step.meeting.schedules.all())
        if not schedules:
            schedule = _new(step, plan)
            step.note("planned", when=str(schedule))
            announce(schedule, Delivery.Kind.INVITATION)
            return schedule
        *earlier, latest = schedules
        _forget(Q(meeting=step.meeting), step.now)
        for schedule in earlier:
            # What they had to come is in the latest one now.
            _end_before(schedule, step.now)
        _write(latest, plan)
        latest.sequence += 1
        spread(latest, step.now, after=step.now if latest.occurrences.exists() else None)
        step.note("planned", when=str(latest))
        announce(latest, _CHANGE)
        return latest


def plan_following(meeting_id: UUID, occurrence_id: UUID, plan: Plan, *, by: By) -> Schedule:
    """Give this occurrence and those that follow another plan; what was before stays. Raises as `planning` does, and
    NOT_FOUND.
    """
    with planning(meeting_id, by) as step:
        occurrence = step.occurrence(occurrence_id)
        before = occurrence.schedule
        if not before.occurrences.filter(original__lt=occurrence.original).exists():
            _forget(Q(schedule=before), step.now)
            _write(before, plan)
            before.sequence += 1
            spread(before, step.now)
            step.note("planned", when=str(before))
            announce(before, _CHANGE)
            return before
        _forget(Q(schedule=before, original__gte=occurrence.original), step.now)
        _end_before(before, occurrence.original)
        schedule = _new(step, plan)
        step.note("planned", when=str(schedule))
        announce(schedule, Delivery.Kind.INVITATION)
        return schedule


def move_occurrence(
    meeting_id: UUID, occurrence_id: UUID, starts_at: datetime, minutes: int, title: str = "", *, by: By
) -> Occurrence:
    """Have this one at another time or under another title. Raises as `plan_following` does, and BAD_REQUEST for a time
    that is over.
    """
    with planning(meeting_id, by) as step:
        occurrence = step.occurrence(occurrence_id)
        if starts_at <= step.now:
            raise Refusal("BAD_REQUEST", "That time is over.")
        occurrence.starts_at, occurrence.ends_at = starts_at, starts_at + timedelta(minutes=minutes)
        occurrence.title = title
        schedule = occurrence.schedule
        if not schedule.rule:
            # There is nothing that it deviates from.
            zone = schedule.pattern.zone
            _write(schedule, Plan(Pattern(starts_at.astimezone(zone).replace(tzinfo=None), zone), minutes))
            occurrence.original = starts_at
        _save_changed(step, occurrence)
        announce(occurrence.schedule, _CHANGE, occurrence)
        return occurrence


def cancel_occurrence(meeting_id: UUID, occurrence_id: UUID, *, by: By) -> Occurrence:
    """Say that this one will not be. Raises as `plan_following` does."""
    return _call_off(meeting_id, occurrence_id, by=by, cancelled=True)


def restore_occurrence(meeting_id: UUID, occurrence_id: UUID, *, by: By) -> Occurrence:
    """Say that it will be after all. Raises as `plan_following` does."""
    return _call_off(meeting_id, occurrence_id, by=by, cancelled=False)


def cancel_following(meeting_id: UUID, occurrence_id: UUID, *, by: By) -> None:
    """Say that this one and those that follow will not be. Raises as `plan_following` does."""
    with planning(meeting_id, by) as step:
        occurrence = step.occurrence(occurrence_id)
        before, original = occurrence.schedule, occurrence.original
        if before.rule and before.occurrences.filter(original__lt=original).exists():
            _forget(Q(schedule=before, original__gte=original), step.now)
            _end_before(before, original)
        else:
            before.occurrences.filter(starts_at__gt=step.now).update(cancelled=True)
            announce_cancelled(before)
        for later in step.meeting.schedules.filter(created_at__gt=before.created_at):
            later.occurrences.filter(starts_at__gt=step.now).update(cancelled=True)
            announce_cancelled(later)
        step.note("occurrence", starts=original.isoformat(), cancelled=True, following=True)


def _call_off(meeting_id: UUID, occurrence_id: UUID, *, by: By, cancelled: bool) -> Occurrence:
    with planning(meeting_id, by) as step:
        occurrence = step.occurrence(occurrence_id)
        if occurrence.cancelled != cancelled:
            occurrence.cancelled = cancelled
            _save_changed(step, occurrence)
            announce(occurrence.schedule, Delivery.Kind.CANCELLATION if cancelled else _CHANGE, occurrence)
        return occurrence


def _save_changed(step: Step, occurrence: Occurrence) -> None:
    occurrence.changed = True
    occurrence.sequence += 1
    occurrence.save()
    # What calendars are told of one, they are told under the number of the whole.
    occurrence.schedule.sequence += 1
    occurrence.schedule.save()
    step.note("occurrence", starts=occurrence.starts_at.isoformat(), cancelled=occurrence.cancelled)


def _new(step: Step, plan: Plan) -> Schedule:
    schedule = Schedule(meeting=step.meeting)
    _write(schedule, plan)
    spread(schedule, step.now)
    return schedule


def _write(schedule: Schedule, plan: Plan) -> None:
    first = plan.pattern.first
    schedule.day, schedule.hour = first.date(), first.time()
    schedule.zone, schedule.minutes, schedule.rule = plan.pattern.zone.key, plan.minutes, plan.pattern.rule
    schedule.spread_until = plan.pattern.first.replace(tzinfo=plan.pattern.zone)
    schedule.save()


def _forget(which: Q, now: datetime) -> None:
    Occurrence.objects.filter(which, starts_at__gt=now).delete()


def _end_before(schedule: Schedule, moment: datetime) -> None:
    """No more from that moment on; calendars are told."""
    if not schedule.rule:
        return
    schedule.rule = schedule.pattern.ended_before(moment).rule
    schedule.sequence += 1
    schedule.save()
    announce(schedule, _CHANGE)
