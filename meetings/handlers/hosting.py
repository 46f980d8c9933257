"""What hosts may do: `remove-participant`, `lift-ban`, `lock-meeting`, `extend-meeting`, `end-meeting`."""

from typing import Any

from meetings.actions.bans import lift_ban
from meetings.actions.end import end_meeting
from meetings.actions.lock import lock_meeting
from meetings.actions.remove import remove_participant
from meetings.database import in_database
from meetings.handlers.belonging import participant_named, participation_of
from meetings.handlers.departing import close_room, let_go
from meetings.planning.extend import extend_meeting
from meetings.signalling.session import Session

Json = dict[str, Any]


async def remove(session: Session, data: Json) -> Json:
    """Put somebody out, and end their media at once, whether or not their socket hears of it."""
    mine = participation_of(session)
    target = participant_named(data["participantId"])
    await in_database(remove_participant, mine.meeting_id, target, by=mine.participant_id, ban=data.get("ban", False))
    await let_go(mine.meeting_id, target)
    return {"participantId": str(target)}


async def let_come_again(session: Session, data: Json) -> Json:
    """Let somebody come again who was put out for good."""
    mine = participation_of(session)
    target = participant_named(data["participantId"])
    await in_database(lift_ban, mine.meeting_id, target, by=mine.participant_id)
    return {"participantId": str(target)}


async def lock(session: Session, data: Json) -> Json:
    """Lock the meeting, or open it."""
    mine = participation_of(session)
    await in_database(lock_meeting, mine.meeting_id, data["locked"], by=mine.participant_id)
    return {"locked": data["locked"]}


async def extend(session: Session, data: Json) -> Json:
    """Have the meeting go on for longer."""
    mine = participation_of(session)
    meeting = await in_database(extend_meeting, mine.meeting_id, data["minutes"], by=mine.participant_id)
    assert meeting.ends_at is not None
    return {"endsAt": meeting.ends_at.isoformat()}


async def end(session: Session, data: Json) -> Json:
    """End the meeting for everybody, and its media."""
    mine = participation_of(session)
    await in_database(end_meeting, mine.meeting_id, by=mine.participant_id)
    await session.quit()
    await close_room(mine.meeting_id)
    return {}
