"""Read what was written in a meeting, a page at a time."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from meetings import access
from meetings.actions.actor import acting
from meetings.actions.chat_readers import readable_by, stays_like
from meetings.protocol.codes import Refusal
from meetings.snapshots import message_entry


def chat_history(meeting_id: UUID, before: UUID | None, limit: int, *, by: UUID) -> dict[str, Any]:
    """The last `limit` messages that the participant may read, or the last before one of them, oldest first; `more`
    says whether there are older ones.

    Raises Refusal MESSAGE_NOT_FOUND when `before` is none of them, or a code of `access.stay`.
    """
    reader = acting(meeting_id, by)
    if refusal := access.act(reader, "chat-history"):
        raise refusal
    messages = readable_by(reader)
    if before is not None:
        place = messages.filter(id=before).first()
        if place is None:
            raise Refusal("MESSAGE_NOT_FOUND", "There is nothing before a message that is not in the chat.")
        messages = messages.filter(Q(sent_at__lt=place.sent_at) | Q(sent_at=place.sent_at, id__lt=place.id))
    newest = list(messages.select_related("file").order_by("-sent_at", "-id")[: limit + 1])
    mine = set(stays_like(reader).values_list("id", flat=True))
    page = reversed(newest[:limit])
    return {
        "messages": [message_entry(one, mine=one.author_id in mine) for one in page],
        "more": len(newest) > limit,
    }
