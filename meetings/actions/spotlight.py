"""Show one participant larger than the others, to everybody."""

from uuid import UUID

from django.db import transaction

from meetings import facts
from meetings.actions.actor import By, acting_as, target_of
from meetings.audit import note_act
from meetings.models import Meeting


def spotlight(meeting_id: UUID, target_id: UUID | None, *, by: By) -> None:
    """Put the spotlight on somebody who is there, or on nobody (None).

    Raises Refusal NOT_ALLOWED, NOT_IN_MEETING, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor = acting_as(meeting_id, by, "spotlight-participant")
        target = None if target_id is None else target_of(actor, target_id, "spotlight-participant")
        if Meeting.objects.filter(id=meeting_id).exclude(spotlight=target_id).update(spotlight=target_id) or not target:
            note_act(meeting_id, "spotlight", by=actor, about=target)
            tell_spotlight(meeting_id, target_id)


def tell_spotlight(meeting_id: UUID, target_id: UUID | None) -> None:
    """On whom the spotlight is now."""
    told = {"participantId": None if target_id is None else str(target_id)}
    facts.publish(meeting_id, "participant-spotlighted", told)
