"""Raised hands, in the order in which they went up."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings import facts
from meetings.actions.actor import By, acting, acting_as, target_of
from meetings.audit import note_act
from meetings.models import Participant


def raise_hand(meeting_id: UUID, raised: bool, *, by: UUID) -> int | None:
    """Raise one's hand, or take it down. How many are up before it, itself included; None when it is down.

    Raises Refusal with a code of `access.stay`.
    """
    with transaction.atomic():
        return _move(meeting_id, acting_as(meeting_id, by, "raise-hand").id, raised)


def lower_hand(meeting_id: UUID, target_id: UUID, *, by: By) -> None:
    """Take somebody's hand down. Raises Refusal NOT_ALLOWED, NOT_IN_MEETING, or a code of `access.stay`."""
    with transaction.atomic():
        actor = acting(meeting_id, by)
        target = target_of(actor, target_id, "lower-hand")
        if target.hand_raised_at is not None:
            note_act(meeting_id, "hand-lowered", by=actor, about=target)
        _move(meeting_id, target_id, raised=False)


def _move(meeting_id: UUID, whose: UUID, raised: bool) -> int | None:
    mine = Participant.objects.filter(id=whose)
    moved = mine.filter(hand_raised_at__isnull=raised).update(hand_raised_at=timezone.now() if raised else None)
    order = None
    if raised:
        up = Participant.objects.filter(meeting_id=meeting_id, left_at=None, hand_raised_at__isnull=False)
        at = mine.values_list("hand_raised_at", flat=True)[0]
        order = up.filter(hand_raised_at__lte=at).count()
    if moved:
        told = {"participantId": str(whose), "raised": raised, "order": order}
        facts.publish(meeting_id, "hand-raised", told)
    return order
