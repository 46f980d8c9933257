"""Lock a meeting, or open it again."""

from uuid import UUID

from django.db import transaction

from meetings import facts
from meetings.actions.actor import By, acting_as, knows
from meetings.audit import note_act
from meetings.models import Meeting
from meetings.snapshots import meeting_entry


def lock_meeting(meeting_id: UUID, locked: bool, *, by: By) -> None:
    """Let nobody but hosts in from now on, or let them in again, on behalf of the host `by`.

    Raises Refusal NOT_ALLOWED, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor = acting_as(meeting_id, by, "lock-meeting")
        if Meeting.objects.filter(id=meeting_id).exclude(locked=locked).update(locked=locked):
            note_act(meeting_id, "locked", {"locked": locked}, by=actor)
            updated = meeting_entry(Meeting.objects.get(id=meeting_id))
            facts.publish(meeting_id, "meeting-updated", updated, skip=knows(by))
