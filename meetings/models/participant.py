"""Who is and was in a meeting."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting
from meetings.models.web_process import WebProcess


class Participant(models.Model):
    """One person's stay in a meeting, from joining to leaving. The same person in two tabs is two participants.

    What they may send is a matter of `meetings.access`; `rules_version` counts how often the answer may have
    changed, by which those who carry it out tell a newer answer from an older one.

    `connection` is the socket that speaks for the participant. While `disconnected_at` is set that socket is gone and
    the grace period runs. `gone_at` is since when they were really gone, once they have left or while that is so: from
    somebody who never came back the grace period is not time in which they were there.
    """

    class Role(models.TextChoices):
        HOST = "host", _("host")
        CO_HOST = "co_host", _("co-host")
        PRESENTER = "presenter", _("presenter")
        ATTENDEE = "attendee", _("attendee")
        GUEST = "guest", _("guest")

    class Left(models.TextChoices):
        LEFT = "left", "left"
        DISCONNECTED = "disconnected", "connection lost"
        REMOVED = "removed", "removed by the host"
        ENDED = "ended", "meeting ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="participations"
    )
    guest = models.CharField(max_length=40, blank=True)
    display_name = models.CharField(max_length=80)
    role = models.CharField(max_length=10, choices=Role, default=Role.ATTENDEE)
    # What a host said of this person alone; None where what holds for everybody holds for them.
    microphone = models.BooleanField(null=True, blank=True)
    camera = models.BooleanField(null=True, blank=True)
    screen = models.BooleanField(null=True, blank=True)
    chat = models.BooleanField(null=True, blank=True)
    rules_version = models.PositiveIntegerField(default=0, editable=False)
    hand_raised_at = models.DateTimeField(null=True, blank=True, editable=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.CharField(max_length=12, choices=Left, blank=True)
    banned = models.BooleanField(default=False)
    connection = models.UUIDField()
    disconnected_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True, editable=False)
    spoke_ms = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="For how many milliseconds their voice was to be heard."
    )
    served_by = models.ForeignKey(
        WebProcess, null=True, blank=True, on_delete=models.SET_NULL, related_name="participants"
    )
    resume_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        ordering = ["joined_at", "id"]
        indexes = [
            models.Index(fields=["meeting", "joined_at"], name="participant_present", condition=Q(left_at=None)),
            models.Index(fields=["connection"], name="participant_connection", condition=Q(left_at=None)),
            models.Index(
                fields=["disconnected_at"],
                name="participant_away",
                condition=Q(left_at=None, disconnected_at__isnull=False),
            ),
            models.Index(fields=["guest", "-joined_at"], name="participant_guest", condition=~Q(guest="")),
            models.Index(fields=["meeting"], name="participant_banned", condition=Q(banned=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None, left_reason="") | (Q(left_at__isnull=False) & ~Q(left_reason="")),
                name="participant_left_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(banned=False) | Q(left_reason="removed"), name="participant_banned_was_removed"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name
