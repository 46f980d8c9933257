"""A socket dropped: the grace period of its participant begins."""

from uuid import UUID

from django.utils import timezone

from meetings.models import Participant


def disconnect(connection: UUID) -> Participant | None:
    """Note that `connection` is gone. The participant it spoke for, who can be resumed from now until the grace period
    has passed; None when it spoke for nobody (any more).
    """
    mine = Participant.objects.filter(connection=connection, left_at=None)
    now = timezone.now()
    if not mine.update(disconnected_at=now, gone_at=now):
        return None
    return mine.first()
