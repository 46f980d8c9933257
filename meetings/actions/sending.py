"""What a participant may send at this moment, read from the rows."""

from typing import Any
from uuid import UUID

from meetings.actions.actor import acting
from meetings.sends import sends


def sends_now(meeting_id: UUID, participant_id: UUID) -> dict[str, Any]:
    """`meetings.sends.sends` of somebody who is in the meeting. Raises Refusal with a code of `access.stay`."""
    participant = acting(meeting_id, participant_id)
    return sends(participant, participant.meeting)
