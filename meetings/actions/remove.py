"""Put somebody out of a meeting."""

from uuid import UUID

from django.db import transaction

from meetings import access, facts
from meetings.actions.actor import acting
from meetings.actions.depart import depart
from meetings.models import Participant
from meetings.protocol.codes import Refusal


def remove_participant(meeting_id: UUID, target_id: UUID, *, by: UUID, ban: bool = False) -> None:
    """Remove the target on behalf of the host `by`; with `ban`, for good.

    Raises Refusal NOT_ALLOWED, NOT_IN_MEETING when the target is not there, or a code of `access.stay`. The target's
    media are for the caller to close.
    """
    with transaction.atomic():
        actor = acting(meeting_id, by)
        target = Participant.objects.filter(id=target_id, meeting_id=meeting_id, left_at=None).first()
        if target is None:
            raise access.host(actor) or Refusal("NOT_IN_MEETING", "That participant is not in the meeting.")
        if refusal := access.remove(actor, target):
            raise refusal
        if depart(target_id, Participant.Left.REMOVED, banned=ban):
            facts.publish(meeting_id, "removed-by-host", {"banned": ban}, only=[target_id])
