"""Who may write to whom, read what, and change or delete it."""

from meetings.access.roles import HOSTS, act
from meetings.access.sending import sending
from meetings.models import ChatMessage, Meeting, Participant
from meetings.protocol.codes import Refusal


def write(
    actor: Participant, meeting: Meeting, to: str, recipient: Participant | None, *, there: bool = True
) -> Refusal | None:
    """Write a message to everybody, to the hosts, or to `recipient` alone. Whoever may not write to everybody may still
    write to hosts, to all of them or to one. A host who is not `there` writes to nobody alone, who could not answer.
    """
    if refusal := act(actor, "send-message"):
        return refusal
    if recipient is not None and not there:
        return Refusal("NOT_ALLOWED", "Join the meeting to write to one person alone.")
    if to == ChatMessage.To.HOST or sending(actor, meeting).chat:
        return None
    if recipient is not None and recipient.role in HOSTS:
        return None
    return Refusal("NOT_ALLOWED", "You may write to the hosts only at the moment.")


def reads_of_hosts(reader: Participant) -> bool:
    """Whether what is written to the hosts is for this participant."""
    return reader.role in HOSTS


def change_message(actor: Participant, meeting: Meeting, message: ChatMessage, *, own: bool) -> Refusal | None:
    """Give a message that `actor` can read other words: one's own, as long as one could write it still."""
    if refusal := act(actor, "edit-message"):
        return refusal
    if not own:
        return Refusal("NOT_ALLOWED", "You can change your own messages only.")
    return write(actor, meeting, message.recipient_type, message.recipient)


def delete_message(actor: Participant, *, own: bool) -> Refusal | None:
    """Delete a message that `actor` can read: one's own; as a host, anybody's."""
    if refusal := act(actor, "delete-message"):
        return refusal
    if own or actor.role in HOSTS:
        return None
    return Refusal("NOT_ALLOWED", "You can delete your own messages only.")
