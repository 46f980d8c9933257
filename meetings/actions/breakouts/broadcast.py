"""Say something to everybody, whichever room they are in."""

from uuid import UUID

from django.db import transaction

from meetings.actions.actor import By, knows
from meetings.actions.breakouts.running import demand_open, leading, tell_everywhere
from meetings.audit import note_act


def broadcast(meeting_id: UUID, text: str, *, by: By) -> None:
    """Show `text` to all in the meeting and its rooms; it is kept nowhere.

    Raises Refusal NOT_ALLOWED, WRONG_STATE unless rooms are open, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor, meeting = leading(meeting_id, by, "broadcast")
        demand_open(meeting.id)
        told = {"text": text, "by": str(actor.id), "byName": actor.display_name}
        note_act(meeting.id, "broadcast", by=actor)
        tell_everywhere(meeting.id, "breakout-broadcast", told, skip=knows(by))
