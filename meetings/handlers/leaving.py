"""`leave-meeting`."""

from typing import Any

from meetings.actions.leave import leave as leave_people
from meetings.database import in_database
from meetings.handlers.belonging import participation_of
from meetings.handlers.departing import let_go
from meetings.signalling.session import Session


async def leave(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """Leave, or stop waiting at the door; the socket stays, and may join again."""
    if session.participation is None and session.waiting is not None:
        await session.stop_waiting()
        return {}
    mine = participation_of(session)
    await in_database(leave_people, mine.participant_id)
    await session.quit()
    await let_go(mine.meeting_id, mine.participant_id)
    return {}
