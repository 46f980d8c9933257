"""Who writes the notes of a meeting."""

from meetings.access.roles import PRESENTERS, act
from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal


def edit_notes(actor: Participant, meeting: Meeting) -> Refusal | None:
    """Change the notes: everybody, or hosts and presenters alone where the meeting has it so."""
    if refusal := act(actor, "edit-notes"):
        return refusal
    if meeting.notes_by == Meeting.NotesBy.EVERYBODY or actor.role in PRESENTERS:
        return None
    return Refusal("NOT_ALLOWED", "Only hosts and presenters write the notes of this meeting.")
