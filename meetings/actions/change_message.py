"""Give a message of the chat other words, or delete it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings import access
from meetings.actions.actor import By, acting, knows
from meetings.actions.chat_readers import publish_message, readable_by, same_person
from meetings.audit import note_act
from meetings.models import ChatMessage, Participant
from meetings.protocol.codes import Refusal
from meetings.snapshots import message_entry


def edit_message(meeting_id: UUID, message_id: UUID, words: str, *, by: By) -> dict[str, Any]:
    """Change one's own message. Answers the contract's MESSAGE.

    Raises Refusal NOT_ALLOWED, MESSAGE_NOT_FOUND for what is deleted or not for the actor, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor = acting(meeting_id, by)
        message = _message(actor, message_id)
        own = same_person(message.author, actor)
        if refusal := access.change_message(actor, actor.meeting, message, own=own):
            raise refusal
        message.message, message.edited_at = words, timezone.now()
        message.save(update_fields=["message", "edited_at"])
        publish_message("message-edited", message, by=actor, knows=knows(by))
        return message_entry(message, mine=own)


def delete_message(meeting_id: UUID, message_id: UUID, *, by: By) -> dict[str, Any]:
    """Take a message's words and its file away for good; its place stays. Answers and raises as `edit_message` does."""
    with transaction.atomic():
        actor = acting(meeting_id, by)
        message = _message(actor, message_id)
        own = same_person(message.author, actor)
        if refusal := access.delete_message(actor, own=own):
            raise refusal
        file, message.file = message.file, None
        message.message, message.deleted_at = "", timezone.now()
        message.save(update_fields=["message", "file", "deleted_at"])
        if file is not None:
            file.delete()
        if not own:
            what = {"messageId": str(message.id), "recipientType": message.recipient_type}
            note_act(meeting_id, "message-deleted", what, by=actor, about=message.author)
        publish_message("message-deleted", message, by=actor, knows=knows(by))
        return message_entry(message, mine=own)


def _message(actor: Participant, message_id: UUID) -> ChatMessage:
    """The message, locked until the transaction ends."""
    there = readable_by(actor).filter(id=message_id, deleted_at=None).select_related("author", "recipient", "file")
    message = there.select_for_update(of=("self",)).first()
    if message is None:
        raise Refusal("MESSAGE_NOT_FOUND", "It is not in this meeting, or not any more.")
    return message
