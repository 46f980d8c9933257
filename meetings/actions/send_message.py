"""Write to everybody in a meeting, to its hosts, or to one person."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from meetings import access, facts
from meetings.actions.actor import By, acting, knows
from meetings.actions.chat_readers import listeners, publish_message, same_person, stays_like
from meetings.models import ChatMessage, Participant, SharedFile
from meetings.protocol.codes import Refusal
from meetings.snapshots import message_entry
from meetings.webhooks.events import MESSAGE
from meetings.webhooks.telling import tell


@dataclass(frozen=True, slots=True)
class Addressed:
    """For whom a message is: everybody or the hosts (`kind`), or one person of this id."""

    kind: str
    recipient_id: UUID | None = None


def send_message(
    meeting_id: UUID, message: str, to: Addressed, message_id: UUID | None = None, *, by: By
) -> dict[str, Any]:
    """Write a message; with the `message_id` of one that the same person wrote already, nothing new is written.

    Answers the contract's MESSAGE. Raises Refusal BAD_REQUEST, NOT_ALLOWED, NOT_IN_MEETING when the recipient is not
    there, or a code of `access.stay`.
    """
    with transaction.atomic():
        author = acting(meeting_id, by)
        recipient = addressee(author, to)
        if (sent := written_before(author, message_id)) is not None:
            return message_entry(sent, mine=True)
        return put_into_chat(author, message, to.kind, recipient, message_id, by=by)


def put_into_chat(
    author: Participant,
    message: str,
    to: str,
    recipient: Participant | None,
    message_id: UUID | None,
    *,
    by: By,
    file: SharedFile | None = None,
) -> dict[str, Any]:
    """Write a message that `author` may write, and tell those for whom it is, on commit. The contract's MESSAGE."""
    sent = ChatMessage.objects.create(
        id=message_id or uuid4(),
        meeting_id=author.meeting_id,
        # A host who is not in the meeting is nobody there.
        author=None if author._state.adding else author,
        author_name=author.display_name,
        recipient_type=to,
        recipient=recipient,
        recipient_name="" if recipient is None else recipient.display_name,
        message=message,
        file=file,
        sent_at=timezone.now(),
    )
    publish_message("new-message", sent, by=author, knows=knows(by))
    if to == ChatMessage.To.ALL:
        tell(author.meeting, {MESSAGE: lambda _: [{"message": message_entry(sent, mine=False)}]})
    return message_entry(sent, mine=True)


def note_typing(meeting_id: UUID, to: Addressed, *, typing: bool, by: UUID) -> None:
    """Tell those for whom a message would be that somebody writes one, or does so no more. Raises as `send_message`."""
    writer = acting(meeting_id, by)
    recipient = addressee(writer, to)
    told = {"participantId": str(by), "typing": typing, "recipientType": to.kind}
    mine = list(stays_like(writer).filter(left_at=None).values_list("id", flat=True))
    if to.kind == ChatMessage.To.ALL:
        facts.publish(meeting_id, "user-typing", told, skip=mine)
    elif others := [one for one in listeners(to.kind, recipient, writer) if one not in mine]:
        facts.publish(meeting_id, "user-typing", told, only=others)


def written_before(author: Participant, message_id: UUID | None) -> ChatMessage | None:
    """The message of this id, if there is one. Raises Refusal when it is another person's or meeting's."""
    # Nearly always there is none.
    if message_id is None or not ChatMessage.objects.filter(id=message_id).exists():
        return None
    sent = ChatMessage.objects.select_related("author", "file").filter(id=message_id).first()
    if sent is not None and (sent.meeting_id != author.meeting_id or not same_person(sent.author, author)):
        raise Refusal("NOT_ALLOWED", "Another message has this id.")
    return sent


def addressee(author: Participant, to: Addressed) -> Participant | None:
    """Whom alone a message is for, None when it is for several. Raises Refusal."""
    private = to.kind == ChatMessage.To.PRIVATE
    if private != (to.recipient_id is not None):
        details = "A private message needs a recipientId." if private else "Only a private message has a recipientId."
        raise Refusal("BAD_REQUEST", details)
    recipient = None if to.recipient_id is None else _present(author, to.recipient_id)
    if refusal := access.write(author, author.meeting, to.kind, recipient, there=not author._state.adding):
        raise refusal
    return recipient


def _present(author: Participant, recipient_id: UUID) -> Participant:
    """The other person who is there under this id. Raises Refusal."""
    there = Participant.objects.filter(meeting_id=author.meeting_id, left_at=None)
    recipient = there.filter(id=recipient_id).first()
    if recipient is None:
        raise Refusal("NOT_IN_MEETING", "The person to whom you write is not in the meeting.")
    if same_person(recipient, author):
        raise Refusal("BAD_REQUEST", "That is yourself.")
    return recipient
