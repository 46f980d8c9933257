"""When a meeting is to be: schedules, and the occurrences that they make."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from meetings.calendars.recurrence import Pattern
from meetings.models.meeting import Meeting


class Schedules(models.QuerySet["Schedule"]):
    """Rows of schedules."""

    def to_come(self) -> "Schedules":
        """Those that have an occurrence which is not over."""
        return self.filter(occurrences__ends_at__gt=timezone.now()).distinct()


class Schedule(models.Model):
    """One event of calendars: once, or again and again by a rule. A meeting has one; one more from each change of
    "this and those that follow". The day and hour are wall time in `zone`.

    `sequence` counts what calendars have to be told of (RFC 5545, 3.8.7.4).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="schedules")
    day = models.DateField()
    hour = models.TimeField()
    zone = models.CharField(max_length=64)
    minutes = models.PositiveIntegerField()
    rule = models.CharField(max_length=340, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    spread_until = models.DateTimeField(help_text="Up to when its occurrences are rows.")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = Schedules.as_manager()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.day} {self.hour:%H:%M} {self.zone}{f' {self.rule}' if self.rule else ''}"

    @property
    def pattern(self) -> Pattern:
        """When its occurrences begin."""
        return Pattern(datetime.combine(self.day, self.hour), ZoneInfo(self.zone), self.rule)


class Occurrence(models.Model):
    """One time at which a meeting is to be. `original` is when the rule has it begin, by which calendars know it
    whatever became of it; `changed` tells that it was moved or named by itself, and holds against its rule.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="occurrences")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="occurrences")
    original = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    title = models.CharField(max_length=200, blank=True, help_text="Where it differs from that of the meeting.")
    cancelled = models.BooleanField(default=False)
    changed = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["meeting", "starts_at"], name="occurrence_meeting_starts")]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "original"], name="occurrence_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="occurrence_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} UTC"
