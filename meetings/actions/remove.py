"""Put somebody out of a meeting."""

from uuid import UUID

from django.db import transaction

from meetings import facts
from meetings.actions.actor import By, acting, target_of
from meetings.actions.depart import depart
from meetings.audit import note_act
from meetings.models import Participant


def remove_participant(meeting_id: UUID, target_id: UUID, *, by: By, ban: bool = False) -> None:
    """Remove the target on behalf of the host `by`; with `ban`, for good.

    Raises Refusal NOT_ALLOWED, NOT_IN_MEETING when the target is not there, or a code of `access.stay`. The target's
    media are for the caller to close.
    """
    with transaction.atomic():
        actor = acting(meeting_id, by)
        target = target_of(actor, target_id, "remove-participant")
        if depart(target_id, Participant.Left.REMOVED, banned=ban):
            note_act(meeting_id, "removed", {"banned": ban}, by=actor, about=target)
            facts.publish(meeting_id, "removed-by-host", {"banned": ban}, only=[target_id])
