"""The one stream of what happened."""

from typing import ClassVar, Final

from django.db import models

from meetings.models.attempt import JoinAttempt
from meetings.models.meeting import Meeting
from meetings.models.participant import Participant

ACT: Final = "act"


class MeetingEvent(models.Model):
    """One event of the stream (see `meetings.trace.steps`). Never changed once it is written."""

    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, db_constraint=False, on_delete=models.CASCADE, related_name="events"
    )
    participant = models.ForeignKey(
        Participant, null=True, blank=True, db_constraint=False, on_delete=models.CASCADE, related_name="events"
    )
    attempt = models.ForeignKey(
        JoinAttempt, null=True, blank=True, db_constraint=False, on_delete=models.CASCADE, related_name="events"
    )
    side = models.CharField(max_length=4)
    step = models.CharField(max_length=24)
    outcome = models.CharField(max_length=8)
    at = models.DateTimeField()
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["attempt", "at"], name="event_attempt"),
            models.Index(fields=["meeting", "step", "at"], name="event_meeting_step"),
            models.Index(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.step} {self.outcome}"


class ActManager(models.Manager["Act"]):
    """Those events that people did."""

    def get_queryset(self) -> models.QuerySet["Act"]:
        return super().get_queryset().filter(side=ACT)


class Act(MeetingEvent):
    """What somebody did to a meeting or to somebody in it: the audit trail, a part of the one stream."""

    objects: ClassVar[models.Manager["Act"]] = ActManager()

    class Meta:
        proxy = True
        ordering = ["-at", "-id"]
        verbose_name_plural = "audit trail"
