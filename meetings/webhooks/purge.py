"""What webhooks were told is kept for a while, and no longer."""

from datetime import timedelta

from django.utils import timezone

from meetings.models import WebhookDelivery

CHUNK = 2_000


def purge_webhook_deliveries(older_than: timedelta) -> int:
    """Delete what was decided longer ago, due or not. How many."""
    rows = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - older_than)
    total = 0
    while deleted := WebhookDelivery.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[:CHUNK])).delete()[0]:
        total += deleted
    return total
