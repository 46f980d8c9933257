"""Who waits to be let into a meeting, and who was."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from meetings.models.meeting import Meeting
from meetings.models.participant import Participant
from meetings.models.web_process import WebProcess


class Knock(models.Model):
    """Somebody at a meeting's door. Its id is the one that they have as a participant once they are let in.

    While `decided_at` is null they wait, over the socket `connection`. Who was let in once is not asked again.
    """

    class Decision(models.TextChoices):
        ADMITTED = "admitted", "let in"
        DENIED = "denied", "not let in"
        LEFT = "left", "went away"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="knocks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    guest = models.CharField(max_length=40, blank=True)
    display_name = models.CharField(max_length=80)
    asks_host = models.BooleanField(
        default=True, help_text="Whether a host decides; else a host has to be there first."
    )
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    decided_by = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    connection = models.UUIDField()
    served_by = models.ForeignKey(WebProcess, null=True, blank=True, on_delete=models.SET_NULL, related_name="knocks")

    class Meta:
        ordering = ["asked_at", "id"]
        indexes = [
            models.Index(fields=["meeting", "asked_at"], name="knock_waiting", condition=Q(decided_at=None)),
            models.Index(fields=["connection"], name="knock_connection", condition=Q(decided_at=None)),
            models.Index(fields=["meeting", "guest"], name="knock_guest", condition=Q(decision="admitted")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decision="") | (Q(decided_at__isnull=False) & ~Q(decision="")),
                name="knock_decided_one_way",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name
