"""Who somebody is: an account, or a guest known by their session; or whoever a ticket was made out to."""

import secrets
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from meetings.models import Meeting, Participant
from meetings.tickets import Ticket

GUEST = "guest"
NAME = "display_name"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at one of our doors.

    `guest` is the key of their session, empty for accounts and for programs without a session. A `ticket` speaks for
    one meeting: it can make them its host, and shows that they knew the passcode.
    """

    user_id: int | None = None
    guest: str = ""
    display_name: str = ""
    ticket: Ticket | None = None

    def is_host_of(self, meeting: Meeting) -> bool:
        """Whether the meeting is theirs."""
        if self.ticket is not None and self.ticket.meeting == meeting.id and self.ticket.role == Participant.Role.HOST:
            return True
        if self.user_id is not None:
            return meeting.host_user_id == self.user_id
        return bool(self.guest) and meeting.host_guest == self.guest

    def stays_in(self, meeting: Meeting) -> QuerySet[Participant]:
        """All their stays in the meeting, past and present."""
        return self.stays.filter(meeting=meeting)

    @property
    def stays(self) -> QuerySet[Participant]:
        """All their stays anywhere. Without account and session nobody is known."""
        everybody = Participant.objects.select_related("meeting")
        if self.user_id is not None:
            return everybody.filter(user_id=self.user_id)
        if self.guest:
            return everybody.filter(guest=self.guest)
        return everybody.none()

    def knows_passcode_of(self, meeting_id: UUID) -> bool:
        """Whether they have shown it already."""
        return self.ticket is not None and self.ticket.meeting == meeting_id

    def counts_as_account_in(self, meeting_id: UUID) -> bool:
        """Whether they may come to a meeting that takes no guests: with an account, or called in by who is there."""
        return self.user_id is not None or self.is_called_into(meeting_id)

    def is_called_into(self, meeting_id: UUID) -> bool:
        """Whether somebody who is there called them in."""
        return self.ticket is not None and self.ticket.meeting == meeting_id and self.ticket.admitted

    def with_ticket(self, ticket: Ticket) -> "Person":
        """The person whom a ticket was made out to; whoever hands it in is taken for them."""
        return replace(
            self,
            user_id=ticket.user_id if ticket.user_id is not None else self.user_id,
            guest=ticket.guest or self.guest,
            display_name=ticket.display_name or self.display_name,
            ticket=ticket,
        )


def of_request(request: HttpRequest, *, remember: bool = False) -> Person:
    """The person behind a page or API request. With `remember`, a guest gets a key in their session to be known by."""
    return _of(request.session, request.user, remember=remember)


def of_session_key(session_key: str | None) -> Person:
    """The person behind a session cookie. Reads the database."""
    if not session_key:
        return Person()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return _of(request.session, auth.get_user(request), remember=False)


def _of(session: SessionBase, user: Any, *, remember: bool) -> Person:
    name = str(session.get(NAME, ""))
    if user.is_authenticated:
        return Person(user_id=user.pk, display_name=name or user.get_full_name() or user.get_username())
    if remember and not session.get(GUEST):
        session[GUEST] = secrets.token_urlsafe(16)
    return Person(guest=str(session.get(GUEST, "")), display_name=name)


def is_banned(meeting: Meeting, person: Person) -> bool:
    """Whether a host put this person out of the meeting, or of one of its rooms, for good."""
    whole = meeting.parent_id or meeting.id
    return person.stays.filter(Q(meeting_id=whole) | Q(meeting__parent_id=whole), banned=True).exists()
