"""Breakout rooms: into which rooms a meeting divides for a while, and who belongs in which."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from meetings.models.meeting import Meeting
from meetings.models.participant import Participant


class Breakouts(models.Model):
    """One division of a meeting. Its rooms are the meetings whose `parent` it is and that have not ended; they are made
    with it, can be joined from `opened_at` on, and end with it.

    While `closes_at` is set and `closed_at` is not, the countdown runs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="breakouts")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_seconds = models.PositiveSmallIntegerField(help_text="How long the countdown is where nobody says.")

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "breakouts"
        indexes = [
            models.Index(fields=["closes_at"], name="breakouts_closing", condition=Q(closed_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["meeting"], condition=Q(closed_at=None), name="breakouts_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"Breakouts of {self.meeting}"


class BreakoutSeat(models.Model):
    """Where somebody belongs while a meeting is divided: a person (an account, a guest), or the one stay `participant`
    of somebody who is neither. `participant` is their latest stay, in the meeting or in a room.

    While it is in a room, `role` and what was said of them alone are as they were in the meeting, and will be again.
    `called`: they are to go to their room; not any more once they have gone back by their own will.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    breakouts = models.ForeignKey(Breakouts, on_delete=models.CASCADE, related_name="seats")
    room = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    guest = models.CharField(max_length=40, blank=True)
    participant = models.ForeignKey(Participant, null=True, on_delete=models.SET_NULL, related_name="seats")
    display_name = models.CharField(max_length=80)
    role = models.CharField(max_length=10, choices=Participant.Role)
    microphone = models.BooleanField(null=True, blank=True)
    camera = models.BooleanField(null=True, blank=True)
    screen = models.BooleanField(null=True, blank=True)
    chat = models.BooleanField(null=True, blank=True)
    called = models.BooleanField(default=True)

    class Meta:
        ordering = ["display_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["breakouts", "user"], condition=Q(user__isnull=False), name="seat_of_an_account"
            ),
            models.UniqueConstraint(fields=["breakouts", "guest"], condition=~Q(guest=""), name="seat_of_a_guest"),
        ]

    def __str__(self) -> str:
        return self.display_name
