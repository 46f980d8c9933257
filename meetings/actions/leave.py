"""Leave a meeting, or take back a join that came to nothing."""

from uuid import UUID

from django.db import transaction

from meetings.actions.depart import depart
from meetings.models import Participant


def leave(participant_id: UUID) -> bool:
    """Leave by one's own will. False when the participant had gone already."""
    return depart(participant_id, Participant.Left.LEFT)


def withdraw(participant_id: UUID) -> None:
    """Leave, and forget the stay: the participant never really got in, because media could not take them."""
    with transaction.atomic():
        leave(participant_id)
        Participant.objects.filter(id=participant_id).delete()
