"""Tries to come into a meeting."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from meetings.models.meeting import Meeting
from meetings.models.participant import Participant


class JoinAttempt(models.Model):
    """One try to come into a meeting, from the opened page to the end of the call, and what came of it.

    Its id is made by whoever tries and is known to nobody else; `report` is what people may copy and hand on. What
    stands in its events is the truth; `outcome`, `code` and `sentence` are the latest verdict on them. Meeting and
    participant are no constraints of the database: an attempt is written down even when what it was for is gone.
    """

    class Outcome(models.TextChoices):
        TRYING = "trying", "under way"
        WELL = "well", "well"
        IMPAIRED = "impaired", "impaired"
        FAILED = "failed", "failed"

    class Purpose(models.TextChoices):
        JOIN = "join", "join"
        TEST = "test", "test page"
        PROBE = "probe", "probe"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=5, choices=Purpose, default=Purpose.JOIN)
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, db_constraint=False, on_delete=models.CASCADE, related_name="attempts"
    )
    participant = models.ForeignKey(
        Participant, null=True, blank=True, db_constraint=False, on_delete=models.SET_NULL, related_name="attempts"
    )
    display_name = models.CharField(max_length=80, blank=True)
    guest = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_constraint=False,
        on_delete=models.SET_NULL,
        related_name="attempts",
    )
    client = models.CharField(max_length=200, blank=True, help_text="The browser, as it names itself.")
    address = models.CharField(max_length=64, blank=True, help_text="Where its requests came from.")
    began_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    media_at = models.DateTimeField(null=True, blank=True, help_text="When the first way for media was through.")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=24, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.TRYING)
    code = models.CharField(
        max_length=40, blank=True, help_text="The cause, when something was wrong: the worst so far."
    )
    sentence = models.TextField(blank=True)
    now_code = models.CharField(max_length=40, blank=True, help_text="What is wrong at present; empty when nothing is.")

    class Meta:
        ordering = ["-began_at"]
        indexes = [
            models.Index(fields=["-began_at"], name="attempt_began"),
            models.Index(fields=["meeting", "-began_at"], name="attempt_meeting"),
            models.Index(fields=["code", "-began_at"], name="attempt_code", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.display_name}".strip()

    @property
    def report(self) -> str:
        """What people may hand on: enough to find the attempt, too little to speak for it."""
        return report_of(self.id)


def report_of(attempt: uuid.UUID) -> str:
    """The report id of an attempt: its first eight hexadecimal digits as `ABCD-1234`."""
    digits = attempt.hex[:8].upper()
    return f"{digits[:4]}-{digits[4:]}"
