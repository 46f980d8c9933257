"""Whoever does something in a meeting, read from their row at that moment."""

from uuid import UUID

from meetings import access
from meetings.models import Participant
from meetings.protocol.codes import Refusal


def acting(meeting_id: UUID, participant_id: UUID) -> Participant:
    """The participant, who is in the meeting now, with their meeting. Raises Refusal with a code of `access.stay`."""
    participant = Participant.objects.select_related("meeting").filter(id=participant_id, meeting_id=meeting_id).first()
    if refusal := access.stay(participant):
        raise refusal
    assert participant is not None, "access.stay refuses nobody"
    return participant


def acting_as(meeting_id: UUID, participant_id: UUID, event: str) -> Participant:
    """`acting`, by somebody whose role lets them do this. Raises Refusal NOT_ALLOWED too."""
    actor = acting(meeting_id, participant_id)
    if refusal := access.act(actor, event):
        raise refusal
    return actor


def target_of(actor: Participant, target_id: UUID, event: str) -> Participant:
    """Whom `actor` does something to, who is in the same meeting now. Raises Refusal NOT_ALLOWED or NOT_IN_MEETING."""
    target = Participant.objects.filter(id=target_id, meeting_id=actor.meeting_id, left_at=None).first()
    if target is None:
        raise access.act(actor, event) or Refusal("NOT_IN_MEETING", "That participant is not in the meeting.")
    if refusal := access.act_on(actor, event, target):
        raise refusal
    target.meeting = actor.meeting
    return target
