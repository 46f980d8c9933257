"""Call the bot that talks back."""

from uuid import UUID, uuid4

from django.conf import settings

from meetings import access
from meetings.actions.actor import acting
from meetings.models import Meeting, Participant
from meetings.tickets import JOIN_SECONDS, Ticket

BOT_NAME = "Echo"
# How the guest key of each begins.
BOT_GUEST = "echo-"


def invite_bot(meeting_id: UUID, *, by: UUID) -> str:
    """A ticket with which the bot comes in. Raises Refusal where the participant `by` may not call it, or a code of
    `access.stay`.
    """
    acting(meeting_id, by)
    meeting = Meeting.objects.get(id=meeting_id)
    if refusal := access.invite_bot(meeting, allowed=settings.INVITE_BOT):
        raise refusal
    ticket = Ticket(meeting_id, Participant.Role.ATTENDEE, BOT_NAME, guest=f"{BOT_GUEST}{uuid4().hex}", admitted=True)
    return ticket.signed(JOIN_SECONDS)
