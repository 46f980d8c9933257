"""Where programs want to hear of meetings, and what was told them."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from meetings.models.meeting import Meeting
from meetings.models.organisation import Organisation

LONGEST_URL = 500
LONGEST_EXCERPT = 1000
# So that whoever finds one knows what it is.
MARK = "whsec_"


def new_secret() -> str:
    return MARK + secrets.token_urlsafe(32)


class Webhook(models.Model):
    """An address that is told of the meetings that its owner hosts; with an `organisation`, of all of its meetings, as
    long as its owner is one of its administrators.

    Until `previous_until` what is told is signed with the secret before as well. `failing_since` is when it began to
    take nothing; what was turned off by the site says why.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.CharField(max_length=LONGEST_URL)
    events = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    secret = models.CharField(max_length=80, default=new_secret, editable=False)
    previous_secret = models.CharField(max_length=80, blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_because = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One event for one webhook: due, sent, given up, or not needed any more. Its `id` goes along with each try, so
    that whoever gets it twice knows.
    """

    class State(models.TextChoices):
        DUE = "due", "due"
        SENT = "sent", "sent"
        FAILED = "failed", "given up"
        DROPPED = "dropped", "not needed any more"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    # What is told of a meeting goes with the meeting.
    meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.DUE)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    response = models.CharField(max_length=LONGEST_EXCERPT, blank=True, help_text="The beginning of the last answer.")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(fields=["due_at"], name="webhook_delivery_due", condition=Q(state="due")),
            models.Index(fields=["webhook", "-created_at"], name="webhook_delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}"
