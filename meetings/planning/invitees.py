"""Who is invited to a meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone

from meetings.actions.actor import By
from meetings.mail.due import announce_cancelled, invite_to
from meetings.models import Invitee, Participant
from meetings.models.invitee import new_key
from meetings.planning.stepping import planning
from meetings.protocol.codes import Refusal
from meetings.tickets import HOST_SECONDS, Ticket

MOST: Final = 500
# How the guests begin that tickets of invitees are made out to.
_INVITED: Final = "invited-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody to invite."""

    email: str
    name: str = ""
    role: str = Invitee.Role.ATTENDEE


def invite_people(meeting_id: UUID, people: Sequence[Wanted], *, by: By) -> list[Invitee]:
    """Invite those who are not yet; the others keep what they have but for their role and name. Who is new is mailed.

    Raises as `planning` does, and BAD_REQUEST for what is no address, or for more than MOST.
    """
    wanted = {email_of(one.email): one for one in people}
    with planning(meeting_id, by, "invite-people") as step:
        known = {one.email: one for one in step.meeting.invitees.all()}
        if len(known.keys() | wanted.keys()) > MOST:
            raise Refusal("BAD_REQUEST", f"At most {MOST} people can be invited to a meeting.")
        invited, new = [], []
        for email, one in wanted.items():
            invitee = known.get(email) or Invitee(meeting=step.meeting, email=email)
            if invitee.uninvited_at is not None or invitee._state.adding:
                new.append(invitee)
                # The key that they had is good for nothing any more.
                invitee.key, invitee.answer, invitee.answered_at = new_key(), Invitee.Answer.NONE, None
                invitee.uninvited_at = None
            invitee.name, invitee.role = one.name.strip()[:80] or invitee.name, one.role
            invitee.save()
            invited.append(invitee)
        if new:
            step.note("invited", people=[one.email for one in new])
            invite_to(step.meeting, new)
    return invited


def uninvite(meeting_id: UUID, invitee_id: UUID, *, by: By) -> None:
    """Invite them no more; they are told. Raises as `planning` does, and NOT_FOUND."""
    with planning(meeting_id, by, "invite-people") as step:
        invitee = step.meeting.invitees.filter(id=invitee_id, uninvited_at=None).first()
        if invitee is None:
            raise Refusal("NOT_FOUND", "Nobody is invited under that id.")
        invitee.uninvited_at = timezone.now()
        invitee.save(update_fields=["uninvited_at"])
        for schedule in step.meeting.schedules.to_come():
            announce_cancelled(schedule, [invitee])
        step.note("uninvited", people=[invitee.email])


def invitee_of(key: str) -> Invitee | None:
    """Whom a key belongs to, while they are invited and the meeting is there."""
    rows = Invitee.objects.select_related("meeting__host_user")
    return rows.filter(key=key, uninvited_at=None).first()


def answer(invitee: Invitee, said: str) -> None:
    """Take down what they said; one of `Invitee.Answer` but for NONE."""
    Invitee.objects.filter(id=invitee.id).update(answer=said, answered_at=timezone.now())
    invitee.answer = said


def take_answer(uid: str, email: str, said: str) -> bool:
    """Take down an answer that a calendar sent, to the event of that id. Whether anybody was asked."""
    schedule_id = uid.removesuffix("@kcs-meet")
    try:
        found = Q(meeting__schedules__id=UUID(schedule_id))
    except ValueError:
        return False
    asked = Invitee.objects.filter(found, email=email.lower(), uninvited_at=None).first()
    if asked is None:
        return False
    answer(asked, said)
    return True


def is_taken_back(ticket: Ticket) -> bool:
    """Whether it was made out to somebody invited who is not any more."""
    if not ticket.guest.startswith(_INVITED):
        return False
    invitee = UUID(ticket.guest.removeprefix(_INVITED))
    return not Invitee.objects.filter(id=invitee, uninvited_at=None).exists()


def ticket_of(invitee: Invitee) -> str:
    """What opens the meeting's socket to them, for as long as a working day."""
    trusted = invitee.role in (Participant.Role.CO_HOST, Participant.Role.PRESENTER)
    ticket = Ticket(
        invitee.meeting_id,
        invitee.role,
        invitee.name,
        # In whichever browser, they are the same person to us.
        guest=f"{_INVITED}{invitee.id.hex}",
        admitted=trusted,
    )
    return ticket.signed(HOST_SECONDS)


def email_of(text: str) -> str:
    """An address as we keep it. Raises Refusal BAD_REQUEST."""
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal("BAD_REQUEST", f"{text[:80]!r} is no e-mail address.") from None
    if len(email) > 254:
        raise Refusal("BAD_REQUEST", "The e-mail address is too long.")
    return email
