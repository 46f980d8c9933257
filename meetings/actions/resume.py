"""Go on as the participant one was, over another socket."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from meetings import access, facts
from meetings.models import Meeting, Participant


def resume_hash(token: str) -> str:
    """What is kept of a resume token. It is long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Resumed:
    """Who goes on, and the web process that had held their socket: None when that has stopped, or was given up."""

    participant: Participant
    served_before: UUID | None


def resume(meeting: Meeting, token: str, connection: UUID, served_by: UUID | None) -> Resumed | None:
    """Give the token's participant to `connection`, if they have not left. Call it inside a transaction.

    None when nobody is to be resumed: an unknown token, or somebody who left. Raises Refusal REMOVED or MEETING_ENDED
    when that is why. A socket that still held the participant is told that it is superseded. Against `expire` the row
    decides: exactly one of the two changes it.
    """
    mine = Participant.objects.filter(meeting=meeting, resume_hash=resume_hash(token))
    participant = mine.select_for_update().first()
    if participant is None:
        return None
    before, served_before = participant.connection, participant.served_by_id
    back = {"connection": connection, "served_by": served_by, "disconnected_at": None, "gone_at": None}
    if not mine.filter(left_at=None).update(**back):
        refusal = access.stay(Participant.objects.get(id=participant.id))
        if refusal is not None and refusal.code != "NOT_IN_MEETING":
            raise refusal
        return None
    if before != connection:
        facts.publish(meeting.id, facts.SUPERSEDED, {"connection": str(before)}, only=[participant.id])
    participant.refresh_from_db()
    return Resumed(participant, served_before)
