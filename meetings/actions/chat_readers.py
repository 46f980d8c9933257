"""For whom a message is: who of those who are there hears of it, and what of the chat somebody may read."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from meetings import access, facts
from meetings.models import ChatMessage, Participant
from meetings.snapshots import message_entry


def stays_like(participant: Participant) -> QuerySet[Participant]:
    """This participant, and all other stays of the same person in the meeting."""
    stays = Participant.objects.filter(meeting_id=participant.meeting_id)
    if participant.user_id is not None:
        return stays.filter(user_id=participant.user_id)
    if participant.guest:
        return stays.filter(guest=participant.guest)
    return stays.filter(id=participant.id)


def same_person(one: Participant | None, other: Participant) -> bool:
    """Whether these are stays of one person."""
    if one is None:
        return False
    if one.id == other.id:
        return True
    if one.user_id is not None or other.user_id is not None:
        return one.user_id == other.user_id
    return bool(one.guest) and one.guest == other.guest


def readable_by(reader: Participant) -> QuerySet[ChatMessage]:
    """What of the chat this participant may read: what they wrote or was written to them alone, at any time; what was
    written to everybody (for hosts, to the hosts too) while they were there, and before that where the meeting has it
    so.
    """
    mine = stays_like(reader).values("id")
    own = Q(author__in=mine) | Q(recipient__in=mine)
    shared = [ChatMessage.To.ALL, *([ChatMessage.To.HOST] if access.reads_of_hosts(reader) else [])]
    common = Q(recipient_type__in=shared)
    if not reader.meeting.chat_history:
        there = stays_like(reader).filter(joined_at__lte=OuterRef("sent_at"))
        common &= Q(Exists(there.filter(Q(left_at=None) | Q(left_at__gte=OuterRef("sent_at")))))
    return ChatMessage.objects.filter(Q(meeting_id=reader.meeting_id) & (own | common))


def publish_message(event: str, message: ChatMessage, *, by: Participant, knows: Iterable[UUID]) -> None:
    """Tell of a message, on commit, everybody for whom it is and who is there, but for those who know of it: whoever
    is answered.
    """
    author, known = message.author, list(knows)
    mine = [] if author is None else [one for one in _present(stays_like(author)) if one not in known]
    if mine:
        facts.publish(message.meeting_id, event, message_entry(message, mine=True), only=mine)
    entry, skip = message_entry(message, mine=False), [*known, *mine]
    if message.recipient_type == ChatMessage.To.ALL:
        facts.publish(message.meeting_id, event, entry, skip=skip)
    elif others := [one for one in listeners(message.recipient_type, message.recipient, by) if one not in skip]:
        facts.publish(message.meeting_id, event, entry, only=others)


def listeners(to: str, recipient: Participant | None, by: Participant) -> list[UUID]:
    """Who is there of the hosts, or of the one person, to whom `by` writes."""
    if to == ChatMessage.To.HOST:
        return _present(Participant.objects.filter(meeting_id=by.meeting_id, role__in=access.HOSTS))
    return [] if recipient is None else _present(stays_like(recipient))


def _present(stays: QuerySet[Participant]) -> list[UUID]:
    ids: Iterable[UUID] = stays.filter(left_at=None).order_by().values_list("id", flat=True)
    return list(ids)
