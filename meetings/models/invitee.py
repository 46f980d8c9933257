"""Who is invited to a meeting, and the mail that goes to them."""

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting
from meetings.models.participant import Participant
from meetings.models.schedule import Occurrence, Schedule


def new_key() -> str:
    return secrets.token_urlsafe(24)


class Invitee(models.Model):
    """Somebody who is to come to a meeting. Whoever has the `key`, which went to the address alone, comes in as them
    without an account, answers for them, and has their feed.
    """

    class Answer(models.TextChoices):
        NONE = "none", _("not answered")
        ACCEPTED = "accepted", _("accepted")
        TENTATIVE = "tentative", _("perhaps")
        DECLINED = "declined", _("declined")

    class Role(models.TextChoices):
        CO_HOST = Participant.Role.CO_HOST.value, _("co-host")
        PRESENTER = Participant.Role.PRESENTER.value, _("presenter")
        ATTENDEE = Participant.Role.ATTENDEE.value, _("attendee")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitees")
    email = models.EmailField()
    name = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.ATTENDEE)
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    answer = models.CharField(max_length=9, choices=Answer, default=Answer.NONE, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    invited_at = models.DateTimeField(auto_now_add=True)
    uninvited_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(fields=["meeting", "email"], name="invitee_once_a_meeting")]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


class Delivery(models.Model):
    """One mail to one address: due, sent or given up. `key` names what it says to whom, so that what is decided twice
    is sent once. What it says is written when it is sent, from the rows as they are then.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", "invitation"
        CHANGE = "change", "change"
        CANCELLATION = "cancellation", "cancellation"
        REMINDER = "reminder", "reminder"

    class State(models.TextChoices):
        DUE = "due", "due"
        SENT = "sent", "sent"
        FAILED = "failed", "given up"
        DROPPED = "dropped", "not needed any more"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    invitee = models.ForeignKey(Invitee, on_delete=models.CASCADE, related_name="deliveries")
    schedule = models.ForeignKey(Schedule, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries")
    occurrence = models.ForeignKey(
        Occurrence, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    state = models.CharField(max_length=7, choices=State, default=State.DUE)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["due_at"], name="delivery_due", condition=Q(state="due"))]

    def __str__(self) -> str:
        return f"{self.kind} to {self.invitee}"
