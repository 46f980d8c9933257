"""Nobody came back within the grace period."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from meetings.actions.depart import depart
from meetings.models import Participant


def grace() -> timedelta:
    """How long a participant whose socket dropped keeps their place."""
    return timedelta(seconds=settings.GRACE_SECONDS)


def expire(participant_id: UUID, now: datetime | None = None) -> bool:
    """Let go of a participant whose grace period has passed. False when it has not, or they came back or left.

    Against `resume` the row decides: exactly one of the two changes it.
    """
    gone_since = (now or timezone.now()) - grace()
    return depart(participant_id, Participant.Left.DISCONNECTED, Q(disconnected_at__lte=gone_since))
