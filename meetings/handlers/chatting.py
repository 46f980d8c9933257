"""The chat: `send-message`, `file-ticket`, `edit-message`, `delete-message`, `chat-history` and `typing`."""

from typing import Any
from uuid import UUID

from meetings.actions.change_message import delete_message, edit_message
from meetings.actions.chat_history import chat_history
from meetings.actions.send_message import Addressed, note_typing, send_message
from meetings.database import in_database
from meetings.files.tickets import SECONDS, file_ticket
from meetings.handlers.belonging import participant_named, participation_of
from meetings.models import ChatMessage
from meetings.protocol.codes import Refusal
from meetings.protocol.requests.chatting import MOST_MESSAGES
from meetings.signalling.allowance import Allowance, too_many
from meetings.signalling.session import Session

Json = dict[str, Any]


async def send(session: Session, data: Json) -> Json:
    """Write to somebody."""
    mine = participation_of(session)
    _take_from(session.messages)
    own_id = UUID(data["messageId"]) if "messageId" in data else None
    to = _addressed(data["recipientType"], data)
    return await in_database(send_message, mine.meeting_id, data["message"], to, own_id, by=mine.participant_id)


async def give_file_ticket(session: Session, _data: Json) -> Json:
    """Let whoever speaks through this socket send and get files over HTTP."""
    return {"ticket": file_ticket(participation_of(session).participant_id), "expiresIn": SECONDS}


async def edit(session: Session, data: Json) -> Json:
    """Change what was written."""
    mine = participation_of(session)
    _take_from(session.messages)
    message = _message_named(data["messageId"])
    return await in_database(edit_message, mine.meeting_id, message, data["message"], by=mine.participant_id)


async def delete(session: Session, data: Json) -> Json:
    """Take back what was written."""
    mine = participation_of(session)
    message = _message_named(data["messageId"])
    return await in_database(delete_message, mine.meeting_id, message, by=mine.participant_id)


async def history(session: Session, data: Json) -> Json:
    """Read what was written."""
    mine = participation_of(session)
    _take_from(session.pages)
    before = _message_named(data["before"]) if "before" in data else None
    limit = data.get("limit", MOST_MESSAGES)
    return await in_database(chat_history, mine.meeting_id, before, limit, by=mine.participant_id)


async def note(session: Session, data: Json) -> Json:
    """Tell that somebody writes."""
    mine = participation_of(session)
    _take_from(session.typing)
    to = _addressed(data.get("recipientType", ChatMessage.To.ALL), data)
    await in_database(note_typing, mine.meeting_id, to, typing=data["typing"], by=mine.participant_id)
    return {}


def _take_from(allowance: Allowance) -> None:
    if wait := allowance.take():
        raise too_many(wait)


def _addressed(kind: str, data: Json) -> Addressed:
    return Addressed(kind, participant_named(data["recipientId"]) if "recipientId" in data else None)


def _message_named(text: str) -> UUID:
    """The message whose id a client wrote. Raises Refusal MESSAGE_NOT_FOUND for what is none of our ids."""
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("MESSAGE_NOT_FOUND", "No message has this id.") from None
