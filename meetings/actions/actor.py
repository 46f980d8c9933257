"""Whoever does something in a meeting, read from their row at that moment."""

from uuid import UUID

from meetings import access
from meetings.models import Participant


def acting(meeting_id: UUID, participant_id: UUID) -> Participant:
    """The participant, who is in the meeting now. Raises Refusal with a code of `access.stay`."""
    participant = Participant.objects.filter(id=participant_id, meeting_id=meeting_id).first()
    if refusal := access.stay(participant):
        raise refusal
    assert participant is not None, "access.stay refuses nobody"
    return participant
