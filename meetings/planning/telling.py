"""Schedules as calendars are told of them."""

from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings

from meetings.calendars.event import Deviation, Event, Person
from meetings.calendars.plan import Plan
from meetings.links import public
from meetings.models import Invitee, Meeting, Occurrence, Schedule

_STATUS = {
    Invitee.Answer.NONE: "NEEDS-ACTION",
    Invitee.Answer.ACCEPTED: "ACCEPTED",
    Invitee.Answer.TENTATIVE: "TENTATIVE",
    Invitee.Answer.DECLINED: "DECLINED",
}


def uid_of(schedule: Schedule) -> str:
    """By which calendars know it, whatever the site is called by then."""
    return f"{schedule.id}@kcs-meet"


def event_of(schedule: Schedule, *, url: str = "", invitee: Invitee | None = None) -> Event:
    """The event, with whom it is told to as its only attendee: who else comes is for the meeting to show. `url` is
    where they come in, the meeting's page where none is given.
    """
    meeting = schedule.meeting
    changed = schedule.occurrences.filter(changed=True)
    return Event(
        uid=uid_of(schedule),
        plan=Plan(schedule.pattern, schedule.minutes),
        title=meeting.title,
        description=meeting.description,
        url=url or public(meeting.get_absolute_url()),
        sequence=schedule.sequence,
        changed_at=schedule.changed_at,
        organiser=organiser_of(meeting),
        attendees=() if invitee is None else (_attendee(invitee),),
        deviations=tuple(deviation_of(one) for one in changed),
        cancelled=meeting.state == Meeting.State.CANCELLED or not _is_to_be(schedule),
    )


def events_of(schedules: Iterable[Schedule]) -> list[Event]:
    """For a feed: those that were not cancelled."""
    return [event for event in map(event_of, schedules) if not event.cancelled]


def deviation_of(occurrence: Occurrence) -> Deviation:
    """What became of one occurrence."""
    return Deviation(
        occurrence.original,
        occurrence.starts_at,
        occurrence.ends_at,
        occurrence.title or occurrence.meeting.title,
        occurrence.cancelled,
    )


def organiser_of(meeting: Meeting) -> Person:
    """The host by name, at the site's address: that is where answers are read."""
    return Person(parseaddr(settings.CALENDAR_EMAIL)[1], host_name(meeting))


def host_name(meeting: Meeting) -> str:
    """How the host of a meeting is called in mail."""
    user = meeting.host_user
    return "" if user is None else user.get_full_name() or user.get_username()


def _attendee(invitee: Invitee) -> Person:
    return Person(invitee.email, invitee.name, _STATUS[Invitee.Answer(invitee.answer)])


def _is_to_be(schedule: Schedule) -> bool:
    rows = schedule.occurrences.all()
    return not rows.exists() or rows.filter(cancelled=False).exists()
