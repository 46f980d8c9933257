"""What webhooks were told is kept for a while, and no longer."""

from datetime import timedelta

from django.utils import timezone

from meetings.models import WebhookDelivery
from meetings.purging import delete_rows


def purge_webhook_deliveries(older_than: timedelta) -> int:
    """Delete what was decided longer ago, due or not. How many."""
    return delete_rows(WebhookDelivery.objects.filter(created_at__lt=timezone.now() - older_than))
