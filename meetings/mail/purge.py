"""What mail went to whom is kept for a while, and no longer."""

from datetime import timedelta

from django.utils import timezone

from meetings.models import Delivery
from meetings.purging import delete_rows


def purge_deliveries(older_than: timedelta) -> int:
    """Delete what was decided longer ago and is not due any more. How many."""
    rows = Delivery.objects.filter(created_at__lt=timezone.now() - older_than).exclude(state=Delivery.State.DUE)
    return delete_rows(rows)
