"""Start a meeting."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from meetings import access
from meetings.identity import Person
from meetings.models import Meeting, Participant, organisation_of
from meetings.tickets import HOST_SECONDS, Ticket

UNTITLED = "Meeting"


def start_meeting(
    person: Person,
    title: str = "",
    *,
    starts_at: datetime | None = None,
    capacity: int | None = None,
    passcode: str = "",
    guests_allowed: bool = True,
) -> Meeting:
    """A new meeting whose host is `person`; it belongs to their organisation.

    Raises Refusal NOT_ALLOWED where they may not start any.
    """
    if refusal := access.start(has_account=person.user_id is not None, anonymous_hosts=settings.ALLOW_ANONYMOUS_HOSTS):
        raise refusal
    meeting = Meeting(
        title=title.strip() or UNTITLED,
        starts_at=starts_at,
        host_user_id=person.user_id,
        host_guest="" if person.user_id is not None else person.guest,
        passcode_hash=make_password(passcode) if passcode else "",
        guests_allowed=guests_allowed,
        organisation_id=organisation_of(person.user_id),
    )
    if capacity is not None:
        meeting.capacity = capacity
    _save_under_a_free_code(meeting)
    return meeting


def host_ticket(meeting: Meeting) -> str:
    """A ticket that makes its bearer the host, for programs and for other browsers of the same person."""
    ticket = Ticket(meeting.id, Participant.Role.HOST, guest=meeting.host_guest, user_id=meeting.host_user_id)
    return ticket.signed(HOST_SECONDS)


def _save_under_a_free_code(meeting: Meeting) -> None:
    for _ in range(5):
        try:
            with transaction.atomic():
                meeting.save(force_insert=True)
        except IntegrityError:
            if not Meeting.objects.filter(code=meeting.code).exists():
                raise
            meeting.code = Meeting._meta.get_field("code").get_default()
        else:
            return
    raise RuntimeError("five random codes in a row were taken")
